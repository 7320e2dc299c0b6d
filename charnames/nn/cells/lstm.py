r"""The long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

No peepholes. With the gates i (input), f (forget), o (output), the candidate g, *
element by element, and x_t = Wax v_t + b from the layer below, in four blocks of H:

    i_t = sigmoid(xi_t + Wi a_{t-1})          f_t = sigmoid(xf_t + Wf a_{t-1})
    g_t = tanh(xg_t + Wg a_{t-1})             o_t = sigmoid(xo_t + Wo a_{t-1})
    c_t = f_t * c_{t-1} + i_t * g_t
    a_t = o_t * tanh(c_t)

Wi, Wf, Wg, Wo are the blocks of Waa (4H, H), as PyTorch orders them.

Backward. The cell state c_t feeds a_t and c_{t+1}, so its derivative is the sum of both
paths; the rest follows with sigmoid' = s (1 - s), tanh' = 1 - tanh^2, each factor known
from the forward pass:

    dc_t = dc_next + da_t * o (1 - tanh(c_t)^2)
    di_t = dc_t * g i (1 - i)                 df_t = dc_t * c_{t-1} f (1 - f)
    dg_t = dc_t * i (1 - g^2)                 do_t = da_t * tanh(c_t) o (1 - o)
    dx_t = di, df, dg, do side by side: dz_t
    dWaa += dz_t a_{t-1}^T
    dc_next = dc_t * f_t                      da_next = Waa^T dz_t,      for step t-1
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.activations import by_gate, sigmoid
from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class Cache(NamedTuple):
    """What `forward` leaves for `backward`."""

    states: Array  # (N + M, H): a0, then a
    cells: Array  # (N + M, H): c0, then c
    tanh_c: Array  # (M, H)
    gates: Array  # (4, M, H): i, f, g, o
    Waa: Array  # (4H, H): as used, dropped columns zero
    keep: Array | None


class LSTM:
    """c_t = f_t * c_{t-1} + i_t * g_t, a_t = o_t * tanh(c_t)."""

    GATES = ("input", "forget", "cell", "output")
    STATES = ("a", "c")

    @staticmethod
    def shapes(H: int) -> Shapes:
        """The cell's own weights; the layer below holds Wax (4H, D) and b (4H,)."""
        return {"Waa": (4 * H, H)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Waa, self.dWaa = weights[f"{name}.Waa"], gradients[f"{name}.Waa"]
        self.buffers = Buffers(self.Waa.dtype)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...],
        batch: Packed,
        keep: Array | None = None,
    ) -> tuple[tuple[Array, ...], Cache]:
        """x (4, M, H), initial (a0, c0) (N, H) each -> (a, c) (M, H) each, cache."""
        a0, c0 = initial
        N, H = a0.shape
        M = x.shape[1]
        states, cells = self.buffers("a", N + M, H), self.buffers("c", N + M, H)
        states[:N], cells[:N] = a0, c0
        a, c = states[N:], cells[N:]
        gates = self.buffers("gates", 4 * M, H).reshape(4, M, H)
        tanh_c = self.buffers("tanh_c", M, H)
        Waa = self.Waa if keep is None else self.Waa * keep
        recurrent = by_gate(Waa)
        a_steps, c_steps = batch.steps(a), batch.steps(c)
        steps = zip(
            batch.gate_steps(x),
            batch.gate_steps(gates),
            batch.steps(tanh_c),
            a_steps,
            c_steps,
            [states[:N], *batch.carried(a_steps)],
            [cells[:N], *batch.carried(c_steps)],
            strict=True,
        )
        for x_t, gates_t, tanh_c_t, a_t, c_t, a_before, c_before in steps:
            np.matmul(a_before, recurrent, gates_t)
            gates_t += x_t
            i_t, f_t, g_t, o_t = gates_t
            sigmoid(gates_t[:2])
            np.tanh(g_t, g_t)
            sigmoid(o_t)
            np.multiply(f_t, c_before, c_t)
            c_t += np.multiply(i_t, g_t, tanh_c_t)
            np.tanh(c_t, tanh_c_t)
            np.multiply(o_t, tanh_c_t, a_t)
        return (a, c), Cache(states, cells, tanh_c, gates, Waa, keep)

    def backward(
        self, da: Array, cache: Cache, batch: Packed
    ) -> tuple[Array, tuple[Array, ...]]:
        """da (M, H) -> dx (M, 4H), (da0, dc0) (N, H); writes dWaa. Uses up `da`."""
        states, cells, tanh_c, gates, Waa, keep = cache
        M, H = da.shape
        N = batch.sizes[0]
        dz = self.buffers("dz", M, 4 * H)  # di, df, dg, do
        dc_next = self.buffers("dc_next", N, H)
        dc_next[:] = 0
        scratch = self.buffers("scratch", 5 * N, H).reshape(5, N, H)
        da0 = np.zeros_like(da[:N])
        da_steps = batch.steps(da)
        cell_steps = batch.steps(cells[N:])
        steps = zip(
            da_steps,
            batch.gate_steps(gates),
            batch.steps(tanh_c),
            [cells[:N], *batch.carried(cell_steps)],
            batch.steps(dz),
            [da0, *batch.carried(da_steps)],
            strict=True,
        )
        for da_t, gates_t, tanh_c_t, c_before, dz_t, da_next in reversed(list(steps)):
            size = len(da_t)
            i_t, f_t, g_t, o_t = gates_t
            slope, back = scratch[:4, :size], scratch[4, :size]
            np.subtract(1, gates_t, slope)
            slope *= gates_t  # s (1 - s), of the three sigmoids
            di, df, dg, do = slope
            do *= tanh_c_t
            do *= da_t
            np.square(tanh_c_t, back)
            np.subtract(1, back, back)
            back *= o_t
            back *= da_t
            dc = dc_next[:size]
            dc += back
            di *= g_t
            df *= c_before
            np.square(g_t, dg)
            np.subtract(1, dg, dg)
            dg *= i_t
            slope[:3] *= dc
            dz_t.reshape(size, 4, H)[:] = slope.transpose(1, 0, 2)
            dc *= f_t
            da_next += dz_t.dot(Waa, back)
        dz.T.dot(batch.previous(states), self.dWaa)
        if keep is not None:
            self.dWaa *= keep
        return dz, (da0, dc_next.copy())
