"""The next symbol of each of many names, picked from what a model says of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.errors import SamplingError
from charnames.nn.parameters import Array

MIN_TEMPERATURE = 1e-3  # below, the likeliest is all that is left
MAX_TEMPERATURE = 100.0

_BELOW_ONE = np.float32(1 - 2**-23)  # times a number: less than it

Ids = NDArray[np.intp]


class Rows(NamedTuple):
    """The names of a chunk that go on, and what stands for them: as the model says the
    same of all that have begun alike, these share a row.

    running: (n,), their numbers in the chunk. row: (n,), the row of each of them; 0 to
    n - 1 where none is shared. first: (U,), a name of each row.
    """

    running: Ids
    row: Ids
    first: Ids

    @classmethod
    def sharing(cls, running: Ids, kind: Ids) -> tuple[Rows, Ids]:
        """One row for all names of one kind (n,); and the kind of each row, (U,)."""
        kinds, row = np.unique(kind, return_inverse=True)
        if len(kinds) == len(kind):
            return cls(running, np.arange(len(kind)), running), kind
        first = np.empty_like(kinds)
        first[row] = running
        return cls(running, row, first), kinds

    def after(self, ids: Ids, END: int, V: int) -> tuple[Rows, Ids, Ids]:
        """The names by the symbols (n,) that they went on with, without those that have
        ended; for each row, that which it comes from, and its symbol, (U,) both.
        """
        going_on = np.flatnonzero(ids != END)
        running, row, ids = self.running[going_on], self.row[going_on], ids[going_on]
        if len(self.first) < len(self.running):
            names, begun = Rows.sharing(running, row * V + ids)
            parent, symbol = np.divmod(begun, V)
            return names, parent, symbol
        return Rows(running, np.arange(len(running)), running), row, ids


@dataclass(frozen=True)
class Choice:
    """How a symbol is chosen; raises SamplingError for a setting out of its range.

    temperature: below 1 the likely gets likelier; 0 always takes the likeliest.
    top_k: among so many of the likeliest, and what is as likely as the last of them.
    top_p: among the likeliest that together have that probability.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= MAX_TEMPERATURE:  # NaN is not either
            raise SamplingError(
                f"temperature: {self.temperature} is out of range "
                f"(0 to {MAX_TEMPERATURE:g})"
            )
        if self.top_k is not None and self.top_k < 1:
            raise SamplingError(f"top_k: {self.top_k} is out of range (1 or more)")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SamplingError(
                f"top_p: {self.top_p} is out of range (above 0, at most 1)"
            )

    @property
    def greedy(self) -> bool:
        """Whether the likeliest is always taken."""
        return self.temperature < MIN_TEMPERATURE

    @property
    def narrowing(self) -> bool:
        """Whether the unlikely is left out."""
        return self.top_k is not None or self.top_p is not None


def finite(z: Array) -> Array:
    """Logits (V, N) less the highest of their name; changes `z`.

    Where weights at the edge of their range make a logit that is no number, it counts
    as zero, and an infinite one as the largest.
    """
    highest = np.maximum.reduce(z, axis=0)
    if not np.isfinite(highest).all():
        np.nan_to_num(z, copy=False)
        highest = np.maximum.reduce(z, axis=0)
    z -= highest
    return z


def pick(z: Array, uniform: Array, row: Ids, choice: Choice) -> Ids:
    """Logits (V, U), and for n names a number in [0, 1) and their row -> symbols, (n,).
    Uses up `z`.
    """
    finite(z)
    if choice.greedy:
        greedy: Ids = z.argmax(axis=0)[row]
        return greedy
    likely = weigh(z, choice)
    if choice.narrowing:
        narrow(likely, choice)
    return pick_by(likely, uniform, row)


def weigh(z: Array, choice: Choice) -> Array:
    """Logits of which the highest is 0 -> what the symbols weigh, at that temperature.

    Uses up `z`.
    """
    if choice.temperature != 1:
        z *= np.float32(1 / choice.temperature)
    return np.exp(z, out=z)


def narrow(likely: Array, choice: Choice) -> None:
    """Make nothing of what top_k and top_p leave out of weights (V, N)."""
    V = len(likely)
    if choice.top_k is not None and choice.top_k < V:
        place = V - choice.top_k
        least = np.partition(likely, place, axis=0)[place]
        likely[likely < least] = 0
    if choice.top_p is not None and choice.top_p < 1:
        ordered = np.sort(likely, axis=0)[::-1]
        together = np.add.accumulate(ordered, axis=0)
        # The first with which they are enough is the last that is let in.
        short = together < choice.top_p * together[-1]
        last = np.minimum(np.add.reduce(short, axis=0, dtype=np.intp), V - 1)
        likely[likely < np.take_along_axis(ordered, last[None], axis=0)] = 0


def pick_by(likely: Array, uniform: Array, row: Ids) -> Ids:
    """The same by weights (V, U), which it uses up.

    What weighs nothing is not picked.
    """
    V, U = likely.shape
    for before, together in pairwise(likely):  # accumulate takes six times as long
        together += before
    cumulative = likely if len(row) == U else likely[:, row]
    total = cumulative[-1]
    # Rounded up, the product could be the total, which nothing goes beyond.
    threshold = np.minimum(uniform * total, total * _BELOW_ONE)
    passed = cumulative <= threshold
    picked: Ids = np.add.reduce(passed, axis=0, dtype=np.min_scalar_type(V))
    return picked.astype(np.intp, copy=False)
