"""Files of architectures to compare: the settings of a recipe for each, by name.

    dropout = 0.2                    # a setting of all architectures

    [[architecture]]
    name = "LSTM 64-32"
    cell = "lstm"
    hidden_size = [64, 32]

The file is TOML, or the same as JSON: {"dropout": 0.2, "architecture": [{...}]}.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from charnames.data.cleaning import clean_label
from charnames.errors import ListError, RecipeError
from charnames.io.lines import opened_input
from charnames.io.safe_text import shortened
from charnames.io.strict_json import FormatError, parse
from charnames.recipes.recipe import Recipe
from charnames.suggestions import did_you_mean

Settings = dict[str, Any]

_MAX_BYTES = 1_000_000
_LEVELS = 4  # of JSON: file, list of architectures, architecture, hidden_size
_TABLE = "architecture"
_SETTINGS = [f.name for f in dataclasses.fields(Recipe) if f.name != "task"]


def read_architectures(file: str | BinaryIO) -> dict[str, Settings]:
    """The settings of each architecture, by its name, from a file or a stream.

    Raises RecipeError, which names the file, and the line if it is known.
    """
    if not isinstance(file, str):
        return _parsed(file.read(_MAX_BYTES + 1), "standard input")
    wanted = "a file of architectures"
    with opened_input(file, wanted, error_type=RecipeError) as stream:
        return _parsed(stream.read(_MAX_BYTES + 1), file)


def _parsed(data: bytes, source: str) -> dict[str, Settings]:
    if len(data) > _MAX_BYTES:
        raise RecipeError(f"{source}: has more than {_MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{source}: not UTF-8; save it as UTF-8") from None
    is_json = text.lstrip().startswith("{")
    settings = _json(text, source) if is_json else _toml(text, source)
    lines = text.splitlines()
    tables = settings.pop(_TABLE, None)
    if not isinstance(tables, list) or not tables:
        raise RecipeError(f"{source}: has no [[{_TABLE}]] table; write at least one")
    _check(settings, {}, _Place(source, lines, 0))
    architectures: dict[str, Settings] = {}
    for number, table in enumerate(tables, 1):
        place = _Place(source, lines, number)
        if not isinstance(table, dict):
            raise RecipeError(f"{place}: is not a table of settings")
        name = _name(table.pop("name", None), architectures, place)
        _check(table, settings, place)
        architectures[name] = settings | table
    return architectures


@dataclasses.dataclass(frozen=True)
class _Place:
    """A table of the file: 0 for the common settings, 1 for the first architecture."""

    source: str
    lines: list[str]
    table: int

    def __str__(self) -> str:
        return f"{self.source}, {_TABLE} {self.table}" if self.table else self.source

    def of(self, key: str) -> str:
        """The position of the key, with its line in a TOML file."""
        table = 0
        for number, line in enumerate(self.lines, 1):
            table += bool(re.match(rf"\s*\[\[\s*{_TABLE}\s*\]\]", line))
            if table == self.table and re.match(rf"""\s*["']?{key}["']?\s*=""", line):
                return f"{self.source}, line {number}"
        return str(self)


def _name(value: Any, others: Iterable[str], place: _Place) -> str:
    """The value as a printable name. Raises RecipeError if it is not a new name."""
    where = place.of("name")
    if not isinstance(value, str):
        raise RecipeError(f'{where}: has no name; write name = "…"')
    try:
        name = clean_label(value, where)
    except ListError:
        raise RecipeError(
            f"{where}: is not a printable name; write a short one"
        ) from None
    if name in others:
        raise RecipeError(f"{where}: there are two {name!r}; give one another name")
    return name


def _check(own: Mapping[str, Any], common: Settings, place: _Place) -> None:
    """Raise RecipeError for a key or value that is not a setting of a classifier."""
    for key in own:
        if key not in _SETTINGS:
            hint = did_you_mean(key, [*_SETTINGS, _TABLE])
            where = place.of(re.escape(key))
            raise RecipeError(f"{where}: there is no setting {shortened(key)!r}{hint}")
    try:
        Recipe.modern((), **{**common, **own}, task="classify")
    except RecipeError as error:
        where = place.of(error.setting) if error.setting else str(place)
        raise RecipeError(f"{where}: {shortened(str(error))}", error.setting) from None


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
            f"{source}: reading TOML needs Python 3.11; write JSON instead: "
            f'{{"{_TABLE}": [{{"name": "…", "cell": "lstm"}}, …]}}'
        ) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"{source}: is not TOML ({shortened(str(error))})") from None
