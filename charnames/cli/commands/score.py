"""charnames score: how probable names are to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.inputs.arguments import checked_names, names_argument
from charnames.cli.inputs.lists import is_typed, lines_of_stdin
from charnames.cli.options.command import Command
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    with_console,
)
from charnames.cli.terminal.console import Console, json_line, printable

if TYPE_CHECKING:
    from charnames.prediction.scoring import Score


@click.command(
    cls=Command,
    epilog=examples(
        "charnames score Neonium Xqzzk",
        "charnames datasets elements | charnames score --model elements | sort -n",
    ),
)
@names_argument()
@model_option()
@json_option
@habits()
@with_console
def command(
    console: Console, names: tuple[str, ...], model: str | None, json: bool
) -> None:
    """Print how probable names are to a model.

    Names are given as arguments or on standard input. There is one line for each, in
    order: its bits per symbol, its nats, and the name. The end marker counts as a
    symbol. For a name with a character that the model does not know, the line has "-"
    and that character.

    --json prints an object for each name: {"name", "nats", "bits_per_symbol",
    "unknown"}. If the model does not know a character of the name, unknown is that
    character, and nats and bits_per_symbol are null; otherwise unknown is null.
    """
    from charnames.prediction.scoring import BLOCK

    path = model or model_folder.latest_writer()
    trained = models.load(path)
    if model is None:
        console.say(model_folder.default_line(path))
    line = _record if json else _line
    block = BLOCK if names or not is_typed() else 1  # answer each typed line at once
    inputs = checked_names(console, names) if names else lines_of_stdin(console)
    for scored in trained.score(inputs, block):
        console.put(line(scored))


def _line(scored: Score) -> str:
    if scored.nats is None:
        what = f"{'-':>7}  {scored.unknown!r} is not in the alphabet"
        return printable(f"{what}  {scored.name}")
    return printable(
        f"{scored.bits_per_symbol:7.3f}  {scored.nats:8.3f}  {scored.name}"
    )


def _record(scored: Score) -> str:
    return json_line(
        {
            "name": scored.name,
            "nats": scored.nats,
            "bits_per_symbol": scored.bits_per_symbol,
            "unknown": scored.unknown or None,
        }
    )
