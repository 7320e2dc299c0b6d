"""Architectures to compare, as a file tells them: settings of a recipe, by name.

    dropout = 0.2                    # settings of all

    [[architecture]]
    name = "LSTM 64-32"
    cell = "lstm"
    hidden_size = [64, 32]

It is TOML, or JSON that says the same: {"dropout": 0.2, "architecture": [{...}]}.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from charnames.data.names import clean_label
from charnames.errors import ListError, RecipeError
from charnames.io.safe_text import shortened
from charnames.io.strict_json import FormatError, parse
from charnames.recipes.recipe import Recipe
from charnames.suggestions import did_you_mean

Settings = dict[str, Any]

_MOST = 1_000_000  # bytes
_LEVELS = 4  # of JSON: the file, its architectures, one, its hidden_size
_TABLE = "architecture"
_KNOWN = [f.name for f in dataclasses.fields(Recipe) if f.name != "task"]


def read_architectures(file: str | BinaryIO) -> dict[str, Settings]:
    """The settings of each architecture, by its name, out of a file or a stream.

    Raises RecipeError, with the file, and the line where it can be told.
    """
    if not isinstance(file, str):
        return _told(file.read(_MOST + 1), "standard input")
    try:
        with open(file, "rb") as stream:
            return _told(stream.read(_MOST + 1), file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecipeError(f"{file}: {reason}; give a file of architectures") from None


def _told(data: bytes, source: str) -> dict[str, Settings]:
    if len(data) > _MOST:
        raise RecipeError(f"{source}: has more than {_MOST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{source}: not UTF-8; save it as UTF-8") from None
    found = (
        _json(text, source) if text.lstrip().startswith("{") else _toml(text, source)
    )
    lines = text.splitlines()
    tables = found.pop(_TABLE, None)
    if not isinstance(tables, list) or not tables:
        raise RecipeError(f"{source}: names no [[{_TABLE}]]; write one, or several")
    _check(found, {}, _Place(source, lines, 0))
    told: dict[str, Settings] = {}
    for number, table in enumerate(tables, 1):
        place = _Place(source, lines, number)
        if not isinstance(table, dict):
            raise RecipeError(f"{place}: is no table of settings")
        name = _name(table.pop("name", None), told, place)
        _check(table, found, place)
        told[name] = found | table
    return told


@dataclasses.dataclass(frozen=True)
class _Place:
    """A table of the file: the settings of all are table 0, then come those of each."""

    source: str
    lines: list[str]
    table: int

    def __str__(self) -> str:
        return f"{self.source}, {_TABLE} {self.table}" if self.table else self.source

    def of(self, key: str) -> str:
        """Where the key stands, with the line if it is TOML."""
        table = 0
        for number, line in enumerate(self.lines, 1):
            table += bool(re.match(rf"\s*\[\[\s*{_TABLE}\s*\]\]", line))
            if table == self.table and re.match(rf"""\s*["']?{key}["']?\s*=""", line):
                return f"{self.source}, line {number}"
        return str(self)


def _name(told: Any, others: Iterable[str], place: _Place) -> str:
    """The name, fit to be shown, and another than the others'."""
    where = place.of("name")
    if not isinstance(told, str):
        raise RecipeError(f'{where}: has no name; write name = "…"')
    try:
        name = clean_label(told, where)
    except ListError:
        raise RecipeError(
            f"{where}: is no name to be shown; write a short one"
        ) from None
    if name in others:
        raise RecipeError(f"{where}: a second {name!r}; give it another name")
    return name


def _check(own: Mapping[str, Any], common: Settings, place: _Place) -> None:
    """Raises RecipeError for what is no setting of a classifier."""
    for key in own:
        if key not in _KNOWN:
            hint = did_you_mean(key, [*_KNOWN, _TABLE])
            where = place.of(re.escape(key))
            raise RecipeError(f"{where}: there is no setting {shortened(key)!r}{hint}")
    try:
        Recipe.modern((), **{**common, **own}, task="classify")
    except RecipeError as error:
        key = str(error).partition(":")[0]
        raise RecipeError(f"{place.of(key)}: {shortened(str(error))}") from None


def _json(text: str, source: str) -> Settings:
    try:
        return parse(text, "it", levels=_LEVELS)
    except FormatError as error:
        line = getattr(error.__context__, "lineno", None)  # of a JSONDecodeError
        where = f"{source}, line {line}" if line else source
        raise RecipeError(f"{where}: {shortened(str(error))}") from None


def _toml(text: str, source: str) -> Settings:
    try:
        import tomllib
    except ImportError:
        raise RecipeError(
            f"{source}: reading TOML takes Python 3.11; write it as JSON: "
            f'{{"{_TABLE}": [{{"name": "…", "cell": "lstm"}}, …]}}'
        ) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"{source}: is not TOML ({shortened(str(error))})") from None
