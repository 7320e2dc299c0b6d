"""Suggestions for mistyped words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_FEW = 3


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The end of a message about an unknown word: the choice most like it, or "".

    >>> did_you_mean("trian", ["train", "sample"])
    "; did you mean 'train'?"
    """
    close = most_alike(word, choices)
    return f"; did you mean {close!r}?" if close else ""


def most_alike(word: str, choices: Iterable[str]) -> str:
    """The choice most like a word, or "" where none is.

    >>> [most_alike(word, ["gru", "lstm"]) for word in ("gruu", "LSTM", "x")]
    ['gru', 'lstm', '']
    """
    from difflib import get_close_matches  # slow to import, and rarely needed

    choices = list(choices)
    for spelling in dict.fromkeys([word, word.casefold()]):
        if close := get_close_matches(spelling, choices, 1):
            return close[0]
    return ""


def choices_shown(word: str, choices: Collection[str]) -> str:
    """The choices in a message about an unknown word: all of a few, or else the three
    that are most like it, the most similar first.

    >>> choices_shown("b", ["a", "b"])
    'a, b'
    >>> choices_shown("ada", ["eve", "ida", "adam", "ad", "bob", "max"])
    'adam, ad, ida and 3 more'
    """
    if len(choices) <= _FEW:
        return ", ".join(choices)
    from difflib import get_close_matches

    nearest = get_close_matches(word, choices, _FEW, cutoff=0)
    return f"{', '.join(nearest)} and {len(choices) - _FEW:,} more"
