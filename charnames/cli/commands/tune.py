"""charnames tune: search the settings of a recipe for a list."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs.lists import ListSource
from charnames.cli.options.command import Command, option
from charnames.cli.options.executor import executor_options
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.number_types import Duration
from charnames.cli.options.recipe_type import RecipeType
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, OneOf, OutputFile
from charnames.cli.tasks.table import DEFAULT
from charnames.cli.terminal.console import Console
from charnames.cli.tuning_run.output import check_recipe_file
from charnames.recipes.recipe import RECIPES, TASKS

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.experiments.executors import Executor
    from charnames.recipes.recipe_file import RecipeChoice

_HELP = """Search the settings of a recipe for a list, and write the best recipe.

A fifth of the list is left for the end. On the rest, each trial measures a recipe: the
loss per symbol of names, the accuracy of a classifier, or the word error rate of a
converter; on 5 or 3 folds of a short list, or on another fifth of a long one. The first
trial is that of --recipe. A trial that is worse than the median at a checkpoint ends
early, as a poor one. In the end --recipe and the best recipe learn the rest, with 3
seeds, and are measured on what no trial saw.

Which settings are searched depends on the task and the size of the list, or stands in
the FILE of --space: a setting has one value, choices, or a range.

\b
batch_size = 32
cell = ["gru", "lstm"]
hidden_size = [64, 128, [64, 32]]
learning_rate = {low = 1e-3, high = 3e-2, log = true}

With --study FILE, or the address of a database, the trials are kept: the same command
goes on where it stopped, and others that run it share the trials. optuna-dashboard
shows such a file.

\b
--json prints an object on each line:
{"event": "start", "dataset", "objective", "folds",
 "unseen" (examples left for the end), "space", "seed"}
{"event": "trial", "trial", "state", "value",
 "folds", "best", "seconds", "settings"}
{"event": "done", "trials", "objective", "best", "settings",
 "preset", "importances", "folds", "preset_folds",
 "unseen", "recipe"}

"state" is complete, pruned (poor), stopped or failed; "value" is null unless it is
complete. "unseen" has "preset" and "tuned", each {"mean", "deviation"} over the seeds,
"gain" and its "standard_error", which is paired over the examples.

The search needs Optuna: pip install 'charnames[tune]'.
"""


@click.command(
    cls=Command,
    help=_HELP,
    epilog=examples(
        "echo '{\"iterations\": 20}' > short.json",
        "charnames tune -d elements --recipe short.json --trials 2 -o best.json",
        "charnames evaluate -d elements --folds 2 --recipe best.json",
    ),
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    multiple=True,
    required=True,
    heading="What to learn",
    help="List to learn. Several are joined.",
)
@list_format_options("What to learn")
@option(
    "--label-from-file",
    is_flag=True,
    heading="What to learn",
    help="Label the names of each list with the name of its file.",
)
@option(
    "--task",
    type=OneOf(TASKS),
    heading="What to learn",
    help=f"Generate names, classify them, or convert them. [{DEFAULT.name}]",
)
@option(
    "--recipe",
    type=RecipeType(RECIPES),
    metavar=f"{'|'.join(RECIPES)}|FILE",
    heading="Recipe",
    help="The recipe to improve: a set of defaults, or a file of settings. [modern]",
)
@option(
    "--space",
    metavar="FILE",
    heading="Recipe",
    help="File of the settings to search. [default: by the task and the list]",
)
@option(
    "--trials",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    heading="Training",
    help="Number of trials, those in the study included.",
)
@option(
    "--time-limit",
    type=Duration(),
    heading="Training",
    help="Stop the search after this time: 90, 90s, 20m; the final figures take more.",
)
@executor_options(
    "Training",
    "Number of trials side by side; with 1, the same seed gives the same trials.",
)
@seed_option("Training", default="0")
@option(
    "--study",
    metavar="FILE|ADDRESS",
    heading="Output",
    help="Keep the trials here, to go on with, or to share with other processes.",
)
@option(
    "-o",
    "--output",
    type=OutputFile(),
    required=True,
    heading="Output",
    help='File to write the recipe to, as TOML, or as JSON for a name in .json; or "-" '
    "for standard output.",
)
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
    recipe: RecipeChoice | None,
    space: str | None,
    trials: int,
    time_limit: float | None,
    executor: Executor,
    seed: int | None,
    study: str | None,
    output: str,
    json: bool,
) -> None:
    """Search the settings of a recipe; see _HELP."""
    if time_limit is not None and not 0 < time_limit < math.inf:
        raise click.UsageError("--time-limit: give a time above 0, such as 20m")
    if dataset.count("-") > 1:
        raise click.UsageError("standard input can be only one of the lists")
    if study is not None and study in ("", output):
        raise click.UsageError("--study: give a file of its own")
    if json and output == "-":
        raise click.UsageError("-o -: with --json, give the recipe a file")
    if seed is None:
        console.say("seed: 0")
    check_recipe_file(output)

    from charnames.cli.tuning_run.planning import SearchRequest, plan_search
    from charnames.cli.tuning_run.searching import Searching

    plan = plan_search(
        console,
        SearchRequest(
            source=ListSource(dataset, list_format, label_from_file),
            task=task,
            recipe=recipe,
            space=space,
            trials=trials,
            deadline=time.time() + time_limit if time_limit else math.inf,
            executor=executor,
            seed=seed or 0,
            study=study,
            output=output,
            json=json,
        ),
    )
    Searching(console, plan).run()
