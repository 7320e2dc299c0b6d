"""How far names are from each other, in edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_BINS = 32  # of characters: by the end of their code points, so a to z have one each
_SOME = 65_536  # names counted at once


class Nearest:
    """Finds the one of `others` that the fewest insertions, deletions and substitutions
    of a character lead to (Levenshtein 1966); the first of those that are equally near.

    fold: what is done to every name before it is compared.

    A name needs at least as many edits as one of them has characters that the other
    has not (the bag distance, Bartolini, Ciaccia & Patella 2002). That is soon counted
    for all, and few are left for which the edits are.

    >>> Nearest(["Calcium", "Cadmium", "Sodium"])("Caldium")
    'Calcium'
    """

    def __init__(self, others: Sequence[str], fold: Callable[[str], str] = str) -> None:
        self._others, self._fold = others, fold
        self._folded = [fold(other) for other in others]
        self._lengths = np.array([len(other) for other in self._folded], np.int16)
        self._bags = np.empty((_BINS, len(others)), np.uint16)
        for start in range(0, len(others), _SOME):
            end = start + _SOME
            self._bags[:, start:end] = _bags(self._folded[start:end])

    def __call__(self, name: str) -> str:
        """The nearest, as it stands among the others."""
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
        """How many lead from the name to each of those others, (N,)."""
        longest = self._lengths[numbers].max(initial=1)
        rows = np.array([self._folded[i] for i in numbers], f"<U{longest}")
        points = rows.view(np.uint32).reshape(len(rows), longest).T  # (L, N)
        # edits[j]: from what has been read of the name to the first j of each other.
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
    """How many characters of each bin the names have, (_BINS, N)."""
    N = len(names)
    points = np.frombuffer("".join(names).encode("utf-32-le"), "<u4").astype(np.intp)
    owner = np.repeat(np.arange(N), [len(name) for name in names])
    return np.bincount(points % _BINS * N + owner, minlength=_BINS * N).reshape(-1, N)
