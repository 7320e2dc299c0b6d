"""What a reader takes for one character, and is several: a letter with its marks, emoji
with joiners between them, a flag (Unicode Standard Annex 29).

Each of these is a symbol of its own, and may follow any other. But no name begins with
what belongs to a character before it, or ends where more of the last has to come.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from charnames.nn.batching import END

_JOINERS = frozenset("\u200c\u200d")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # two are a flag
_TAGS = range(0xE0020, 0xE0080)  # of other flags; the last ends them


class Edges(NamedTuple):
    """The ids of what names do not begin with, or do not end with: blanks, neither;
    parts that belong to the character before, and parts after which more has to come;
    halves, which end one in pairs.
    """

    blanks: list[int]
    later: list[int]
    unfinished: list[int]
    halves: list[int]


def edges(alphabet: str) -> Edges:
    """Those of an alphabet."""

    def ids(where: Callable[[str], bool]) -> list[int]:
        return [i for i, c in enumerate(alphabet, END + 1) if where(c)]

    return Edges(ids(str.isspace), ids(_continues), ids(_goes_on), ids(_is_half))


def _continues(character: str) -> bool:
    """Whether it belongs to the character before it."""
    point = ord(character)
    return (
        unicodedata.category(character)[0] == "M"
        or point in _SKIN_TONES
        or point in _TAGS
        or character in _JOINERS
    )


def _goes_on(character: str) -> bool:
    """Whether more has to come."""
    return character in _JOINERS or ord(character) in _TAGS[:-1]


def _is_half(character: str) -> bool:
    return ord(character) in _FLAG_LETTERS
