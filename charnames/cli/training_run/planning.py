"""What `train` is to do: the run to go on with or start from, and the recipe."""

from __future__ import annotations

from collections.abc import Collection, Sized
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli.inputs import lists
from charnames.cli.terminal.console import Console
from charnames.recipes.recipe import NETWORK, RECIPES, Recipe

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.models.base import Trained
    from charnames.training.classifier import Examples


def begun_run(resume: str, seed: int | None, case: str | None) -> Trained:
    """The model of the run to go on with, whose seed and case are not to be changed.

    The environment says what new runs get, and is no slip.
    """
    from charnames.model_file.storage import load_any

    begun = load_any(resume)
    kept = {"seed": (seed, begun.provenance.seed), "case": (case, begun.case)}
    source = click.get_current_context().get_parameter_source
    for name, (asked, value) in kept.items():
        typed = source(name) is ParameterSource.COMMANDLINE
        if typed and asked not in ("auto", value):
            raise click.UsageError(
                f"--{name}: a resumed run keeps the one that it began with, {value}"
            )
    return begun


def parent_of(init_from: str, begun: Trained | None, given: dict[str, Any]) -> Model:
    """The model whose weights a new run starts from."""
    from charnames.model_file.storage import load

    if begun:
        raise click.UsageError(
            "--resume goes on with a run, --init-from starts one; give one of them"
        )
    if given.get("task") == "classify":
        raise click.UsageError("--init-from: a classifier starts from no other model")
    for name in NETWORK:
        if name in given:
            raise click.UsageError(
                f"--{name.replace('_', '-')}: with --init-from the network is that of "
                "the other model"
            )
    return load(init_from)


def case_of(
    console: Console, plan: Recipe, examples: Examples, asked: str | None
) -> str:
    """The case style to train with, decided and said where there are letters."""
    from charnames.data.names import NameList

    if plan.unit == "word" or not isinstance(examples, NameList):
        return "keep"
    return lists.decided_case(console, examples, asked)


def inherited(parent: Model, names: NameList, style: str) -> str:
    """What of the parent's letters the new run keeps, in words."""
    from charnames.encoding.letter_case import fold

    letters = set().union(*(fold(name, style) for name in names))
    new = sorted(letters - set(parent.vocabulary.alphabet))
    text = f"of {len(letters)} characters {len(letters) - len(new)} keep their weights"
    return f"{text}; new: {' '.join(new)}" if new else text


def planned(
    begun: Trained | None,
    recipe: str | None,
    given: dict[str, Any],
    names: Collection[Sized],
) -> Recipe:
    """The recipe of the run.

    What was given; for the rest the named recipe, or that of the resumed run. Unless
    told, names are learned by the textbook's, and labels by the modern one.
    """
    if begun and not recipe:
        return replace(begun.recipe, **given)
    if not recipe:
        recipe = "modern" if given.get("task") == "classify" else RECIPES[0]
    return Recipe.named(recipe, names, **given)


def again(begun: Trained | None, dataset: str, others: str | None) -> list[str]:
    """The words that name the lists when the run is resumed, if it needs any."""
    source = begun.provenance.dataset if begun else dataset
    known = dataset == source and lists.is_lasting(dataset)
    words = [] if known else ["-d", dataset]
    return [*words, "--held-out", others] if others else words
