"""Options that say how the files of lists are written. Nothing here imports numpy."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from charnames.cli.options.command import Decorator, F, option

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
LIST_OPTIONS = {name: flag for flag, name, *_ in _TABLE}


def list_format_options(heading: str) -> Decorator[Any]:
    """--column, --label-column, --count-column, --delimiter and --encoding, under that
    heading; the command gets them as one FileFormat, `list_format`.
    """

    def decorate(command: F) -> F:
        @wraps(command)
        def with_format(*args: Any, **values: Any) -> Any:
            from charnames.data.tables import FileFormat
            from charnames.errors import ListError

            given = {name: values.pop(name) or "" for name in LIST_OPTIONS}
            try:
                list_format = FileFormat(**given)
            except ListError as error:
                raise click.UsageError(f"--{error}") from None
            return command(*args, list_format=list_format, **values)

        decorated: Any = with_format
        for flag, name, metavar, text in reversed(_TABLE):
            decorated = option(flag, name, metavar=metavar, heading=heading, help=text)(
                decorated
            )
        return decorated  # type: ignore[no-any-return]

    return decorate
