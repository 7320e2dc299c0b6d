r"""The gated recurrent unit (Cho et al. 2014), and its derivative, derived.

It resets after the matrix product, as cuDNN and PyTorch do. With the gates r (reset)
and u (update), the candidate n, * element by element, and x_t = Wax v_t + b from the
layer below, in three blocks of H:

    r_t = sigmoid(xr_t + Wr a_{t-1})
    u_t = sigmoid(xu_t + Wu a_{t-1})
    m_t = Wn a_{t-1} + c                          what the candidate would remember
    n_t = tanh(xn_t + r_t * m_t)                  textbook: xn_t + Wn (r_t * a_{t-1})
    a_t = n_t + u_t * (a_{t-1} - n_t)

Wr, Wu, Wn are the blocks of Waa (3H, H). Resetting after the product lets all three
share one product a step.

Backward. Given da_t, the sum of what comes from the layer above and from step t+1, and
with sigmoid' = s (1 - s), tanh' = 1 - tanh^2, everything is da_t times a factor that
the forward pass already knows:

    dn_t (before tanh)    = da_t * (1 - u) (1 - n^2)                        = dxn_t
    du_t (before sigmoid) = da_t * (a_{t-1} - n) u (1 - u)                  = dxu_t
    dr_t (before sigmoid) = dn_t * m r (1 - r)                              = dxr_t
    dm_t                  = dn_t * r
    da_next = da_t * u + Wr^T dr_t + Wu^T du_t + Wn^T dm_t        for step t-1
    dWr += dr_t a_{t-1}^T,  dWu += du_t a_{t-1}^T,  dWn += dm_t a_{t-1}^T,  dc += dm_t

so the three factors are formed for all steps at once, and only the product with Waa
and the sum over the two paths to a_{t-1} are left in the time loop.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.activations import sigmoid
from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class Cache(NamedTuple):
    """What `forward` leaves for `backward`."""

    states: Array  # (N + M, H): a0, then a
    gates: Array  # (M, 3H): r, u and, in place of Wn a_{t-1}, m
    candidate: Array  # (M, H): n
    Waa: Array  # (3H, H): as used, dropped columns zero
    keep: Array | None


class GRU:
    """a_t = n_t + u_t * (a_{t-1} - n_t)."""

    GATES = ("reset", "update", "candidate")
    STATES = ("a",)

    @staticmethod
    def shapes(H: int) -> Shapes:
        """The cell's own weights; the layer below holds Wax (3H, D) and b (3H,)."""
        return {"Waa": (3 * H, H), "c": (H,)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Waa, self.dWaa = weights[f"{name}.Waa"], gradients[f"{name}.Waa"]
        self.c, self.dc = weights[f"{name}.c"], gradients[f"{name}.c"]
        self.buffers = Buffers(self.Waa.dtype)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...],
        batch: Packed,
        keep: Array | None = None,
    ) -> tuple[tuple[Array, ...], Cache]:
        """x (M, 3H), initial (a0 (N, H),) -> (a (M, H),) and the cache."""
        (a0,) = initial
        N, H = a0.shape
        M = len(x)
        states = self.buffers("states", N + M, H)
        states[:N] = a0
        a = states[N:]
        gates = self.buffers("gates", M, 3 * H)
        candidate = self.buffers("candidate", M, H)
        Waa = self.Waa if keep is None else self.Waa * keep
        a_steps = batch.steps(a)
        steps = zip(
            batch.steps(x),
            batch.steps(gates),
            batch.steps(candidate),
            a_steps,
            [states[:N], *batch.carried(a_steps)],
            strict=True,
        )
        for x_t, gates_t, n_t, a_t, a_before in steps:
            a_before.dot(Waa.T, gates_t)
            ru, m_t = gates_t[:, : 2 * H], gates_t[:, 2 * H :]
            ru += x_t[:, : 2 * H]
            sigmoid(ru)
            m_t += self.c
            np.multiply(ru[:, :H], m_t, n_t)
            n_t += x_t[:, 2 * H :]
            np.tanh(n_t, n_t)
            np.subtract(a_before, n_t, a_t)
            a_t *= ru[:, H:]
            a_t += n_t
        return (a,), Cache(states, gates, candidate, Waa, keep)

    def backward(
        self, da: Array, cache: Cache, batch: Packed
    ) -> tuple[Array, tuple[Array, ...]]:
        """da (M, H) -> dx (M, 3H) and (da0 (N, H),); writes dWaa, dc. Uses up `da`."""
        states, gates, n, Waa, keep = cache
        M, H = da.shape
        N = batch.sizes[0]
        a_before = batch.previous(states)
        factors, dn_factor = self._factors(gates, n, a_before)
        dz = self.buffers("dz", M, 3 * H)  # dr, du, dm
        direct, da0 = self.buffers("direct", N, H), np.zeros_like(da[:N])
        da_steps = batch.steps(da)
        steps = zip(
            da_steps,
            batch.steps(gates[:, H : 2 * H]),
            batch.steps(factors),
            batch.steps(dz),
            [da0, *batch.carried(da_steps)],
            strict=True,
        )
        for da_t, u_t, factors_t, dz_t, da_before in reversed(list(steps)):
            blocks, back = (len(da_t), 3, H), direct[: len(da_t)]
            np.multiply(da_t[:, None], factors_t.reshape(blocks), dz_t.reshape(blocks))
            da_before += np.multiply(da_t, u_t, back)
            da_before += dz_t.dot(Waa, back)
        dz.T.dot(a_before, self.dWaa)
        if keep is not None:
            self.dWaa *= keep
        np.add.reduce(dz[:, 2 * H :], axis=0, out=self.dc)
        np.multiply(
            da, dn_factor, out=dz[:, 2 * H :]
        )  # dm was Waa's; dn is the input's
        return dz, (da0,)

    def _factors(self, gates: Array, n: Array, a_before: Array) -> tuple[Array, Array]:
        """-> dr, du, dm per unit of da, side by side (M, 3H); and dn, (M, H)."""
        M, H = n.shape
        r, u, m = (gates[:, i * H : (i + 1) * H] for i in range(3))
        factors = self.buffers("factors", M, 3 * H)
        dr, du, dm = (factors[:, i * H : (i + 1) * H] for i in range(3))
        dn, scratch = self.buffers("dn", M, H), self.buffers("scratch", M, H)
        not_u = np.subtract(1, u, out=scratch)
        np.subtract(a_before, n, out=du)
        du *= u
        du *= not_u
        np.square(n, out=dn)
        np.subtract(1, dn, out=dn)
        dn *= not_u
        np.multiply(dn, r, out=dm)
        np.subtract(1, r, out=dr)
        dr *= m
        dr *= dm
        return factors, dn
