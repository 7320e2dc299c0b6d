"""charnames evaluate: how good a model, or a recipe, is on names it has not learned."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli import folder, lists
from charnames.cli.console import Console, json_line, printable
from charnames.cli.kinds import Dataset, OneOf
from charnames.cli.options import (
    examples,
    habits,
    json_option,
    model_option,
    option,
    seed_option,
    with_console,
)
from charnames.cli.settings import recipe_options
from charnames.recipe import RECIPES, Recipe

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.evaluation import Evaluation

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
@seed_option
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
        found = _crossed(console, dataset, folds, recipe, given, seed or 0)
    elif against is None:
        raise click.UsageError(
            "say what to measure on: --against FILE, or --dataset LIST --folds N"
        )
    elif any(_typed(name) for name in ["recipe", *given]):
        raise click.UsageError("a model has its recipe; settings go with --folds")
    else:
        found = _measured(console, model, against, dataset, seed or 0)
    if json:
        console.put(json_line(_record(found)))
    else:
        console.put("\n".join(map(printable, _lines(found))))


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
    seed: int,
) -> Evaluation:
    names = lists.read(console, dataset)
    console.say(lists.counted(names))
    case = lists.decided_case(console, names, None)
    plan = Recipe.named(recipe or RECIPES[0], names, **given)

    from charnames.evaluation import cross_validate

    return cross_validate(names, plan, folds, seed=seed, case=case)


def _measured(
    console: Console, model: str | None, against: str, dataset: str | None, seed: int
) -> Evaluation:
    from charnames.evaluation import evaluate
    from charnames.modelfile import load

    path = model or folder.latest()
    found = load(path)
    if model is None:
        console.say(folder.chosen(path))
    measured = lists.read(console, against)
    result = evaluate(found, measured, _learned(console, found, dataset), seed=seed)
    if result.also_learned:
        console.warn(
            f"{result.also_learned:,} of the {result.names:,} names stand in the list "
            "that the model learned too, which flatters it"
        )
    if result.unknown:
        console.warn(
            f"{result.unknown:,} names were left out, for a character that the model "
            "does not know"
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


def _record(found: Evaluation) -> dict[str, Any]:
    samples = found.samples
    return {
        "nats_per_symbol": found.nats_per_symbol,
        "bits_per_symbol": found.bits_per_symbol,
        "perplexity": found.perplexity,
        "nats_per_name": found.total / found.names,
        "names": found.names,
        "unknown": found.unknown,
        "also_learned": found.also_learned,
        "symbols": found.symbols,
        "network_alone": found.network_total / found.symbols,
        "baselines": {
            name: None if total is None else total / found.symbols
            for name, total in found.baselines.items()
        },
        "novel": samples.novel,
        "distinct": samples.distinct,
        "length": samples.length,
        "list_length": samples.list_length,
        "nearest": samples.nearest,
    }


def _lines(found: Evaluation) -> list[str]:
    said = _record(found)
    losses = {
        "the model": said["nats_per_symbol"],
        "its network alone": said["network_alone"],
        **{f"baseline {name}": loss for name, loss in said["baselines"].items()},
    }
    lines = [
        f"{found.names:,} names, {found.symbols:,} symbols",
        "",
        f"{'loss per symbol':<22}{'nats':>8}{'bits':>8}{'perplexity':>12}",
    ]
    for name, loss in losses.items():
        if loss is not None:
            bits, perplexity = loss / math.log(2), math.exp(loss)
            lines.append(f"{name:<22}{loss:>8.4f}{bits:>8.4f}{perplexity:>12.2f}")
    lines += [
        "",
        f"loss per name   {said['nats_per_name']:.2f} nats",
        f"novel           {said['novel']:.1%} of the names sampled",
        f"distinct        {said['distinct']:.1%}",
        f"length          {_spread(said['length'])}",
    ]
    if said["list_length"]:
        lines.append(f"the list's      {_spread(said['list_length'])}")
    lines += [f"{new}, nearest to {old}" for new, old in said["nearest"]]
    return lines


def _spread(length: tuple[float, float]) -> str:
    mean, deviation = length
    return f"{mean:.1f} characters, give or take {deviation:.1f}"
