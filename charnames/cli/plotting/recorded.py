"""Reading the JSON reports of train and evaluate."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import numpy as np

from charnames.cli.terminal.console import Console
from charnames.experiments.plotting.records import (
    RecordedAttention,
    RecordedEvaluation,
    RecordedRun,
    RocCurve,
)
from charnames.io import files
from charnames.recipes.recipe import CHANGEABLE

Record = dict[str, Any]
_FIGURES = (
    *("loss", "learned", "held_out", "gap", "accuracy", "held_out_accuracy"),
    *("network_alone", "gradient_norm", "largest_gradient", "clipped"),
)
_MOST_CONVERSIONS = 12

_TO_GIVE = (
    "give what charnames train --json, evaluate --json of a classifier, or convert "
    "--json prints"
)


@dataclass
class Recorded:
    """What reports hold: runs, an evaluation, or conversions."""

    runs: list[RecordedRun] = field(default_factory=list)
    evaluations: list[RecordedEvaluation] = field(default_factory=list)
    conversions: list[RecordedAttention] = field(default_factory=list)

    @property
    def kinds(self) -> int:
        """How many kinds of reports there are."""
        return sum(map(bool, (self.runs, self.evaluations, self.conversions)))


def read_reports(console: Console, reports: Sequence[str]) -> Recorded:
    """Read reports from files, or from standard input for "-".

    Raises click.ClickException if one cannot be read, or is not a report, or if they
    are of several kinds.
    """
    recorded = Recorded()
    for report in reports:
        part = _read_one(console, report)
        recorded.runs += part.runs
        recorded.evaluations += part.evaluations
        recorded.conversions += part.conversions
    source = ", ".join("standard input" if r == "-" else r for r in reports)
    if recorded.kinds > 1:
        raise click.ClickException(
            f"{source}: give runs, an evaluation or conversions, not several of these"
        )
    if (count := len(recorded.conversions)) > _MOST_CONVERSIONS:
        raise click.ClickException(
            f"{source}: there are {count} conversions; give at most "
            f"{_MOST_CONVERSIONS}, which are drawn side by side"
        )
    if len(recorded.evaluations) > 1:
        raise click.ClickException(f"{source}: give one evaluation")
    return recorded


def _read_one(console: Console, report: str) -> Recorded:
    """Read a report from a file, or from standard input for "-".

    Raises click.ClickException if it cannot be read, or is not a report.
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


def _read(source: str, stream: Iterable[bytes]) -> Recorded:
    recorded, run = Recorded(), RecordedRun()
    runs = [run]
    may_begin = False  # after a first line, until the first checkpoint
    for where, record in _records(source, stream):
        try:
            if "confusion" in record:
                if recorded.evaluations:
                    raise click.ClickException(f"{where}: give one evaluation")
                recorded.evaluations.append(_evaluation(record))
            elif "attention" in record:
                recorded.conversions += _attention(record)
            elif record["event"] == "start":
                started, may_begin = _started(record), True
                if not _continues(started, run):
                    run = started
                    runs.append(run)
            elif record["event"] == "checkpoint":
                iteration = _iteration(record)
                if run.iterations and iteration <= run.iterations[-1]:
                    if not may_begin:
                        raise click.ClickException(
                            f"{where}: iteration {iteration:g} comes after iteration "
                            f"{run.iterations[-1]:g}; several runs, one after the "
                            "other, are told apart by their first lines, "
                            '{"event": "start", ...}'
                        )
                    run = RecordedRun(run.title, settings=run.settings)
                    runs.append(run)
                may_begin = False
                _add(run, record)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise _unlike(where) from None
    recorded.runs = [run for run in runs if run.iterations]
    if not recorded.kinds:
        raise click.ClickException(f"{source}: there is no checkpoint; {_TO_GIVE}")
    return recorded


def _continues(started: RecordedRun, run: RecordedRun) -> bool:
    """Whether a first line is that of the same run, which was resumed."""
    if not run.settings:
        return False
    names = started.settings.keys() | run.settings.keys()
    return all(
        started.settings.get(name) == run.settings.get(name)
        for name in names - set(CHANGEABLE)
    )


def _started(record: Record) -> RecordedRun:
    """The run that a report's first line tells of. Raises KeyError or TypeError."""
    settings = {
        "list": str(record["dataset"]),
        "seed": str(record.get("seed")),
        **{str(k): str(v) for k, v in dict(record.get("recipe") or {}).items()},
    }
    return RecordedRun(str(record["dataset"]), settings=settings)


def _iteration(record: Record) -> float:
    return float(record["iteration"])


def _records(source: str, stream: Iterable[bytes]) -> Iterator[tuple[str, Record]]:
    """The object on each line, with its source and line number."""
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
    return click.ClickException(f"{where}: not a charnames JSON report; {_TO_GIVE}")


def _add(run: RecordedRun, record: Record) -> None:
    """Add the figures of a checkpoint; one that is null or missing is NaN."""
    run.iterations.append(_iteration(record))
    for name in _FIGURES:
        value = record.get(name)
        getattr(run, name).append(math.nan if value is None else float(value))
    run.names.append([str(name) for name in record.get("names") or ()])


def _attention(record: Record) -> list[RecordedAttention]:
    """The attention of a conversion, if it has any.

    Raises KeyError, TypeError or ValueError if the record is malformed.
    """
    if record["symbols"] is None:
        return []
    source, target = ([str(symbol) for symbol in part] for part in record["symbols"])
    weights = np.array(record["attention"], np.float64)
    if weights.shape != (len(target), len(source)) or not np.isfinite(weights).all():
        raise ValueError("not a weight for each symbol of the target and the source")
    return [RecordedAttention(source, target, weights)]


def _evaluation(record: Record) -> RecordedEvaluation:
    """Raises KeyError, TypeError or ValueError if the record is malformed."""
    labels = [str(label) for label in record["labels"]]
    confusion = np.array(record["confusion"], np.float64)
    if not labels or confusion.shape != (len(labels), len(labels)):
        raise ValueError("not a row and a column for each label")
    if not (np.isfinite(confusion) & (confusion >= 0)).all():
        raise ValueError("not counts")
    curves = [_curve(figures["label"], figures) for figures in record["classes"]]
    return RecordedEvaluation(
        labels=labels,
        confusion=confusion,
        curves=[curve for curve in curves if curve],
        micro=_curve("all labels", record["micro"]),
    )


def _curve(name: str, figures: Record) -> RocCurve | None:
    """The ROC curve of a label's figures; None if it has none."""
    if figures["roc"] is None:
        return None
    points = np.array(figures["roc"], np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("not points")
    return RocCurve(str(name), float(figures["auc"]), points)
