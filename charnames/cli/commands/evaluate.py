"""charnames evaluate: how good a model, or a recipe, is on names it has not learned."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli.inputs import lists, model_folder
from charnames.cli.options.recipe_settings import recipe_options
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    option,
    with_console,
)
from charnames.cli.options.types import Dataset, OneOf, Seed
from charnames.cli.terminal.console import Console, json_line, printable
from charnames.recipes.recipe import RECIPES, Recipe

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.evaluation.language_model import Evaluation
    from charnames.models.classifier import Classifier

_HELP = """Measure a model on names that it has not learned, or a recipe on a list.

With --against, a model on those names, beside what one would otherwise take: every
symbol as likely as any other, symbols by their frequency, and a Kneser-Ney n-gram model
of the list that the model learned. With --folds, the recipe on a list: each fold of it
is measured by a model that learned from the others.

Losses are means per symbol, the end marker of each name included. Novel and distinct
are shares of 1,000 names sampled: those that are not in the list learned, and those
that are left without repeats.

--json prints one object: nats_per_symbol, bits_per_symbol, perplexity, nats_per_name,
names, unknown, also_learned, symbols, network_alone and baselines (in nats per symbol;
null where the list is not at hand), novel, distinct, length and list_length (mean and
standard deviation), nearest.

A classifier is measured on names with labels, or sequences: the accuracy, for each
label precision, recall and F1 (0/0 counts as 0), how many there are, and the area under
its ROC curve; their averages; and who was taken for whom. --json prints one object:
accuracy, macro_f1, auc, examples, labels, log_loss (nats per example), confusion (a row
a true label), classes, micro, macro, weighted; "charnames plot" draws it.
"""


@click.command(
    help=_HELP,
    epilog=examples(
        r"printf 'Neonium\nCrypton\n' | charnames evaluate -m elements --against -",
        "charnames evaluate --dataset elements --folds 10",
        "charnames evaluate --dataset elements --folds 10 --recipe modern --json",
    ),
)
@model_option
@option("--against", type=Dataset(), help="Names to measure the model on.")
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    help="With --folds, the list to measure on; else the list that the model learned, "
    "where it has moved.",
)
@option("--folds", type=int, help="Cross-validate a recipe, in so many parts.")
@option("--recipe", type=OneOf(RECIPES), help=f"For --folds. [{RECIPES[0]}]")
@recipe_options
@option(
    "--seed", type=Seed(), metavar="N", help="Everything random follows from it. [0]"
)
@json_option
@habits()
@with_console
def command(
    console: Console,
    /,
    model: str | None,
    against: str | None,
    dataset: str | None,
    folds: int | None,
    recipe: str | None,
    seed: int | None,
    json: bool,
    **settings: Any,
) -> None:
    """Measure; see _HELP."""
    given = {name: value for name, value in settings.items() if value is not None}
    if folds is not None:
        if model or against or not dataset:
            raise click.UsageError("--folds goes with -d/--dataset, and with no model")
        found = _crossed(console, dataset, folds, recipe, given, seed)
    elif against is None:
        raise click.UsageError(
            "say what to measure on: --against FILE, or --dataset LIST --folds N"
        )
    elif any(_typed(name) for name in ["recipe", *given]):
        raise click.UsageError("a model has its recipe; settings go with --folds")
    else:
        loaded = _loaded(console, model)
        if loaded.recipe.task == "classify":
            _judge(console, loaded, against, json)
            return
        found = _measured(console, loaded, against, dataset, seed)

    from charnames.cli.tables import language_model

    if json:
        console.put(json_line(language_model.record(found)))
    else:
        console.put("\n".join(map(printable, language_model.lines(found))))


def _loaded(console: Console, model: str | None) -> Any:
    """The model that was asked for, or else the latest, said."""
    from charnames.model_file.storage import load_any

    path = model or model_folder.latest()
    found = load_any(path)
    if model is None:
        console.say(model_folder.chosen(path))
    return found


def _judge(console: Console, model: Classifier, against: str, json: bool) -> None:
    """Print a classifier's figures."""
    from charnames.cli.tables import classifier
    from charnames.training.classifier import also_learned, judge

    examples = lists.read_for(console, model.recipe, against, labels=True)
    if known := also_learned(model, examples):
        _warn_of_learned(console, known, f"{len(examples):,} examples")
    found = judge(model, examples)
    if json:
        console.put(json_line(classifier.record(found)))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    console.put("\n".join(classifier.lines(found, width, console.shaded)))


def _warn_of_learned(console: Console, known: int, all_of_them: str) -> None:
    console.warn(
        f"{known:,} of the {all_of_them} {'stands' if known == 1 else 'stand'} in the "
        "list that the model learned too, which flatters it"
    )


def _said(console: Console, seed: int | None) -> int:
    """The seed, said if it was nobody's choice."""
    if seed is None:
        console.say("seed: 0")
    return seed or 0


def _typed(name: str) -> bool:
    """Whether an option was given where it is a slip: the environment is for all."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE


def _crossed(
    console: Console,
    dataset: str,
    folds: int,
    recipe: str | None,
    given: dict[str, Any],
    seed: int | None,
) -> Evaluation:
    names = lists.read(console, dataset)
    console.say(lists.counted(names))
    seed = _said(console, seed)
    case = lists.decided_case(console, names, None)
    plan = Recipe.named(recipe or RECIPES[0], names, **given)

    from charnames.evaluation.language_model import cross_validate

    return cross_validate(names, plan, folds, seed=seed, case=case)


def _measured(
    console: Console, model: Model, against: str, dataset: str | None, seed: int | None
) -> Evaluation:
    from charnames.evaluation.language_model import evaluate

    measured = lists.read(console, against)
    learned = _learned(console, model, dataset)
    result = evaluate(model, measured, learned, seed=_said(console, seed))
    if result.also_learned:
        _warn_of_learned(console, result.also_learned, f"{result.names:,} names")
    if result.unknown:
        console.warn(
            f"{result.unknown:,} {'name was' if result.unknown == 1 else 'names were'} "
            "left out, for a character that the model does not know"
        )
    return result


def _learned(console: Console, model: Model, dataset: str | None) -> NameList | None:
    """The list that the model learned, where it is at hand and still the same."""
    source = dataset or model.provenance.dataset
    if not dataset and not lists.is_lasting(source):
        console.say(f"{source} is not at hand: no baselines; say with -d where it is")
        return None
    names = lists.read(console, source)
    if names.fingerprint == model.provenance.fingerprint:
        return names
    text = f"{source} is not the list that the model learned, or changed since"
    if dataset:
        raise click.UsageError(text)
    console.warn(f"{text}: no baselines")
    return None
