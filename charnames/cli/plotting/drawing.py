"""Plots as the bytes of a PNG or SVG file: the only user of matplotlib.

No window is opened and the user's matplotlib settings are ignored, so the same input
gives the same picture. A label is never parsed as a formula. An SVG keeps its letters
as text, so that a viewer chooses the font; a PNG uses DejaVu Sans, which comes with
matplotlib.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, TypeVar

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.ticker import MaxNLocator

from charnames.cli.plotting.recorded import (
    RecordedAttention,
    RecordedEvaluation,
    RecordedRun,
    RocCurve,
)
from charnames.cli.terminal.console import printable

SUFFIXES = (".png", ".svg")

_FONT = "DejaVu Sans"
_STYLE: dict[Any, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.family": _FONT,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "savefig.bbox": "tight",
    "savefig.dpi": 120,
    "svg.fonttype": "none",
    "svg.hashsalt": "charnames",  # the same identifiers each time
    "text.parse_math": False,
}
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_LONGEST = 24  # characters of a label at most
_SHORT = 2  # characters of a label that need not be turned below its column
_LARGEST = 20.0  # inches
_CELL = 0.3  # inches, the side of a cell of a confusion matrix
_COUNTED = 30  # labels; with more, a confusion matrix shows no counts
_MARKED = 30  # checkpoints; with more, a curve has no dots
_COLORS = {
    "training": "C0",
    "learned": "C0",
    "held out": "C1",
    "held out, network alone": "C2",
}
_SAME = 1e-6  # nats; losses that differ by less are drawn as one curve
_DASHES = ("-", "--", ":", "-.")  # one for every ten curves
_LEGEND = 26  # curves in each column of the legend

Draw = Callable[[Figure], None]
T = TypeVar("T")


def image_bytes(draw: Draw, suffix: str) -> bytes:
    """Draw on a figure; the bytes of a file with that suffix."""
    stream = BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        figure = Figure()
        draw(figure)
        undated = {"Date": None} if suffix == ".svg" else None
        figure.savefig(stream, format=suffix[1:], metadata=undated)
    return stream.getvalue()


def missing(texts: Iterable[str]) -> str:
    """The characters that the font of a PNG lacks."""
    glyphs = get_font(findfont(_FONT)).get_charmap()
    letters = set("".join(map(_cut, texts)))
    return "".join(sorted(c for c in letters if ord(c) not in glyphs))


def draw_training_curves(figure: Figure, run: RecordedRun) -> None:
    """Draw losses, and accuracies of a classifier, by iteration."""
    panels = _panels(run)
    marker = "." if len(run.iterations) < _MARKED else ""
    for axis, (name, curves) in _side_by_side(figure, run.title, panels):
        for label, values in curves.items():
            if label == "training" or np.isfinite(values).any():
                style = {"color": _COLORS[label], "marker": marker}
                axis.plot(run.iterations, values, label=label, **style)
        _label_iterations(axis, name)


def draw_runs(figure: Figure, runs: Sequence[RecordedRun]) -> None:
    """Draw the curves of several runs, each labelled by what differs."""
    labels = run_labels(runs)
    figures = {"loss": "loss, nats a name, or an example", "held_out": "held-out loss"}
    figures |= {"accuracy": "accuracy", "held_out_accuracy": "held-out accuracy"}
    panels = {
        name: [getattr(run, figure) for run in runs]
        for figure, name in figures.items()
        if any(np.isfinite(getattr(run, figure)).any() for run in runs)
    }
    title = ", ".join(dict.fromkeys(os.path.basename(run.title) for run in runs))
    for axis, (name, curves) in _side_by_side(figure, title, panels):
        for i, (run, label) in enumerate(zip(runs, labels, strict=True)):
            dashes = _DASHES[i // 10 % len(_DASHES)]
            style = {"color": f"C{i % 10}", "linestyle": dashes}
            axis.plot(run.iterations, curves[i], label=f" {_cut(label)}", **style)
        _label_iterations(axis, name)


def run_labels(runs: Sequence[RecordedRun]) -> list[str]:
    """What is different about each run, such as "cell lstm, seed 2"."""
    names = list(dict.fromkeys(name for run in runs for name in run.settings))
    differ = [n for n in names if len({run.settings.get(n) for run in runs}) > 1]
    labels = [
        ", ".join(f"{n.replace('_', ' ')} {run.settings.get(n, '?')}" for n in differ)
        for run in runs
    ]
    if len(set(labels)) == len(labels):
        return labels
    return [f"run {i} {label}".rstrip() for i, label in enumerate(labels, 1)]


def _side_by_side(
    figure: Figure, title: str, panels: Mapping[str, T]
) -> Iterator[tuple[Any, tuple[str, T]]]:
    """The axes for each panel, with its name and what is in it."""
    figure.set_size_inches(6 * len(panels), 4)
    figure.suptitle(_cut(os.path.basename(title), 2 * _LONGEST))
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    return zip(axes, panels.items(), strict=True)


def _label_iterations(axis: Any, name: str) -> None:
    axis.set(xlabel="iteration", ylabel=name)
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.legend()


def _panels(run: RecordedRun) -> dict[str, dict[str, Sequence[float]]]:
    """The curves of each pair of axes, by their labels."""
    if np.isfinite(run.accuracy).any():
        return {
            "loss, nats an example": {"training": run.loss, "held out": run.held_out},
            "accuracy": {"training": run.accuracy, "held out": run.held_out_accuracy},
        }
    panels: dict[str, dict[str, Sequence[float]]] = {
        "loss, nats a name": {"training": run.loss}
    }
    if np.isfinite(run.held_out).any():
        # One unit and one axis, so that the gap between the curves is visible.
        panels["loss, nats a symbol"] = {"learned": run.learned}
        alone = np.add(run.learned, run.gap)
        if np.nanmax(np.abs(alone - run.held_out), initial=0) > _SAME:
            panels["loss, nats a symbol"]["held out, network alone"] = alone.tolist()
        panels["loss, nats a symbol"]["held out"] = run.held_out
    return panels


def draw_confusion_matrix(figure: Figure, evaluation: RecordedEvaluation) -> None:
    """Draw counts, a row for each true label, coloured by their share of the row."""
    K, counts = len(evaluation.labels), evaluation.confusion
    side = min(_LARGEST, 3 + _CELL * K)
    size = min(10.0, 50 * (side - 3) / K)  # points, about 0.7 of a cell
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [_cut(label) for label in evaluation.labels]
    figure.set_size_inches(side + 1, side)
    axis = figure.subplots()
    image = axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
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
        dashes = _DASHES[i // 10 % len(_DASHES)]
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


def draw_attention(figure: Figure, conversions: Sequence[RecordedAttention]) -> None:
    """Draw what each symbol of a target attends to, a picture for each conversion."""
    widths = [2 + len(conversion.source) for conversion in conversions]
    height = 2 + max(len(conversion.target) for conversion in conversions)
    figure.set_size_inches(
        min(_LARGEST, _CELL * sum(widths) + 1), min(_LARGEST, _CELL * height + 1)
    )
    axes = figure.subplots(1, len(conversions), squeeze=False, width_ratios=widths)[0]
    for axis, conversion in zip(axes, conversions, strict=True):
        image = axis.imshow(conversion.weights, cmap="Blues", vmin=0, vmax=1)
        for ticks, symbols in (
            (axis.set_xticks, conversion.source),
            (axis.set_yticks, conversion.target),
        ):
            ticks(range(len(symbols)), [_cut(symbol) for symbol in symbols])
        axis.set(xlabel="source", ylabel="target")
        axis.grid(False)
    figure.colorbar(image, ax=axes, shrink=0.7, label="attention")


def _curve(axis: Any, curve: RocCurve, **style: Any) -> None:
    # The area comes first, since matplotlib's legend omits a label that begins with _.
    label = f"{curve.area:.3f}  {_cut(curve.name)}"
    axis.plot(*curve.points.T, label=label, **style)


def _cut(text: str, longest: int = _LONGEST) -> str:
    """A label cut to a length, without characters that XML cannot hold."""
    text = printable(text).translate(_NO_XML)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
