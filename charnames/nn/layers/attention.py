r"""Attention (Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015), and its
derivative, derived.

A decoder's state a_t, H numbers, looks at the S encoded steps h_s of its source, E
numbers each, and gets a mean of them, the context c_t, weighted by how well each fits:

    z_ts     = q_t . h_s                         a score for each source step
    alpha_ts = exp(z_ts) / sum_s' exp(z_ts')     the weights, which sum to 1 over s
    c_t      = sum_s alpha_ts h_s                the context

with one of two queries q_t, E numbers:

    general:  q_t = Wha^T a_t                    Wha (H, E), learned
    dot:      q_t = a_t / sqrt(H)                scaled, which needs H = E

Source steps behind a sequence's end are masked: their scores count as minus infinity.

Backward. Given dc_t, what depends on one t alone is, with the Jacobian of the softmax,
d alpha_ts / d z_tk = alpha_ts ([s = k] - alpha_tk),

    dalpha_ts = dc_t . h_s
    dz_ts     = alpha_ts (dalpha_ts - sum_k alpha_tk dalpha_tk)
    dq_t      = sum_s dz_ts h_s

and h_s is used twice, in the contexts and in the scores, at every t:

    dh_s = sum_t alpha_ts dc_t + sum_t dz_ts q_t
    general:  da_t = Wha dq_t,   dWha += a_t dq_t^T
    dot:      da_t = dq_t / sqrt(H)

None of it depends on the step before, so all t are one product for each source.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.array_types import Mask
from charnames.nn.parameters import Array, Parameters, Shapes


class Cache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    a: Array  # (N, T, H)
    h: Array  # (N, S, E)
    q: Array  # (N, T, E)
    alpha: Array  # (N, T, S)


def attention_weights(z: Array, mask: Mask) -> Array:
    """Scores z (N, T, S), mask (N, S) -> alpha (N, T, S). Overwrites `z`."""
    if not mask.all():
        np.copyto(z, -np.inf, where=~mask[:, None])
    z -= np.maximum.reduce(z, axis=2, keepdims=True)
    alpha: Array = np.exp(z, z)
    alpha /= np.add.reduce(alpha, axis=2, keepdims=True)
    return alpha


class Attention:
    """c = softmax(q h^T) h, the queries q being those of the decoder's states."""

    @staticmethod
    def shapes(kind: str, H: int, E: int) -> Shapes:
        """The weights of attention of a kind, by states of H to source steps of E."""
        return {"attention.Wha": (H, E)} if kind == "general" else {}

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wha = weights.views.get("attention.Wha")  # none for dot
        self.dWha = gradients.views.get("attention.Wha")

    def forward(self, a: Array, h: Array, mask: Mask) -> tuple[Array, Cache]:
        """a (N, T, H), h (N, S, E), mask (N, S), false behind each source's end -> the
        contexts c (N, T, E) and a cache with the weights.
        """
        q = a * a.shape[2] ** -0.5 if self.Wha is None else _product(a, self.Wha)
        alpha = attention_weights(q @ h.transpose(0, 2, 1), mask)
        return alpha @ h, Cache(a, h, q, alpha)

    def keys(self, h: Array) -> Array:
        """h (N, S, E) -> the keys k (N, S, H), with the same scores a_t . k_s as
        q_t . h_s: for many steps over one source, as the source alone makes them.
        """
        E = h.shape[2]
        k: Array = h * E**-0.5 if self.Wha is None else _product(h, self.Wha.T)
        return k

    def backward(self, dc: Array, cache: Cache) -> tuple[Array, Array]:
        """dc (N, T, E) -> da (N, T, H), dh (N, S, E); writes dWha."""
        a, h, q, alpha = cache
        dz = dc @ h.transpose(0, 2, 1)  # dalpha
        dz -= np.add.reduce(alpha * dz, axis=2, keepdims=True)
        dz *= alpha
        dq = dz @ h
        dh = alpha.transpose(0, 2, 1) @ dc
        dh += dz.transpose(0, 2, 1) @ q
        if self.Wha is None or self.dWha is None:
            return dq * a.shape[2] ** -0.5, dh
        a.reshape(-1, a.shape[2]).T.dot(dq.reshape(-1, dq.shape[2]), self.dWha)
        return _product(dq, self.Wha.T), dh


def _product(x: Array, W: Array) -> Array:
    """x (N, T, H) times W (H, E), (N, T, E), as one product of all rows: `x @ W` would
    be N small ones.
    """
    product: Array = x.reshape(-1, len(W)).dot(W)
    return product.reshape(*x.shape[:2], -1)
