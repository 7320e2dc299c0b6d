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
from collections.abc import Iterable
from functools import partial
from typing import Any, BinaryIO

from charnames.data.cleaning import clean_label
from charnames.errors import ListError, RecipeError
from charnames.recipes.recipe import RECIPES, Recipe
from charnames.recipes.recipe_file import RecipeChoice
from charnames.recipes.settings_file import (
    Place,
    Settings,
    check_settings,
    read_settings,
)

_TABLE = "architecture"
_IN_JSON = f'{{"{_TABLE}": [{{"name": "…", "cell": "lstm"}}, …]}}'
_SETTINGS = [f.name for f in dataclasses.fields(Recipe) if f.name != "task"]


def read_architectures(
    source: str | BinaryIO, task: str, base: RecipeChoice
) -> dict[str, Settings]:
    """The settings of each architecture, by its name, from a file or a stream.

    task: what the architectures are for. base: what their settings are added to.

    Raises RecipeError, which names the file, and the line if it is known.
    """
    file = read_settings(source, "a file of architectures", _IN_JSON)
    common = file.values
    tables = common.pop(_TABLE, None)
    if not isinstance(tables, list) or not tables:
        raise RecipeError(
            f"{file.source}: has no [[{_TABLE}]] table; write at least one"
        )
    check = partial(_check, task=task, base=base)
    check(common, {}, Place(file, _TABLE))
    architectures: dict[str, Settings] = {}
    for number, table in enumerate(tables, 1):
        place = Place(file, _TABLE, number)
        if not isinstance(table, dict):
            raise RecipeError(f"{place}: is not a table of settings")
        name = _name(table.pop("name", None), architectures, place)
        check(table, common, place)
        architectures[name] = common | table
    return architectures


def _name(value: Any, others: Iterable[str], place: Place) -> str:
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


def _check(
    own: Settings, common: Settings, place: Place, task: str, base: RecipeChoice
) -> None:
    """Raise RecipeError for a key or value that is not a setting for the task."""

    def build() -> Recipe:
        settings = {**base.settings, **common, **own, "task": task}
        return Recipe.named(base.preset or RECIPES[1], **settings)

    check_settings(own, [*_SETTINGS, _TABLE], build, place)
