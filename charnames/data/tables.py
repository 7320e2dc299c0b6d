"""Tables: rows of columns, of which one holds the names of a list.

A table is read by the csv module. Its columns are called by number, from 1, or by name
where the first row is a header.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from charnames.data.cleaning import clean_label, stripped
from charnames.data.file_format import FileFormat
from charnames.data.table_detection import (
    SAMPLE,
    guess_delimiter,
    has_header,
    parse_count,
    split_rows,
)
from charnames.errors import ListError
from charnames.io.safe_text import shortened
from charnames.suggestions import did_you_mean


class Entry(NamedTuple):
    """A line of a list: the position of its name, the name, its label, and how much it
    counts.

    label: None in a list without labels. weight: None in a list without counts.
    """

    where: str
    name: str
    label: str | None = None
    weight: float | None = None


class TableReader:
    """Reads the entries of a table from its lines.

    notices: sentences about rows that are not entries; complete after the last entry.
    """

    def __init__(
        self, lines: Iterator[tuple[str, str]], form: FileFormat, labels: bool
    ) -> None:
        self.notices: list[str] = []
        self._omitted: Counter[str] = Counter()
        sample = list(islice(lines, SAMPLE))
        texts = [text for _, text in sample if stripped(text)]
        delimiter = form.delimiter or guess_delimiter(texts) or ","
        self._form = replace(form, delimiter=delimiter)
        self._labels = labels
        self._sample = split_rows(texts, delimiter)
        self._lines = chain(sample, lines)

    def entries(self) -> Iterator[Entry]:
        """The entries, in order. Raises ListError, with the position."""
        rows = self._rows()
        where, first = next(rows, ("", []))
        if not first:
            return
        columns = self._columns(first, where)
        if columns.header:
            shown = shortened(", ".join(first), 100)
            self.notices.append(f"the first row is the header: {shown}")
        else:
            rows = chain([(where, first)], rows)
        for where, row in rows:
            if entry := self._entry(row, where, columns, len(first)):
                yield entry
        for text, count in self._omitted.items():
            rows_are = "row" if count == 1 else "rows"
            self.notices.append(f"{count:,} {rows_are} {text}: left out")

    def _rows(self) -> Iterator[tuple[str, list[str]]]:
        """Each row that is not blank, and the position of its last line."""
        where = "the table"

        def texts() -> Iterator[str]:
            nonlocal where
            for position, text in self._lines:
                where = position
                yield f"{text.strip(' ') if delimiter == ' ' else text}\n"

        delimiter = self._form.delimiter
        reader = csv.reader(
            texts(),
            delimiter=delimiter,
            skipinitialspace=delimiter == " ",
            strict=True,
        )
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise ListError(
                    f"{where}: {error}; mend the quotes, or give another --delimiter"
                ) from None
            if row is None:
                return
            if any(map(stripped, row)):
                yield where, row

    def _columns(self, first: list[str], where: str) -> _Columns:
        """Where the columns are, decided by the first row."""
        form = self._form
        columns = (form.column, form.label_column, form.count_column)
        by_name = any(c and not _is_number(c, len(first)) for c in columns)
        header = by_name or has_header(first, self._sample[1:])
        places = [_place(column, first, where) for column in columns]
        name, label, count = places
        rest = [i for i in range(len(first)) if i not in places]
        if name is None:
            if len(rest) == 2 and self._labels and label is None:
                label, name = rest
            elif len(rest) == 1:
                name = rest[0]
            else:
                raise ListError(
                    f"{where}: say which of the {len(first)} columns holds the names, "
                    f"with --column: {_shown(first)}"
                )
        elif self._labels and label is None:
            if len(rest) != 1:
                raise ListError(
                    f"{where}: say which of the {len(first)} columns holds the labels, "
                    f"with --label-column: {_shown(first)}"
                )
            label = rest[0]
        return _Columns(name, label, count, header)

    def _entry(
        self, row: list[str], where: str, columns: _Columns, width: int
    ) -> Entry | None:
        """The entry of a row; None where it is left out. Raises ListError."""
        name, label, count, _ = columns
        needed = [place for place in (name, label, count) if place is not None]
        if len(row) > width or len(row) <= max(needed):
            raise ListError(
                f"{where}: has {len(row)} columns, and the first row has {width}; mend "
                "it, or give another --delimiter"
            )
        if not stripped(row[name]):
            self._omitted["without a name"] += 1
            return None
        weight = None
        if count is not None:
            weight = parse_count(row[count])
            if weight is None or not 0 <= weight < math.inf:
                raise ListError(
                    f"{_cell(where, count)}: the count {shortened(row[count], 40)!r} "
                    "is not a number from 0"
                )
            if not weight:
                self._omitted["with a count of 0"] += 1
                return None
        text = None if label is None else clean_label(row[label], _cell(where, label))
        return Entry(_cell(where, name), row[name], text, weight)


class _Columns(NamedTuple):
    """Positions in a row, from 0; header: whether the first row holds their names."""

    name: int
    label: int | None
    counts: int | None
    header: bool


def _cell(where: str, place: int) -> str:
    """The position of a cell, for a message: `where` is that of its row."""
    return f"{where}, column {place + 1}"


def _is_number(column: str, width: int) -> bool:
    """Whether a column is called by a number, in rows of that many columns."""
    return bool(re.fullmatch("[0-9]{1,6}", column)) and 1 <= int(column) <= width


def _place(column: str, first: Sequence[str], where: str) -> int | None:
    """The position of a column, from 0. Raises ListError if there is none."""
    if not column:
        return None
    if _is_number(column, len(first)):
        return int(column) - 1
    names = [stripped(cell).removeprefix("\ufeff") for cell in first]
    folded = [name.casefold() for name in names]
    if column in names:
        return names.index(column)
    if column.casefold() in folded:
        return folded.index(column.casefold())
    raise ListError(
        f"{where}: there is no column {column!r}; the columns are {_shown(first)}"
        f"{did_you_mean(column, names)}"
    )


def _shown(row: Sequence[str]) -> str:
    """The cells of a row with their numbers, as text for a message."""
    cells = [f"{i} {shortened(cell, 30)!r}" for i, cell in enumerate(row[:8], 1)]
    return ", ".join(cells) + (", …" if len(row) > 8 else "")
