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
from charnames.cli.options.command import Command, option
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
    from charnames.experiments.compare import Compared, Trial
    from charnames.training.holdout import Examples

_HELP = """Train several architectures of a classifier, and rank them.

FILE holds a table for each: a name, and any setting of `charnames train`, over those of
the modern recipe for classifiers. Settings before the first table are for all.

\b
dropout = 0.2
[[architecture]]
name = "LSTM 64-32"
cell = "lstm"
hidden_size = [64, 32]

JSON that says the same will do: {"dropout": 0.2, "architecture": [{"name": ...}]}; "-"
is standard input.

Each is trained with several seeds, and measured on another list, or on a share of the
list's examples of each label, another one for each seed; neither is learned from. The
figures are means and standard deviations over the seeds, and the same however many runs
go side by side. Best first, by what was not learned.

--json prints an object for each architecture: name, settings, parameters (how many),
training, test (accuracies, null for a deviation of one seed) and seconds as {"mean",
"deviation"}, and "runs", a list of {"seed", "training", "test", "seconds"}.
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
    "-d", "--dataset", type=Dataset(), required=True, help="What to learn, with labels."
)
@option(
    "--architectures", metavar="FILE", required=True, help="What to compare, as above."
)
@option("--against", type=Dataset(), help="What to measure on.")
@option(
    "--held-out",
    type=click.FloatRange(0, 0.9, min_open=True),
    metavar="SHARE",
    help=f"What share to measure on, without --against. [{_SHARE}]",
)
@option("--seeds", type=click.IntRange(1, 1000), default=3, help="Runs of each. [3]")
@option("--seed", type=Seed(), metavar="SEED", default=0, help="The first seed. [0]")
@option("--jobs", type=click.IntRange(1), help="Runs side by side. [one for each core]")
@json_option
@habits()
@with_console
def command(
    console: Console,
    /,
    dataset: str,
    architectures: str,
    against: str | None,
    held_out: float | None,
    seeds: int,
    seed: int,
    jobs: int | None,
    json: bool,
) -> None:
    """Compare; see _HELP."""
    if held_out is not None and math.isnan(held_out):
        raise click.UsageError("--held-out: nan is no share; write one like 0.2")
    if against and held_out:
        raise click.UsageError("give --against or --held-out; each is the test part")
    if [dataset, architectures, against].count("-") > 1:
        raise click.UsageError("standard input can be only one of the files")
    told = _architectures(console, architectures)

    from charnames.experiments.compare import compare, ranked
    from charnames.experiments.workers import cores

    learned = Classifying().read(console, dataset)
    console.say(lists.counted(learned))
    test: Examples | float = held_out or _SHARE
    if against:
        test = Classifying().read(console, against)
    runs, jobs = len(told) * seeds, jobs or cores()
    trials: list[Trial] = []
    tried = compare(learned, told, test, range(seed, seed + seeds), jobs)
    if not console.no_progress:
        console.say(f"{runs} runs, {min(runs, jobs)} side by side")
    begun = time.monotonic()
    with closing(tried):  # whatever stops this, stops the runs
        for trial in tried:
            trials.append(trial)
            if not console.no_progress:
                left = (time.monotonic() - begun) * (runs / len(trials) - 1)
                console.say(_line(trial, len(trials), runs, left))
    found = ranked(trials)
    if json:
        for one in found:
            console.put(json_line(_record(one, told)))
    else:
        console.put("\n".join(table(found)))


def _architectures(console: Console, file: str) -> dict[str, dict[str, Any]]:
    """What the file, or standard input, tells. Raises RecipeError."""
    from charnames.experiments.architecture_file import read_architectures

    if file != "-":
        lists.await_writer(console, file)
        return read_architectures(file)
    if lists.is_typed():
        console.say("waiting for architectures; Ctrl-D ends them")
    return read_architectures(sys.stdin.buffer)


def _line(trial: Trial, done: int, runs: int, left: float) -> str:
    """How far it is, after a run."""
    line = (
        f"{done} of {runs} runs   {trial.architecture}, seed {trial.seed}   "
        f"test {trial.test:.1%}   {trial.seconds:.1f} s"
    )
    return line if done == runs else f"{line}   {clock(left)} left"


def _record(one: Compared, told: Mapping[str, Any]) -> dict[str, Any]:
    figures = {
        name: {"mean": one.mean(name), "deviation": one.deviation(name)}
        for name in ("training", "test", "seconds")
    }
    return {
        "name": one.architecture,
        "settings": told[one.architecture],
        "parameters": one.trials[0].parameters,
        **figures,
        "runs": [
            {name: getattr(trial, name) for name in ("seed", *figures)}
            for trial in one.trials
        ],
    }


def table(found: Sequence[Compared]) -> list[str]:
    """A line an architecture, below the head."""
    from rich.cells import cell_len

    names = [printable(one.architecture) for one in found]
    width = max(map(cell_len, [*names, "architecture"]))
    head = f"{'parameters':>12}{'training':>18}{'test':>18}{'seconds':>10}"
    lines = [f"{'architecture':<{width}}{head}"]
    for name, one in zip(names, found, strict=True):
        lines.append(
            f"{name}{' ' * (width - cell_len(name))}{one.trials[0].parameters:>12,}"
            f"{_share(one, 'training'):>18}{_share(one, 'test'):>18}"
            f"{one.mean('seconds'):>10.1f}"
        )
    return lines


def _share(one: Compared, figure: str) -> str:
    """The mean in per cent, and its deviation where there is one."""
    deviation = one.deviation(figure)
    spread = "" if deviation is None else f" ± {deviation:.1%}"
    return f"{one.mean(figure):.1%}{spread}"
