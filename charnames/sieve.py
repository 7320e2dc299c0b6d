"""Which of the drawn names are wanted: new ones, distinct ones, none of a blocklist.

Names are compared after folding, by 64-bit hashes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.trained import Hashes, name_hashes

CAPACITY = 2**24  # hashes remembered: 128 MiB, and as much again while they are sorted


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
