"""Strict JSON: each key once, only finite numbers, a bound on lists and nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn

_DIGITS = 300  # of a whole number: past them, reading and comparing take their time
_LISTS = 4_000  # and objects, in a header: more of them take fifty times its memory
_LEVELS = 3  # of lists and objects within one another


class FormatError(Exception):
    """What is wrong with a text or a file, in words to put after its name."""


def compact(found: object) -> str:
    """JSON without blanks. Raises FormatError for what it has no way to say.

    >>> compact({"b": [1, 2], "a": "é"})
    '{"b":[1,2],"a":"é"}'
    """
    try:
        return json.dumps(
            found, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except (TypeError, ValueError) as error:
        raise FormatError(f"JSON cannot hold it: {error}") from None


def parse(
    text: str, what: str, most: int = _LISTS, levels: int = _LEVELS
) -> dict[str, Any]:
    """A JSON object, each key once, each number a number; at most so many lists, and so
    many levels of them.

    Raises FormatError, beginning with `what`.
    """
    if text.count("[") + text.count("{") > most:
        raise FormatError(f"{what} holds too many lists")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise FormatError(f"{what} says {key!r} twice")
            found[key] = value
        return found

    def constant(text: str) -> NoReturn:
        raise FormatError(f"{what} holds {text}, which is no number")

    def whole(digits: str) -> int:
        if len(digits) > _DIGITS:
            raise FormatError(f"{what} holds a number of {len(digits):,} digits")
        return int(digits)

    try:
        found = json.loads(
            text, object_pairs_hook=unique, parse_constant=constant, parse_int=whole
        )
    except json.JSONDecodeError:
        raise FormatError(f"{what} is not JSON") from None
    except RecursionError:
        raise FormatError(f"{what} is nested without end") from None
    if not isinstance(found, dict):
        raise FormatError(f"{what} is not a JSON object")
    if _is_nested(found, levels):
        raise FormatError(f"{what} is nested too deep")
    return found


def _is_nested(found: Any, levels: int) -> bool:
    """Whether there are more levels of lists and objects within one another."""
    if not isinstance(found, dict | list):
        return False
    values = found.values() if isinstance(found, dict) else found
    return not levels or any(_is_nested(value, levels - 1) for value in values)
