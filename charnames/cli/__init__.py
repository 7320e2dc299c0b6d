"""The command line, with one command in each file.

The module of a command defines a click command `command`, and is imported when the
command runs. COMMANDS has the name and the summary of each, so that `charnames --help`
imports none of them.

    commands/      the commands, one in each file
    options/       options that commands share, the types of their values
    inputs/        lists of names, models by name
    terminal/      what is printed and where, usage errors, exit statuses
    tables/        the figures of models as tables and JSON
    tasks/         what differs between generating, classifying and converting names
    plotting/      what the plots of JSON reports are drawn from
    training_run/  a run of `train`: plan, checkpoints, report, the training screen
    tuning_run/    a search of `tune`: plan, trials, report, its screen
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from charnames.cli.options.command import ENVIRONMENT
from charnames.cli.options.shared import examples, habits, with_console
from charnames.cli.terminal.console import Console
from charnames.cli.terminal.exits import run
from charnames.suggestions import did_you_mean
from charnames.version import __version__

COMMANDS = {
    "train": "Learn a list of names and save a model.",
    "sample": "Print new names, one on each line.",
    "evaluate": "Measure a model, or a recipe, on names that it has not learned.",
    "score": "Print how probable names are to a model.",
    "classify": "Print the labels of names, or of sequences of numbers.",
    "convert": "Print what names, or sequences of numbers, become.",
    "compare": "Train several architectures for a task, and rank them.",
    "tune": "Search the settings of a recipe for a list.",
    "info": "Describe a model.",
    "export": "Write a model as a web page, or as a module for JavaScript.",
    "plot": "Draw training curves, a confusion matrix or ROC curves.",
    "report": "Make a page about a model, with plots.",
    "models": "List your models and the included ones.",
    "datasets": "List the built-in lists, or print one.",
}

_THERE_ARE = f"the commands are {', '.join(COMMANDS)}"

_EPILOG = "\n\n".join(
    [
        examples(
            "charnames sample -n 10",
            "charnames train --dataset elements",
            "charnames datasets movies | head -5",
        ),
        "Every option can be set in the environment: CHARNAMES_SEED=7 for all "
        "commands, CHARNAMES_TRAIN_SEED=7 for one. The command line wins.",
        "\b\nThe Tab key completes names and options with this in the shell's file:\n"
        '  .bashrc      eval "$(_CHARNAMES_COMPLETE=bash_source charnames)"\n'
        '  .zshrc       eval "$(_CHARNAMES_COMPLETE=zsh_source charnames)"\n'
        "  config.fish  _CHARNAMES_COMPLETE=fish_source charnames | source",
    ]
)


class _Commands(click.Group):
    """The commands of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"charnames.cli.commands.{cmd_name}")
        command: click.Command = module.command
        command.short_help = COMMANDS[cmd_name]  # shown by shell completion
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not ctx.resilient_parsing:
            meant = did_you_mean(name, COMMANDS)
            if name in ("help", "version"):
                meant = f"; did you mean 'charnames --{name}'?"
            ctx.fail(f"there is no command {name!r}; {_THERE_ARE}{meant}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    epilog=_EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [ARGS]...",
    context_settings={"auto_envvar_prefix": ENVIRONMENT},
)
@habits()
@click.version_option(
    __version__,
    "-V",
    "--version",
    message="%(prog)s %(version)s",
    allow_from_autoenv=False,
)
@with_console
def program(console: Console) -> None:
    """Learn how names are spelt, character by character, and invent new ones."""
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        console.tell(f"{ctx.get_help()}\n")
        ctx.fail(f"give a command; {_THERE_ARE}")


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit with its status."""
    words = list(sys.argv[1:] if args is None else args)
    if "OMP_NUM_THREADS" not in os.environ:
        # A network of this size gains little from a second thread, and is ten times
        # slower when the threads wait for one another on a busy machine.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    console = Console()
    sys.exit(run(console, lambda: _invoke(console, words)))


def _invoke(console: Console, args: list[str]) -> int:
    if instruction := os.environ.get("_CHARNAMES_COMPLETE"):
        return _complete(instruction)
    # program.main() would handle signals, closed pipes and errors in its own way.
    try:
        with program.make_context("charnames", args, obj=console) as ctx:
            program.invoke(ctx)
    except click.exceptions.Exit as end:  # of --help and --version
        return end.exit_code
    return 0


def _complete(instruction: str) -> int:
    """Print completions for a shell, and return the exit status.

    Raises click.UsageError if the instruction does not come from a shell.
    """
    from click.shell_completion import get_completion_class, shell_complete

    variable = "_CHARNAMES_COMPLETE"
    if not get_completion_class(instruction.partition("_")[0]):
        raise click.UsageError(
            f"{variable}: {instruction!r} is nothing that a shell asks for; unset it"
        )
    try:
        return shell_complete(program, {}, "charnames", variable, instruction)
    except (KeyError, ValueError):  # COMP_WORDS and COMP_CWORD, as the shell sets them
        raise click.UsageError(
            f"{variable} is for shells, which set COMP_WORDS and COMP_CWORD; unset it"
        ) from None
