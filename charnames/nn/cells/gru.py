r"""The gated recurrent unit (Cho et al. 2014), and its derivative, derived.

The reset gate acts after the matrix product, as in cuDNN and PyTorch. With the gates r
(reset) and u (update), the candidate n, * as the product element by element, and
x_t = Wax v_t + b from the layer below in three blocks of H (xr, xu, xn):

    r_t = sigmoid(xr_t + Wr a_{t-1})
    u_t = sigmoid(xu_t + Wu a_{t-1})
    m_t = Wn a_{t-1} + c                          the memory that r_t lets through
    n_t = tanh(xn_t + r_t * m_t)                  textbook: xn_t + Wn (r_t * a_{t-1})
    a_t = n_t + u_t * (a_{t-1} - n_t)

Wr, Wu, Wn are the blocks of Waa (3H, H). Since the reset gate acts after the product,
one product a step serves all three blocks.

Backward. da_t is the sum of the gradients from the layer above and from step t+1. With
sigmoid' = s (1 - s) and tanh' = 1 - tanh^2:

    dn_t (before tanh)    = da_t * (1 - u) (1 - n^2)                        = dxn_t
    du_t (before sigmoid) = da_t * (a_{t-1} - n) u (1 - u)
                          = da_t * (1 - u) (a_t - n)                        = dxu_t
    dm_t                  = dn_t * r
    dr_t (before sigmoid) = dm_t * m (1 - r)                                = dxr_t
    da_next = da_t * u + Wr^T dr_t + Wu^T du_t + Wn^T dm_t        for step t-1
    dWr += dr_t a_{t-1}^T,  dWu += du_t a_{t-1}^T,  dWn += dm_t a_{t-1}^T,  dc += dm_t

Each step computes all of these at once, while its arrays are in the processor's cache.
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


class GRUCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    gates: Array  # (3, M, H): r, u and n
    memory: Array  # (M, H): m
    Waa: Array  # (3H, H): dropped columns are zero
    started: bool  # from initial states, not from zero


class GRU:
    """a_t = n_t + u_t * (a_{t-1} - n_t)."""

    GATES = ("reset", "update", "candidate")
    STATES = ("a",)

    @staticmethod
    def shapes(H: int) -> Shapes:
        """The weights of the cell; the layer below has Wax (3H, D) and b (3H,)."""
        return {"Waa": (3 * H, H), "c": (H,)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Waa, self.dWaa = weights[f"{name}.Waa"], gradients[f"{name}.Waa"]
        self.c, self.dc = weights[f"{name}.c"], gradients[f"{name}.c"]
        self.is_fixed = False
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights by gate, contiguous, (3, H, H)."""
        return by_gate(self.Waa)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...] | None,
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], GRUCache]:
        """x (3, M, H), initial (a0 (N, H),) -> (a (M, H),) and the cache."""
        _, M, H = x.shape
        N = batch.sizes[0]
        states = self.buffers("states", N + M, H)
        states[:N] = initial[0] if initial else 0
        a = states[N:]
        memory = self.buffers("memory", M, H)
        scratch = self.buffers("products", 3 * N, H)
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None and is_copy_worthwhile(N, M, H):
            recurrent = by_gate(Waa)
        a_steps = batch.steps(a)
        steps = zip(
            batch.gate_steps(x),
            batch.steps(memory),
            a_steps,
            [states[:N], *batch.continuing(a_steps)],
            strict=True,
        )
        for t, (gates_t, m_t, a_t, a_before) in enumerate(steps):
            ru, (r_t, u_t, n_t) = gates_t[:2], gates_t
            if t or initial:
                products = gate_product(a_before, Waa, recurrent, scratch)
                ru += products[:2]
                np.add(products[2], self.c, m_t)
            else:
                m_t[:] = self.c
            sigmoid(ru)
            n_t += np.multiply(r_t, m_t, a_t)
            np.tanh(n_t, n_t)
            np.subtract(a_before, n_t, a_t)
            a_t *= u_t
            a_t += n_t
        return (a,), GRUCache(states, x, memory, Waa, bool(initial))

    def backward(
        self,
        da: Array,
        cache: GRUCache,
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...] | None]:
        """da (M, H) -> dx (M, 3H), (da0 (N, H),); writes dWaa, dc. Overwrites `da`."""
        states, gates, memory, Waa, started = cache
        M, H = da.shape
        N = batch.sizes[0]
        dz = self.buffers("dz", M, 3 * H)  # dr, du, dm
        dn = self.buffers("dn", M, H)
        scratch = self.buffers("scratch", 4 * N, H).reshape(4, N, H)
        da0 = np.zeros_like(da[:N]) if started else None
        da_steps = batch.steps(da)
        steps = zip(
            da_steps,
            batch.gate_steps(gates),
            batch.steps(memory),
            batch.steps(states[N:]),
            batch.steps(dn),
            batch.steps(dz),
            [da0, *batch.continuing(da_steps)],
            strict=True,
        )
        for da_t, (r, u, n), m, a_t, dn_t, dz_t, da_next in reversed([*steps]):
            size = len(da_t)
            dr, du, dm, product = scratch[:, :size]
            da_u = np.multiply(da_t, u, product)
            da_t -= da_u  # da * (1 - u), a factor of both du and dn
            np.subtract(a_t, n, du)
            du *= da_t
            np.square(n, dn_t)
            np.subtract(1, dn_t, dn_t)
            dn_t *= da_t
            np.multiply(dn_t, r, dm)
            np.subtract(1, r, dr)
            dr *= m
            dr *= dm
            dz_t.reshape(size, 3, H)[:] = scratch[:3, :size].transpose(1, 0, 2)
            if da_next is not None:
                da_next += da_u
                da_next += dz_t.dot(Waa, product)
        if not self.is_fixed:
            begin = 0 if started else N  # the state before an earlier row is zero
            dz[begin:].T.dot(batch.previous(states)[begin:], self.dWaa)
            if mask is not None:
                self.dWaa *= mask
        self.buffers.ones(M).dot(dz[:, 2 * H :], self.dc)
        dz[:, 2 * H :] = dn  # the gradient dm is for Waa, and dn is for the input
        return dz, None if da0 is None else (da0,)
