"""Checks of what the metadata of a model file says, each naming what it refuses."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cache
from typing import (
    Any,
    NamedTuple,
    NoReturn,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from charnames.io.safe_text import is_harmful, shortened
from charnames.io.strict_json import FormatError, parse

TEXT = 1_000  # characters in a text that is shown to somebody
# The ranges of numbers that are narrower than "any", or "0 or more" for whole numbers.
_LIMITS = {
    "names": (1, math.inf),
    "longest": (1, math.inf),
    "ngram_weight": (0, 1),
    "seconds": (0, math.inf),
}
_Record = TypeVar("_Record", bound=NamedTuple)


def check_keys(
    what: str, entries: Mapping[str, object], wanted: Collection[str]
) -> None:
    """Raises FormatError where `what` does not have just the wanted entries."""
    for name in wanted:
        if name not in entries:
            raise FormatError(f"{what} does not say {name!r}")
    for name in entries:
        if name not in wanted:
            raise FormatError(f"{what} says {name!r}, which means nothing")


def check_text(name: str, value: object) -> None:
    """Raises FormatError for anything but a short text that is safe to show."""
    if not isinstance(value, str) or len(value) > TEXT or _is_harmful(value):
        refuse(name, value, "a short text without control characters")


def _is_harmful(text: str) -> bool:
    return not text.isprintable() and any(map(is_harmful, text))


def check_number(name: str, value: object, kind: type[float]) -> None:
    """Raises FormatError for anything but a number of that kind, int or float, in the
    range that numbers of that name have.
    """
    whole = kind is int
    low, high = _LIMITS.get(name, (0 if whole else -math.inf, math.inf))
    if (
        isinstance(value, int | float)
        and type(value) is kind  # True is an int, and no number here
        and math.isfinite(value)
        and low <= value <= high
    ):
        return
    wanted = "a whole number" if whole else "a number with a point"
    refuse(name, value, f"{wanted} from {low} to {high}")


@cache
def _types_of_fields(kind: type[NamedTuple]) -> dict[str, Any]:
    return get_type_hints(kind)


def read_record(kind: type[_Record], text: str, what: str) -> _Record:
    """The named tuple whose fields the JSON text holds: texts, tuples of texts,
    numbers, numbers or null.

    Raises FormatError, beginning with `what` or the field, for anything else.
    """
    values = parse(text, what)
    kinds = _types_of_fields(kind)
    check_keys(what, values, kind._fields)
    for name in kind._fields:
        value, choices = values[name], get_args(kinds[name]) or (kinds[name],)
        if get_origin(kinds[name]) is tuple:
            if not isinstance(value, list):
                refuse(name, value, "a list of texts")
            for text in value:
                check_text(name, text)
            values[name] = tuple(value)
        elif str in choices:
            check_text(name, value)
        elif bool in choices:
            if not isinstance(value, bool):
                refuse(name, value, "true or false")
        elif value is not None or type(None) not in choices:
            check_number(name, value, int if int in choices else float)
    return kind._make(values[name] for name in kind._fields)


def refuse(name: str, value: object, wanted: str) -> NoReturn:
    """Raises FormatError: the value that `name` has is not `wanted`."""
    raise FormatError(f"{name}: {shortened(repr(value), 80)} is not {wanted}")
