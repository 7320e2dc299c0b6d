"""Which letter case a list of names is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import ne

from charnames.encoding.letter_case import (
    CAPITALISED,
    KEEP,
    MOST_EXCEPTIONS,
    MOST_WORDS,
    STYLES,
    TITLE,
    UPPER,
    WORD,
    encode,
    fold,
    is_own_word,
    restoring,
)

_NAMES_PER_WORD = 2  # that differ from titles, for each word that is written small


def detect_case(names: Sequence[str], most: float = MOST_EXCEPTIONS) -> tuple[str, int]:
    """The style that the names follow, and how many do not.

    It is "title" with words where that fits more names than any style alone, and `keep`
    where more than a share of `most` differ from every style, or none has a case to
    fold.
    """
    if not any(
        name.upper() != name for name in (fold(name, "lower") for name in names)
    ):
        return KEEP, 0
    # The styles that begin words with a capital have their small letters in common.
    small = {
        style: [encode(name, style, marks=False) for name in names]
        for style in (UPPER, TITLE)
    }
    odd = {}
    for style in STYLES:
        folded = small[TITLE if style in (CAPITALISED, TITLE) else UPPER]
        restored = map(restoring(style), folded)
        odd[style] = sum(map(ne, restored, names))
    words = _words_written_small(names, small[TITLE]) if all(odd.values()) else []
    if words:
        case = " ".join([TITLE, *words])
        odd[case] = sum(map(ne, map(restoring(case), small[TITLE]), names))
    style = min(odd, key=odd.__getitem__)
    if odd[style] > most * len(names):
        return KEEP, 0
    return style, odd[style]


def _words_written_small(names: Sequence[str], small: Sequence[str]) -> list[str]:
    """The words, in order, that the names mostly write small, unlike titles; none if
    they are so many for the names that they are rather words like any other.

    small: the names in small letters. A name that is in small letters itself does not
    show which words are.
    """
    titles = restoring(TITLE)
    pairs = [*zip(names, small, strict=True)]
    unlike = [(n, symbols) for n, symbols in pairs if symbols != n != titles(symbols)]
    candidates = {
        match[0]
        for name, symbols in unlike
        for match in WORD.finditer(symbols)
        if name[match.start() : match.end()] == match[0] and is_own_word(match[0])
    }
    written: Counter[tuple[str, bool]] = Counter()  # by the word, and whether small
    for name, symbols in pairs:
        for match in WORD.finditer(symbols):
            if (word := match[0]) in candidates:
                written[word, name[match.start() : match.end()] == word] += 1
    words = sorted(w for w in candidates if written[w, True] > written[w, False])
    few = min(MOST_WORDS, len(unlike) / _NAMES_PER_WORD)
    return words if len(words) <= few else []
