"""The learning rate in the course of a run."""

from __future__ import annotations

import math

from charnames.recipes.recipe import Recipe


def learning_rate(recipe: Recipe, iteration: int, done: float) -> float:
    """The learning rate of an update.

    iteration: how many updates came before. done: the part of the run that is done, 0
    to 1. Update k of a warm-up of n has k / n of the rate. A linear schedule multiplies
    the rate by 1 - done, a cosine schedule by (1 + cos(pi done)) / 2.
    """
    rate = recipe.learning_rate
    if iteration < recipe.warm_up:
        rate *= (iteration + 1) / recipe.warm_up
    if recipe.schedule == "linear":
        rate *= 1 - done
    elif recipe.schedule == "cosine":
        rate *= 0.5 + 0.5 * math.cos(math.pi * done)
    return rate
