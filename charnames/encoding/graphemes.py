"""Grapheme clusters (Unicode Standard Annex 29): what readers see as one character and
is several code points, such as a letter with its accents, emoji with joiners between
them, or a flag.

Each code point is a symbol of its own, and may follow any other. But no name begins
within a cluster or ends within one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from charnames.encoding.junctions import FLAG_LETTERS
from charnames.nn.batching import END

_JOINERS = frozenset("\u200c\u200d")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)  # of other flags; the last ends them


class Edges(NamedTuple):
    """The ids that names may not begin or end with.

    blanks: a name neither begins nor ends with them. later: parts of the character
    before them; no name begins with one. unfinished: parts that need another after
    them; no name ends with one. halves: two of them are one character, so a name ends
    with an even number.
    """

    blanks: list[int]
    later: list[int]
    unfinished: list[int]
    halves: list[int]


def edges(alphabet: str) -> Edges:
    """The ids of an alphabet's characters that names may not begin or end with."""

    def ids(condition: Callable[[str], bool]) -> list[int]:
        return [i for i, c in enumerate(alphabet, END + 1) if condition(c)]

    return Edges(
        ids(str.isspace), ids(_is_continuation), ids(_is_unfinished), ids(_is_half)
    )


def _is_continuation(character: str) -> bool:
    """Whether the code point is part of the character before it."""
    point = ord(character)
    return (
        unicodedata.category(character)[0] == "M"
        or point in _SKIN_TONES
        or point in _TAGS
        or character in _JOINERS
    )


def _is_unfinished(character: str) -> bool:
    """Whether the character is not complete after that code point."""
    return character in _JOINERS or ord(character) in _TAGS[:-1]


def _is_half(character: str) -> bool:
    """Whether the code point is half a flag."""
    return ord(character) in FLAG_LETTERS
