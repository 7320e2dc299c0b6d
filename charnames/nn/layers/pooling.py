"""Pooling: the states of all steps of a sequence become one vector.

The states a (M, D) are those of the topmost layer. D is H, or 2H in a bidirectional
network, where the last H come from the cell that reads each sequence from its end.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Packed
from charnames.nn.parameters import Array


class LastPool:
    """p = the last state of each direction.

    That is the state at the last step, and the state at the first step for a cell that
    reads from the end.
    """

    def __init__(self, hidden_size: int) -> None:
        self.H = hidden_size

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        H = self.H
        return np.concatenate(
            [a[batch.last_rows(), :H], a[: batch.sizes[0], H:]], axis=1
        )

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): dp in the rows that `forward` used, else zero."""
        H = self.H
        da = np.zeros((len(batch.inputs), dp.shape[1]), dp.dtype)
        da[batch.last_rows(), :H] = dp[:, :H]
        da[: batch.sizes[0], H:] = dp[:, H:]
        return da


class MeanPool:
    """p = (1 / T) sum_t a_t, the mean over the T steps of a sequence."""

    def __init__(self, hidden_size: int) -> None:
        """Ignore `hidden_size`: both directions are pooled alike."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        p = np.zeros((batch.sizes[0], a.shape[1]), a.dtype)
        for a_t in batch.steps(a):
            p[: len(a_t)] += a_t
        p /= batch.lengths()[:, None]
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): dp / T in every row of a sequence."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        share = dp / batch.lengths()[:, None]
        for da_t in batch.steps(da):
            da_t[:] = share[: len(da_t)]
        return da


class MaxPool:
    """p_d = max_t a_td, the maximum of each unit over time (Collobert et al. 2011).

    `forward` remembers the step of each maximum for the `backward` that follows it.
    """

    def __init__(self, hidden_size: int) -> None:
        """Ignore `hidden_size`: both directions are pooled alike."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        N, D = batch.sizes[0], a.shape[1]
        p = np.full((N, D), -np.inf, a.dtype)
        self.argmax = np.zeros((N, D), np.int32)  # the step of each maximum
        for t, a_t in enumerate(batch.steps(a)):
            n = len(a_t)
            higher = a_t > p[:n]
            np.copyto(p[:n], a_t, where=higher)
            self.argmax[:n][higher] = t
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): dp at the step of each maximum, else zero."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        for t, da_t in enumerate(batch.steps(da)):
            n = len(da_t)
            np.multiply(dp[:n], self.argmax[:n] == t, out=da_t)
        return da


POOLS: dict[str, type[LastPool] | type[MeanPool] | type[MaxPool]] = {
    "last": LastPool,
    "mean": MeanPool,
    "max": MaxPool,
}
