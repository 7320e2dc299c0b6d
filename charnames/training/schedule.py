"""How large an update is, as a run goes on."""

from __future__ import annotations

import math

from charnames.recipes.recipe import Recipe


def learning_rate(recipe: Recipe, iteration: int, done: float) -> float:
    """The rate of an update when that part of the run is done, 0 to 1: it rises over
    the warm-up, and falls to zero in a line or half a cosine, or not at all.
    """
    rate = recipe.learning_rate
    if iteration < recipe.warm_up:
        rate *= (iteration + 1) / recipe.warm_up
    if recipe.schedule == "linear":
        rate *= 1 - done
    elif recipe.schedule == "cosine":
        rate *= 0.5 + 0.5 * math.cos(math.pi * done)
    return rate
