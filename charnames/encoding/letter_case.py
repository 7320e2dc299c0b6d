"""Letter case: the style that a list of names follows, folded away and put back.

A letter folds to its small letter only where that has just this one capital, so that
each character becomes one symbol, whatever stands beside it, and the style gives the
capital back. Letters without such a partner (İ, ẞ, ς, ŉ) are symbols of their own.
A list of titles may write words small that titles write with a capital, as "van der" in
surnames; where it mostly does, they are part of its style, which is then called by
"title" and those words, with blanks between them.
A mark, a symbol that is no character of a name, stands before a letter that is not in
the case that the style gives it, as the N of O'Neil is among names such as Mary Ann.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

# In titles the short words stand in lower case, unless they begin the title or a part.
_SMALL = frozenset(
    "a an and as at but by for from in into nor of on or per the to vs. with".split()  # noqa: SIM905
)
WORD = re.compile(r"(?<!\w)[^\W\d_][^\s\-–—/&.:(·]*\.?")

# The greatest share of names that may differ from a style that is folded away, and the
# same for models of names, which mark what differs: with a third marked, their loss is
# 15 % lower than with all letters as they are, as the base model knows small letters
# only; from random weights it is 4 % lower (tests/benchmarks/case.py).
MOST_EXCEPTIONS = 0.05
MOST_MARKED = 1 / 3
MOST_WORDS, _LONGEST_WORD = 100, 20  # of a style, and characters of each


class _SmallLetters(dict[int, int]):
    """The code point of a capital -> that of its small letter; of any other character
    -> its own. Entries are made when they are first looked up.

    capital: the capital of a small letter, as the style writes it.
    """

    def __init__(self, capital: Callable[[str], str]) -> None:
        super().__init__()
        self._capital = capital

    def __missing__(self, point: int) -> int:
        character = chr(point)
        small = character.lower()
        paired = len(small) == 1 and self._capital(small) == character
        self[point] = ord(small) if paired else point
        return self[point]


class _Capitals(dict[int, int]):
    """The inverse of `_SmallLetters` for small letters; itself for other characters."""

    def __init__(self, capital: Callable[[str], str]) -> None:
        super().__init__()
        self._capital = capital

    def __missing__(self, point: int) -> int:
        character = chr(point)
        capital = self._capital(character)
        paired = len(capital) == 1 and capital.lower() == character
        self[point] = ord(capital) if paired else point
        return self[point]


# All in capitals, ǆ is Ǆ; at the beginning of a word it is ǅ.
_CAPITAL, _INITIAL = _Capitals(str.upper), _Capitals(str.title)
_SMALL_OF_CAPITAL = _SmallLetters(str.upper)
_SMALL_OF_INITIAL = _SmallLetters(str.title)


def _lower(name: str) -> str:
    return name


def _upper(name: str) -> str:
    return name.translate(_CAPITAL)


def _capitalised(name: str) -> str:
    return name[:1].translate(_INITIAL) + name[1:]


def _title(name: str, own: frozenset[str] = frozenset()) -> str:
    """own: the words that the list writes small wherever they stand."""
    if name.isalpha():  # a word alone, as most names are
        return name if name in own else _capitalised(name)
    first = True

    def restored(match: re.Match[str]) -> str:
        nonlocal first
        word, is_first, first = match[0], first, False
        if word in own:
            return word
        if is_first or word not in _SMALL:
            return _capitalised(word)
        before = name[: match.start()].rstrip(" ")
        return _capitalised(word) if before[-1:] in tuple(":-–—(/?!") else word

    return WORD.sub(restored, name)


UPPER = "upper"
CAPITALISED = "capitalised"
TITLE = "title"  # goes by the word, where the other styles go by the letter

# What restores each style on a name in small letters.
STYLES: dict[str, Callable[[str], str]] = {
    "lower": _lower,
    UPPER: _upper,
    CAPITALISED: _capitalised,
    TITLE: _title,
}
KEEP = "keep"
MARK = "\x0e"  # the control character "shift out", which no list may hold
AUTO = "auto"  # not a style: decide by the list


def style_of(case: str) -> str:
    """The style without the words that the list itself writes small.

    >>> style_of("title der van")
    'title'
    """
    return case.partition(" ")[0]


def own_words(case: str) -> list[str]:
    """The words that the list itself writes small."""
    return case.split(" ")[1:]


def is_case(case: str) -> bool:
    """Whether it is "keep", or a style, with words where it is that of titles."""
    words = own_words(case)
    possible = words == sorted(set(words)) and len(words) <= MOST_WORDS
    return style_of(case) in ((TITLE,) if words else (KEEP, *STYLES)) and (
        possible and all(map(is_own_word, words))
    )


def is_own_word(word: str) -> bool:
    """Whether titles write the word with a capital, and a list may write it small."""
    return (
        len(word) <= _LONGEST_WORD
        and bool(WORD.fullmatch(word))
        and word not in _SMALL
        and encode(word, TITLE, marks=False) == word != _capitalised(word)
    )


@lru_cache(maxsize=256)
def restoring(case: str) -> Callable[[str], str]:
    """What restores that style, and its words, on a name in small letters."""
    words = own_words(case)
    return partial(_title, own=frozenset(words)) if words else STYLES[case]


def fold(name: str, case: str) -> str:
    """What whole names are compared by: the name in lower case, or as it is for "keep".

    >>> fold("Amélie", "title")
    'amélie'
    """
    return unicodedata.normalize("NFC", name if case == KEEP else name.lower())


def encode(name: str, case: str, marks: bool = True) -> str:
    """The symbols that a model of that case style spells the name with: one for each
    character of the name in NFC, and MARK before a letter that the style would write
    in another case.

    marks: whether there are marks; without them such a letter loses its case.

    >>> encode("İdil Ece", "title")
    'İdil ece'
    >>> encode("O'Neil", "title").replace(MARK, "^")
    "o'^neil"
    """
    name = unicodedata.normalize("NFC", name)
    if case == KEEP:
        return name
    symbols = name.lower() if name.isascii() else name.translate(_small_letters(case))
    if not marks:
        return symbols
    restored = restoring(case)(symbols)
    if restored == name:
        return symbols
    letters = zip(symbols, restored, name, strict=True)
    return "".join(s if by_style == c else MARK + s for s, by_style, c in letters)


def encode_list(names: Sequence[str], case: str) -> list[str]:
    """The symbols of each name of a list, with marks where the list follows the style
    but for a third of the names or fewer. Without marks it takes on the style as a
    whole.
    """
    encoded = [encode(name, case) for name in names]
    odd = sum(MARK in symbols for symbols in encoded)
    if odd <= MOST_MARKED * len(names):
        return encoded
    return [symbols.replace(MARK, "") for symbols in encoded]


def restore(symbols: str, case: str) -> str:
    """The name that those symbols spell: the inverse of `encode`. One that no name is
    encoded as may come out not in NFC; a mark before no letter is left out.

    >>> restore("who's afraid of virginia woolf?", "title")
    "Who's Afraid of Virginia Woolf?"
    """
    if case == KEEP:
        return symbols
    unmarked = symbols.replace(MARK, "")
    name = restoring(case)(unmarked)
    if len(unmarked) == len(symbols):
        return name
    characters, place = list(name), 0
    for before in symbols.split(MARK)[:-1]:
        place += len(before)
        if place < len(characters):
            characters[place] = _other_case(characters[place], case)
    return "".join(characters)


def has_cases(character: str, case: str) -> bool:
    """Whether a mark before the character changes it."""
    return case != KEEP and _other_case(character, case) != character


def _other_case(character: str, case: str) -> str:
    small = character.translate(_small_letters(case))
    return small if small != character else character.translate(_capitals(case))


def _small_letters(case: str) -> Mapping[int, int]:
    initials = style_of(case) in (CAPITALISED, TITLE)
    return _SMALL_OF_INITIAL if initials else _SMALL_OF_CAPITAL


def _capitals(case: str) -> Mapping[int, int]:
    return _INITIAL if style_of(case) in (CAPITALISED, TITLE) else _CAPITAL


def caseless(character: str, case: str) -> str:
    """What a character is recognised by in constraints: for all cases of a letter the
    same one character (as in Unicode's simple case folding), or for "keep" itself.

    >>> [caseless(c, "upper") for c in "Σσςẞßİ"]
    ['σ', 'σ', 'σ', 'ß', 'ß', 'İ']
    """
    if case == KEEP:
        return character
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character
