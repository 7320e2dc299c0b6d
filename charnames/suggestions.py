"""Slips of the pen: what a word that is not among the choices may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """What follows an unknown word in a message, if one of the choices is like it.

    >>> did_you_mean("trian", ["train", "sample"])
    "; did you mean 'train'?"
    """
    from difflib import get_close_matches  # slow to import, and seldom needed

    close = get_close_matches(word, list(choices), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
