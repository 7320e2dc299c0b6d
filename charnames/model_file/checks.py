"""Checks of what a file's texts say, each naming what it refuses."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from charnames.io.safe_text import is_harmful, shortened
from charnames.io.strict_json import FormatError

TEXT = 1_000  # characters in a text that is shown to somebody
# Numbers that may not be just any, or any from 0 on where they are whole.
_LIMITS = {
    "names": (1, math.inf),
    "longest": (1, math.inf),
    "ngram_weight": (0, 1),
    "seconds": (0, math.inf),
}


def check_keys(what: str, found: Mapping[str, Any], wanted: Collection[str]) -> None:
    """Raises FormatError where `what` does not say just these."""
    for name in wanted:
        if name not in found:
            raise FormatError(f"{what} does not say {name!r}")
    for name in found:
        if name not in wanted:
            raise FormatError(f"{what} says {name!r}, which means nothing")


def check_text(name: str, value: Any) -> None:
    """Raises FormatError for what is no text to be shown."""
    if not isinstance(value, str) or len(value) > TEXT or any(map(is_harmful, value)):
        refuse(name, value, "a short text without control characters")


def check_number(name: str, value: Any, kind: type[float]) -> None:
    """Raises FormatError for what is no number of that kind, or out of its range."""
    whole = kind is int
    low, high = _LIMITS.get(name, (0 if whole else -math.inf, math.inf))
    if type(value) is kind and math.isfinite(value) and low <= value <= high:
        return
    wanted = "a whole number" if whole else "a number with a point"
    refuse(name, value, f"{wanted} from {low} to {high}")


def refuse(name: str, value: Any, wanted: str) -> NoReturn:
    """Raises FormatError: the value that `name` has is not `wanted`."""
    raise FormatError(f"{name}: {shortened(repr(value), 80)} is not {wanted}")
