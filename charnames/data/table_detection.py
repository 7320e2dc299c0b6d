"""Tables told from lists of names: by their delimiters, their numbers, their header."""

from __future__ import annotations

import csv
import re
import shlex
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from charnames.errors import ListError
from charnames.io.safe_text import shortened

SAMPLE = 1_000  # lines from which it is decided
NEARLY_ALL = 0.9
_FEW = 10  # names, below which as many labels as names may be meant
_DELIMITERS = "\t,;|"
_COUNT = re.compile(
    r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[-+]?\d+)?%?", re.IGNORECASE
)
_HEADER_WORDS = {
    *("name", "names", "first_name", "firstname", "given_name", "forename"),
    *("last_name", "lastname", "surname", "word", "words", "term"),
    *("label", "labels", "class", "category", "language", "country", "origin"),
    *("type", "sex", "gender", "count", "counts", "n", "frequency", "freq"),
    *("number", "rank", "year", "share", "percent"),
}


def check_is_list(lines: Sequence[str], source: str, where: str) -> None:
    """Raise ListError for lines that look like something else than a list of names.

    lines: the first ones that are not blank; `where` is the position of their first.
    The message shows the first line as columns, and the options that read it.
    """
    first = lines[0].strip()
    if first.startswith(('{"', '[{"', "[[")) or first in ("{", "["):
        raise ListError(
            f"{source}: looks like JSON; a list has one name a line, and sequences of "
            "numbers are read from .jsonl and .ts files, with --task classify"
        )
    delimiter = guess_delimiter(lines)
    if not delimiter:
        return
    rows = split_rows(lines, delimiter)
    if len(lines) == 1:
        names = shortened(", ".join(rows[0]), 60)
        raise ListError(
            f"{where}: looks like {len(rows[0])} names on one line ({names}); write "
            "one name a line, or add --column 0 to take the line whole"
        )
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width == 2 and delimiter == "\t" and _are_labelled(rows):
        return
    raise ListError(f"{where}: {_description(rows, delimiter)}")


def guess_delimiter(lines: Sequence[str]) -> str:
    """The delimiter of lines that look like the rows of a table, or "".

    A single line is a row if it has two commas.
    """
    if not lines:
        return ""
    for delimiter in _DELIMITERS:
        counts = Counter(field_count(line, delimiter) for line in lines)
        width, share = counts.most_common(1)[0]
        if len(lines) > 1 and width > 1 and share >= NEARLY_ALL * len(lines):
            return delimiter
    if sum(line.count(",") > 1 for line in lines) >= NEARLY_ALL * len(lines):
        return ","
    numbered = [_begins_or_ends_in_number(line) for line in lines]
    if len(lines) > 1 and sum(numbered) >= NEARLY_ALL * len(lines):
        return " "
    return ""


def _begins_or_ends_in_number(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and (is_number(words[-1]) or is_number(words[0].rstrip(".")))


def field_count(line: str, delimiter: str) -> int:
    """The number of fields that a delimiter makes of a line."""
    return len(split_rows([line], delimiter)[0]) if delimiter in line else 1


def split_rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The fields of each line, as well as they can be told."""
    rows: list[list[str]] = []
    for line in lines:
        text = line.strip(" ") if delimiter == " " else line
        try:
            rows += csv.reader(
                [text], delimiter=delimiter, skipinitialspace=delimiter == " "
            )
        except csv.Error:
            rows.append(text.split(delimiter))
    return rows


def has_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table names its columns: where the other rows have
    numbers it has none, or, if they have none, it holds a word that names a column.
    """
    numeric = [
        is_number(cell)
        for i, cell in enumerate(first)
        if (column := [row[i] for row in rest if i < len(row)])
        and sum(map(is_number, column)) >= NEARLY_ALL * len(column)
    ]
    if numeric:
        return not all(numeric)
    return any(map(names_a_column, first))


def names_a_column(cell: str) -> bool:
    """Whether a cell holds a word that headers name columns by."""
    word = re.sub(r"[\s-]+", "_", cell.strip("\ufeff #")).casefold()
    return word in _HEADER_WORDS


def parse_count(text: str) -> float | None:
    """The number that a cell holds, None if it holds none.

    >>> [parse_count(cell) for cell in ("20,355", "1.006%", "12", "M", "1,2")]
    [20355.0, 1.006, 12.0, None, None]
    """
    text = text.strip()
    if not (_COUNT.fullmatch(text) and any(map(str.isdigit, text))):
        return None
    return float(text.replace(",", "").rstrip("%"))


def is_number(text: str) -> bool:
    """Whether a cell holds a number."""
    return parse_count(text) is not None


def _are_labelled(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are labels and names: not names and numbers, nor the other way
    round, nor as many labels as names.
    """
    pairs = [row for row in rows if len(row) == 2]
    labels = {label.strip() for label, _ in pairs}
    names = {name.strip() for _, name in pairs}
    if sum(is_number(name) for _, name in pairs) >= NEARLY_ALL * len(pairs):
        return False
    if len(pairs) > 3 and len(names) < len(labels):
        return False
    return len(pairs) < _FEW or len(labels) < NEARLY_ALL * len(pairs)


def _numbers_rows(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column holds the numbers of the rows, each one more than the last."""
    numbers = [parse_count(row[place]) for row in rows if place < len(row)]
    return len(numbers) > 2 and all(
        a is not None and b == a + 1 for a, b in pairwise(numbers)
    )


def _description(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """What the table's first line is, and which options read it."""
    first, rest = rows[0], rows[1:]
    cells = ", ".join(repr(shortened(cell, 30)) for cell in first[:6])
    if len(first) > 6:
        cells += ", …"
    text = f"looks like a row of a table with {len(first)} columns: {cells}"
    body = rest if has_header(first, rest) else rows
    width = len(first)
    numeric = [
        i
        for i in range(width)
        if sum(len(row) > i and is_number(row[i]) for row in body)
        >= NEARLY_ALL * len(body)
    ]
    if len(numeric) == width:
        return (
            f"{text}; a list has names, and sequences of numbers are read from .jsonl "
            "and .ts files, with --task classify; --column 0 takes lines whole"
        )
    texts = [i for i in range(width) if i not in numeric]
    names = max(texts, key=lambda i: len({row[i] for row in body if i < len(row)}))
    called = [str(i + 1) for i in range(width)]
    if body is rest and len(set(first)) == width and all(map(str.strip, first)):
        called = [shlex.quote(cell.strip()) for cell in first]
    options = f"--column {called[names]}"
    if len(texts) > 1 and width == 2:
        options += f" --label-column {called[1 - names]}"
    counted = [i for i in numeric if not _numbers_rows(body, i)]
    counts = [i for i in counted if i > names] or counted
    if counts:
        options += f" --count-column {called[counts[0]]}"
    if delimiter == " ":
        options += " --delimiter space"
    return (
        f"{text}; say which column is which, such as {options}, or --column 0 to take "
        "lines whole"
    )
