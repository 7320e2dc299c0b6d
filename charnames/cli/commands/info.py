"""charnames info: a description of a model."""

from __future__ import annotations

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    with_console,
)
from charnames.cli.options.types import ModelFile
from charnames.cli.tables import model as model_tables
from charnames.cli.terminal.console import Console, json_line, printable


@click.command(
    cls=Command,
    epilog=examples(
        "charnames info",
        "charnames info --model elements --json",
        "charnames info elements --recipe",
    ),
)
@click.argument("name", required=False, metavar="[MODEL]", type=ModelFile())
@model_option()
@option(
    "--recipe",
    is_flag=True,
    is_shared=False,
    help="Print the settings alone, as a file that `charnames train --recipe` takes: "
    "TOML, or JSON with --json, which Python 3.10 reads as well.",
)
@json_option
@habits()
@with_console
def command(
    console: Console, name: str | None, model: str | None, recipe: bool, json: bool
) -> None:
    """Describe a model: its list, its training, its settings and its weights.

    --json prints one object: file, bytes, version, recipe (the settings), alphabet,
    case, parameters (their number), weights (their shapes), iterations, loss (smoothed,
    in nats per name or example), dataset, names (their number), longest (its number of
    characters), fingerprint (of the list), seed, labels (the number of names of each),
    parent (the model that the run started from, or empty), ngram_weight (the share of
    the n-gram model in the mixture), familiar (the number of names that everybody
    knows, and parts of its names, which it leaves out). The alphabet of a classifier of
    numbers is null.
    """
    if name and model and name != model:
        raise click.UsageError("give one model: as the argument, or with -m/--model")
    path = name or model or model_folder.latest()
    trained = models.load_any(path)
    if recipe:
        from charnames.recipes.recipe_file import recipe_json, recipe_text

        text = recipe_json if json else recipe_text
        console.put(text(trained.recipe).rstrip("\n"))
    elif json:
        console.put(json_line(model_tables.record(path, trained)))
    else:
        console.put("\n".join(map(printable, model_tables.lines(path, trained))))
