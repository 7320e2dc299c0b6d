"""Text that others wrote, made safe and short enough to be shown in a terminal."""

from __future__ import annotations

import unicodedata

# They change the order in which a terminal shows what follows them.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_harmful(character: str) -> bool:
    """Whether it could steer a terminal: a control character, a line or paragraph
    separator, a bidirectional override, a lone surrogate.
    """
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or character in _OVERRIDES


def escaped(text: str) -> str:
    r"""The text with what could steer a terminal spelt out.

    >>> print(escaped("a\tb"))
    a\tb
    """
    if text.isprintable():  # nothing printable is harmful
        return text
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
