"""Plots of training runs: losses, accuracies and gradients by iteration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, MaxNLocator

from charnames.experiments.plotting.drawing import DASHES, LONGEST_LABEL, cut
from charnames.experiments.plotting.records import RecordedRun

_MARKED = 30  # checkpoints; with more, a curve has no dots
_COLORS = {
    "training": "C0",
    "learned": "C0",
    "held out": "C1",
    "held out, network alone": "C2",
    "norm": "C0",
    "largest element": "C1",
    "clipped": "C2",
}
_SAME = 1e-6  # nats; losses that differ by less are drawn as one curve
_GRADIENT = "gradient before clipping"
_NORM = "norm of the gradient before clipping"
_LOGARITHMIC = (_GRADIENT, _NORM)  # panels, whose values span orders of magnitude
_WRONG = "share of the held-out sources that are wrong"
_LOSSES = {  # by what a run learns: the axes of its loss and of its held-out loss
    "a name": ("loss, nats a name", "held-out loss, nats a symbol"),
    "an example": ("loss, nats an example", "held-out loss, nats an example"),
    "a pair": ("loss, nats a pair", _WRONG),
}
_OF_SEVERAL = {  # what is drawn of several runs, and what its axis is called
    "loss": "loss, nats",  # of runs that learn different things
    "held_out": "held-out loss, nats",
    "accuracy": "accuracy",
    "held_out_accuracy": "held-out accuracy",
    "gradient_norm": _NORM,
}
_IN_A_ROW = 2  # panels


class _PlainNumbers(LogFormatter):
    """Labels of a logarithmic axis such as 0.2 and 30: not formulas, which stay
    unparsed here, nor 2e-01.
    """

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a value; empty where there is to be none."""
        return f"{x:g}" if super().__call__(x, pos) else ""


Curves = dict[str, Sequence[float]]
T = TypeVar("T")


def draw_training_curves(figure: Figure, run: RecordedRun) -> None:
    """Draw the losses of a run, its accuracies and its gradients, as far as it has
    them.
    """
    for axis, (name, curves) in _side_by_side(figure, run.title, panels(run)):
        _draw_panel(axis, run, name, curves)


def draw_panel(figure: Figure, run: RecordedRun, name: str) -> None:
    """Draw one of the panels of a run alone."""
    figure.set_size_inches(4.5, 3)
    _draw_panel(figure.subplots(), run, name, panels(run)[name])


def draw_runs(figure: Figure, runs: Sequence[RecordedRun]) -> None:
    """Draw the curves of several runs, each labelled by what differs."""
    labels = run_labels(runs)
    axes = dict(_OF_SEVERAL)
    if len(learned := {_learned(run) for run in runs}) == 1:
        axes["loss"], axes["held_out"] = _LOSSES[learned.pop()]
    by_name = {
        name: [getattr(run, figure) for run in runs]
        for figure, name in axes.items()
        if any(np.isfinite(getattr(run, figure)).any() for run in runs)
    }
    title = ", ".join(dict.fromkeys(os.path.basename(run.title) for run in runs))
    for axis, (name, curves) in _side_by_side(figure, title, by_name):
        for i, (run, label) in enumerate(zip(runs, labels, strict=True)):
            dashes = DASHES[i // 10 % len(DASHES)]
            style = {"color": f"C{i % 10}", "linestyle": dashes}
            axis.plot(run.iterations, curves[i], label=f" {cut(label)}", **style)
        _label(axis, name)


def _learned(run: RecordedRun) -> str:
    """What the run learns one by one."""
    if np.isfinite(run.accuracy).any():
        return "an example"
    return "a pair" if np.isfinite(run.network_alone).any() else "a name"


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


def panels(run: RecordedRun) -> dict[str, Curves]:
    """The curves of each pair of axes, by the name of the axis and their labels."""
    by_name: dict[str, Curves]
    if (learned := _learned(run)) == "an example":
        by_name = {
            "loss, nats an example": {"training": run.loss, "held out": run.held_out},
            "accuracy": {"training": run.accuracy, "held out": run.held_out_accuracy},
        }
    elif learned == "a pair":
        by_name = {
            "loss, nats a pair": {"training": run.loss},
            _WRONG: {
                "held out": run.held_out,
                "held out, network alone": run.network_alone,
            },
        }
    else:
        by_name = {"loss, nats a name": {"training": run.loss}, **_by_symbol(run)}
    if np.isfinite(run.gradient_norm).any():
        by_name[_GRADIENT] = {
            "norm": run.gradient_norm,
            "largest element": run.largest_gradient,
        }
    if any(share > 0 for share in run.clipped):
        by_name["share of the steps"] = {"clipped": run.clipped}
    return by_name


def _by_symbol(run: RecordedRun) -> dict[str, Curves]:
    """The losses by symbol, if any name is held out."""
    if not np.isfinite(run.held_out).any():
        return {}
    # One unit and one axis, so that the gap between the curves is visible.
    curves: Curves = {"learned": run.learned}
    alone = np.add(run.learned, run.gap)
    if np.nanmax(np.abs(alone - run.held_out), initial=0) > _SAME:
        curves["held out, network alone"] = alone.tolist()
    curves["held out"] = run.held_out
    return {"loss, nats a symbol": curves}


def _draw_panel(axis: Any, run: RecordedRun, name: str, curves: Curves) -> None:
    marker = "." if len(run.iterations) < _MARKED else ""
    for label, values in curves.items():
        if label == "training" or np.isfinite(values).any():
            style = {"color": _COLORS[label], "marker": marker}
            axis.plot(run.iterations, values, label=label, **style)
    _label(axis, name)


def _side_by_side(
    figure: Figure, title: str, by_name: Mapping[str, T]
) -> Iterator[tuple[Any, tuple[str, T]]]:
    """The axes for each panel, with its name and what is in it."""
    columns = min(_IN_A_ROW, len(by_name))
    rows = -(-len(by_name) // columns)
    figure.set_size_inches(6 * columns, 4 * rows)
    figure.suptitle(cut(os.path.basename(title), 2 * LONGEST_LABEL))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for spare in axes[len(by_name) :]:
        spare.remove()
    return zip(axes, by_name.items(), strict=False)


def _label(axis: Any, name: str) -> None:
    axis.set(xlabel="iteration", ylabel=name)
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if name in _LOGARITHMIC:
        axis.set_yscale("log", nonpositive="mask")
        axis.yaxis.set_major_formatter(_PlainNumbers())
        axis.yaxis.set_minor_formatter(_PlainNumbers(minor_thresholds=(2, 0.5)))
    axis.legend()
