"""The space of settings that a search goes through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
        return " | ".join(map(file_text, self.values))


Space = Mapping[str, Range | Choices]  # by the names of settings


def file_text(value: Any) -> str:
    """A value of a setting, as a file of settings has it.

    >>> file_text((64, 32)), file_text("gru")
    ('[64, 32]', 'gru')
    """
    return value if isinstance(value, str) else json.dumps(value)


def space_texts(space: Space) -> dict[str, str]:
    """Each setting with its range or its choices, as text."""
    return {name: str(values) for name, values in space.items()}


def inside(space: Space, recipe: Recipe) -> dict[str, Any]:
    """The recipe's own value of each setting, where the space has that value."""
    values = {name: getattr(recipe, name) for name in space}
    return {name: value for name, value in values.items() if value in space[name]}
