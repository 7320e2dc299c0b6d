"""Command lines that are printed to be pasted into a shell."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable


def command_line(words: Iterable[str]) -> str:
    """Words as a shell reads them."""
    return " ".join(map(quoted, words))


def quoted(word: str) -> str:
    r"""A word as a shell reads it, on one line and in printable characters.

    What cannot be printed, such as a line feed or bytes that are not UTF-8, is written
    as $'...', which bash, ksh and zsh read.

    >>> print(quoted("my list.txt"), quoted("a\nb\udcff.txt"))
    'my list.txt' $'a\x0ab\xff.txt'
    """
    if word.isprintable():
        return shlex.quote(word)
    return f"$'{''.join(map(_escaped, word))}'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
