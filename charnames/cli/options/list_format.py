"""Options that say how the files of lists are written. Nothing here imports numpy."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from charnames.cli.options.command import Decorator, F, option
from charnames.cli.options.types import OneOf

_TABLE = [
    (
        "--column",
        "column",
        "COLUMN",
        "In a table (CSV, TSV), the column of the names: its name in the header or its "
        "number; 0 takes lines whole.",
    ),
    ("--label-column", "label_column", "COLUMN", "The column of the labels."),
    (
        "--count-column",
        "count_column",
        "COLUMN",
        "The column of the counts or shares: a name with 10 counts as if it stood in "
        "the list ten times.",
    ),
    (
        "--delimiter",
        "delimiter",
        "CHARACTER",
        "What separates columns: a character, tab, or space for runs of spaces. "
        "[default: as the file shows]",
    ),
    (
        "--encoding",
        "encoding",
        "NAME",
        "Encoding of the lists, such as cp1252. [default: UTF-8, or as a byte-order "
        "mark says]",
    ),
]
_MISSING = (
    "--missing",
    "missing",
    "error|interpolate|drop",
    "What to do with missing numbers of sequences, ? or NaN in a .ts file: refuse "
    "them, interpolate, or drop the steps that have any. [default: error]",
)
LIST_OPTIONS = {name: flag for flag, name, *_ in [*_TABLE, _MISSING]}


def missing_option(command: F) -> F:
    """--missing alone, for a command that reads sequences from standard input."""
    flag, name, metavar, text = _MISSING
    add: Decorator[F] = option(flag, name, type=OneOf(metavar.split("|")), help=text)
    return add(command)


def list_format_options(heading: str, numbers: bool = True) -> Decorator[Any]:
    """--column, --label-column, --count-column, --delimiter and --encoding, under that
    heading, and --missing where lists may be of `numbers`; the command gets them as one
    FileFormat, `list_format`.
    """
    options = [*_TABLE, _MISSING] if numbers else _TABLE

    def decorate(command: F) -> F:
        @wraps(command)
        def with_format(*args: Any, **values: Any) -> Any:
            from charnames.data.file_format import FileFormat
            from charnames.errors import ListError

            given = {name: values.pop(name) or "" for _, name, *_ in options}
            try:
                list_format = FileFormat(**given)
            except ListError as error:
                raise click.UsageError(f"--{error}") from None
            return command(*args, list_format=list_format, **values)

        decorated: Any = with_format
        for flag, name, metavar, text in reversed(options):
            kind = OneOf(metavar.split("|")) if name == "missing" else None
            decorated = option(
                flag,
                name,
                type=kind,
                metavar=None if kind else metavar,
                heading=heading,
                help=text,
            )(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate
