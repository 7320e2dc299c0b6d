"""charnames datasets: the lists that come with charnames."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from charnames.data.names import list_files

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLES = 2  # names of each list in the overview, to fit in 80 columns


def _files() -> dict[str, Path]:
    """The files of all built-in lists, those of names first."""
    return list_files(".txt") | list_files(".tsv")


@click.command(
    cls=Command,
    epilog=examples(
        "charnames datasets",
        "charnames datasets surnames | grep ^Finnish | head -5",
        "charnames datasets movies --json",
    ),
)
@click.argument("name", required=False, metavar="[NAME]", type=OneOf(list(_files())))
@json_option
@habits()
@with_console
def command(console: Console, name: str | None, json: bool) -> None:
    """List the built-in lists, or print the one called NAME.

    A list is printed with a name on each line. If it has labels, each line is a label,
    a tab and a name. A list of pairs has a source, a tab, a target, a tab and a label
    on each line.

    --json prints an object for each list, {"dataset", "names" (their number), "labels"
    (their number, or null)}; or for each name of a list, {"name", "label"}, without
    "label" if the list has no labels. A list of pairs has "pairs", which is true, and
    for each of them {"source", "target", "label"}.
    """
    if name is None:
        _overview(console, json)
        return
    lines = _lines(name)
    console.put("\n".join(map(_record, lines) if json else lines))


def _overview(console: Console, json: bool) -> None:
    for name, path in _files().items():
        if path.suffix == ".tsv":
            console.put(_of_pairs(name, json))
            continue
        entries = [line.rpartition("\t") for line in _lines(name)]
        labels = len({label for label, _, _ in entries if label})
        if json:
            counts = {"names": len(entries), "labels": labels or None}
            console.put(json_line({"dataset": name, **counts}))
            continue
        first = ", ".join(entry for _, _, entry in entries[:_EXAMPLES])
        labelled = f"   {labels} labels" if labels else ""
        console.put(f"{name:<12}{len(entries):>6,} names   {first}, …{labelled}")


def _of_pairs(name: str, json: bool) -> str:
    """What is said of a list of pairs."""
    pairs = [line.split("\t") for line in _lines(name)]
    labels = len({label for _, _, label in pairs})
    if json:
        counts = {"names": len(pairs), "labels": labels}
        return json_line({"dataset": name, **counts, "pairs": True})
    some = ", ".join(f"{source} {target}" for source, target, _ in pairs[:_EXAMPLES])
    return f"{name:<12}{len(pairs):>6,} pairs   {some}, …   {labels} labels"


def _lines(name: str) -> list[str]:
    """The lines of a built-in list."""
    return _files()[name].read_text(encoding="utf-8").splitlines()


def _record(line: str) -> str:
    if line.count("\t") == 2:
        return json_line(
            dict(zip(("source", "target", "label"), line.split("\t"), strict=True))
        )
    return json_line(dict(zip(("name", "label"), line.split("\t")[::-1], strict=False)))
