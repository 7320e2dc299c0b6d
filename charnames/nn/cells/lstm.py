r"""The long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

It has no peepholes. With the gates i (input), f (forget), o (output), the candidate g,
* as the product element by element, and x_t = Wax v_t + b from the layer below in four
blocks of H (xi, xf, xg, xo):

    i_t = sigmoid(xi_t + Wi a_{t-1})          f_t = sigmoid(xf_t + Wf a_{t-1})
    g_t = tanh(xg_t + Wg a_{t-1})             o_t = sigmoid(xo_t + Wo a_{t-1})
    c_t = f_t * c_{t-1} + i_t * g_t
    a_t = o_t * tanh(c_t)

Wi, Wf, Wg, Wo are the blocks of Waa (4H, H), in PyTorch's order.

Backward. da_t is the sum of the gradients from the layer above and from step t+1. The
cell state c_t feeds a_t and c_{t+1}, so its derivative is the sum over both paths. With
sigmoid' = s (1 - s) and tanh' = 1 - tanh^2:

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


class LSTMCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    cells: Array  # (N + M, H): c0, then c
    tanh_c: Array  # (M, H)
    gates: Array  # (4, M, H): i, f, g, o
    Waa: Array  # (4H, H): dropped columns are zero


class LSTM:
    """c_t = f_t * c_{t-1} + i_t * g_t, a_t = o_t * tanh(c_t)."""

    GATES = ("input", "forget", "cell", "output")
    STATES = ("a", "c")

    @staticmethod
    def shapes(H: int) -> Shapes:
        """The weights of the cell; the layer below has Wax (4H, D) and b (4H,)."""
        return {"Waa": (4 * H, H)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Waa, self.dWaa = weights[f"{name}.Waa"], gradients[f"{name}.Waa"]
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights by gate, contiguous, (4, H, H)."""
        return np.ascontiguousarray(by_gate(self.Waa, 1))

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], LSTMCache]:
        """x (4, M, H), initial (a0, c0) (N, H) each -> (a, c) (M, H) each, cache."""
        a0, c0 = initial
        N, H = a0.shape
        M = x.shape[1]
        states, cells = self.buffers("a", N + M, H), self.buffers("c", N + M, H)
        states[:N], cells[:N] = a0, c0
        a, c = states[N:], cells[N:]
        gates = self.buffers("gates", 4 * M, H).reshape(4, M, H)
        tanh_c = self.buffers("tanh_c", M, H)
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None:
            recurrent = by_gate(Waa, len(batch.sizes))
        a_steps, c_steps = batch.steps(a), batch.steps(c)
        steps = zip(
            batch.gate_steps(x),
            batch.gate_steps(gates),
            batch.steps(tanh_c),
            a_steps,
            c_steps,
            [states[:N], *batch.continuing(a_steps)],
            [cells[:N], *batch.continuing(c_steps)],
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
        return (a, c), LSTMCache(states, cells, tanh_c, gates, Waa)

    def backward(
        self,
        da: Array,
        cache: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...]]:
        """da (M, H) -> dx (M, 4H), (da0, dc0) (N, H); writes dWaa. Overwrites `da`."""
        states, cells, tanh_c, gates, Waa = cache
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
            [cells[:N], *batch.continuing(cell_steps)],
            batch.steps(dz),
            [da0, *batch.continuing(da_steps)],
            strict=True,
        )
        for da_t, gates_t, tanh_c_t, c_before, dz_t, da_next in reversed(list(steps)):
            size = len(da_t)
            i_t, f_t, g_t, o_t = gates_t
            dgates, product = scratch[:4, :size], scratch[4, :size]
            np.subtract(1, gates_t, dgates)
            dgates *= gates_t  # s (1 - s) of the three sigmoids; dg is set below
            di, df, dg, do = dgates
            do *= tanh_c_t
            do *= da_t
            np.square(tanh_c_t, product)
            np.subtract(1, product, product)
            product *= o_t
            product *= da_t
            dc = dc_next[:size]
            dc += product  # dc_next + da * o (1 - tanh(c)^2)
            di *= g_t
            df *= c_before
            np.square(g_t, dg)
            np.subtract(1, dg, dg)
            dg *= i_t
            dgates[:3] *= dc
            dz_t.reshape(size, 4, H)[:] = dgates.transpose(1, 0, 2)
            dc *= f_t  # dc_next of step t-1
            da_next += dz_t.dot(Waa, product)
        dz.T.dot(batch.previous(states), self.dWaa)
        if mask is not None:
            self.dWaa *= mask
        return dz, (da0, dc_next.copy())
