"""How far names are from each other, in edits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def nearest_name(name: str, others: Sequence[str]) -> str:
    """The one of `others` that the fewest insertions, deletions and substitutions of a
    character lead to (Levenshtein 1966); the first of those that are equally near.

    >>> nearest_name("Caldium", ["Calcium", "Cadmium", "Sodium"])
    'Calcium'
    """
    longest = max(map(len, others))
    rows = np.array([*others], f"<U{longest}").view(np.uint32)
    points = rows.reshape(len(others), longest).T  # (L, n): one name a column
    lengths = np.array([len(other) for other in others])
    # distance[j]: from what has been read of `name` to the first j of each other.
    distance = np.repeat(np.arange(longest + 1)[:, None], len(others), axis=1)
    for character in map(ord, name):
        diagonal, distance[0] = distance[0].copy(), distance[0] + 1
        for j in range(longest):
            substituted = diagonal + (points[j] != character)
            diagonal = distance[j + 1].copy()
            edited = np.minimum(distance[j], distance[j + 1]) + 1
            np.minimum(substituted, edited, out=distance[j + 1])
    return others[int(distance[lengths, np.arange(len(others))].argmin())]
