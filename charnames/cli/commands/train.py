"""charnames train: learn a list of names and save a model."""

from __future__ import annotations

import click

from charnames.cli.options.recipe_settings import (
    classifier_options,
    defaults,
    recipe_options,
)
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, HeldOut, ModelFile, OneOf
from charnames.cli.terminal.console import Console
from charnames.cli.training_run.follower import Follower
from charnames.cli.training_run.keeper import Keeper
from charnames.cli.training_run.planning import Request, make_plan
from charnames.cli.training_run.reading import read_inputs
from charnames.recipes.recipe import RECIPES, TASKS

_HELP = """Learn a list of names, report at each checkpoint, save the model at each.

With --labels, the lines of the list are a label, a tab and a name, and `sample --label`
then writes names of one. With --task classify the model tells the label of a name, or
of a sequence of numbers: .jsonl with {"label": ..., "sequence": [[x, y], ...]} a line,
or .ts. Its recipe is modern unless told, and its loss a mean in nats per example.

A setting that is given wins over the recipe's. A run that was stopped goes on with
--resume, exactly as if it had not been; --iterations then says how far in all.

--json prints an object a line:

\b
{"event": "start", "dataset", "names" (how many),
 "alphabet", "parameters" (how many), "seed"}
{"event": "checkpoint", "iteration", "loss",
 "names" (a list), "held_out" (null, or nats per
 symbol), "seconds"}
{"event": "done", "iteration", "loss",
 "model" (its path), "seconds"}

loss is smoothed, per name, in nats; null where it is not finite. Of a classifier it is
the mean per example, as is held_out, and a checkpoint has "accuracy" and
"held_out_accuracy" too; start has "labels", the label's counts, for a list with labels.
"""


@click.command(
    help=_HELP,
    epilog=examples(
        "charnames train --dataset elements",
        r"printf 'Ada\nGrace\nAlan\n' | charnames train -d - -o ./three.safetensors",
        "charnames train --dataset surnames --labels --recipe modern",
    ),
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    help='A built-in list, a UTF-8 file with a name a line, or "-".',
)
@option(
    "-o",
    "--output",
    type=ModelFile(new=True),
    metavar="MODEL",
    help='Where to save the model: a path, a name, or "-". [default: named after the '
    "list, in your model folder]",
)
@option(
    "--slim",
    is_flag=True,
    help="Keep no more of the finished run than its model: a small file to give away, "
    "which --resume cannot go on with.",
)
@option("--force", is_flag=True, help="Overwrite a file that is not a model.")
@option(
    "--recipe",
    type=OneOf(RECIPES),
    help=f"A named set of the settings below. [{RECIPES[0]}]",
)
@option("--labels", is_flag=True, help="Learn the label of each name, too.")
@option(
    "--task",
    type=OneOf(TASKS),
    help=f"To write names, or to tell the labels of names. [{TASKS[0]}]",
)
@recipe_options
@classifier_options
@option(
    "--held-out",
    type=HeldOut(),
    metavar="SHARE|FILE",
    help=f"Names to measure on, not to learn; 0 is none. [{defaults('held_out')}]",
)
@option(
    "--case",
    type=OneOf(["auto", "keep"]),
    help="Fold away a letter case that can be put back, or keep it. [auto]",
)
@seed_option
@option(
    "--resume",
    type=ModelFile(own=True),
    metavar="MODEL",
    help="Go on with that run.",
)
@option(
    "--init-from",
    type=ModelFile(),
    metavar="MODEL",
    help="Start from that model's weights, with its network.",
)
@json_option
@habits()
@with_console
def command(
    console: Console,
    /,
    dataset: str | None,
    output: str | None,
    slim: bool,
    force: bool,
    recipe: str | None,
    labels: bool,
    held_out: float | str | None,
    case: str | None,
    seed: int | None,
    resume: str | None,
    init_from: str | None,
    json: bool,
    **settings: object,
) -> None:
    """Learn a list of names; see _HELP."""
    given = {name: value for name, value in settings.items() if value is not None}
    if isinstance(held_out, float):
        given["held_out"] = held_out
    plan = make_plan(
        Request(
            dataset=dataset,
            output=output,
            recipe=recipe,
            labels=labels,
            held_out=held_out if isinstance(held_out, str) else None,
            case=case,
            seed=seed,
            resume=resume,
            init_from=init_from,
            settings=given,
        )
    )
    keeper = Keeper(console, plan, slim)
    keeper.check_target(force)
    with keeper.answering():
        inputs = read_inputs(console, plan)
        keeper.recipe = inputs.recipe
        follower = Follower(console, keeper, plan.begun, json)
        follower.follow(plan.task.train(inputs, follower.pace.updated))
