"""The space that a search goes through when no file describes one."""

from __future__ import annotations

import math
from typing import Any

from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.experiments.tuning.space import Choices, Range, Space
from charnames.recipes.presets import LONG_LIST
from charnames.recipes.recipe import Recipe


def default_space(recipe: Recipe, symbols: int) -> Space:
    """The space around a recipe, by its task and by the size of the list. It has the
    recipe's own values.

    symbols: the characters of the list, and an end marker for each name. A run from
    another model's weights keeps the network of that model. The length of the run is
    searched for short lists; a long list decides it by its size.
    """
    rate = recipe.learning_rate or 0.01
    space: dict[str, Range | Choices] = {
        "learning_rate": Range(rate / 4, rate * 4, log=True)
    }
    if recipe.init_from == "none":
        size = max(recipe.sizes)
        sizes = {max(1, size // 2), size, max(1, size * 3 // 2), size * 2}
        space["cell"] = Choices(tuple(dict.fromkeys((recipe.cell, "gru", "lstm"))))
        space["hidden_size"] = Choices(tuple(sorted(sizes)))
        if recipe.optimizer == "adamw":
            space["weight_decay"] = Range(0.01, 3.0, log=True)
    else:
        space["anchor"] = Range(1.0, 200.0, log=True)
    if symbols < LONG_LIST and recipe.iterations:
        most = 2 * recipe.iterations
        low = math.ceil(most / 5)
        space["iterations"] = Range(low, most, log=True, whole=True)
    for name in ("dropout", "embedding_dropout", "recurrent_dropout"):
        space[name] = Range(0.0, 0.7)
    space.update(EXPERIMENT_TASKS[recipe.task].search_space(recipe))
    return {
        name: _widened(values, getattr(recipe, name)) for name, values in space.items()
    }


def _widened(values: Range | Choices, own: Any) -> Range | Choices:
    """The values, with this one among them."""
    if own in values:
        return values
    if isinstance(values, Choices):
        return Choices((own, *values.values))
    low, high = min(values.low, own), max(values.high, own)
    return Range(low, high, values.log and low > 0, values.whole)
