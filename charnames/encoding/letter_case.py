"""Letter case: the style that a list of names follows, folded away and put back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

# In titles the short words stand in lower case, unless they begin the title or a part.
_SMALL = frozenset(
    "a an and as at but by for from in into nor of on or per the to vs. with".split()  # noqa: SIM905
)
_WORD = re.compile(r"(?<!\w)[^\W\d_][^\s\-–—/&.:(·]*\.?")

# How much of a list has to follow a style for its case to be folded away.
_ENOUGH = 0.95


def _lower(name: str) -> str:
    return name


def _upper(name: str) -> str:
    return "".join(map(_upper_one, name)) if not name.isascii() else name.upper()


def _upper_one(character: str) -> str:
    """The capital, or the letter itself where it has none of its own, as ß."""
    capital = character.upper()
    return capital if len(capital) == 1 else character


def _capitalised(name: str) -> str:
    return _upper_one(name[:1]) + name[1:]


def _title(name: str) -> str:
    if name.isalpha():  # a word alone, as most names are
        return _capitalised(name)
    first = True

    def put_back(match: re.Match[str]) -> str:
        nonlocal first
        word, before = match[0], name[: match.start()].rstrip(" ")
        starts = first or before[-1:] in tuple(":-–—(/?!")
        first = False
        return word if word in _SMALL and not starts else _capitalised(word)

    return _WORD.sub(put_back, name)


TITLE = "title"  # goes by the word, where the other styles go by the letter

# How each style is put back on a folded name.
STYLES: dict[str, Callable[[str], str]] = {
    "lower": _lower,
    "upper": _upper,
    "capitalised": _capitalised,
    TITLE: _title,
}
KEEP = "keep"
AUTO = "auto"  # not a style: decide by the list


def fold(name: str, case: str) -> str:
    """The name as a model of that case style spells it: in lower case, or as it is.

    >>> fold("Amélie", "title")
    'amélie'
    """
    return unicodedata.normalize("NFC", name if case == KEEP else name.lower())


def restore(name: str, case: str) -> str:
    """The case put back on what `fold` gave, as far as the style tells it.

    >>> restore("who's afraid of virginia woolf?", "title")
    "Who's Afraid of Virginia Woolf?"
    """
    if case == KEEP:
        return name
    restored = STYLES[case](name)
    # A capital and its accent may be one letter where the small one was two.
    return restored if restored.isascii() else unicodedata.normalize("NFC", restored)


def detect_case(names: Sequence[str]) -> tuple[str, int]:
    """The style that the names follow, and how many do not.

    `keep` where no style fits nearly all of them, or none has a case to fold.
    """
    folded = [fold(name, "lower") for name in names]
    if not any(name.upper() != name for name in folded):
        return KEEP, 0
    odd = {
        style: sum(
            restore(low, style) != name for low, name in zip(folded, names, strict=True)
        )
        for style in STYLES
    }
    style = min(odd, key=lambda style: odd[style])
    if odd[style] > (1 - _ENOUGH) * len(names):
        return KEEP, 0
    return style, odd[style]
