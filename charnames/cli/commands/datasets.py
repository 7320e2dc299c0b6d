"""charnames datasets: the lists that come with charnames."""

from __future__ import annotations

import click

from charnames.cli.options.command import Command
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.cli.options.types import OneOf
from charnames.cli.terminal.console import Console, json_line
from charnames.data.names import built_in

_EXAMPLES = 2  # names of each list in the overview, to fit in 80 columns


@click.command(
    cls=Command,
    epilog=examples(
        "charnames datasets",
        "charnames datasets surnames | grep ^Finnish | head -5",
        "charnames datasets movies --json",
    ),
)
@click.argument("name", required=False, metavar="[NAME]", type=OneOf(list(built_in())))
@json_option
@habits()
@with_console
def command(console: Console, name: str | None, json: bool) -> None:
    """List the built-in lists, or print the one called NAME.

    A list is printed with a name on each line. If it has labels, each line is a label,
    a tab and a name.

    --json prints an object for each list, {"dataset", "names" (their number), "labels"
    (their number, or null)}; or for each name of a list, {"name", "label"}, without
    "label" if the list has no labels.
    """
    if name is None:
        _overview(console, json)
        return
    lines = _lines(name)
    console.put("\n".join(map(_record, lines) if json else lines))


def _overview(console: Console, json: bool) -> None:
    for name in built_in():
        entries = [line.rpartition("\t") for line in _lines(name)]
        labels = len({label for label, _, _ in entries if label})
        if json:
            counts = {"names": len(entries), "labels": labels or None}
            console.put(json_line({"dataset": name, **counts}))
            continue
        first = ", ".join(entry for _, _, entry in entries[:_EXAMPLES])
        labelled = f"   {labels} labels" if labels else ""
        console.put(f"{name:<12}{len(entries):>6,} names   {first}, …{labelled}")


def _lines(name: str) -> list[str]:
    """The lines of a built-in list."""
    return built_in()[name].read_text(encoding="utf-8").splitlines()


def _record(line: str) -> str:
    return json_line(dict(zip(("name", "label"), line.split("\t")[::-1], strict=False)))
