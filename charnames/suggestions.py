"""Suggestions for mistyped words."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The end of a message about an unknown word: the choice most like it, or "".

    >>> did_you_mean("trian", ["train", "sample"])
    "; did you mean 'train'?"
    """
    from difflib import get_close_matches  # slow to import, and rarely needed

    close = get_close_matches(word, list(choices), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
