"""Lists of names, as commands are told of them, read them and speak of them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from charnames.cli.console import Console

if TYPE_CHECKING:
    from charnames import Model, NameList

_STDIN = "standard input"  # as a model calls it

_STYLES = {
    "capitalised": "capitalised names, folded; the style is put back",
    "title": "titles, folded; the style is put back",
    "upper": "upper-case names, folded; the style is put back",
    "lower": "lower-case names",
    "keep": "kept as it is; the names follow no one style",
}


def read(console: Console, dataset: str) -> NameList:
    """The names of a built-in list, a file, or "-". Raises ListError."""
    from charnames.names import read_names, read_stdin

    if dataset != "-":
        return read_names(dataset)
    if sys.stdin and sys.stdin.isatty():
        console.say("waiting for names, one a line; Ctrl-D ends them")
    return read_stdin()


def list_of(begun: Model | None) -> str:
    """The list to learn when none is given: the one that a resumed run began with.

    Raises click.UsageError where there is none.
    """
    if begun and begun.provenance.dataset != _STDIN:
        return begun.provenance.dataset
    if begun:
        raise click.UsageError(
            "the run began with names from standard input; give them again, with -d -"
        )
    from charnames.names import built_in

    raise click.UsageError(
        "give a list of names with -d/--dataset: one of the built-in lists "
        f'({", ".join(built_in())}), a file, or "-" for standard input'
    )


def is_lasting(dataset: str) -> bool:
    """Whether the list can be read a second time."""
    from charnames.names import built_in

    return dataset in built_in() or os.path.isfile(dataset)


def counted(names: NameList) -> str:
    """How many there are, in words."""
    noun = "name" if len(names) == 1 else "names"
    repeats = f", {names.repeats:,} of them repeats" if names.repeats else ""
    return f"{names.source}: {len(names):,} {noun}{repeats}"


def decided_case(console: Console, names: NameList, asked: str | None) -> str:
    """The case style to train with, decided and said."""
    if asked == "keep":
        return "keep"
    from charnames.vocabulary import detect_case

    style, odd = detect_case(names)
    line = f"case: {_STYLES[style]}"
    if odd:
        are = "is" if odd == 1 else "are"
        line += f" ({odd:,} of them {are} written otherwise; --case keep keeps that)"
    console.say(line)
    return style
