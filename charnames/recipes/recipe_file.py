"""Recipes as files: settings by their names, beside the name of a preset.

recipe = "modern"    # the preset that all other settings are of
cell = "lstm"
hidden_size = [64, 32]
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, NamedTuple

from charnames.recipes.recipe import RECIPES, Recipe
from charnames.recipes.settings_file import (
    Place,
    Settings,
    check_settings,
    read_settings,
)

_PRESET = "recipe"
_IN_JSON = '{"cell": "lstm", …}'


class RecipeChoice(NamedTuple):
    """The name of a preset, None for the default one, and the settings beside it."""

    preset: str | None
    settings: Settings


def read_recipe(path: str) -> RecipeChoice:
    """The recipe that a file holds, in TOML or JSON.

    Raises RecipeError, with file and line, for a file that cannot be read, a key that
    is no setting, and a value that a recipe cannot have.
    """
    file = read_settings(path, "a file of settings", _IN_JSON)
    settings: Settings = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in file.values.items()
    }
    own = {key: value for key, value in settings.items() if key != _PRESET}
    preset = str(settings[_PRESET]) if _PRESET in settings else None

    def build() -> Recipe:
        return Recipe.named(preset or RECIPES[0], **own)

    known = [_PRESET, *(field.name for field in dataclasses.fields(Recipe))]
    check_settings(settings, known, build, Place(file))
    return RecipeChoice(preset, own)


def recipe_text(recipe: Recipe) -> str:
    """The recipe as a TOML file that `read_recipe` reads."""
    return "".join(f"{k} = {_toml(v)}\n" for k, v in recipe.settings().items())


def recipe_json(recipe: Recipe) -> str:
    """The recipe as a JSON file that `read_recipe` reads on every Python."""
    return json.dumps(recipe.settings(), indent=1, ensure_ascii=False) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # JSON writes texts, numbers and truth values as TOML does.
    return json.dumps(value, ensure_ascii=False)
