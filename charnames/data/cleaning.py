"""Names and labels, cleaned: NFC, no blanks round them, no harmful characters."""

from __future__ import annotations

import unicodedata
from collections import Counter

from charnames.errors import ListError
from charnames.io.safe_text import is_harmful

MAX_LENGTH = 1_000  # characters in a name
MAX_LABEL = 100  # characters in a label
TOO_LONG = f"a name has at most {MAX_LENGTH:,} characters; shorten or split it"

# Invisible characters, grouped by what decides whether a name keeps them.
_NEVER_KEPT = frozenset("\u00ad\u2060\ufeff")  # soft hyphen, joiner of words, BOM
_WORD_BREAK = "\u200b"  # zero-width space
_MARKS = frozenset("\u200e\u200f\u061c")  # directional
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = _NEVER_KEPT | _MARKS | _JOINERS | {_WORD_BREAK}
# Scripts, as the names of their characters begin.
_WITHOUT_BLANKS = ("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE")
_WITHOUT_JOINERS = ("HEBREW", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


def clean_name(line: str, where: str, removed: Counter[str] | None = None) -> str:
    r"""The name on a line in NFC, without blanks round it; "" on a blank line.

    removed: counts the invisible characters that are left out.
    Raises ListError, beginning with `where`, for a harmful character or a long name.

    >>> clean_name("  Ame\u0301lie\r\n", "line 1")
    'Amélie'
    """
    line = line.removesuffix("\n").removesuffix("\r")
    is_plain = line.isascii() and line.isprintable()
    name = line if is_plain else _cleaned(line, where, removed)
    name = name.strip(" ")
    check_length(name, where)
    return name


def check_length(name: str, where: str) -> None:
    """Raise ListError, beginning with `where`, for a name that is too long."""
    if len(name) > MAX_LENGTH:
        raise ListError(f"{where}: {TOO_LONG}")


def clean_label(label: str, where: str) -> str:
    """A label, cleaned and checked as a name is.

    Raises ListError, beginning with `where`, also for a blank label.
    """
    label = _cleaned(label, where, None)
    if not label:
        raise ListError(f"{where}: the label is empty; write one, or take it out")
    if len(label) > MAX_LABEL:
        raise ListError(f"{where}: a label has at most {MAX_LABEL} characters")
    return label


def _cleaned(text: str, where: str, removed: Counter[str] | None) -> str:
    text = unicodedata.normalize("NFC", text)
    if not _INVISIBLE.isdisjoint(text):
        text = _without_invisible(text, removed)
    text = stripped(text)
    for character in text:
        if is_harmful(character):
            what = unicodedata.name(character, "control character").lower()
            if character == "\t":
                what = "a tab: with labels, every line has one"
            raise ListError(
                f"{where}: holds U+{ord(character):04X} ({what}); take it out"
            )
    return text


def _without_invisible(text: str, removed: Counter[str] | None) -> str:
    """The text without the invisible characters that its script has no use for."""
    kept: list[str] = []
    for character in text:
        if character not in _INVISIBLE or _has_use(character, kept, text):
            kept.append(character)
        elif removed is not None:
            removed[character] += 1
    return "".join(kept)


def _has_use(character: str, before: list[str], text: str) -> bool:
    """Whether an invisible character that stands after `before` in a text has a use."""
    if character in _NEVER_KEPT:
        return False
    if character in _MARKS:
        return any(
            unicodedata.bidirectional(c) in ("R", "AL") for c in text if c not in _MARKS
        )
    base = next((c for c in reversed(before) if not _is_modifier(c)), "")
    script = unicodedata.name(base, "") if base else ""
    if character == _WORD_BREAK:
        return script.startswith(_WITHOUT_BLANKS)
    # Letters without case, of scripts that join them, and emoji.
    caseless = bool(base) and unicodedata.category(base) in ("Lo", "So")
    return caseless and not script.startswith(_WITHOUT_JOINERS)


def _is_modifier(character: str) -> bool:
    """Whether it changes what stands before it: a mark, a skin tone, a joiner."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Sk", "Cf")


def stripped(text: str) -> str:
    """The text without blanks round it: spaces of any width, and tabs."""
    first, last = 0, len(text)
    while first < last and _is_blank(text[first]):
        first += 1
    while first < last and _is_blank(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_blank(character: str) -> bool:
    return character == "\t" or unicodedata.category(character) == "Zs"
