"""Pooling: the states of a sequence's steps become one vector."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Packed
from charnames.nn.parameters import Array


class LastPool:
    """p = the state after the last step; read backwards, after the first."""

    def __init__(self, hidden_size: int) -> None:
        self.H = hidden_size

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        H = self.H
        return np.concatenate([a[batch.ends(), :H], a[: batch.sizes[0], H:]], axis=1)

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): the rows that were taken get theirs."""
        H = self.H
        da = np.zeros((len(batch.inputs), dp.shape[1]), dp.dtype)
        da[batch.ends(), :H] = dp[:, :H]
        da[: batch.sizes[0], H:] = dp[:, H:]
        return da


class MeanPool:
    """p = (1 / T) sum_t a_t, over the T steps of a sequence."""

    def __init__(self, hidden_size: int) -> None:
        """As those of LastPool are; what is forwards and what backwards is alike."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        p = np.zeros((batch.sizes[0], a.shape[1]), a.dtype)
        for a_t in batch.steps(a):
            p[: len(a_t)] += a_t
        p /= batch.lengths()[:, None]
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): every row gets dp / T."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        share = dp / batch.lengths()[:, None]
        for da_t in batch.steps(da):
            da_t[:] = share[: len(da_t)]
        return da


class MaxPool:
    """p_d = max_t a_td: what a unit tells of a sequence, it may tell at any one step
    (Collobert et al. 2011).
    """

    def __init__(self, hidden_size: int) -> None:
        """As those of LastPool are."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        N, D = batch.sizes[0], a.shape[1]
        p = np.full((N, D), -np.inf, a.dtype)
        self.highest = np.zeros((N, D), np.int32)  # the step that each is of
        for t, a_t in enumerate(batch.steps(a)):
            n = len(a_t)
            higher = a_t > p[:n]
            np.copyto(p[:n], a_t, where=higher)
            self.highest[:n][higher] = t
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): the steps that were highest get theirs."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        for t, da_t in enumerate(batch.steps(da)):
            n = len(da_t)
            np.multiply(dp[:n], self.highest[:n] == t, out=da_t)
        return da


POOLS: dict[str, type[LastPool] | type[MeanPool] | type[MaxPool]] = {
    "last": LastPool,
    "mean": MeanPool,
    "max": MaxPool,
}
