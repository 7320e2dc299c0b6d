"""Encodings: whether Python knows one, and which one some bytes may be in."""

from __future__ import annotations

from contextlib import suppress

from charnames.errors import ListError
from charnames.suggestions import did_you_mean

_COMMON = ("utf-8", "utf-16", "cp1252", "cp1251", "latin-1", "shift_jis", "gb18030")


def check_encoding(name: str) -> None:
    """Raise ListError if Python knows no text encoding of that name."""
    try:
        with suppress(UnicodeError):
            b"a".decode(name)
    except (LookupError, ValueError):
        raise ListError(
            f"encoding: {name!r} is unknown; some of them are {', '.join(_COMMON)}"
            f"{did_you_mean(name, _COMMON)}"
        ) from None


def advice(line: bytes, encoding: str) -> str:
    """What to do about a line that is not text in that encoding."""
    if encoding == "utf-8" and (likely := likely_encoding(line)):
        return f"it looks like {likely}: say --encoding {likely}, or save it as UTF-8"
    return "save the list as UTF-8, or name its encoding with --encoding"


def likely_encoding(line: bytes) -> str:
    """The encoding in which a line that is not UTF-8 looks like names, or "".

    >>> likely_encoding("Léon".encode("latin-1")), likely_encoding(b"Ada")
    ('cp1252', '')
    >>> [likely_encoding("Анна".encode(name)) for name in ("cp1251", "koi8-r")]
    ['cp1251', 'koi8-r']
    """
    if b"\0" in line:
        return _without_mark(line)
    if line.isascii():
        return ""
    for encoding in ("cp1252", "cp1251", "koi8-r", "shift_jis", "gb18030"):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_likely(text, encoding):
            return encoding
    return ""


def _without_mark(line: bytes) -> str:
    """The UTF-16 without a byte-order mark that a line looks like, or ""."""
    even, odd = line[::2].count(0), line[1::2].count(0)
    if min(even, odd) > max(even, odd) / 4 or max(even, odd) < len(line) / 4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_likely(text: str, encoding: str) -> bool:
    """Whether the characters beyond ASCII are the letters that names have."""
    letters = [c for c in text if not c.isascii()]
    if not all(map(str.isalpha, letters)):
        return False
    if encoding == "cp1252":  # accented letters among others
        return 2 * len(letters) <= len([c for c in text if c.isalpha()])
    if encoding in ("cp1251", "koi8-r"):
        words = text.split()
        return all("Ѐ" <= c <= "ӿ" for c in letters) and all(
            word in (word.title(), word.lower(), word.upper()) for word in words
        )
    return not any("｡" <= c <= "ﾟ" for c in letters)  # halfwidth kana, seldom names
