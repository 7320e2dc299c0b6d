"""The .ts files of the time-series archives: text -> numbers and classes.

A header of tags, in any case, then a sequence a line: its dimensions one after the
other, as long as each other, and its class last.

    # A comment.
    @problemName letters
    @timeStamps false
    @univariate false
    @dimensions 2
    @classLabel true ka ki
    @data
    0.1,0.3,0.2:2.5,2.4,2.6:ka
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charnames.data.file_format import DROP, ERROR, INTERPOLATE
from charnames.data.time_stamps import without_stamps
from charnames.errors import ListError

MARKS = ("#", "%", "@")  # what the first line of such a file begins with
_SHOWN = 40  # characters of what is refused
_UNKNOWN = ("?", "nan")  # what stands for a missing number


@dataclass
class _Header:
    """The tags that matter for reading. classes: None where a line does not end in one.
    stamps: whether values have time stamps.
    """

    classes: frozenset[str] | None = frozenset()  # empty: any
    dimensions: int | None = None  # None: any
    stamps: bool = False


def sequences(
    lines: Iterable[tuple[str, str]], source: str, missing: str = ERROR
) -> Iterator[tuple[str, NDArray[np.float64], str | None]]:
    """Where each line stands, and its text -> where each sequence stands, its vectors
    (T, D), and its class if the file has classes.

    missing: what to do with missing numbers, "?" or NaN: refuse them ("error"), put
    numbers on the line between the known ones beside them ("interpolate"), or leave out
    the steps that have any ("drop").
    Raises ListError for what does not hold to the format, for missing numbers, and for
    time stamps that are not equally spaced.
    """
    written = ((where, line) for where, line in lines if line[:1] not in ("#", "%"))
    header = _header(written, source)
    for where, line in written:
        if header.stamps:
            line = without_stamps(line, where)
        numbers, label = _sequence(line, where, header)
        yield where, _filled(numbers, missing, where), label


def _header(lines: Iterator[tuple[str, str]], source: str) -> _Header:
    """The header, read to its end."""
    header = _Header()
    for where, line in lines:
        tag, *values = line.lower().split()
        if tag == "@data":
            return header
        if not tag.startswith("@"):
            raise ListError(f"{where}: is no tag, and there was no @data before it")
        value = values[0] if values else ""
        if tag == "@timestamps":
            if value not in ("true", "false"):
                raise ListError(f"{where}: say @timeStamps true or false")
            header.stamps = value == "true"
        if tag == "@targetlabel" and value == "true":
            raise ListError(
                f"{where}: the file has numbers as targets; give classes, and "
                "@classLabel true"
            )
        if tag == "@classlabel":
            if value not in ("true", "false"):
                raise ListError(f"{where}: say @classLabel true and the classes")
            header.classes = frozenset(values[1:]) if value == "true" else None
        if tag == "@univariate" and value == "true":
            header.dimensions = 1
        if tag == "@dimensions":
            if not (value.isdecimal() and len(value) < 10):
                raise ListError(f"{where}: say @dimensions and a whole number")
            header.dimensions = int(value)
    raise ListError(f"{source}: has no @data, after which the sequences stand")


def _sequence(
    line: str, where: str, header: _Header
) -> tuple[NDArray[np.float64], str | None]:
    """One line -> the vectors (T, D), and the class."""
    *dimensions, label = line.split(":")
    if header.classes is None:
        dimensions.append(label)
    elif header.classes and label.strip().lower() not in header.classes:
        raise ListError(
            f"{where}: the class {_shown(label)} is none of those after @classLabel"
        )
    if len(dimensions) != (header.dimensions or len(dimensions) or 1):
        raise ListError(
            f"{where}: has {len(dimensions)} dimensions before its class, and "
            f"{header.dimensions or 'at least 1'} are to be there"
        )
    columns = [
        _numbers(text, f"{where}: dimension {number}")
        for number, text in enumerate(dimensions, 1)
    ]
    for number, numbers in enumerate(columns, 1):
        if len(numbers) != len(columns[0]):
            raise ListError(
                f"{where}: dimension {number} has {len(numbers):,} steps, "
                f"and dimension 1 has {len(columns[0]):,}"
            )
    return np.array(columns).T, label if header.classes is not None else None


def _numbers(text: str, where: str) -> list[float]:
    """Numbers between commas. Raises ListError, beginning with `where`."""
    if not text or text.isspace():
        raise ListError(f"{where} is empty")
    parts = text.split(",")
    parts = ["nan" if part.strip().lower() in _UNKNOWN else part for part in parts]
    try:
        if "_" not in text:  # which Python reads in numbers
            return list(map(float, parts))
    except ValueError:
        pass
    step = next(i for i, part in enumerate(parts, 1) if not _is_number(part))
    raise ListError(
        f"{where} holds {_shown(parts[step - 1])} at step {step:,}, which is no number"
    )


def _filled(
    numbers: NDArray[np.float64], missing: str, where: str
) -> NDArray[np.float64]:
    """The vectors (T, D) without missing numbers. Raises ListError where that cannot
    be, or `missing` is "error".
    """
    unknown = np.isnan(numbers)
    if not unknown.any():
        return numbers
    step, dimension = np.argwhere(unknown)[0] + 1
    if missing == ERROR:
        raise ListError(
            f"{where}: dimension {dimension} has no number at step {step:,}; give "
            f"--missing {INTERPOLATE}, or --missing {DROP}"
        )
    if missing == DROP:
        known = numbers[~unknown.any(axis=1)]
        if not len(known):
            raise ListError(f"{where}: every step has a missing number")
        return known
    filled = numbers.copy()
    steps = np.arange(len(numbers))
    for d, column in enumerate(unknown.T):
        if column.all():
            raise ListError(f"{where}: dimension {d + 1} has no number at any step")
        filled[column, d] = np.interp(
            steps[column], steps[~column], numbers[~column, d]
        )
    return filled


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _shown(text: str) -> str:
    return repr(text.strip()[:_SHOWN])
