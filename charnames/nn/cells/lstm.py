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

With q = da_t * a_t, which is da_t * o tanh(c_t), two of these take fewer operations:
do_t = q - q * o, and dc_t = dc_next + da_t * o - q * tanh(c_t).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.activations import (
    by_gate,
    gate_product,
    is_copy_worthwhile,
    sigmoid,
)
from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class LSTMCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    cells: Array  # (N + M, H): c0, then c
    tanh_c: Array  # (M, H)
    gates: Array  # (4, M, H): i, f, g, o
    Waa: Array  # (4H, H): dropped columns are zero
    started: bool  # from initial states, not from zero


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
        self.is_fixed = False
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights by gate, contiguous, (4, H, H)."""
        return by_gate(self.Waa)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...] | None,
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], LSTMCache]:
        """x (4, M, H), initial (a0, c0) (N, H) each -> (a, c) (M, H) each, cache."""
        _, M, H = x.shape
        N = batch.sizes[0]
        states, cells = self.buffers("a", N + M, H), self.buffers("c", N + M, H)
        states[:N], cells[:N] = initial or (0, 0)
        a, c = states[N:], cells[N:]
        tanh_c = self.buffers("tanh_c", M, H)
        scratch = self.buffers("products", 4 * N, H)
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None and is_copy_worthwhile(N, M, H):
            recurrent = by_gate(Waa)
        a_steps, c_steps = batch.steps(a), batch.steps(c)
        steps = zip(
            batch.gate_steps(x),
            batch.steps(tanh_c),
            a_steps,
            c_steps,
            [states[:N], *batch.continuing(a_steps)],
            [cells[:N], *batch.continuing(c_steps)],
            strict=True,
        )
        for t, (gates_t, tanh_c_t, a_t, c_t, a_before, c_before) in enumerate(steps):
            if t or initial:
                gates_t += gate_product(a_before, Waa, recurrent, scratch)
            i_t, f_t, g_t, o_t = gates_t
            sigmoid(gates_t[:2])
            np.tanh(g_t, g_t)
            sigmoid(o_t)
            np.multiply(f_t, c_before, c_t)
            c_t += np.multiply(i_t, g_t, tanh_c_t)
            np.tanh(c_t, tanh_c_t)
            np.multiply(o_t, tanh_c_t, a_t)
        return (a, c), LSTMCache(states, cells, tanh_c, x, Waa, bool(initial))

    def backward(
        self,
        da: Array,
        cache: LSTMCache,
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...] | None]:
        """da (M, H) -> dx (M, 4H), (da0, dc0) (N, H); writes dWaa. Overwrites `da`."""
        states, cells, tanh_c, gates, Waa, started = cache
        M, H = da.shape
        N = batch.sizes[0]
        dz = self.buffers("dz", M, 4 * H)  # di, df, dg, do
        dc_next = self.buffers("dc_next", N, H)
        dc_next[:] = 0
        scratch = self.buffers("scratch", 5 * N, H).reshape(5, N, H)
        da0 = np.zeros_like(da[:N]) if started else None
        da_steps, a_steps = batch.steps(da), batch.steps(states[N:])
        cell_steps = batch.steps(cells[N:])
        steps = zip(
            da_steps,
            a_steps,
            batch.gate_steps(gates),
            batch.steps(tanh_c),
            [cells[:N], *batch.continuing(cell_steps)],
            batch.steps(dz),
            [da0, *batch.continuing(da_steps)],
            strict=True,
        )
        for da_t, a_t, gates_t, tanh_c_t, before, dz_t, da_next in reversed([*steps]):
            size = len(da_t)
            i_t, f_t, g_t, o_t = gates_t
            dgates, product = scratch[:4, :size], scratch[4, :size]
            di, df, dg, do = dgates
            q = np.multiply(da_t, a_t, product)
            np.multiply(q, o_t, do)
            np.subtract(q, do, do)
            q *= tanh_c_t
            da_t *= o_t
            da_t -= q
            dc = dc_next[:size]
            dc += da_t
            np.subtract(1, gates_t[:2], dgates[:2])
            dgates[:2] *= gates_t[:2]
            di *= g_t
            df *= before
            np.square(g_t, dg)
            np.subtract(1, dg, dg)
            dg *= i_t
            dgates[:3] *= dc
            dz_t.reshape(size, 4, H)[:] = dgates.transpose(1, 0, 2)
            dc *= f_t  # dc_next of step t-1
            if da_next is not None:
                da_next += dz_t.dot(Waa, product)
        if not self.is_fixed:
            begin = 0 if started else N  # the state before an earlier row is zero
            dz[begin:].T.dot(batch.previous(states)[begin:], self.dWaa)
            if mask is not None:
                self.dWaa *= mask
        return dz, None if da0 is None else (da0, dc_next.copy())
