"""A list of names, with labels or without: found, read, cleaned, checked; and what
identifies it.

A labelled list has a label, a tab and a name on each line. It is one if the first line
that is not blank has a tab inside.
"""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from charnames.errors import ListError
from charnames.io.lines import decoded, numbered, stream_name
from charnames.io.safe_text import is_harmful

if TYPE_CHECKING:
    from pathlib import Path

MAX_LENGTH = 1_000  # characters in a name
MAX_NAMES = 5_000_000  # names in a list
MAX_LABEL = 100  # characters in a label
_MAX_BYTES = 8 * MAX_LENGTH  # in a line: a name of the longest characters, and blanks
STDIN = "standard input"
_TOO_LONG = f"a name has at most {MAX_LENGTH:,} characters; shorten or split it"


class NameList(list[str]):
    """The names of a list in their order, repeats included, and where they came from.

    source: what to call the list in a message: a path, a built-in list's name,
    "standard input". labels: one for each name, or None.
    Raises ListError for more labels than names, or fewer.
    """

    def __init__(
        self,
        names: Iterable[str],
        source: str = "the list",
        labels: Sequence[str] | None = None,
    ) -> None:
        super().__init__(names)
        self.source = source
        self.labels = check_labels(labels, len(self), source)

    def lines(self) -> Iterator[str]:
        """What a file of the list has on its lines."""
        if self.labels is None:
            return iter(self)
        return map("\t".join, zip(self.labels, self, strict=True))

    @property
    def repeats(self) -> int:
        """How many of the names stand in the list already, under the same label."""
        return len(self) - len(set(self.lines()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the lines, each with a line feed after it, in hexadecimal."""
        digest = hashlib.sha256()
        for line in self.lines():
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()


def check_labels(
    labels: Sequence[str] | None, count: int, source: str
) -> list[str] | None:
    """The labels of that many names or sequences. Raises ListError for another many."""
    if labels is not None and len(labels) != count:
        raise ListError(f"{source}: {len(labels):,} labels for {count:,} entries")
    return None if labels is None else list(labels)


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


def read_names(
    dataset: str | os.PathLike[str] | BinaryIO, labels: bool = False
) -> NameList:
    """The names of a built-in list ("elements"), of a UTF-8 file with a name a line
    (./elements is a file), or of an open binary stream.

    Names come out in NFC without blanks round them; blank lines, a byte-order mark and
    the carriage returns of CRLF are left out. Only a line feed ends a line.
    labels: whether the list has to have labels, and they are wanted; without it, those
    that it has are dropped.

    Raises ListError, with file and line: no such list, not UTF-8, a control or
    bidirectional-override character, a line or list too long, nothing in it; a tab on
    some lines and not on others, no labels where they are wanted.
    """
    if not isinstance(dataset, str | os.PathLike):
        return _collect(dataset, stream_name(dataset), labels)
    source = os.fspath(dataset)
    path = built_in().get(source) if isinstance(dataset, str) else None
    try:
        with open(path or source, "rb") as stream:
            return _collect(stream, source, labels)
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
    return list_files(".txt")


def list_files(suffix: str) -> dict[str, Path]:
    """The files of lists that come with charnames and end in a suffix, by name."""
    from pathlib import Path  # which is slow to load, and seldom needed

    here = Path(__file__).parents[1]
    folder = here / "datasets"  # as installed; in a checkout, beside the package
    if not folder.is_dir():
        folder = here.parent / "datasets"
    return {path.stem: path for path in sorted(folder.glob(f"*{suffix}"))}


def read_stdin(labels: bool = False) -> NameList:
    """The names on standard input. Raises ListError also where it is closed."""
    return _collect(stdin_stream(), STDIN, labels)


def stdin_names() -> Iterator[str]:
    """The name on each line of standard input, as it comes; "" on a blank one.

    Raises ListError, at once where it is closed, or with the line.
    """
    lines = numbered(stdin_stream(), STDIN, _MAX_BYTES, _TOO_LONG)
    return (clean_name(line, where) for where, line in lines)


def stdin_stream() -> BinaryIO:
    """The bytes of standard input. Raises ListError where it is closed."""
    if sys.stdin is None:
        raise ListError(f"{STDIN} is closed; give it names, one a line")
    return sys.stdin.buffer


def _collect(stream: BinaryIO, source: str, labels: bool) -> NameList:
    names, found = NameList((), source), list[str]()
    known: dict[str, str] = {}  # one text for all names of a label
    labelled = labels
    for where, line in numbered(stream, source, _MAX_BYTES, _TOO_LONG):
        if not names:
            labelled = labels or "\t" in _stripped(decoded(line, where))
        if labelled:
            label, name = _split(decoded(line, where), where)
        else:
            name = clean_name(line, where)
        if not name:
            continue
        if len(names) == MAX_NAMES:
            raise ListError(f"{where}: a list holds at most {MAX_NAMES:,} names")
        names.append(name)
        if labels:
            found.append(known.setdefault(label, label))
    if not names:
        raise ListError(f"{source}: there is no name in it; write one name a line")
    if labels:
        names.labels = found
    return names


def _split(line: str, where: str) -> tuple[str, str]:
    """A line of a labelled list -> its label and its name, both "" where it is blank.

    Raises ListError, beginning with `where`, for anything else.
    """
    if not _stripped(line):
        return "", ""
    tabs = line.count("\t")
    if tabs != 1:
        raise ListError(
            f"{where}: has {tabs or 'no'} tab{'s' * (tabs != 1)}; in a list with "
            "labels write a label, one tab and a name on every line"
        )
    label, _, name = line.partition("\t")
    label, name = clean_label(label, where), clean_name(name, where)
    if not name:
        raise ListError(f"{where}: no name after the tab; write one, or take it out")
    return label, name


def clean_label(label: str, where: str) -> str:
    """A label, cleaned and checked as a name is.

    Raises ListError, beginning with `where`, also for a blank one.
    """
    label = _cleaned(label, where)
    if not label:
        raise ListError(f"{where}: the label is empty; write one, or take it out")
    if len(label) > MAX_LABEL:
        raise ListError(f"{where}: a label has at most {MAX_LABEL} characters")
    return label


def clean_name(line: bytes | str, where: str) -> str:
    r"""One line -> the name on it in NFC, or "" where it is blank.

    Raises ListError, beginning with `where`.

    >>> clean_name("  Ame\u0301lie\r\n", "line 1")
    'Amélie'
    """
    if isinstance(line, bytes):
        if len(line) > _MAX_BYTES:
            raise ListError(f"{where}: {_TOO_LONG}")
        line = decoded(line, where)
    else:
        line = line.removesuffix("\n").removesuffix("\r")
    name = line if line.isascii() and line.isprintable() else _cleaned(line, where)
    name = name.strip(" ")
    check_length(name, where)
    return name


def check_length(name: str, where: str) -> None:
    """Raise ListError, beginning with `where`, for a name that is too long."""
    if len(name) > MAX_LENGTH:
        raise ListError(f"{where}: {_TOO_LONG}")


def _cleaned(text: str, where: str) -> str:
    """In NFC, without blanks round it. Raises ListError for a harmful character."""
    text = _stripped(unicodedata.normalize("NFC", text))
    for character in text:
        if is_harmful(character):
            what = unicodedata.name(character, "control character").lower()
            if character == "\t":
                what = "a tab: with labels, every line has one"
            raise ListError(
                f"{where}: holds U+{ord(character):04X} ({what}); take it out"
            )
    return text


def _stripped(text: str) -> str:
    """Without blanks round it: spaces of any width, and tabs."""
    first, last = 0, len(text)
    while first < last and _is_blank(text[first]):
        first += 1
    while first < last and _is_blank(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_blank(character: str) -> bool:
    return character == "\t" or unicodedata.category(character) == "Zs"
