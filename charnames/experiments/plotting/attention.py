"""Plots of what the symbols of a target attend to."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from charnames.experiments.plotting.drawing import CELL, LARGEST, cut
from charnames.experiments.plotting.records import RecordedAttention


def draw_attention(figure: Figure, conversions: Sequence[RecordedAttention]) -> None:
    """Draw what each symbol of a target attends to, a picture for each conversion."""
    widths = [2 + len(conversion.source) for conversion in conversions]
    height = 2 + max(len(conversion.target) for conversion in conversions)
    figure.set_size_inches(
        min(LARGEST, CELL * sum(widths) + 1), min(LARGEST, CELL * height + 1)
    )
    axes = figure.subplots(1, len(conversions), squeeze=False, width_ratios=widths)[0]
    for axis, conversion in zip(axes, conversions, strict=True):
        image = axis.imshow(conversion.weights, vmin=0, vmax=1)
        for ticks, symbols in (
            (axis.set_xticks, conversion.source),
            (axis.set_yticks, conversion.target),
        ):
            ticks(range(len(symbols)), [cut(symbol) for symbol in symbols])
        axis.set(xlabel="source", ylabel="target")
        axis.grid(False)
    figure.colorbar(image, ax=axes, shrink=0.7, label="attention")
