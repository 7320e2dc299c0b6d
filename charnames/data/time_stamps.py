"""Values with time stamps, as some .ts files have them: (0,2.5),(1,2.7).

A recurrent network reads one step after another, so the stamps of equally spaced values
say nothing more, and are dropped.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise

from charnames.errors import ListError

_STAMPED = re.compile(r"\(\s*([^(),]*?)\s*,\s*([^(),]*?)\s*\)")
_STEP = 1e-6  # relative difference up to which two distances are the same


def without_stamps(line: str, where: str) -> str:
    """The line with the values alone, "(0,2.5),(1,2.7):ka" -> "2.5,2.7:ka".

    Raises ListError, beginning with `where`, for what is no value with a stamp, and for
    stamps that are not equally spaced.
    """
    *dimensions, last = _split(line)
    stamped = [*dimensions, last] if last.lstrip().startswith("(") else dimensions
    values = [
        ",".join(_values(text, f"{where}: dimension {number}"))
        for number, text in enumerate(stamped, 1)
    ]
    return ":".join(values if stamped[-1:] == [last] else [*values, last])


def _split(line: str) -> list[str]:
    """The parts between the colons that stand outside of brackets."""
    return re.split(r":(?![^(]*\))", line)


def _values(text: str, where: str) -> list[str]:
    pairs = _STAMPED.findall(text)
    if not pairs or _STAMPED.sub("", text).replace(",", "").strip():
        raise ListError(f"{where} is not values with time stamps, (0,2.5),(1,2.7)")
    stamps = [
        _seconds(stamp, f"{where}, step {i}") for i, (stamp, _) in enumerate(pairs, 1)
    ]
    distances = [after - before for before, after in pairwise(stamps)]
    for step, distance in enumerate(distances, 2):
        if abs(distance - distances[0]) > _STEP * abs(distances[0]):
            raise ListError(
                f"{where}: the time stamp of step {step} is not as far from the one "
                "before it as the others; give values at equal distances of time"
            )
    return [value for _, value in pairs]


def _seconds(stamp: str, where: str) -> float:
    """A number, or a date with or without a time, as seconds."""
    try:
        return float(stamp)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        raise ListError(
            f"{where}: the time stamp {stamp[:40]!r} is neither a number nor a date"
        ) from None
