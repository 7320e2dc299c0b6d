"""The type of --recipe: the name of a preset, or a file of settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.options.types import completions
from charnames.suggestions import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from charnames.recipes.recipe_file import RecipeChoice

    _Recipe = click.ParamType[RecipeChoice]
else:
    _Recipe = click.ParamType  # older releases of click cannot subscript it


class RecipeType(_Recipe):
    """The name of a preset, or a file of settings: converted to a RecipeChoice."""

    name = "recipe"

    def __init__(self, presets: Sequence[str]) -> None:
        self.presets = tuple(presets)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> RecipeChoice:
        """Raises click.BadParameter for neither, and for a file that is wrong."""
        from charnames.recipes.recipe_file import RecipeChoice, read_recipe

        if isinstance(value, RecipeChoice):  # click converts a value twice
            return value
        if value in self.presets:
            return RecipeChoice(value, {})
        if not os.path.dirname(value) and not os.path.exists(value):
            hint = did_you_mean(value, self.presets)
            presets = ", ".join(self.presets)
            self.fail(f"{value!r} is none of {presets}, and no file{hint}", param, ctx)
        return read_recipe(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The presets, and files."""
        return completions(self.presets, incomplete, files=True)
