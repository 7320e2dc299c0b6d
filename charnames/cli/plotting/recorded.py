"""What `train --json` and `evaluate --json` printed, read again."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from charnames.cli.terminal.console import Console
from charnames.io import files

Record = dict[str, Any]
Floats = NDArray[np.float64]

_TO_GIVE = (
    "give what charnames train --json, or evaluate --json of a classifier, prints"
)


@dataclass
class Run:
    """What the checkpoints of a run said, NaN where they did not; losses in nats."""

    title: str = ""
    iterations: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    held_out: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    held_out_accuracy: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Curve:
    """A ROC curve: its name, the area under it, and its points (P, 2)."""

    name: str
    area: float
    points: Floats


@dataclass(frozen=True)
class Evaluation:
    """A classifier's confusion matrix (K, K), and the ROC curves that there are: of the
    labels, and of all decisions together.
    """

    labels: list[str]
    confusion: Floats
    curves: list[Curve]
    micro: Curve | None


def read(console: Console, report: str) -> Run | Evaluation:
    """The report in that file, or on standard input for "-".

    Raises click.ClickException where it is none.
    """
    if report != "-":
        try:
            with files.opened(report) as (stream, _):
                return _read(report, stream)
        except OSError as error:
            why = f"cannot be read ({files.reason(error)})"
            raise click.ClickException(f"{report}: {why}") from None
    if sys.stdin is None:
        raise click.ClickException(f"standard input is closed; {_TO_GIVE}")
    if sys.stdin.isatty():
        console.say("waiting for a report; Ctrl-D ends it")
    return _read("standard input", sys.stdin.buffer)


def _read(source: str, stream: Iterable[bytes]) -> Run | Evaluation:
    run, evaluation = Run(), None
    for where, record in _records(source, stream):
        try:
            if "confusion" in record:
                if evaluation:
                    raise click.ClickException(f"{where}: give one evaluation")
                evaluation = _evaluation(record)
            elif record["event"] == "start":
                run.title = str(record["dataset"])
            elif record["event"] == "checkpoint":
                _add(run, record)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _unlike(where) from None
    if evaluation and run.iterations:
        raise click.ClickException(f"{source}: give a run or an evaluation, not both")
    if not evaluation and not run.iterations:
        raise click.ClickException(f"{source}: there is no checkpoint; {_TO_GIVE}")
    return evaluation or run


def _records(source: str, stream: Iterable[bytes]) -> Iterator[tuple[str, Record]]:
    """Each line's object, and where it stands."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        where = f"{source}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise _unlike(where) from None
        if not isinstance(record, dict):
            raise _unlike(where)
        yield where, record


def _unlike(where: str) -> click.ClickException:
    return click.ClickException(f"{where}: this is no such report; {_TO_GIVE}")


def _add(run: Run, record: Record) -> None:
    """A checkpoint's figures; one that is null, or not there, is NaN."""
    run.iterations.append(float(record["iteration"]))
    for name in ("loss", "held_out", "accuracy", "held_out_accuracy"):
        value = record.get(name)
        getattr(run, name).append(math.nan if value is None else float(value))


def _evaluation(record: Record) -> Evaluation:
    """Raises KeyError, TypeError or ValueError where it is none."""
    labels = [str(label) for label in record["labels"]]
    confusion = np.array(record["confusion"], np.float64)
    if not labels or confusion.shape != (len(labels), len(labels)):
        raise ValueError("not a row and a column for each label")
    if not (np.isfinite(confusion) & (confusion >= 0)).all():
        raise ValueError("not counts")
    curves = [_curve(one["label"], one) for one in record["classes"]]
    return Evaluation(
        labels=labels,
        confusion=confusion,
        curves=[curve for curve in curves if curve],
        micro=_curve("all labels", record["micro"]),
    )


def _curve(name: str, figures: Record) -> Curve | None:
    """The curve, where the figures have one."""
    if figures["roc"] is None:
        return None
    points = np.array(figures["roc"], np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("not points")
    return Curve(str(name), float(figures["auc"]), points)
