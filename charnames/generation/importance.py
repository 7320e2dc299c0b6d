"""Importance weights: from names drawn by a proposal to names of a target distribution.

A name's weight is its probability under the target over that under the proposal; only
the proportions of weights matter. Weights are given by their natural logarithms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Ids

LogWeights = NDArray[np.float64]

_FAR = 700.0  # the exponential of a larger number may overflow


def log_scale(log_weights: LogWeights) -> float:
    """The logarithm of the weight that is worth one name, sum w^2 / sum w.

    With it, as many names are given as the draws are worth (Kish 1965). 0 where no
    weight is above zero.
    """
    if not np.isfinite(log_weights).any():
        return 0.0
    highest = log_weights.max()
    weights = np.exp(log_weights - highest)
    return float(highest + np.log((weights**2).sum() / weights.sum()))


def resample(
    log_weights: LogWeights, log_scale: float, rng: np.random.Generator
) -> Ids:
    """The numbers of the names to give, shuffled; at most as many as there are.

    A name is given as often as its weight over the scale says, on average: the weights
    are gone through at even steps (systematic resampling). The scale is the same for
    all chunks, so that a chunk of larger weights gives more names.
    """
    (possible,) = np.nonzero(log_weights > -np.inf)
    if not len(possible):
        return possible
    N, highest = len(log_weights), log_weights.max()
    cumulative = np.cumsum(np.exp(log_weights[possible] - highest))
    total = cumulative[-1]
    step = max(np.exp(min(log_scale - highest, _FAR)), total / N)
    points = (np.arange(N) + rng.random()) * step
    chosen = np.searchsorted(cumulative, points[points < total], side="right")
    return rng.permutation(possible[np.minimum(chosen, len(possible) - 1)])
