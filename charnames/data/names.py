"""Lists of names, read from built-in lists, files and streams.

A labelled list has a label, a tab and a name on each line. A list is labelled if its
first line that is not blank has a tab inside. A table is read as a FileFormat says.
"""

from __future__ import annotations

import os
import shlex
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from charnames.data.cleaning import (
    TOO_LONG,
    clean_label,
    clean_name,
    stripped,
)
from charnames.data.file_format import WHOLE_LINES, FileFormat
from charnames.data.name_list import NameList, check_labels, joined
from charnames.data.table_detection import (
    SAMPLE,
    check_is_list,
    guess_delimiter,
    names_a_column,
    split_rows,
)
from charnames.data.tables import Entry, TableReader
from charnames.errors import ListError
from charnames.io.lines import (
    STANDARD_INPUT,
    ByteStream,
    opened_input,
    stream_name,
    text_lines,
)
from charnames.suggestions import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

MAX_NAMES = 5_000_000  # names in a list
DEFAULT_FORMAT = FileFormat()


def read_names(
    dataset: str | os.PathLike[str] | BinaryIO,
    labels: bool = False,
    form: FileFormat = DEFAULT_FORMAT,
) -> NameList:
    """The names of a built-in list ("elements"), of a file with a name a line
    (./elements is a file) or a table, or of an open binary stream.

    Names come out in NFC without blanks round them. Blank lines, lines that begin with
    "# ", and invisible characters that the script has no use for are left out; in a
    table, equal names of a label become one with the sum of their counts.
    labels: whether the list has to have labels, and they are wanted; without it, those
    that it has are dropped. form: how the file is written; built-in lists have theirs.

    Raises ListError, with file and line: no such list, not text in the encoding, a
    control or bidirectional-override character, a line or list too long, nothing in
    it; a tab on some lines and not on others, no labels where they are wanted; what
    looks like a table, without a word in `form` on its columns.
    """
    if not isinstance(dataset, str | os.PathLike):
        return _collect(dataset, stream_name(dataset), labels, form)
    source = os.fspath(dataset)
    known = built_in()
    path = known.get(source) if isinstance(dataset, str) else None
    is_word = not os.path.dirname(source) and "\0" not in source
    if path is None and is_word and not os.path.lexists(source):
        if source in list_files(".tsv"):
            raise ListError(
                f"{source}: is a list of pairs; learn it with --task convert"
            )
        raise ListError(
            f"{source}: no such file, and no built-in list of that name; "
            f"the built-in lists are {', '.join(known)}"
            f"{did_you_mean(source, [*known, *_files_here()])}"
        )
    with opened_input(str(path or source), "a UTF-8 file of names", source) as stream:
        return _collect(stream, source, labels, DEFAULT_FORMAT if path else form)


def built_in() -> dict[str, Path]:
    """The lists that come with charnames: name -> file."""
    return list_files(".txt")


def list_files(suffix: str) -> dict[str, Path]:
    """The files of lists that come with charnames and end in a suffix, by name."""
    from pathlib import Path  # slow to import, and rarely needed

    here = Path(__file__).parents[1]
    folder = here / "datasets"  # as installed; in a checkout, beside the package
    if not folder.is_dir():
        folder = here.parent / "datasets"
    return {path.stem: path for path in sorted(folder.glob(f"*{suffix}"))}


def _files_here() -> list[str]:
    try:
        return os.listdir()
    except OSError:
        return []


def read_stdin(labels: bool = False, form: FileFormat = DEFAULT_FORMAT) -> NameList:
    """The names on standard input. Raises ListError also where it is closed."""
    return _collect(stdin_stream(), STANDARD_INPUT, labels, form)


def stdin_names(stream: ByteStream) -> Iterator[str]:
    """The name on each line of standard input, as it comes; "" on a blank one.

    Raises ListError with the line.
    """
    limit = DEFAULT_FORMAT.line_limit
    lines = text_lines(stream, STANDARD_INPUT, limit, TOO_LONG, option=False)
    return (clean_name(line, where) for where, line in lines)


def stdin_stream() -> BinaryIO:
    """The bytes of standard input. Raises ListError where it is closed."""
    if sys.stdin is None:
        raise ListError(f"{STANDARD_INPUT} is closed; give it names, one a line")
    return sys.stdin.buffer


def _collect(stream: BinaryIO, source: str, labels: bool, form: FileFormat) -> NameList:
    """Read and clean the list of a stream; see `read_names`."""
    lines = text_lines(stream, source, form.line_limit, TOO_LONG, form.encoding)
    notices: list[str] = []
    table = None
    entries: Iterator[Entry]
    if form.column == WHOLE_LINES:
        entries = (Entry(where, line) for where, line in lines)
    else:
        comments: Counter[str] = Counter()
        head = list(islice(_without_comments(lines, comments), SAMPLE))
        form = _implied_format(source, head, form)
        lines = chain(head, _without_comments(lines, comments))
        if form.is_table:
            table = TableReader(lines, form, labels)
            entries = table.entries()
        else:
            entries = _plain_entries(lines, source, labels, head, notices)
    removed: Counter[str] = Counter()
    names = _cleaned(entries, source, labels, removed)
    if form.column != WHOLE_LINES and (count := comments["#"]):
        are = "line that begins" if count == 1 else "lines that begin"
        notices.append(f"{count:,} {are} with #: left out")
    if table:
        notices += table.notices
    if removed:
        notices.append(_removal(removed))
    if names.weights is not None:
        names = joined([names])
    names.notices = notices
    return names


def _without_comments(
    lines: Iterator[tuple[str, str]], comments: Counter[str]
) -> Iterator[tuple[str, str]]:
    """The lines but those that are "#" or begin with "# ", which are counted."""
    for where, line in lines:
        if line == "#" or line.startswith("# "):
            comments["#"] += 1
        else:
            yield where, line


def _implied_format(
    source: str, head: Sequence[tuple[str, str]], form: FileFormat
) -> FileFormat:
    """The format, completed by what a file's name says: .csv and .tsv are tables, and
    one of a single column needs no word on it.
    """
    delimiter = {".csv": ",", ".tsv": "\t"}.get(os.path.splitext(source)[1].lower())
    texts = [line for _, line in head if stripped(line)]
    if delimiter is None or not texts or form.delimiter:
        return form
    other = guess_delimiter(texts).strip(" ")  # where numbers are, names have blanks
    if form.is_table:
        semicolons = delimiter not in texts[0] and ";" in texts[0]
        return replace(form, delimiter=other or (";" if semicolons else delimiter))
    if not other and all(len(row) == 1 for row in split_rows(texts, delimiter)):
        return replace(form, column="1", delimiter=delimiter)
    return form


def _plain_entries(
    lines: Iterator[tuple[str, str]],
    source: str,
    labels: bool,
    head: Sequence[tuple[str, str]],
    notices: list[str],
) -> Iterator[Entry]:
    """The entries of a list that is no table: a name a line, or a label, a tab and a
    name. Raises ListError if its head looks like a table.

    notices: gets a sentence on labels that are not wanted, and on a first line that
    looks like the header of a column.
    """
    texts = [(where, line) for where, line in head if stripped(line)]
    if texts:
        check_is_list([line for _, line in texts], source, texts[0][0])
        first = stripped(texts[0][1])
        if not labels and "\t" in first:
            notices.append(
                "the labels before the tabs are left out; train --labels learns them"
            )
            labels = True
        *_, name = first.split("\t")
        if len(texts) > 1 and names_a_column(name):
            what = "a label and a name" if labels else "a name"
            notices.append(
                f"the first line, {first!r}, is read as {what}; if it is a header, say "
                f"--column {shlex.quote(name)}"
            )
    for where, line in lines:
        if not labels:
            yield Entry(where, line)
        elif stripped(line):
            tabs = line.count("\t")
            if tabs != 1:
                raise ListError(
                    f"{where}: has {tabs or 'no'} tab{'s' * (tabs != 1)}; in a list "
                    "with labels write a label, one tab and a name on every line"
                )
            label, _, name = line.partition("\t")
            yield Entry(where, name, label)


def _cleaned(
    entries: Iterable[Entry], source: str, labels: bool, removed: Counter[str]
) -> NameList:
    """The entries as a list of clean names. Raises ListError if there is none."""
    names, texts, weights = NameList((), source), list[str](), list[float]()
    known: dict[str, str] = {}  # one text for all names of a label
    for where, raw, raw_label, weight in entries:
        label = None if raw_label is None else clean_label(raw_label, where)
        name = clean_name(raw, where, removed)
        if not name:
            if label is None:
                continue
            raise ListError(
                f"{where}: no name after the tab; write one, or take it out"
            )
        if len(names) == MAX_NAMES:
            raise ListError(f"{where}: a list holds at most {MAX_NAMES:,} names")
        names.append(name)
        if labels and label is not None:
            texts.append(known.setdefault(label, label))
        if weight is not None:
            weights.append(weight)
    if not names:
        raise ListError(f"{source}: there is no name in it; write one name a line")
    if labels:
        names.labels = check_labels(texts, len(names), source)
    names.weights = weights or None
    return names


def _removal(removed: Counter[str]) -> str:
    """Which invisible characters were left out, in words."""
    kinds = ", ".join(
        f"{count:,} × U+{ord(c):04X} {unicodedata.name(c, '').lower()}".rstrip()
        for c, count in removed.most_common()
    )
    return f"invisible characters left out: {kinds}"
