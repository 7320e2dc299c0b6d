"""Reading the files and values of installed packages."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

Lists = dict[str, list[str]]  # label: names


def package_path(package: str, path: str) -> Path:
    """A file or folder of an installed package, which is not imported for it.

    package: its name on PyPI. Raises importlib.metadata.PackageNotFoundError.
    """
    return Path(str(metadata.distribution(package).locate_file(path)))


def lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file."""
    text = path.read_text(encoding="utf-8")
    return [line.rstrip("\r") for line in text.rstrip("\n").split("\n")]


def json_value(path: Path) -> Any:
    """The value of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that begins with the names of its columns."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def column(database: Path, query: str) -> list[str]:
    """The texts in the first column of what a query selects in an SQLite file."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query).fetchall()
    return [row[0] for row in rows if isinstance(row[0], str)]


def strings(value: object) -> Iterator[str]:
    """Every string among nested lists, tuples and values of mappings.

    >>> list(strings({"a": ["x", ("y", 1)], "b": "z"}))
    ['x', 'y', 'z']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def public_strings(module: ModuleType) -> list[str]:
    """Every string in the public variables of a module, by the variables' names."""
    fields = sorted(field for field in vars(module) if not field.startswith("_"))
    return [text for field in fields for text in strings(getattr(module, field))]
