"""Plots of a classifier: its confusion matrix and its ROC curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from charnames.experiments.plotting.drawing import CELL, DASHES, LARGEST, cut
from charnames.experiments.plotting.records import RecordedEvaluation, RocCurve

_SHORT = 2  # characters of a label that need not be turned below its column
_COUNTED = 30  # labels; with more, a confusion matrix shows no counts
_LEGEND = 26  # curves in each column of the legend


def draw_confusion_matrix(figure: Figure, evaluation: RecordedEvaluation) -> None:
    """Draw counts, a row for each true label, coloured by their share of the row."""
    K, counts = len(evaluation.labels), evaluation.confusion
    side = min(LARGEST, 3 + CELL * K)
    size = min(10.0, 50 * (side - 3) / K)  # points, about 0.7 of a cell
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [cut(label) for label in evaluation.labels]
    figure.set_size_inches(side + 1, side)
    axis = figure.subplots()
    image = axis.imshow(shares, vmin=0, vmax=1)
    figure.colorbar(image, ax=axis, shrink=0.7, label="share of the true label")
    upright = max(map(len, names)) <= _SHORT
    axis.set_xticks(range(K), names, rotation=0 if upright else 90, fontsize=size)
    axis.set_yticks(range(K), names, fontsize=size)
    axis.set(xlabel="predicted label", ylabel="true label")
    axis.grid(False)
    if K > _COUNTED:
        return
    size = min(size, 30 / len(f"{counts.max():.0f}"))
    for i, j in np.argwhere(counts):
        color = "white" if shares[i, j] > 0.5 else "black"
        text = axis.text(j, i, f"{counts[i, j]:.0f}", color=color, fontsize=size)
        text.set(ha="center", va="center_baseline", in_layout=False)


def draw_roc_curves(figure: Figure, evaluation: RecordedEvaluation) -> None:
    """Draw the ROC curve of each label, and their micro-average."""
    columns = 1 + len(evaluation.curves) // _LEGEND
    figure.set_size_inches(6 + 2.2 * columns, 6)
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
    for i, curve in enumerate(evaluation.curves):
        dashes = DASHES[i // 10 % len(DASHES)]
        _curve(axis, curve, color=f"C{i % 10}", linestyle=dashes, linewidth=1.2)
    if evaluation.micro:
        _curve(axis, evaluation.micro, color="black", linewidth=2.2)
    axis.set(xlabel="false positive rate", ylabel="true positive rate", aspect=1)
    axis.legend(
        title="area under the curve",
        loc="center left",
        bbox_to_anchor=(1.02, 0.5),
        ncols=columns,
        fontsize=8,
    )


def _curve(axis: Any, curve: RocCurve, **style: Any) -> None:
    # The area comes first, since matplotlib's legend omits a label that begins with _.
    label = f"{curve.area:.3f}  {cut(curve.name)}"
    axis.plot(*curve.points.T, label=label, **style)
