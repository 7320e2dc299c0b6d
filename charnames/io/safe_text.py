"""Texts of strangers, made fit to be shown."""

from __future__ import annotations

from charnames.data.names import is_harmful


def escaped(text: str) -> str:
    r"""The text with what could steer a terminal spelt out.

    >>> print(escaped("a\tb"))
    a\tb
    """
    return "".join(
        c.encode("unicode_escape").decode() if is_harmful(c) else c for c in text
    )


def shortened(text: str, limit: int = 300) -> str:
    """The text, its middle left out where it is too long to read.

    >>> shortened("abcdefgh", 5)
    'ab…gh'
    """
    if len(text) <= limit:
        return text
    return f"{text[: limit // 2]}…{text[len(text) + 1 - (limit - limit // 2) :]}"
