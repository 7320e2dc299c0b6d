"""The file that a search writes its best recipe to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from charnames.cli.terminal.console import Console
from charnames.cli.terminal.exits import stops
from charnames.errors import RecipeError


def written_as_json(output: str) -> bool:
    """Whether the recipe is written as JSON, by the name of the file; else as TOML."""
    return os.path.splitext(output)[1].lower() == ".json"


def check_recipe_file(output: str) -> None:
    """Find out before a search whether the file can be written.

    Raises click.ClickException where it cannot, and click.UsageError for a file that is
    there and is no recipe, and for TOML if this Python cannot read it.
    """
    if output == "-":
        return
    from charnames.io import files
    from charnames.recipes.recipe_file import read_recipe
    from charnames.recipes.settings_file import reads_toml

    if not written_as_json(output) and not reads_toml():
        raise click.UsageError(
            "-o/--output: reading TOML needs Python 3.11, and train could not read the "
            "recipe here; give a name in .json"
        )

    with _writing(output):
        files.try_out(files.find_target(output))
    if os.path.exists(output) and os.path.getsize(output):
        try:
            read_recipe(output)
        except RecipeError as error:
            raise click.UsageError(
                "-o/--output: the file is there already, and is no recipe; give "
                f"another name ({error})"
            ) from None


def write_output(console: Console, output: str, text: str) -> None:
    """Write the recipe, whole or not at all. Raises click.ClickException."""
    if output == "-":
        console.put(text, nl=False)
        return
    from charnames.io import files

    with stops.deferred(), _writing(output):
        target = files.find_target(output)
        files.write(target, [text.encode()])
        files.flush_folder(target)


@contextmanager
def _writing(output: str) -> Iterator[None]:
    from charnames.io import files

    try:
        yield
    except OSError as error:
        raise click.ClickException(
            f"{output}: cannot be written ({files.reason(error)})"
        ) from None
