"""charnames datasets: the lists that come with charnames."""

from __future__ import annotations

import click

from charnames.cli.console import Console, json_line
from charnames.cli.kinds import OneOf
from charnames.cli.options import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.names import built_in, read_names

_EXAMPLES = 3  # names of a list that are shown


@click.command(
    epilog=examples(
        "charnames datasets",
        "charnames datasets elements | sort | head -5",
        "charnames datasets movies --json",
    )
)
@click.argument("name", required=False, metavar="[NAME]", type=OneOf(list(built_in())))
@json_option
@habits()
@with_console
def command(console: Console, name: str | None, json: bool) -> None:
    """List the built-in lists; with NAME, print that list, a name a line.

    --json prints objects: {"dataset": NAME, "names": how many} for each list, and
    {"name": NAME} for each name of one.
    """
    if name is None:
        _overview(console, json)
        return
    names = read_names(name)
    lines = [json_line({"name": found}) for found in names] if json else names
    console.put("\n".join(lines))


def _overview(console: Console, json: bool) -> None:
    for name in built_in():
        names = read_names(name)
        if json:
            console.put(json_line({"dataset": name, "names": len(names)}))
        else:
            some = ", ".join(names[:_EXAMPLES])
            console.put(f"{name:<12}{len(names):>6,} names   {some}, …")
