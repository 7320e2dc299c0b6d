"""The figures of a classifier as text or as a JSON object.

Widths are counted in the cells of a terminal, of which some characters take two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.cells import cell_len, set_cell_size

from charnames.cli.terminal.console import printable

if TYPE_CHECKING:
    from charnames.evaluation.classifier import ClassifierEvaluation
    from charnames.evaluation.metrics import ClassFigures, Report

_HEADS = range(3, 7)  # cells that a label above a column is cut to
_UNLIMITED = 10_000  # columns, if standard output is not a terminal
# The background, one of 256 colours, for a share of at least 5 %, 20 %, 40 %, 60 % and
# 80 % of a row. White text is legible on each, and none is close to white or black.
_SHADES = {0.05: 60, 0.2: 61, 0.4: 62, 0.6: 63, 0.8: 57}
_WHITE = 231


def record(evaluation: ClassifierEvaluation) -> dict[str, Any]:
    """The figures as `evaluate --json` prints them."""
    report = evaluation.report
    figures = asdict(report)
    classes = [
        {"label": label, **values}
        for label, values in zip(report.labels, figures["classes"], strict=True)
    ]
    headline = {
        "accuracy": report.accuracy,
        "macro_f1": report.macro.f1,
        "auc": report.macro.auc,
        "examples": report.micro.support,
    }
    ngram = asdict(evaluation.ngram) if evaluation.ngram else None
    alone = {"network": asdict(evaluation.network), "ngram": ngram}
    return {**headline, **figures, "classes": classes, **alone}


def lines(
    evaluation: ClassifierEvaluation, width: int | None, shaded: bool = False
) -> list[str]:
    """The figures as text of at most `width` columns; None for any width."""
    report = evaluation.report
    width = width or _UNLIMITED
    labels = list(map(printable, report.labels))
    room = max(8, min(max(map(cell_len, labels)), width // 4))
    return [
        f"{report.micro.support:,} examples, {len(labels)} labels",
        f"accuracy   {report.accuracy:.1%}",
        f"log loss   {report.log_loss:.4f} nats an example",
        *_parts(evaluation),
        "",
        *_table(report, labels, room),
        "",
        *_matrix(report.confusion, labels, room, width, shaded),
    ]


def _parts(evaluation: ClassifierEvaluation) -> Iterator[str]:
    """A line for each part of a mixture."""
    if not evaluation.ngram:
        return
    parts = {"network": evaluation.network, "n-grams": evaluation.ngram}
    for name, figures in parts.items():
        yield (
            f"its {name} alone: accuracy {figures.accuracy:.1%}, log loss "
            f"{figures.log_loss:.4f}"
        )


def _table(report: Report, labels: Sequence[str], room: int) -> Iterator[str]:
    """A line for each label, and the averages."""
    yield " " * room + "  precision  recall      F1  support     AUC"
    for label, figures in zip(labels, report.classes, strict=True):
        yield _row(label, figures, room)
    yield ""
    for name in ("micro", "macro", "weighted"):
        yield _row(name, getattr(report, name), room)


def _row(name: str, figures: ClassFigures, room: int) -> str:
    precision, recall, f1, auc = (
        "-" if value is None else f"{value:.3f}"
        for value in (figures.precision, figures.recall, figures.f1, figures.auc)
    )
    return (
        f"{_cut(name, room)}  {precision:>9}  {recall:>6}  {f1:>6}  "
        f"{figures.support:>7,}  {auc:>6}"
    )


def _matrix(
    confusion: Sequence[Sequence[int]],
    labels: Sequence[str],
    room: int,
    width: int,
    shaded: bool,
) -> Iterator[str]:
    """The confusion matrix, with a line for each true label.

    The columns are the predicted labels. Those that do not fit in the width follow
    below, in further blocks.
    """
    K = len(labels)
    digits = [len(str(max(column))) for column in zip(*confusion, strict=True)]
    heads = _heads(labels, digits, width - room)
    if not heads:
        heads = [str(k) for k in range(1, K + 1)]
        labels = [f"{k:>{len(str(K))}} {label}" for k, label in enumerate(labels, 1)]
        room += len(str(K)) + 1
    cells = _cells(heads, digits)
    yield "true label by line, predicted label by column"
    for columns in _panels(cells, width - room):
        if columns[0]:
            yield ""
        spaced = (" " * (cells[k] - cell_len(heads[k])) + heads[k] for k in columns)
        yield " " * room + "".join(spaced)
        for label, row in zip(labels, confusion, strict=True):
            counts = (_count(row[k], sum(row), cells[k], shaded) for k in columns)
            yield _cut(label, room) + "".join(counts)


def _heads(labels: Sequence[str], digits: Sequence[int], width: int) -> list[str]:
    """The labels cut so that all fit in one line and differ; none if they cannot."""
    for cells in _HEADS:
        heads = [set_cell_size(label, cells).rstrip() for label in labels]
        if len(set(heads)) == len(heads):
            return heads if sum(_cells(heads, digits)) <= width else []
    return []


def _cells(heads: Sequence[str], digits: Sequence[int]) -> list[int]:
    """The width of each column, with the space before it."""
    return [1 + max(cell_len(h), d) for h, d in zip(heads, digits, strict=True)]


def _panels(cells: Sequence[int], width: int) -> Iterator[list[int]]:
    """The column numbers of each block; a block has at least one column."""
    columns: list[int] = []
    room = width
    for k, cell in enumerate(cells):
        if columns and cell > room:
            yield columns
            columns, room = [], width
        columns.append(k)
        room -= cell
    yield columns


def _count(count: int, total: int, cell: int, shaded: bool) -> str:
    """One count, on a background that shows its share of the row."""
    text = f"{count or '·':>{cell}}"
    if not shaded:
        return text
    shades = [shade for least, shade in _SHADES.items() if count >= least * total > 0]
    return click.style(text, fg=_WHITE, bg=shades[-1]) if shades else text


def _cut(text: str, room: int) -> str:
    """The text cut or padded to `room` cells."""
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1) + "…"
    return set_cell_size(text, room)
