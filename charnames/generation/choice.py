"""Choosing the next symbol: temperature, top-k, top-p and min-p."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from charnames.errors import SamplingError
from charnames.nn.batching import Ids
from charnames.nn.parameters import Array

MIN_TEMPERATURE = 1e-3  # below, only the likeliest symbol is left
MAX_TEMPERATURE = 100.0

_BELOW_ONE = np.float32(1 - 2**-23)  # times a number: less than it


@dataclass(frozen=True)
class Choice:
    """How a symbol is chosen. Raises SamplingError for a setting out of range.

    temperature: divides the logits; below 1 sharpens the distribution, 0 is greedy.
    top_k: keep the k likeliest symbols, and those as likely as the last of them.
    top_p: keep the likeliest symbols that together have that probability.
    min_p: keep symbols with at least min_p times the probability of the likeliest.

    They apply in this order, each to what the one before has left. free_start: whether
    they leave out the first symbol of a name, so that names begin as variously as the
    predictor has them.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    free_start: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= MAX_TEMPERATURE:  # false for NaN as well
            raise SamplingError(
                f"temperature: {self.temperature} is out of range "
                f"(0 to {MAX_TEMPERATURE:g})"
            )
        if self.top_k is not None and self.top_k < 1:
            raise SamplingError(f"top_k: {self.top_k} is out of range (1 or more)")
        for name, share in (("top_p", self.top_p), ("min_p", self.min_p)):
            if share is not None and not 0 < share <= 1:
                raise SamplingError(
                    f"{name}: {share} is out of range (above 0, at most 1)"
                )

    @property
    def first(self) -> Choice:
        """How the first symbol of a name is chosen."""
        return Choice() if self.free_start else self

    @property
    def greedy(self) -> bool:
        """Whether the likeliest symbol is always chosen."""
        return self.temperature < MIN_TEMPERATURE


def finite(z: Array) -> Array:
    """Logits (V, N) minus the highest of each column; changes `z`.

    Weights at the edge of their range can make logits that are not finite: NaN counts
    as zero, and infinity as the largest number.
    """
    highest = np.maximum.reduce(z, axis=0)
    if not np.isfinite(highest).all():
        np.nan_to_num(z, copy=False)
        highest = np.maximum.reduce(z, axis=0)
    z -= highest
    return z


def pick(z: Array, uniform: Array, row: Ids, choice: Choice) -> Ids:
    """The symbols (n,) chosen for n names from the logits (V, U) of their rows.

    uniform: (n,), a number in [0, 1) for each name. row: (n,), the row of each name.
    Overwrites `z`.
    """
    return pick_finite(finite(z), uniform, row, choice)


def pick_finite(z: Array, uniform: Array, row: Ids, choice: Choice) -> Ids:
    """As `pick`, from logits of which the highest of each column is finite."""
    if choice.greedy:
        greedy: Ids = z.argmax(axis=0)[row]
        return greedy
    return pick_by(weigh(z, choice), uniform, row)


def weigh(z: Array, choice: Choice) -> Array:
    """The weights (V, N) of symbols with logits z, the highest of each column 0; see
    `adjust`. Overwrites `z`.
    """
    adjust(z, choice)
    return np.exp(z, out=z)


def adjust(z: Array, choice: Choice) -> None:
    """Apply temperature, top-k, top-p and min-p to logits (V, N), the highest of each
    column 0: what is left are logarithms of weights.

    The weights of symbols are in proportion to the probabilities that they are chosen
    with; the logarithm is -inf for a symbol that is left out.
    """
    V = len(z)
    if choice.temperature != 1:
        z *= np.float32(1 / choice.temperature)
    if choice.top_k is not None and choice.top_k < V:
        place = V - choice.top_k
        z[z < np.partition(z, place, axis=0)[place]] = -np.inf
    if choice.top_p is not None and choice.top_p < 1:
        weights = np.exp(z)
        ordered = np.sort(weights, axis=0)[::-1]
        cumulative = np.add.accumulate(ordered, axis=0)
        # The first symbol that makes the sum large enough is the last to be kept.
        short = cumulative < choice.top_p * cumulative[-1]
        last = np.minimum(np.add.reduce(short, axis=0, dtype=np.intp), V - 1)
        z[weights < np.take_along_axis(ordered, last[None], axis=0)] = -np.inf
    if choice.min_p is not None:
        z[z < np.float32(math.log(choice.min_p))] = -np.inf


def pick_by(weights: Array, uniform: Array, row: Ids) -> Ids:
    """As `pick`, from weights (V, U) instead of logits; overwrites them.

    A symbol of weight zero is never picked.
    """
    V, U = weights.shape
    for before, here in pairwise(weights):  # accumulate takes six times as long
        here += before
    cumulative = weights if len(row) == U else weights[:, row]
    total = cumulative[-1]
    # Rounding could make the product equal the total, which no symbol exceeds.
    threshold = np.minimum(uniform * total, total * _BELOW_ONE)
    passed = cumulative <= threshold
    picked: Ids = np.add.reduce(passed, axis=0, dtype=np.min_scalar_type(V))
    return picked.astype(np.intp, copy=False)
