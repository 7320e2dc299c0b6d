"""Options that commands share. Nothing here imports numpy."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click

from charnames.cli.options.types import ModelFile, Seed
from charnames.cli.terminal.console import Console

ENVIRONMENT = "CHARNAMES"

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

with_console = click.make_pass_decorator(Console, ensure=True)


class Option(click.Option):
    """An option that the environment can set too, for one command or for all.

    --seed of train is set by CHARNAMES_TRAIN_SEED, or else by CHARNAMES_SEED.
    """

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The environment's value, if there is one that is not empty."""
        for prefix in (ctx.auto_envvar_prefix, ENVIRONMENT):
            if value := os.environ.get(f"{prefix}_{_variable(self.opts)}"):
                return value
            if not self.secondary_opts:
                continue
            if value := os.environ.get(f"{prefix}_{_variable(self.secondary_opts)}"):
                with suppress(click.BadParameter):  # which the value itself will raise
                    value = str(not click.BOOL.convert(value, self, ctx))
                return value
        return None


def _variable(names: list[str]) -> str:
    """How the environment calls what the command line calls by those names."""
    return max(names, key=len).lstrip("-").replace("-", "_").upper()


def option(*names: str, **settings: Any) -> Decorator[Any]:
    """click.option, with the environment as Option reads it."""
    return click.option(*names, cls=Option, **settings)


def examples(*lines: str) -> str:
    """Command lines for the end of a help text, not to be wrapped."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


model_option = option(
    "-m",
    "--model",
    type=ModelFile(),
    help="A model's name or path. [default: the one that you trained last]",
)
seed_option = option(
    "--seed",
    type=Seed(),
    metavar="N",
    help="Everything random follows from it. [chosen at random]",
)
json_option = option("--json", is_flag=True, help="Print JSON Lines.")


def habits() -> Decorator[Any]:
    """The options that every command takes; they set the Console."""
    table = [
        ("-q", "--quiet", "Say nothing but warnings and errors."),
        ("-v", "--verbose", "Say more."),
        ("--no-progress", "Show no progress."),
        ("--no-color", "Use no colour, as with NO_COLOR set."),
        ("--debug", "Show where an error came from."),
    ]

    def decorate(command: F) -> F:
        # click's own would listen to CHARNAMES_HELP before its version 8.5.
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
