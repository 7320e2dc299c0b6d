"""The nearest name of a list, by edit distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_BINS = 32  # code points modulo this: a to z have a bin each
_CHUNK = 65_536  # names counted at once


class Nearest:
    """Finds the name of `others` that is fewest edits from a given name: insertions,
    deletions and substitutions of a character (Levenshtein 1966); the first of several.

    fold: applied to all names before they are compared.

    The bag distance, how many characters one name has that the other does not have, is
    a lower bound of the edit distance (Bartolini, Ciaccia & Patella 2002). Counting it
    for all names is quick, and leaves few whose edit distance has to be computed.

    >>> Nearest(["Calcium", "Cadmium", "Sodium"])("Caldium")
    'Calcium'
    """

    def __init__(self, others: Sequence[str], fold: Callable[[str], str] = str) -> None:
        self._others, self._fold = others, fold
        self._folded = [fold(other) for other in others]
        self._lengths = np.array([len(other) for other in self._folded], np.int16)
        self._bags = np.empty((_BINS, len(others)), np.uint16)
        for start in range(0, len(others), _CHUNK):
            end = start + _CHUNK
            self._bags[:, start:end] = _bags(self._folded[start:end])

    def __call__(self, name: str) -> str:
        """The nearest name, not folded."""
        name = self._fold(name)
        common = np.minimum(self._bags, _bags([name])).sum(axis=0, dtype=np.int16)
        at_least = np.maximum(self._lengths, len(name)) - common
        best = (2**14, 0)  # more edits than any name needs, and the other's number
        for least in np.unique(at_least).tolist():
            if least > best[0]:
                break
            near = np.flatnonzero(at_least == least)
            edits = self._edits(name, near)
            best = min(best, (int(edits.min()), int(near[edits.argmin()])))
        return self._others[best[1]]

    def _edits(self, name: str, numbers: NDArray[np.intp]) -> NDArray[np.int16]:
        """The edit distances from the name to the others with those numbers, (N,)."""
        longest = self._lengths[numbers].max(initial=1)
        rows = np.array([self._folded[i] for i in numbers], f"<U{longest}")
        points = rows.view(np.uint32).reshape(len(rows), longest).T  # (L, N)
        # edits[j]: from the part of the name read so far to the first j characters.
        edits = np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], len(rows), 1)
        for character in map(ord, name):
            substituted = edits[:-1] + (points != character)
            edits += 1  # deleted
            np.minimum(edits[1:], substituted, out=edits[1:])
            for before, here in pairwise(edits):
                np.minimum(here, before + 1, out=here)  # inserted
        last = self._lengths[numbers], np.arange(len(rows))
        return edits[last]


def _bags(names: Sequence[str]) -> NDArray[np.intp]:
    """The number of characters of each name in each bin, (_BINS, N)."""
    N = len(names)
    points = np.frombuffer("".join(names).encode("utf-32-le"), "<u4").astype(np.intp)
    owner = np.repeat(np.arange(N), [len(name) for name in names])
    return np.bincount(points % _BINS * N + owner, minlength=_BINS * N).reshape(-1, N)
