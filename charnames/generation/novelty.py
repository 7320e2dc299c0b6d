"""Which of the drawn names are wanted: new ones, distinct ones, none of a blocklist;
and when there is no use in drawing more.

Names are compared after folding, by 64-bit hashes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import Hashes, name_hashes

CAPACITY = 2**24  # hashes remembered: 128 MiB, and as much again while they are sorted

IN_VAIN = 2**16  # tries in a row without a name; then there are no more
PERIOD = 2**20  # tries; where fewer than one in RARE of them gave a name,
RARE = 1000  # names have become too rare to wait for


class Sieve:
    """Tells the wanted from the others, and remembers those, up to `capacity`.

    barred: sorted hashes of names that are not wanted. unique: none is wanted twice.
    Past its capacity it goes on telling repeats of the names that it remembers, and
    remembers no more: repeats among the later ones come through.
    """

    def __init__(
        self, barred: Sequence[Hashes], unique: bool, capacity: int = CAPACITY
    ) -> None:
        self._barred = [hashes for hashes in barred if len(hashes)]
        self._unique = unique
        self._room = capacity
        # Sorted runs, each more than twice as long as the next, so that there are few.
        self._runs: list[Hashes] = []

    @property
    def idle(self) -> bool:
        """Whether every name is wanted."""
        return not (self._barred or self._unique)

    def wanted(self, folded: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each is wanted, in order."""
        hashes = name_hashes(folded)
        wanted = np.ones(len(hashes), np.bool_)
        if self._unique:
            wanted[:] = False
            wanted[np.unique(hashes, return_index=True)[1]] = True
        for run in (*self._barred, *self._runs):
            wanted &= ~holds(run, hashes)
        if self._unique:
            self._remember(hashes[wanted])
        return wanted

    def _remember(self, hashes: Hashes) -> None:
        run = hashes[: self._room]
        self._room -= len(run)
        if not len(run):
            return
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
        run.sort()
        self._runs.append(run)


def holds(sorted_hashes: Hashes, hashes: Hashes) -> NDArray[np.bool_]:
    """Whether each of `hashes` stands among the sorted ones."""
    if not len(sorted_hashes):
        return np.zeros(len(hashes), np.bool_)
    at = np.searchsorted(sorted_hashes, hashes)
    found: NDArray[np.bool_] = sorted_hashes.take(at, mode="clip") == hashes
    return found


class Supply:
    """How many names were found in how many tries, and whether it has run dry."""

    def __init__(self) -> None:
        self.tries = self.found = self._in_vain = 0
        self._rare = False
        self._period = (0, 0)  # how many tries and names there were when it began

    def count(self, tries: int, found: int) -> None:
        """So many more."""
        self.tries += tries
        self.found += found
        self._in_vain = 0 if found else self._in_vain + tries
        since, before = self._period
        if self.tries - since >= PERIOD:
            self._rare = (self.found - before) * RARE < self.tries - since
            self._period = (self.tries, self.found)

    @property
    def dry(self) -> bool:
        """Whether none has come for long, or too few."""
        return self._rare or self._in_vain >= IN_VAIN
