"""Names that are given as arguments. Nothing here imports numpy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click

from charnames.cli.options.command import Decorator
from charnames.cli.terminal.console import Console
from charnames.cli.terminal.quoting import quoted


def names_argument() -> Decorator[Any]:
    """The argument NAMES: any number of names; none, or "-" alone, for the lines of
    standard input.
    """

    def without_hyphen(
        ctx: click.Context, param: click.Parameter, names: tuple[str, ...]
    ) -> tuple[str, ...]:
        return () if names == ("-",) else names

    return click.argument("names", nargs=-1, callback=without_hyphen)


def checked_names(console: Console, names: tuple[str, ...]) -> Iterator[str]:
    """Names from the command line, checked for the length limit of a list. Warns of one
    that is the path of a file, whose names may be meant.

    Raises ListError, which has the number of the argument.
    """
    from charnames.data.cleaning import check_length

    for i, name in enumerate(names, 1):
        check_length(name, f"name {i}")
        if ("." in name or os.sep in name) and os.path.isfile(name):
            command = click.get_current_context().command_path
            console.warn(
                f"{name} is a file, and was read as a name; to read the names in it: "
                f"{command} < {quoted(name)}"
            )
        yield name
