"""Files of settings, in TOML or in JSON with the same keys: read, and checked."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import Any, BinaryIO

from charnames.errors import RecipeError
from charnames.io.lines import opened_input
from charnames.io.safe_text import shortened
from charnames.io.strict_json import FormatError, parse
from charnames.suggestions import did_you_mean

Settings = dict[str, Any]

_MAX_BYTES = 1_000_000
_LEVELS = 4  # of JSON: file, list of tables, table, hidden_size


@dataclasses.dataclass(frozen=True)
class SettingsFile:
    """What a file holds: what to call it, its lines, and its keys with their values."""

    source: str
    lines: list[str]
    values: Settings


@dataclasses.dataclass(frozen=True)
class Place:
    """A table of a file: 0 is what stands before the first [[name]] table."""

    file: SettingsFile
    name: str = ""
    table: int = 0

    def __str__(self) -> str:
        source = self.file.source
        return f"{source}, {self.name} {self.table}" if self.table else source

    def of(self, key: str) -> str:
        """The position of the key, with its line in a TOML file."""
        table = 0
        header = rf"\s*\[\[\s*{self.name}\s*\]\]" if self.name else r"(?!)"
        for number, line in enumerate(self.file.lines, 1):
            table += bool(re.match(header, line))
            of_key = re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line)
            if table == self.table and of_key:
                return f"{self.file.source}, line {number}"
        return str(self)


def read_settings(file: str | BinaryIO, wanted: str, in_json: str) -> SettingsFile:
    """The keys of a file or a stream.

    wanted: what the file should be. in_json: an example of such a file in JSON.
    Raises RecipeError, which names the file, and the line if it is known.
    """
    if not isinstance(file, str):
        return _parsed(file.read(_MAX_BYTES + 1), "standard input", in_json)
    with opened_input(file, wanted, error_type=RecipeError) as stream:
        return _parsed(stream.read(_MAX_BYTES + 1), file, in_json)


def reads_toml() -> bool:
    """Whether this Python has a reader of TOML, as 3.11 and later do."""
    return find_spec("tomllib") is not None


def check_settings(
    own: Mapping[str, Any],
    known: Iterable[str],
    build: Callable[[], object],
    place: Place,
) -> None:
    """Raise RecipeError, with file and line, for a key that is not known, or where
    `build`, which makes a recipe of the settings, raises one.
    """
    for key in own:
        if key not in known:
            hint = did_you_mean(key, known)
            raise RecipeError(
                f"{place.of(key)}: there is no setting {shortened(key)!r}{hint}"
            )
    try:
        build()
    except RecipeError as error:
        where = place.of(error.setting) if error.setting else str(place)
        raise RecipeError(f"{where}: {shortened(str(error))}", error.setting) from None


def _parsed(data: bytes, source: str, in_json: str) -> SettingsFile:
    if len(data) > _MAX_BYTES:
        raise RecipeError(f"{source}: has more than {_MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{source}: not UTF-8; save it as UTF-8") from None
    is_json = text.lstrip().startswith("{")
    values = _json(text, source) if is_json else _toml(text, source, in_json)
    return SettingsFile(source, text.splitlines(), values)


def _json(text: str, source: str) -> Settings:
    try:
        return parse(text, "it", levels=_LEVELS)
    except FormatError as error:
        line = getattr(error.__context__, "lineno", None)  # of a JSONDecodeError
        where = f"{source}, line {line}" if line else source
        raise RecipeError(f"{where}: {shortened(str(error))}") from None


def _toml(text: str, source: str, in_json: str) -> Settings:
    if not reads_toml():
        raise RecipeError(
            f"{source}: reading TOML needs Python 3.11; write JSON instead: {in_json}"
        )
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"{source}: is not TOML ({shortened(str(error))})") from None
