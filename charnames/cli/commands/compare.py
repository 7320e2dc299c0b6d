"""charnames compare: several architectures of a classifier, side by side."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import lists
from charnames.cli.options.command import GENERAL, Command, option
from charnames.cli.options.executor import executor_options
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.cli.options.types import Dataset, Seed
from charnames.cli.tasks.classifier import Classifying
from charnames.cli.terminal.console import Console, json_line, printable
from charnames.cli.training_run.pace import clock

if TYPE_CHECKING:
    from charnames.data.tables import FileFormat
    from charnames.experiments.compare import Compared, Trial
    from charnames.experiments.executors import Executor
    from charnames.training.holdout import Examples

_HELP = """Train several architectures of a classifier, and rank them.

FILE describes the architectures in TOML. Each has a table, with its name and settings
of `charnames train`; other settings are those of the modern recipe for classifiers.
Settings before the first table are for all.

\b
dropout = 0.2
[[architecture]]
name = "LSTM 64-32"
cell = "lstm"
hidden_size = [64, 32]

The same as JSON also works: {"dropout": 0.2, "architecture": [{"name": ...}]}. "-" is
standard input.

Each architecture is trained with several seeds, and measured on a test set that it does
not learn from: the list of --against, or a share of the examples of each label, which
are drawn anew for each seed. The figures are means and standard deviations over the
seeds; they do not depend on --jobs. The best accuracy on the test set comes first.

--json prints an object for each architecture: {"name", "settings", "parameters" (their
number), "training", "test", "seconds", "runs"}. training and test are accuracies; they
and seconds are {"mean", "deviation"}, with a null deviation for one seed. runs is a
list of {"seed", "training", "test", "seconds"}.
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
    help="List with labels to learn. Several are joined.",
)
@list_format_options(GENERAL)
@option(
    "--label-from-file",
    is_flag=True,
    help="Label the names of each list with the name of its file.",
)
@option(
    "--architectures",
    metavar="FILE",
    required=True,
    help="File that describes the architectures.",
)
@option("--against", type=Dataset(), help="List with labels to measure on.")
@option(
    "--held-out",
    type=click.FloatRange(0, 0.9, min_open=True),
    metavar="SHARE",
    help=f"Share of the list to measure on, without --against. [{_SHARE}]",
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
    architectures: str,
    against: str | None,
    held_out: float | None,
    seeds: int,
    seed: int,
    executor: Executor,
    json: bool,
) -> None:
    """Compare architectures; see _HELP."""
    if not architectures:
        raise click.UsageError("--architectures: give a file's name")
    if held_out is not None and math.isnan(held_out):
        raise click.UsageError("--held-out: nan is not a share; write one like 0.2")
    if against and held_out:
        raise click.UsageError("give --against or --held-out, not both")
    if [*dataset, architectures, against].count("-") > 1:
        raise click.UsageError("standard input can be only one of the files")
    settings = _architectures(console, architectures)

    from charnames.experiments.compare import compare, ranked

    source = lists.ListSource(dataset, list_format, label_from_file)
    training = Classifying().read(console, source)
    console.say(lists.summary(training))
    test: Examples | float = held_out or _SHARE
    if against:
        test = Classifying().read(console, source.at(against))
    runs = len(settings) * seeds
    trials: list[Trial] = []
    finished = compare(training, settings, test, range(seed, seed + seeds), executor)
    if not console.no_progress:
        where = executor.described(runs)
        console.say(f"{runs} runs, {where}")
    start = time.monotonic()
    with closing(finished):  # an exception ends the other processes, too
        for trial in finished:
            trials.append(trial)
            if not console.no_progress:
                seconds = (time.monotonic() - start) * (runs / len(trials) - 1)
                console.say(_line(trial, len(trials), runs, seconds))
    ranking = ranked(trials)
    if json:
        for entry in ranking:
            console.put(json_line(_record(entry, settings)))
    else:
        console.put("\n".join(table(ranking)))


def _architectures(console: Console, file: str) -> dict[str, dict[str, Any]]:
    """The settings of each architecture in the file, by name. Raises RecipeError."""
    from charnames.experiments.architecture_file import read_architectures

    if file != "-":
        lists.await_writer(console, file)
        return read_architectures(file)
    if lists.is_typed():
        console.say("waiting for architectures; Ctrl-D ends them")
    return read_architectures(sys.stdin.buffer)


def _line(trial: Trial, count: int, runs: int, seconds: float) -> str:
    """The result of a run, the number of finished runs, and the time left."""
    line = (
        f"{count} of {runs} runs   {trial.architecture}, seed {trial.seed}   "
        f"test {trial.test:.1%}   {trial.seconds:.1f} s"
    )
    return line if count == runs else f"{line}   {clock(seconds)} left"


def _record(entry: Compared, settings: Mapping[str, Any]) -> dict[str, Any]:
    figures = {
        name: {"mean": entry.mean(name), "deviation": entry.deviation(name)}
        for name in ("training", "test", "seconds")
    }
    return {
        "name": entry.architecture,
        "settings": settings[entry.architecture],
        "parameters": entry.trials[0].parameters,
        **figures,
        "runs": [
            {name: getattr(trial, name) for name in ("seed", *figures)}
            for trial in entry.trials
        ],
    }


def table(ranking: Sequence[Compared]) -> list[str]:
    """A header, and a line for each architecture."""
    from rich.cells import cell_len

    names = [printable(entry.architecture) for entry in ranking]
    width = max(map(cell_len, [*names, "architecture"]))
    head = f"{'parameters':>12}{'training':>18}{'test':>18}{'seconds':>10}"
    lines = [f"{'architecture':<{width}}{head}"]
    for name, entry in zip(names, ranking, strict=True):
        lines.append(
            f"{name}{' ' * (width - cell_len(name))}{entry.trials[0].parameters:>12,}"
            f"{_share(entry, 'training'):>18}{_share(entry, 'test'):>18}"
            f"{entry.mean('seconds'):>10.1f}"
        )
    return lines


def _share(entry: Compared, figure: str) -> str:
    """The mean in per cent, with its deviation over the seeds if there are several."""
    deviation = entry.deviation(figure)
    spread = "" if deviation is None else f" ± {deviation:.1%}"
    return f"{entry.mean(figure):.1%}{spread}"
