"""Encodings: whether Python knows one, and which one some bytes may be in."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress

from charnames.errors import ListError
from charnames.suggestions import did_you_mean

_COMMON = ("utf-8", "utf-16", "cp1252", "cp1251", "latin-1", "shift_jis", "gb18030")

_EXPORT = "export its names as CSV, or as plain text"
_NO_TEXT = {  # by the first bytes
    b"PK\x03\x04": f"looks like a spreadsheet or another zip file; {_EXPORT}",
    b"\xd0\xcf\x11\xe0": f"looks like a spreadsheet of an old kind; {_EXPORT}",
    b"\x1f\x8b": "is compressed by gzip; decompress it first, with gunzip",
}
_SPACE = ord(" ")
_BREAKS = b"\t\n\r"
_MOSTLY = 0.7  # of the letters of a line, of one script


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


def advice(line: bytes, encoding: str, option: bool = True) -> str:
    """What to do about a line that is not text in that encoding.

    option: whether the user can name another one, with --encoding.
    """
    if encoding == "utf-8" and (likely := likely_encoding(line)):
        return f"it looks like {likely}: {remedy(likely, option)}"
    if option:
        return "save the list as UTF-8, or name its encoding with --encoding"
    return "save the list as UTF-8"


def remedy(encoding: str, option: bool) -> str:
    """What to do with text in an encoding that is not UTF-8.

    >>> remedy("utf-16-le", option=False)
    'convert it to UTF-8, such as with: iconv -f utf-16le -t UTF-8'
    """
    if option:
        return f"say --encoding {encoding}, or save it as UTF-8"
    name = re.sub("-([bl]e)$", r"\1", encoding)
    return f"convert it to UTF-8, such as with: iconv -f {name} -t UTF-8"


def no_text(start: bytes) -> str:
    """What a file that begins so is in place of text, and what to do; "" for text."""
    kinds = (text for magic, text in _NO_TEXT.items() if start.startswith(magic))
    return next(kinds, "")


def likely_encoding(line: bytes) -> str:
    """The encoding in which a line that is not UTF-8 looks like names, or "".

    >>> likely_encoding("Léon".encode("latin-1")), likely_encoding(b"Ada")
    ('cp1252', '')
    >>> [likely_encoding("Анна".encode(name)) for name in ("cp1251", "koi8-r")]
    ['cp1251', 'koi8-r']
    """
    if wide := wide_encoding(line):
        return wide
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


def wide_encoding(line: bytes) -> str:
    """The UTF-16 or UTF-32 without a byte-order mark that a line looks like, or "".

    In UTF-16 the letters of a script mostly have one byte in common, which would be a
    control character in UTF-8; in UTF-32 they have two zeros beside it. Tabs and ends
    of lines are such bytes as well; between letters and digits they are just that.

    >>> [wide_encoding(f"Анна{end}".encode("utf-16-le")) for end in ("", "!")]
    ['utf-16-le', 'utf-16-le']
    """
    for name, starts in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
        quarters = [line[start::4] for start in starts]
        if len(line) > 7 and any(line) and not any(map(any, quarters)):
            return name
    for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        half, other = line[start::2], line[1 - start :: 2]
        byte, count = Counter(half).most_common(1)[0] if half else (_SPACE, 0)
        mostly = count > 1 and count >= _MOSTLY * len(half)
        if byte < _SPACE and mostly and other.count(byte) <= count / 4:
            between = bytes(set(other) - set(_BREAKS))
            if byte not in _BREAKS or not between.isalnum():
                return name
    return ""


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
