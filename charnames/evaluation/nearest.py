"""The nearest name of a list, by edit distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_BINS = 32  # for code points modulo 32, so that each of a to z has its own
_CHUNK = 65_536  # names counted at once


class Nearest:
    """Finds the name of `others` with the smallest edit distance from a given name.

    The edit distance is the number of insertions, deletions and substitutions of a
    character (Levenshtein 1966). Of several nearest names it is the first. fold: a
    function that is applied to all names before they are compared.

    The bag distance, the number of characters that one name has and the other has not,
    is a lower bound of the edit distance (Bartolini, Ciaccia & Patella 2002). It is
    fast to compute for all names, and leaves few edit distances to compute.

    >>> Nearest(["Calcium", "Cadmium", "Sodium"])("Caldium")
    ('Calcium', 1)
    """

    def __init__(self, others: Sequence[str], fold: Callable[[str], str] = str) -> None:
        self._others, self._fold = others, fold
        self._folded = [fold(other) for other in others]
        self._lengths = np.array([len(other) for other in self._folded], np.int16)
        self._bags = np.empty((_BINS, len(others)), np.uint16)
        for start in range(0, len(others), _CHUNK):
            end = start + _CHUNK
            self._bags[:, start:end] = _bags(self._folded[start:end])

    def __call__(self, name: str) -> tuple[str, int]:
        """The nearest name, not folded, and its edit distance."""
        name = self._fold(name)
        common = np.minimum(self._bags, _bags([name])).sum(axis=0, dtype=np.int16)
        bounds = np.maximum(self._lengths, len(name)) - common
        best = (2**14, 0)  # edits, more than for any name; number of the name
        for bound in np.unique(bounds).tolist():
            if bound > best[0]:
                break
            near = np.flatnonzero(bounds == bound)
            edits = self._edits(name, near)
            best = min(best, (int(edits.min()), int(near[edits.argmin()])))
        return self._others[best[1]], best[0]

    def _edits(self, name: str, numbers: NDArray[np.intp]) -> NDArray[np.int16]:
        """The edit distances (N,) from the name to the others with these numbers."""
        longest = self._lengths[numbers].max(initial=1)
        rows = np.array([self._folded[i] for i in numbers], f"<U{longest}")
        points = rows.view(np.uint32).reshape(len(rows), longest).T  # (L, N)
        # edits[j]: from the characters of the name so far to the first j of the other.
        edits = np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], len(rows), 1)
        for character in map(ord, name):
            substituted = edits[:-1] + (points != character)
            edits += 1  # deleted
            np.minimum(edits[1:], substituted, out=edits[1:])
            for previous, current in pairwise(edits):
                np.minimum(current, previous + 1, out=current)  # inserted
        last = self._lengths[numbers], np.arange(len(rows))
        return edits[last]


def _bags(names: Sequence[str]) -> NDArray[np.intp]:
    """The number of characters of each name in each bin, (_BINS, N)."""
    N = len(names)
    points = np.frombuffer("".join(names).encode("utf-32-le"), "<u4").astype(np.intp)
    owner = np.repeat(np.arange(N), [len(name) for name in names])
    return np.bincount(points % _BINS * N + owner, minlength=_BINS * N).reshape(-1, N)
