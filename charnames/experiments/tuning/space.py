"""The space of settings that a search goes through, and a default one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charnames.recipes.presets import LONG_LIST
from charnames.recipes.recipe import Recipe


@dataclass(frozen=True)
class Range:
    """The numbers from low to high, both included, on a logarithmic scale with `log`.

    whole: whether only whole numbers.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}" + ", log" * self.log


@dataclass(frozen=True)
class Choices:
    """Values to choose from: texts, numbers, truth values, or sizes of layers."""

    values: tuple[Any, ...]

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return " | ".join(map(value_text, self.values))


Space = Mapping[str, Range | Choices]  # by the names of settings


def value_text(value: Any) -> str:
    """A value of a setting, as a file of settings has it.

    >>> value_text((64, 32)), value_text("gru")
    ('[64, 32]', 'gru')
    """
    return value if isinstance(value, str) else json.dumps(value)


def described(space: Space) -> dict[str, str]:
    """Each setting with its range or its choices, as text."""
    return {name: str(values) for name, values in space.items()}


def default_space(recipe: Recipe, symbols: int) -> Space:
    """The space around a recipe, by its task and by the size of the list.

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
    return {**space, **_of_task(recipe)}


def _of_task(recipe: Recipe) -> Space:
    """What only recipes of its task have."""
    if recipe.task == "classify":
        return {"pooling": Choices(("mean", "max")), "layers": Range(1, 2, whole=True)}
    if recipe.task == "convert":
        return {
            "label_smoothing": Range(0.0, 0.2),
            "ngram": Range(3, 7, whole=True),
            "ngram_weight": Range(0.0, 0.6),
        }
    space: dict[str, Range | Choices] = {"ngram": Range(3, 7, whole=True)}
    if not recipe.fit_ngram_weight:
        space["ngram_weight"] = Range(0.0, 0.7)
    if recipe.word_weight:
        space["word_weight"] = Range(0.0, 0.9)
    return space


def inside(space: Space, recipe: Recipe) -> dict[str, Any]:
    """The recipe's own value of each setting of the space that the space has."""
    values = {name: getattr(recipe, name) for name in space}
    return {name: value for name, value in values.items() if value in space[name]}
