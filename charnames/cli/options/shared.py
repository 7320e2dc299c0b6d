"""Options that commands share. Nothing here imports numpy."""

from __future__ import annotations

from typing import Any

import click

from charnames.cli.options.command import GENERAL, Decorator, F, option
from charnames.cli.options.number_types import Seed
from charnames.cli.options.types import ModelFile
from charnames.cli.terminal.console import Console

with_console = click.make_pass_decorator(Console, ensure=True)


def examples(*lines: str) -> str:
    """Example command lines for the end of a help text, not wrapped by click."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def model_option(heading: str = GENERAL) -> Decorator[Any]:
    """The option -m/--model, under this heading."""
    return option(
        "-m",
        "--model",
        type=ModelFile(),
        heading=heading,
        help='The model: its name or path, or "-" for standard input. [default: the '
        "model trained last]",
    )


def seed_option(heading: str, default: str = "chosen at random") -> Decorator[Any]:
    """The option --seed, under this heading. default: its default, for the help."""
    return option(
        "--seed",
        type=Seed(),
        metavar="SEED",
        heading=heading,
        help=f"Random seed: a whole number, or any text. [{default}]",
    )


json_option = option("--json", is_flag=True, heading="Output", help="Print JSON Lines.")


def habits() -> Decorator[Any]:
    """The options that every command has; they set attributes of the Console."""
    table = [
        ("-q", "--quiet", "Print only warnings and errors beside the result."),
        ("-v", "--verbose", "Print more details."),
        ("--no-progress", "Show no progress."),
        ("--no-color", "Use no colour, as with NO_COLOR set."),
        ("--debug", "Show the traceback of an error."),
    ]

    def decorate(command: F) -> F:
        # Before click 8.5, its own option would read CHARNAMES_HELP.
        command = click.help_option("-h", "--help", allow_from_autoenv=False)(command)
        for *names, text in reversed(table):
            command = option(
                *names,
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_remember,
                help=text,
            )(command)
        return command

    return decorate


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and param.name:
        setattr(ctx.ensure_object(Console), param.name, True)
