"""The ways in which a model draws names: as its recipe says, or as options do."""

from __future__ import annotations

from typing import NamedTuple

from charnames.generation.choice import Choice
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.sampler import Way
from charnames.recipes.recipe import Recipe


class ChoiceOptions(NamedTuple):
    """The options of sampling a symbol, each None if it is not given; see Choice."""

    temperature: float | None
    top_k: int | None
    top_p: float | None
    min_p: float | None


def requested_ways(
    recipe: Recipe,
    options: ChoiceOptions,
    best_of: int | None,
    constraints: Constraints,
    sifted: bool = True,
) -> list[Way]:
    """The ways to draw names with these options; those of the recipe without any.

    best_of: of how many new names the best is kept. sifted: whether learned names
    or repeats are left out. If all names are wanted, they are to be as frequent as they
    were learned, which a lower temperature or a choice of the best would change.
    """
    if options == (None, None, None, None):
        if not sifted and best_of is None:
            return [Way(Choice())]
        return own_ways(recipe, best_of, constraints.ask_for_symbols)
    own = options.temperature
    temperature = recipe.temperature if own is None else own
    return _ways(Choice(temperature, *options[1:]), 1 if best_of is None else best_of)


def own_ways(
    recipe: Recipe, best_of: int | None = None, ask_for_symbols: bool = False
) -> list[Way]:
    """The ways to draw names that a recipe says, each for when the one before has too
    few: the best of several names, then each of them, then names at temperature 1.

    ask_for_symbols: whether constraints ask for symbols that the recipe's own min_p
    could rule out; it is then left out. Where the recipe
    keeps the best of several names, the first symbol is drawn as the model has it.
    """
    min_p = None if ask_for_symbols else recipe.min_p or None
    free_start = recipe.best_of > 1
    choice = Choice(recipe.temperature, min_p=min_p, free_start=free_start)
    best_of = recipe.best_of if best_of is None else best_of
    return [*_ways(choice, best_of), Way(Choice())]


def _ways(choice: Choice, best_of: int) -> list[Way]:
    """The best of several names, and every name once these are too few."""
    every = Way(choice)
    return [every] if best_of == 1 else [Way(choice, best_of), every]
