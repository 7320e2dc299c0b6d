"""A list of names: found, read, cleaned, checked; and what identifies it."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from charnames.errors import ListError

if TYPE_CHECKING:
    from pathlib import Path

MAX_LENGTH = 1_000  # characters in a name
MAX_NAMES = 5_000_000  # names in a list
_MAX_BYTES = 8 * MAX_LENGTH  # in a line: a name of the longest characters, and blanks

# They change the order in which a terminal shows what follows them.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class NameList(list[str]):
    """The names of a list in their order, repeats included, and where they came from.

    source: what to call the list in a message: a path, a built-in list's name,
    "standard input".
    """

    def __init__(self, names: Iterable[str], source: str = "the list") -> None:
        super().__init__(names)
        self.source = source

    @property
    def repeats(self) -> int:
        """How many of the names stand in the list already."""
        return len(self) - len(set(self))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the names, each with a line feed after it, in hexadecimal."""
        digest = hashlib.sha256()
        for name in self:
            digest.update(name.encode() + b"\n")
        return digest.hexdigest()


def as_name_list(names: Iterable[str]) -> NameList:
    """Names that a program made up, cleaned and checked as those of a file are."""
    if isinstance(names, str):
        raise ListError(f"{names!r} is one name, not a list; read_names reads a list")
    if isinstance(names, NameList):
        found = names
    else:
        cleaned = (clean_name(name, f"name {i}") for i, name in enumerate(names, 1))
        found = NameList(name for name in cleaned if name)
    if not found:
        raise ListError("there is no name in the list")
    return found


def read_names(dataset: str | os.PathLike[str] | BinaryIO) -> NameList:
    """The names of a built-in list ("elements"), of a UTF-8 file with a name a line
    (./elements is a file), or of an open binary stream.

    Names come out in NFC without blanks round them; blank lines, a byte-order mark and
    the carriage returns of CRLF are left out. Only a line feed ends a line.

    Raises ListError, with file and line: no such list, not UTF-8, a control or
    bidirectional-override character, a line or list too long, nothing in it.
    """
    if not isinstance(dataset, str | os.PathLike):
        name = getattr(dataset, "name", None)
        return _collect(dataset, name if isinstance(name, str) else "the stream")
    source = os.fspath(dataset)
    path = built_in().get(source) if isinstance(dataset, str) else None
    try:
        with open(path or source, "rb") as stream:
            return _collect(stream, source)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and not os.path.dirname(source):
            known = ", ".join(built_in())
            raise ListError(
                f"{source}: no such file, and no built-in list of that name; "
                f"the built-in lists are {known}"
            ) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise ListError(f"{source}: {reason}; give a UTF-8 file of names") from None


def built_in() -> dict[str, Path]:
    """The lists that come with charnames: name -> file."""
    from pathlib import Path  # which is slow to load, and seldom needed

    here = Path(__file__).parent
    folder = (
        here / "datasets"
    )  # as installed; in a checkout it stands beside the package
    if not folder.is_dir():
        folder = here.parent / "datasets"
    return {path.stem: path for path in sorted(folder.glob("*.txt"))}


def read_stdin() -> NameList:
    """The names on standard input. Raises ListError also where it is closed."""
    if sys.stdin is None:
        raise ListError("standard input is closed; give it names, one a line")
    return _collect(sys.stdin.buffer, "standard input")


def _collect(stream: BinaryIO, source: str) -> NameList:
    names = NameList(_clean(stream, source), source)
    if not names:
        raise ListError(f"{source}: there is no name in it; write one name a line")
    return names


def _clean(stream: BinaryIO, source: str) -> Iterator[str]:
    count = 0
    for number, line in enumerate(
        iter(lambda: stream.readline(_MAX_BYTES + 1), b""), 1
    ):
        where = f"{source}, line {number}"
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        name = clean_name(line, where)
        if not name:
            continue
        count += 1
        if count > MAX_NAMES:
            raise ListError(f"{where}: a list holds at most {MAX_NAMES:,} names")
        yield name


def clean_name(line: bytes | str, where: str) -> str:
    r"""One line -> the name on it in NFC, or "" where it is blank.

    Raises ListError, beginning with `where`.

    >>> clean_name("  Ame\u0301lie\r\n", "line 1")
    'Amélie'
    """
    if isinstance(line, bytes):
        if len(line) > _MAX_BYTES:
            raise ListError(_too_long(where))
        try:
            line = line.decode()
        except UnicodeDecodeError as error:
            raise ListError(
                f"{where}: not UTF-8 (byte {error.start + 1} of the line); "
                "save the list as UTF-8"
            ) from None
    name = line.removesuffix("\n").removesuffix("\r")
    if not (name.isascii() and name.isprintable()):
        name = unicodedata.normalize("NFC", name)
        first, last = 0, len(name)
        while first < last and _is_blank(name[first]):
            first += 1
        while first < last and _is_blank(name[last - 1]):
            last -= 1
        name = name[first:last]
        _check(name, where)
    name = name.strip(" ")
    if len(name) > MAX_LENGTH:
        raise ListError(_too_long(where))
    return name


def _too_long(where: str) -> str:
    return f"{where}: a name has at most {MAX_LENGTH:,} characters; shorten or split it"


def _is_blank(character: str) -> bool:
    return character == "\t" or unicodedata.category(character) == "Zs"


def is_harmful(character: str) -> bool:
    """Whether it could steer a terminal: a control character, a line or paragraph
    separator, a bidirectional override, a lone surrogate.
    """
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or character in _OVERRIDES


def _check(name: str, where: str) -> None:
    for character in name:
        if is_harmful(character):
            what = unicodedata.name(character, "control character")
            raise ListError(
                f"{where}: holds U+{ord(character):04X} ({what.lower()}); take it out"
            )
