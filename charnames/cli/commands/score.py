"""charnames score: how likely a model thinks names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import model_folder
from charnames.cli.inputs.lists import checked, is_typed, lines_of_stdin
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
@click.argument("names", nargs=-1)
@model_option()
@json_option
@habits()
@with_console
def command(
    console: Console, names: tuple[str, ...], model: str | None, json: bool
) -> None:
    """Print how likely a model thinks names, from arguments or standard input.

    One line for each, in order: bits per symbol and nats, the end marker included, and
    the name; for a name with a character that the model does not know, "-" and that
    character.

    --json prints an object a name: {"name", "nats", "bits_per_symbol", "unknown"};
    nats and bits are null, and unknown is the character, where there is one.
    """
    from charnames.models.loading import load
    from charnames.prediction.scoring import BLOCK

    path = model or model_folder.latest_writer()
    found = load(path)
    if model is None:
        console.say(model_folder.chosen(path))
    line = _record if json else _line
    block = BLOCK if names or not is_typed() else 1  # each to be answered
    given = checked(names) if names else lines_of_stdin(console)
    for scored in found.score(given, block):
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
