"""Candidates: the targets that a source may become, each with its probability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Target = tuple[int, ...]  # ids of symbols


class Candidate(NamedTuple):
    """A target that a source may become, and its probability."""

    ids: Target
    probability: float


def ranked(probabilities: Mapping[Target, float]) -> list[Candidate]:
    """The likeliest first; of equals, the first in the order of their symbols.

    >>> [c.ids for c in ranked({(2, 1): 0.3, (1, 3): 0.3, (4,): 0.4})]
    [(4,), (1, 3), (2, 1)]
    """
    ordered = sorted(probabilities.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Candidate(ids, p) for ids, p in ordered]


def mixed(
    network: Iterable[Candidate], ngram: Iterable[Candidate], weight: float
) -> list[Candidate]:
    """The candidates of both models, with weight p_ngram + (1 - weight) p_network, the
    likeliest first: linear interpolation (Jelinek & Mercer 1980). What one model does
    not have among its candidates, it gives the probability 0.
    """
    p: dict[Target, float] = {}
    for share, candidates in ((1 - weight, network), (weight, ngram)):
        for ids, probability in candidates:
            p[ids] = p.get(ids, 0.0) + share * probability
    return ranked(p)
