"""Plots of names: lengths and letters beside the list's, and a map of letters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from charnames.experiments.plotting.drawing import cut

_WIDTH = 0.8  # the share of the room of a value that its bars take
_BARE = 0.7  # inches beside the bars
_BAR = 0.08  # inches for each bar
_SMALLEST, _LARGEST = 4.5, 9.0  # inches
_CHARACTER, _GAP = 6, 4  # points: of a character below the axis, and between two values


def draw_shares(
    figure: Figure, shares: Mapping[str, Mapping[str, float]], axis_label: str
) -> None:
    """Draw bars side by side: by the label of a list, its share of each value, in the
    order of the first list's values. axis_label: what the values are.
    """
    values = list(dict.fromkeys(value for part in shares.values() for value in part))
    width = min(_LARGEST, max(_SMALLEST, _BARE + _BAR * len(values) * len(shares)))
    figure.set_size_inches(width, 3)
    axis = figure.subplots()
    places, bar = np.arange(len(values)), _WIDTH / len(shares)
    for i, (label, part) in enumerate(shares.items()):
        left = places - _WIDTH / 2 + i * bar
        heights = [part.get(value, 0.0) for value in values]
        axis.bar(left, heights, bar, align="edge", color=f"C{i}", label=cut(label))
    # As many values stand below the axis as there is room for.
    longest = max(map(len, values), default=0)
    room = 72 * (width - _BARE) / max(len(values), 1)  # points
    step = max(1, math.ceil((longest * _CHARACTER + _GAP) / room))
    axis.set_xticks(places[::step], [cut(value) for value in values[::step]])
    axis.set(xlabel=axis_label, ylabel="share")
    axis.grid(False, axis="x")
    axis.legend()


def draw_map(
    figure: Figure, symbols: Sequence[str], places: NDArray[np.float64]
) -> None:
    """Draw symbols at their places (V, 2)."""
    figure.set_size_inches(4.5, 4)
    axis = figure.subplots()
    axis.plot(*places.T, linestyle="", marker="")  # for the limits of the axes
    for symbol, (x, y) in zip(symbols, places, strict=True):
        axis.text(x, y, cut(symbol), ha="center", va="center", color="C0", fontsize=11)
    axis.margins(0.08)
    axis.set(xlabel="first component", ylabel="second component")
