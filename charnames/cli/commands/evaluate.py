"""charnames evaluate: measure a model, or a recipe, on names it has not learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from charnames.cli.inputs import lists, model_folder, models
from charnames.cli.inputs.lists import ListSource
from charnames.cli.options.command import Command, option
from charnames.cli.options.executor import executor_options
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.recipe_settings import recipe_options
from charnames.cli.options.recipe_type import RecipeType
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset
from charnames.cli.tasks.base import EvaluationOutput, EvaluationRequest
from charnames.cli.tasks.table import TASKS
from charnames.cli.terminal.console import Console, json_line, printable
from charnames.cli.training_run.planning import parent_and_settings
from charnames.recipes.recipe import RECIPES, Recipe

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.data.file_format import FileFormat
    from charnames.experiments.executors import Executor
    from charnames.recipes.recipe_file import RecipeChoice

_HELP = """Measure a model on names that it has not learned, or a recipe on a list.

With --against, the model is measured on those names, beside three baselines: a uniform
distribution, the frequencies of the symbols, and a Kneser-Ney n-gram model, both of the
list that the model learned. With --folds, a recipe is cross-validated on the list of
--dataset: each fold is measured by a model trained on the others.

Losses are means per symbol, which includes the end marker of each name. Novel and
distinct are shares of 1,000 sampled names: those that are not in the list learned, and
those left without repeats.

Told apart and near-copies are of 300 names that are new and distinct, as `charnames
sample` draws them by default. Told apart is the area under the ROC curve of a
classifier that tells them from real names that were not learned, by their n-grams of 1
to 4 characters: 0.5 if it cannot, 1 if it always can. It takes 20 real names or more
(in each fold), and only areas for about as many of them can be compared. Near-copies
are one edit from a learned name, or have all characters but one in common with it, in
order; beside them stands the share of the list's names that are near-copies of others.

--json prints one object: nats_per_symbol, bits_per_symbol, perplexity, nats_per_name,
names, unknown, also_learned, symbols, network_alone and baselines (in nats per symbol;
null if the list is missing), novel, distinct, length and list_length (mean and
standard deviation), nearest, told_apart, near_copies, list_near_copies (null if they
are not known).

A classifier is measured on names with labels, or on sequences: its accuracy; the
precision, recall, F1 (0/0 counts as 0), support and area under the ROC curve of each
label, and their averages; and the confusion matrix. Of its network alone and of its
n-grams alone, if it has any, the accuracy and the log loss. --json prints one object:
accuracy, macro_f1, auc, examples, labels, log_loss (nats per example), confusion (a row
for each true label), classes, micro, macro, weighted, network and ngram (with accuracy
and log_loss); `charnames plot` draws it.

A converter is measured on pairs: the share of sources whose likeliest target is wrong,
the edits to the nearest right target by its symbols, and the share with a right target
among the five likeliest; of the model, of its network alone, and of its joint n-gram
model alone. --json prints one object: word_error_rate, symbol_error_rate, top_5, pairs,
sources, network and joint_ngram (with the same three figures).
"""


@click.command(
    cls=Command,
    help=_HELP,
    epilog=examples(
        r"printf 'Neonium\nCrypton\n' | charnames evaluate -m elements --against -",
        "charnames evaluate --dataset elements --folds 10",
        "charnames evaluate --dataset elements --folds 10 --recipe modern --json",
    ),
)
@model_option("What to measure")
@option(
    "--against",
    type=Dataset(),
    heading="What to measure",
    help="Names to measure the model on.",
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    multiple=True,
    heading="What to measure",
    help="With --folds, the list to cross-validate on; otherwise the list that the "
    "model learned, if it has moved. Several are joined.",
)
@list_format_options("What to measure")
@option(
    "--folds",
    type=int,
    heading="What to measure",
    help="Cross-validate a recipe with this number of folds.",
)
@executor_options(
    "What to measure",
    "Number of folds to train side by side; the figures do not depend on it.",
)
@seed_option("What to measure", default="0")
@option(
    "--recipe",
    type=RecipeType(RECIPES),
    metavar=f"{'|'.join(RECIPES)}|FILE",
    heading="Training",
    help="With --folds, a set of defaults for all settings, or a file of settings. "
    f"[{RECIPES[0]}]",
)
@recipe_options
@json_option
@habits()
@with_console
def command(
    console: Console,
    /,
    model: str | None,
    against: str | None,
    dataset: tuple[str, ...],
    list_format: FileFormat,
    folds: int | None,
    recipe: RecipeChoice | None,
    executor: Executor,
    seed: int | None,
    init_from: str | None,
    json: bool,
    **settings: object,
) -> None:
    """Measure a model or a recipe; see _HELP."""
    source = ListSource(dataset, list_format)
    typed = {name: value for name, value in settings.items() if value is not None}
    changes = {**(recipe.settings if recipe else {}), **typed}
    if folds is not None:
        from charnames import Model

        if model or against or not dataset:
            raise click.UsageError("--folds goes with -d/--dataset, and with no model")
        parent, all_changes = parent_and_settings(init_from, changes)
        assert parent is None or isinstance(parent, Model)
        names = lists.read(console, source)
        console.say(lists.summary(names))
        preset = recipe.preset if recipe else None
        chosen = Recipe.named(preset or RECIPES[0], names, **all_changes)
        figures = _cross_validated(
            console, names, folds, chosen, parent, seed, executor
        )
    elif against is None:
        raise click.UsageError(
            "say what to measure on: --against FILE, or --dataset LIST --folds N"
        )
    elif any(_typed(name) for name in ["recipe", "init_from", *typed]):
        raise click.UsageError("a model has its recipe; settings go with --folds")
    else:
        path = model or model_folder.latest()
        trained = models.load_any(path)
        if model is None:
            console.say(model_folder.default_line(path))
        request = EvaluationRequest(
            source.at(against), source if dataset else None, seed
        )
        figures = TASKS[trained.recipe.task].evaluate(console, trained, request)
    if json:
        console.put(json_line(figures.record))
    else:
        console.put("\n".join(figures.lines))


def _typed(name: str) -> bool:
    """Whether an option is on the command line; one of the environment is for all."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE


def _cross_validated(
    console: Console,
    names: NameList,
    folds: int,
    recipe: Recipe,
    init_from: Model | None,
    seed: int | None,
    executor: Executor,
) -> EvaluationOutput:
    from charnames.cli.tables import language_model
    from charnames.encoding.letter_case import MOST_MARKED
    from charnames.evaluation.language_model import cross_validate

    if seed is None:
        console.say("seed: 0")
    case = lists.case_style(console, names, None, most=MOST_MARKED)
    evaluation = cross_validate(
        names,
        recipe,
        folds,
        seed=seed or 0,
        case=case,
        init_from=init_from,
        spread=executor.in_order,
    )
    return EvaluationOutput(
        language_model.record(evaluation),
        list(map(printable, language_model.lines(evaluation))),
    )
