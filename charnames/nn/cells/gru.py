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
    du_t (before sigmoid) = da_t * (a_{t-1} - n) u (1 - u)                  = dxu_t
    dr_t (before sigmoid) = dn_t * m r (1 - r)                              = dxr_t
    dm_t                  = dn_t * r
    da_next = da_t * u + Wr^T dr_t + Wu^T du_t + Wn^T dm_t        for step t-1
    dWr += dr_t a_{t-1}^T,  dWu += du_t a_{t-1}^T,  dWn += dm_t a_{t-1}^T,  dc += dm_t

Each step computes all of these at once, while its arrays are in the processor's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.activations import by_gate, sigmoid
from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class GRUCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    gates: Array  # (3, M, H): r, u and m
    candidate: Array  # (M, H): n
    Waa: Array  # (3H, H): dropped columns are zero


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
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights by gate, contiguous, (3, H, H)."""
        return np.ascontiguousarray(by_gate(self.Waa, 1))

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], GRUCache]:
        """x (3, M, H), initial (a0 (N, H),) -> (a (M, H),) and the cache."""
        (a0,) = initial
        N, H = a0.shape
        M = x.shape[1]
        states = self.buffers("states", N + M, H)
        states[:N] = a0
        a = states[N:]
        gates = self.buffers("gates", 3 * M, H).reshape(3, M, H)
        candidate = self.buffers("candidate", M, H)
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None:
            recurrent = by_gate(Waa, len(batch.sizes))
        a_steps = batch.steps(a)
        steps = zip(
            batch.gate_steps(x),
            batch.gate_steps(gates),
            batch.steps(candidate),
            a_steps,
            [states[:N], *batch.continuing(a_steps)],
            strict=True,
        )
        for x_t, gates_t, n_t, a_t, a_before in steps:
            np.matmul(a_before, recurrent, gates_t)
            ru, (r_t, u_t, m_t) = gates_t[:2], gates_t
            ru += x_t[:2]
            sigmoid(ru)
            m_t += self.c
            np.multiply(r_t, m_t, n_t)
            n_t += x_t[2]
            np.tanh(n_t, n_t)
            np.subtract(a_before, n_t, a_t)
            a_t *= u_t
            a_t += n_t
        return (a,), GRUCache(states, gates, candidate, Waa)

    def backward(
        self,
        da: Array,
        cache: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...]]:
        """da (M, H) -> dx (M, 3H), (da0 (N, H),); writes dWaa, dc. Overwrites `da`."""
        states, gates, candidate, Waa = cache
        M, H = da.shape
        N = batch.sizes[0]
        a_before = batch.previous(states)
        dz = self.buffers("dz", M, 3 * H)  # dr, du, dm
        dn = self.buffers("dn", M, H)
        scratch = self.buffers("scratch", 4 * N, H).reshape(4, N, H)
        da0 = np.zeros_like(da[:N])
        da_steps = batch.steps(da)
        steps = zip(
            da_steps,
            batch.gate_steps(gates),
            batch.steps(candidate),
            batch.steps(a_before),
            batch.steps(dn),
            batch.steps(dz),
            [da0, *batch.continuing(da_steps)],
            strict=True,
        )
        for da_t, (r, u, m), n, before, dn_t, dz_t, da_next in reversed(list(steps)):
            size = len(da_t)
            dr, du, dm, product = scratch[:, :size]
            da_u = np.subtract(1, u, dr)
            da_u *= da_t  # da * (1 - u), a factor of both du and dn
            np.subtract(before, n, du)
            du *= u
            du *= da_u
            np.square(n, dn_t)
            np.subtract(1, dn_t, dn_t)
            dn_t *= da_u
            np.multiply(dn_t, r, dm)
            np.subtract(1, r, dr)
            dr *= r
            dr *= m
            dr *= dn_t
            dz_t.reshape(size, 3, H)[:] = scratch[:3, :size].transpose(1, 0, 2)
            da_next += np.multiply(da_t, u, product)
            da_next += dz_t.dot(Waa, product)
        dz.T.dot(a_before, self.dWaa)
        if mask is not None:
            self.dWaa *= mask
        self.buffers.ones(M).dot(dz[:, 2 * H :], self.dc)
        dz[:, 2 * H :] = dn  # the gradient dm is for Waa, and dn is for the input
        return dz, (da0,)
