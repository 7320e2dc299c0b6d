"""Curves as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-:=+*#"  # for terminals that have no blocks

_MAX_VALUES = 512  # that a curve keeps


class Curve:
    """A series of numbers: the last one, and `values`, an even selection of all."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.last = 0.0
        self._every, self._count = 1, 0

    def add(self, value: float) -> None:
        """Add the next number."""
        self.last = value
        if self._count % self._every == 0:
            self.values.append(value)
            if len(self.values) == _MAX_VALUES:
                del self.values[1::2]
                self._every *= 2
        self._count += 1


def sparkline(
    values: Sequence[float],
    width: int,
    levels: str = BLOCKS,
    axis: Sequence[float] = (),
) -> str:
    """Finite values from 0 as `width` bars, from the lowest level to the highest.

    A bar is the mean of several values where there are more of them, and a value is
    several bars where there are fewer. axis: values that the levels span, to compare
    several curves; by default those of the bars.

    >>> sparkline([8, 8, 4, 4, 1, 1], 3), sparkline([1, 9], 4), sparkline([5], 2)
    ('█▄▁', '▁▁██', '▁▁')
    >>> sparkline([2, 1], 2, axis=[1, 8])
    '▂▁'
    """
    if not values:
        return ""
    means = []
    for i in range(width):
        first = len(values) * i // width
        part = values[first : max(first + 1, len(values) * (i + 1) // width)]
        mean = sum(value / len(part) for value in part)
        means.append(min(mean, max(part)))  # rounding could pass the largest number
    low, high = min(axis or means, default=0.0), max(axis or means, default=0.0)
    span, top = high - low or 1.0, len(levels) - 1
    return "".join(levels[round((mean - low) / span * top)] for mean in means)
