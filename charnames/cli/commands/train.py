"""charnames train: learn a list of names and save a model."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from charnames.cli.inputs import lists, model_folder
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
from charnames.cli.terminal.console import Console, check_output
from charnames.cli.training_run import planning
from charnames.cli.training_run.follower import Follower
from charnames.cli.training_run.keeper import Keeper
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
    **settings: Any,
) -> None:
    """Learn a list of names; see _HELP."""
    begun = planning.begun_run(resume, seed, case) if resume else None
    others = held_out if isinstance(held_out, str) else None
    if not others:
        settings["held_out"] = held_out
    given = {name: value for name, value in settings.items() if value is not None}
    parent = planning.parent_of(init_from, begun, given) if init_from else None
    # A slip is told before names are read.
    plan = planning.planned(begun, recipe, given, ())
    classify = plan.task == "classify"
    dataset = dataset or lists.list_of(begun)
    target = output or resume or model_folder.named_after(dataset, classify)
    keeper = Keeper(console, target, plan, planning.again(begun, dataset, others), slim)
    _check_output(target, force)
    if begun and resume:
        keeper.resumes(begun, resume)
    with keeper.answering():
        with_labels = labels or bool(begun and begun.labels)
        examples: Any = lists.read_for(console, plan, dataset, with_labels)
        measured: Any = others and lists.read_for(console, plan, others, with_labels)
        keeper.plan = plan = planning.planned(begun, recipe, given, examples)
        style = "auto"
        if begun is None:
            console.say(lists.counted(examples))
            style = planning.case_of(console, plan, examples, case)
            seed = _seed(console, seed)
            if parent:
                console.say(planning.inherited(parent, examples, style))

        from charnames.training.classifier import train_classifier
        from charnames.training.language_model import train

        learn: Any = train_classifier if classify else partial(train, init_from=parent)
        follower = Follower(console, keeper, begun, json)
        checkpoints = learn(
            examples,
            plan,
            seed=seed,
            case=style,
            held_out=measured or None,
            resume=begun,
            watch=follower.pace.updated,
        )
        follower.follow(checkpoints)


def _seed(console: Console, asked: int | None) -> int:
    """The seed of the run, said if it was nobody's choice."""
    from charnames.random_streams import fresh_seed

    if asked is not None:
        return asked
    seed = fresh_seed()
    console.say(f"seed: {seed}")
    return seed


def _check_output(target: str, force: bool) -> None:
    """Raises what writing the model would raise, before the work is done."""
    if target == "-":
        if sys.stdout.isatty():
            raise click.UsageError(
                "-o -: standard output is a terminal, and a model is no text; "
                "send it to a file or a pipe"
            )
        check_output()
        return
    from charnames.model_file.storage import check_target

    model_folder.prepare(target)
    check_target(target, force)
