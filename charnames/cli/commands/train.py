"""charnames train: learn a list of names and save a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from charnames.cli.options.command import Command, option
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.number_types import HeldOut
from charnames.cli.options.recipe_settings import all_recipe_options, defaults
from charnames.cli.options.recipe_type import RecipeType
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, ModelFile, OneOf
from charnames.cli.tasks.table import DEFAULT
from charnames.cli.tasks.table import TASKS as TASK_TABLE
from charnames.cli.terminal.console import Console
from charnames.cli.training_run.checkpoint_keeper import Keeper
from charnames.cli.training_run.follower import Follower
from charnames.cli.training_run.planning import TrainingRequest, plan_training
from charnames.cli.training_run.reading import read_inputs
from charnames.recipes.recipe import RECIPES, TASKS

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.recipes.recipe_file import RecipeChoice

_HELP = """Train a model on a list of names; report and save it at each checkpoint.

With --labels, each line of the list is a label, a tab and a name, and `charnames sample
--label` then generates names of one label. With --task classify, the model predicts the
label of a name, or of a sequence of numbers: a .jsonl file with {"label": ...,
"sequence": [[x, y], ...]} on each line, or a .ts file. With --task convert, each line
is a source, a tab and a target, and perhaps a tab and a label; or, in a .jsonl file,
{"sequence": [[x, y], ...], "text": ...}. `charnames convert` then writes the target of
a source.

A setting given as an option wins over the recipe. --resume continues a run that was
stopped, with the same result as if it had not been; --iterations is then the total.

Checkpoints are saved as NAME-unfinished. When training ends or is interrupted, that
file becomes NAME, and the model that had the name is kept as NAME-previous. -q prints
no report.

--json prints an object on each line:

\b
{"event": "start", "dataset", "names" (their number),
 "alphabet", "parameters" (their number), "seed"}
{"event": "checkpoint", "iteration", "loss",
 "names" (a list), "held_out" (null, or nats per
 symbol), "seconds", "learned", "gap", "mean_loss",
 "gradient_norm", "largest_gradient", "clipped"}
{"event": "done", "iteration", "loss",
 "model" (its path), "seconds"}

"loss" is the smoothed loss per name in nats, null if it is not finite; "mean_loss", at
iteration 0, the loss that was measured before the first update. "gradient_norm" (the
mean), "largest_gradient" (the largest element) and "clipped" (the share of the steps)
are of the gradients since the checkpoint before, before clipping. "learned" is the
loss per symbol of the network alone on as many names that are learned as are held out,
and "gap" how much higher it is on those held out. For a classifier, "loss" and
"held_out" are means per example, and a checkpoint has "accuracy" and
"held_out_accuracy" in their place. For a converter, "loss" is per pair, "held_out" the
share of held-out sources that it converts wrongly, and a checkpoint has
"network_alone", that share without the joint n-gram model. "start" has "labels", the
number of names of each, and "recipe", the settings.
"""


@click.command(
    cls=Command,
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
    multiple=True,
    heading="What to learn",
    help='A built-in list, a file with a name on each line, a table, or "-" for '
    "standard input. Several are joined.",
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
    help="Generate names, classify them by their labels, or convert them. "
    f"[{TASKS[0]}]",
)
@option(
    "--labels",
    is_flag=True,
    heading="What to learn",
    help="Learn the label of each name, too.",
)
@option(
    "--held-out",
    type=HeldOut(),
    metavar="SHARE|FILE",
    heading="What to learn",
    help="Names to measure the model on and not to train on: a share of the list, or "
    f"a file. [{defaults('held_out')}]",
)
@option(
    "--case",
    type=OneOf(["auto", "keep"]),
    heading="What to learn",
    help="Learn names in lower case where they follow one style, which is restored "
    "in samples, or keep all letters as they are. [auto]",
)
@option(
    "--recipe",
    type=RecipeType(RECIPES),
    metavar=f"{'|'.join(RECIPES)}|FILE",
    heading="Training",
    help="A set of defaults for all settings; or a file of settings in TOML, such as "
    "`charnames info --recipe` prints. "
    f"[{DEFAULT.default_recipe}; classify, convert: "
    f"{TASK_TABLE['classify'].default_recipe}]",
)
@option(
    "-o",
    "--output",
    type=ModelFile(new=True),
    metavar="MODEL",
    heading="Output",
    help='Where to save the model: a path, a name, or "-" for standard output. '
    "[default: named after the list, in your model folder]",
)
@all_recipe_options
@seed_option("Training")
@option(
    "--resume",
    type=ModelFile(own=True),
    metavar="MODEL",
    heading="Training",
    help="Continue the run that saved this model.",
)
@option(
    "--force",
    is_flag=True,
    heading="Output",
    help="Overwrite a file that is not a model.",
)
@option(
    "--slim",
    is_flag=True,
    heading="Output",
    help="Leave out of the finished model what only --resume needs, for a small file.",
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
    output: str | None,
    slim: bool,
    force: bool,
    recipe: RecipeChoice | None,
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
    changes = dict(recipe.settings) if recipe else {}
    changes |= {name: value for name, value in settings.items() if value is not None}
    if isinstance(held_out, float):
        changes["held_out"] = held_out
    plan = plan_training(
        TrainingRequest(
            datasets=dataset,
            form=list_format,
            label_from_file=label_from_file,
            output=output,
            recipe=recipe.preset if recipe else None,
            labels=labels,
            held_out=held_out if isinstance(held_out, str) else None,
            case=case,
            seed=seed,
            resume=resume,
            init_from=init_from,
            settings=changes,
        )
    )
    keeper = Keeper(console, plan, slim)
    keeper.check_target(force)
    with keeper.answering():
        inputs = read_inputs(console, plan)
        keeper.recipe = inputs.recipe
        follower = Follower(console, keeper, plan.resumed, json)
        follower.follow(plan.task.train(inputs, follower.pace.updated))
