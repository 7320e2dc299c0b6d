"""Candidates: the targets that a source may become, each with its probability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

TargetIds = tuple[int, ...]  # ids of symbols


class Candidate(NamedTuple):
    """A target that a source may become, and its probability."""

    ids: TargetIds
    probability: float


def ranked(probabilities: Mapping[TargetIds, float]) -> list[Candidate]:
    """The likeliest first; of equals, the first in the order of their symbols.

    >>> [c.ids for c in ranked({(2, 1): 0.3, (1, 3): 0.3, (4,): 0.4})]
    [(4,), (1, 3), (2, 1)]
    """
    return [Candidate(ids, p) for ids, p in in_order(probabilities)]


def in_order(probabilities: Mapping[TargetIds, float]) -> list[tuple[TargetIds, float]]:
    """The targets and their probabilities, in the order of `ranked`."""
    order = sorted([(-p, ids) for ids, p in probabilities.items()])
    return [(ids, -p) for p, ids in order]
