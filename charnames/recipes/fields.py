"""The fields of a recipe, and the checks of their values."""

from __future__ import annotations

import dataclasses
import math
import sys
from typing import Any

from charnames.errors import RecipeError

MOST_LAYERS = 16


def number(
    default: float, *, low: float, high: float = math.inf, per_layer: bool = False
) -> Any:
    """A number of the default's type, low to high; per_layer: or a tuple of them."""
    limits = {"low": low, "high": high, "per_layer": per_layer}
    return dataclasses.field(default=default, metadata=limits)


def choice(default: str, choices: tuple[str, ...]) -> Any:
    """A text that is one of the choices."""
    return dataclasses.field(default=default, metadata={"choices": choices})


def refusal(setting: str, text: str) -> RecipeError:
    """The error for a setting that is wrong, as the text says."""
    return RecipeError(f"{setting}: {text}", setting)


def checked(recipe: object, field: dataclasses.Field[Any]) -> Any:
    """The value of the field. Raises RecipeError for a value that is wrong."""
    value = getattr(recipe, field.name)
    choices = field.metadata.get("choices")
    if choices:
        if value not in choices:
            text = f"{shown(value)} is none of {', '.join(choices)}"
            raise refusal(field.name, text)
        return value
    if isinstance(field.default, bool):
        if not isinstance(value, bool):
            raise refusal(field.name, f"{shown(value)} is neither true nor false")
        return value
    if isinstance(value, list | tuple) and field.metadata["per_layer"]:
        if not 1 <= len(value) <= MOST_LAYERS:
            text = f"{len(value):,} sizes are out of range (1 to {MOST_LAYERS})"
            raise refusal(field.name, text)
        return tuple(_checked_number(size, field) for size in value)
    return _checked_number(value, field)


def _checked_number(value: Any, field: dataclasses.Field[Any]) -> float:
    """The value, of the field's type and in its range. Raises RecipeError."""
    whole = isinstance(field.default, int)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        noun = "whole number" if whole else "number"
        raise refusal(field.name, f"{shown(value)} is not a {noun}")
    low, high = field.metadata["low"], field.metadata["high"]
    if not (low <= value <= high and abs(value) <= sys.float_info.max):
        limits = f"at least {low:,}" if high == math.inf else f"{low:,} to {high:,}"
        raise refusal(field.name, f"{shown(value)} is out of range ({limits})")
    return value if whole else float(value)


def shown(value: Any) -> str:
    """The value as an error message shows it."""
    try:
        return repr(value)
    except ValueError:  # Python's limit on the digits of an integer
        return "a number of very many digits"
