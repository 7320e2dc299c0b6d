"""The lengths and the letters of names, as shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def length_shares(names: Iterable[str]) -> dict[int, float]:
    """The share of the names that has each number of characters, in order; 0 for a
    length between two others that no name has.

    >>> length_shares(["a", "bc", "de", "fghi"])
    {1: 0.25, 2: 0.5, 3: 0.0, 4: 0.25}
    """
    counts = Counter(map(len, names))
    total = counts.total()
    lengths = range(min(counts, default=0), max(counts, default=-1) + 1)
    return {length: counts[length] / total for length in lengths}


def letter_shares(names: Iterable[str]) -> dict[str, float]:
    """The share of all characters of the names that each has, the most frequent first,
    and in the order of their code points where two are as frequent.

    >>> letter_shares(["aba", "b"])
    {'a': 0.5, 'b': 0.5}
    """
    counts = Counter("".join(names))
    total = counts.total()
    order = sorted(counts, key=lambda letter: (-counts[letter], letter))
    return {letter: counts[letter] / total for letter in order}
