"""Strict JSON: each key once, only finite numbers, a bound on lists and nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn

_DIGITS = 300  # of a whole number; with more, reading and comparing it are slow
_LISTS = (
    4_000  # and objects in a header; parsed, they take up to fifty times its memory
)
_LEVELS = 3  # of lists and objects within one another


class FormatError(Exception):
    """A text or a file is not what it should be; the message goes after its name."""


def compact(value: object) -> str:
    """A value as JSON without blanks. Raises FormatError for what JSON cannot hold.

    >>> compact({"b": [1, 2], "a": "é"})
    '{"b":[1,2],"a":"é"}'
    """
    try:
        return json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except (TypeError, ValueError) as error:
        raise FormatError(f"JSON cannot hold it: {error}") from None


def parse(
    text: str, what: str, most: int = _LISTS, levels: int = _LEVELS
) -> dict[str, Any]:
    """Parse a JSON object in which no key is repeated and every number is finite, with
    `most` lists and objects in all, and `levels` of them within one another.

    Raises FormatError, beginning with `what`.
    """
    if text.count("[") + text.count("{") > most:
        raise FormatError(f"{what} holds too many lists")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members:
                raise FormatError(f"{what} says {key!r} twice")
            members[key] = value
        return members

    def constant(text: str) -> NoReturn:
        raise FormatError(f"{what} holds {text}, which is no number")

    def whole(digits: str) -> int:
        if len(digits) > _DIGITS:
            raise FormatError(f"{what} holds a number of {len(digits):,} digits")
        return int(digits)

    try:
        value = json.loads(
            text, object_pairs_hook=unique, parse_constant=constant, parse_int=whole
        )
    except json.JSONDecodeError:
        raise FormatError(f"{what} is not JSON") from None
    except RecursionError:
        raise FormatError(f"{what} is nested without end") from None
    if not isinstance(value, dict):
        raise FormatError(f"{what} is not a JSON object")
    if _is_nested(value, levels):
        raise FormatError(f"{what} is nested too deep")
    return value


def _is_nested(value: dict[str, Any], levels: int) -> bool:
    """Whether there are more levels of lists and objects within one another."""
    level: list[Any] = [value]  # the lists and objects of one level
    for _ in range(levels):
        within = (v.values() if isinstance(v, dict) else v for v in level)
        level = [v for values in within for v in values if isinstance(v, dict | list)]
    return bool(level)
