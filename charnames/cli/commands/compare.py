"""charnames compare: several architectures for a task, side by side."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import lists
from charnames.cli.options.command import GENERAL, Command, option
from charnames.cli.options.executor import executor_options
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.number_types import Seed
from charnames.cli.options.recipe_type import RecipeType
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.cli.options.types import Dataset, OneOf
from charnames.cli.tables import comparison
from charnames.cli.tasks.base import Task
from charnames.cli.tasks.table import TASKS
from charnames.cli.terminal.console import Console, json_line
from charnames.cli.training_run.pace import clock
from charnames.errors import ListError
from charnames.recipes.recipe import RECIPES

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.experiments.examples import AnyExamples
    from charnames.experiments.executors import Executor
    from charnames.experiments.runs import RunResult
    from charnames.experiments.tasks.base import Contest
    from charnames.recipes.recipe_file import RecipeChoice

_HELP = """Train several architectures for a task, and rank them.

FILE describes the architectures in TOML. Each has a table, with its name and settings
of `charnames train`; other settings are those of --recipe. Settings before the first
table are for all.

\b
dropout = 0.2
[[architecture]]
name = "LSTM 64-32"
cell = "lstm"
hidden_size = [64, 32]

The same as JSON also works: {"dropout": 0.2, "architecture": [{"name": ...}]}. "-" is
standard input.

Each architecture is trained with several seeds, and measured on examples that it does
not learn: the list of --against, or a share of the list, drawn anew for each seed; or,
for names, each of several folds with a model that learned the others, as `charnames
evaluate --folds` does.

The figures are, for --task generate, the nats per held-out symbol, and the shares of
1,000 sampled names that are novel and distinct; for classify, the accuracy on learned
examples (training) and on others (test); for convert, the shares of words and of
symbols that are wrong.

They are means and standard deviations over the seeds, and do not depend on --jobs. The
best comes first: the fewest nats per symbol, the greatest test accuracy, or
the fewest wrong words. Where "noise" stands behind another, chance can explain its
difference from the best: a paired t-test over seeds and folds, corrected for what they
share (Nadeau and Bengio 2003), is not significant at 5 %.

--json prints an object for each architecture: {"name", "settings", "parameters" (their
number), the figures of the task, "seconds", "within_noise", "runs"}. The figures, which
are nats_per_symbol, novel and distinct, training and test, or word_error_rate and
symbol_error_rate, and seconds are {"mean", "deviation"}, with a null deviation for one
seed. within_noise is null for the best, and where there is one pair of runs. runs is a
list of {"seed", "fold", the figures, "seconds"}.
"""
_SHARE = 0.2


@click.command(
    cls=Command,
    help=_HELP,
    epilog=examples(
        'echo \'{"iterations": 40, "architecture": [\' > shapes.json',
        'echo \'{"name": "A"}, {"name": "B", "cell": "rnn"}]}\' >> shapes.json',
        "charnames compare --dataset surnames --architectures shapes.json",
    ),
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    multiple=True,
    required=True,
    help="List to learn. Several are joined.",
)
@list_format_options(GENERAL)
@option(
    "--label-from-file",
    is_flag=True,
    help="Label the names of each list with the name of its file.",
)
@option(
    "--task",
    type=OneOf([*TASKS]),
    help="Task of the models. [default: that of --recipe; classify for a list with "
    "labels, generate for others]",
)
@option(
    "--architectures",
    metavar="FILE",
    required=True,
    help="File that describes the architectures.",
)
@option(
    "--recipe",
    type=RecipeType(RECIPES),
    metavar=f"{'|'.join(RECIPES)}|FILE",
    help="Set of defaults for all settings, or a file of settings. [modern]",
)
@option("--against", type=Dataset(), help="List to measure on.")
@option(
    "--held-out",
    type=click.FloatRange(0, 0.9, min_open=True),
    metavar="SHARE",
    help=f"Share of the list to measure on. [{_SHARE}]",
)
@option(
    "--folds",
    type=click.IntRange(2),
    metavar="N",
    help="Number of folds of names to measure on. [5, for a list of fewer than 20,000 "
    "symbols]",
)
@option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=3,
    help="Number of seeds for each architecture. [3]",
)
@option("--seed", type=Seed(), metavar="N", default=0, help="First seed. [0]")
@executor_options(GENERAL, "Number of runs side by side.", all_cores=True)
@json_option
@habits()
@with_console
def command(
    console: Console,
    /,
    dataset: tuple[str, ...],
    list_format: FileFormat,
    label_from_file: bool,
    task: str | None,
    architectures: str,
    recipe: RecipeChoice | None,
    against: str | None,
    held_out: float | None,
    folds: int | None,
    seeds: int,
    seed: int,
    executor: Executor,
    json: bool,
) -> None:
    """Compare architectures; see _HELP."""
    _check_usage(click.get_current_context())

    from charnames.experiments.compare import compare, default_test, rank_architectures
    from charnames.experiments.runs import ComparisonLists
    from charnames.experiments.tasks.table import EXPERIMENT_TASKS
    from charnames.recipes.recipe_file import RecipeChoice

    base = recipe or RecipeChoice(None, {})
    source = lists.ListSource(dataset, list_format, label_from_file)
    chosen, examples = _read(console, task or base.settings.get("task"), source)
    contest = EXPERIMENT_TASKS[chosen.name].contest
    if folds and not EXPERIMENT_TASKS[chosen.name].in_folds:
        because = (
            "" if task else ", which a list with labels is for; add --task generate"
        )
        raise click.UsageError(
            f"--folds is for names, not for --task {chosen.name}{because}"
        )
    settings = _architectures(console, architectures, chosen.name, base)
    console.say(lists.summary(examples))
    test: AnyExamples | float | int | None = folds or held_out
    if against:
        test = chosen.read(console, source.at(against), chosen.needs_labels)
    if test is None:
        test = default_test(chosen.name, examples, _SHARE)
    work = ComparisonLists(chosen.name, examples, test, base)
    finished = compare(work, settings, range(seed, seed + seeds), executor)
    if not console.no_progress:
        runs = len(settings) * seeds * work.folds
        of_folds = f" of {work.folds} folds" if work.folds > 1 else ""
        console.say(f"{runs} runs{of_folds}, {executor.described(runs)}")
        finished = _reported(console, finished, contest, runs)
    with closing(finished):  # an exception ends the other processes, too
        trials = list(finished)
    ranking = rank_architectures(trials, contest, work.overlap)
    if json:
        for entry in ranking:
            console.put(json_line(comparison.record(entry, contest, settings)))
    else:
        console.put("\n".join(comparison.table(ranking, contest)))


def _check_usage(ctx: click.Context) -> None:
    """Raise click.UsageError for options that do not go together."""
    given = ctx.params
    held_out, against = given["held_out"], given["against"]
    files = [*given["dataset"], given["architectures"], against]
    if not given["architectures"]:
        raise click.UsageError("--architectures: give a file's name")
    if held_out is not None and math.isnan(held_out):
        raise click.UsageError("--held-out: nan is not a share; write one like 0.2")
    if [against, held_out, given["folds"]].count(None) < 2:
        raise click.UsageError("give --against or --held-out or --folds, one of them")
    if files.count("-") > 1:
        raise click.UsageError("standard input can be only one of the files")


def _read(
    console: Console, task: object, source: lists.ListSource
) -> tuple[Task, AnyExamples]:
    """The task, and the examples for it. Without a task, a list is of labels where it
    has some; standard input, which can be read only once, has to have them.
    """
    if task is not None:
        chosen = TASKS[str(task)]
        return chosen, chosen.read(console, source, chosen.needs_labels)
    try:
        return TASKS["classify"], TASKS["classify"].read(console, source, True)
    except ListError:
        if "-" in source.datasets or source.label_from_file:
            raise
        return TASKS["generate"], TASKS["generate"].read(console, source, False)


def _architectures(
    console: Console, file: str, task: str, base: RecipeChoice
) -> dict[str, dict[str, Any]]:
    """The settings of each architecture in the file, by name. Raises RecipeError."""
    from charnames.experiments.architecture_file import read_architectures

    if file != "-":
        lists.await_writer(console, file)
        return read_architectures(file, task, base)
    if lists.is_typed():
        console.say("waiting for architectures; Ctrl-D ends them")
    return read_architectures(sys.stdin.buffer, task, base)


def _reported(
    console: Console, finished: Generator[RunResult], contest: Contest, runs: int
) -> Generator[RunResult]:
    """The trials, each with a line on standard error."""
    start = time.monotonic()
    with closing(finished):
        for count, trial in enumerate(finished, 1):
            seconds = (time.monotonic() - start) * (runs / count - 1)
            console.say(_line(trial, contest, count, runs, seconds))
            yield trial


def _line(
    trial: RunResult, contest: Contest, count: int, runs: int, seconds: float
) -> str:
    """The result of a run, the number of finished runs, and the time left."""
    objective = next(f for f in contest.figures if f.name == contest.objective)
    line = (
        f"{count} of {runs} runs   {trial.architecture}, seed {trial.seed}   "
        f"{objective.heading} {objective.text(trial.figures[objective.name])}   "
        f"{trial.figures['seconds']:.1f} s"
    )
    return line if count == runs else f"{line}   {clock(seconds)} left"
