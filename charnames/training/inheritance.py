"""Weights that stand for symbols or labels, taken over from another model."""

from __future__ import annotations

from unicodedata import normalize

import numpy as np

from charnames.nn.batching import Ids
from charnames.nn.parameters import Array

_OWN_SHARE = 0.1  # of its random weights that a new symbol keeps beside another's


def inherit_symbols(
    view: Array, inherited: Array, ours: list[str], theirs: list[str]
) -> None:
    """Write to `view`, which has a row for each of our symbols, the rows of theirs.

    A character that is only ours starts near the one that it is made from, ạ near a,
    where that is theirs. Other new symbols keep their random weights.
    """
    here, there = _shared_positions(ours, theirs)
    new, nearest = _nearest_positions(ours, theirs)
    view[here] = inherited[there]
    view[new] = _OWN_SHARE * view[new] + inherited[nearest]


def inherit_labels(
    view: Array, inherited: Array, ours: list[str], theirs: list[str]
) -> None:
    """Write to `view`, which has a column for each of our labels, those of theirs that
    are the same. New labels keep their random weights.
    """
    here, there = _shared_positions(ours, theirs)
    view[:, here] = inherited[:, there]


def _shared_positions(ours: list[str], theirs: list[str]) -> tuple[Ids, Ids]:
    """The positions in both lists of the texts that they share, in our order.

    >>> _shared_positions(["a", "b", "c"], ["c", "a"])
    (array([0, 2]), array([1, 0]))
    """
    positions = {text: j for j, text in enumerate(theirs)}
    pairs = [(i, positions[text]) for i, text in enumerate(ours) if text in positions]
    return _two_columns(pairs)


def _nearest_positions(ours: list[str], theirs: list[str]) -> tuple[Ids, Ids]:
    """The positions of characters that are only ours, and of the characters of theirs
    that these are made from: with one mark, without any, or small.

    >>> _nearest_positions(["a", "ấ", "x"], ["a", "â"])
    (array([1]), array([1]))
    """
    positions = {text: j for j, text in enumerate(theirs)}
    pairs = []
    for i, text in enumerate(ours):
        parts = normalize("NFD", text)
        origins = [
            normalize("NFC", parts[:2]),
            parts[:1],
            text.lower(),
            parts[:1].lower(),
        ]
        if text not in positions:
            pairs += [(i, positions[o]) for o in origins if o in positions][:1]
    return _two_columns(pairs)


def _two_columns(pairs: list[tuple[int, int]]) -> tuple[Ids, Ids]:
    columns = np.array(pairs, np.intp).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
