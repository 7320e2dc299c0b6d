"""What is printed of a classifier's figures: tables to read, or a JSON object.

Labels come from lists and files, and are printed as they are; columns are counted in
the cells of a terminal, of which some characters take two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.cells import cell_len, set_cell_size

from charnames.cli.terminal.console import printable

if TYPE_CHECKING:
    from charnames.evaluation.metrics import Figures, Report

_HEADS = range(3, 7)  # cells that a label is cut to, to stand over a column
_ENOUGH = 10_000  # columns, where there is no terminal to end them
# Of a row's examples a share of 5 %, 20 %, 40 %, 60 % and 80 %: a background of the 256
# colours, ever more vivid; none is near to white or black, and white is read on each.
_SHADES = {0.05: 60, 0.2: 61, 0.4: 62, 0.6: 63, 0.8: 57}
_WHITE = 231


def record(report: Report) -> dict[str, Any]:
    """The figures as `evaluate --json` prints them."""
    figures = asdict(report)
    classes = [
        {"label": label, **one}
        for label, one in zip(report.labels, figures["classes"], strict=True)
    ]
    headline = {
        "accuracy": report.accuracy,
        "macro_f1": report.macro.f1,
        "auc": report.macro.auc,
        "examples": report.micro.support,
    }
    return {**headline, **figures, "classes": classes}


def lines(report: Report, width: int | None, shaded: bool = False) -> list[str]:
    """The figures as text of at most `width` columns, None for as many as it takes."""
    width = width or _ENOUGH
    labels = list(map(printable, report.labels))
    room = max(8, min(max(map(cell_len, labels)), width // 4))
    return [
        f"{report.micro.support:,} examples, {len(labels)} labels",
        f"accuracy   {report.accuracy:.1%}",
        f"log loss   {report.log_loss:.4f} nats an example",
        "",
        *_table(report, labels, room),
        "",
        *_matrix(report.confusion, labels, room, width, shaded),
    ]


def _table(report: Report, labels: Sequence[str], room: int) -> Iterator[str]:
    """A line a label, and the averages."""
    yield " " * room + "  precision  recall      F1  support     AUC"
    for label, figures in zip(labels, report.classes, strict=True):
        yield _row(label, figures, room)
    yield ""
    for name in ("micro", "macro", "weighted"):
        yield _row(name, getattr(report, name), room)


def _row(name: str, figures: Figures, room: int) -> str:
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
    """A line a true label, a column a predicted one: as many columns side by side as
    there is room for, then the rest below.
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
    """The labels cut so short that they fit side by side, and are yet told apart; none
    where that cannot be.
    """
    for cells in _HEADS:
        heads = [set_cell_size(label, cells).rstrip() for label in labels]
        if len(set(heads)) == len(heads):
            return heads if sum(_cells(heads, digits)) <= width else []
    return []


def _cells(heads: Sequence[str], digits: Sequence[int]) -> list[int]:
    """How wide each column is, with what is between it and the one before."""
    return [1 + max(cell_len(h), d) for h, d in zip(heads, digits, strict=True)]


def _panels(cells: Sequence[int], width: int) -> Iterator[list[int]]:
    """The numbers of the columns that stand side by side: one at least."""
    columns: list[int] = []
    left = width
    for k, cell in enumerate(cells):
        if columns and cell > left:
            yield columns
            columns, left = [], width
        columns.append(k)
        left -= cell
    yield columns


def _count(count: int, total: int, cell: int, shaded: bool) -> str:
    """One count, on a background that tells its share of the row's."""
    text = f"{count or '·':>{cell}}"
    if not shaded:
        return text
    shades = [shade for least, shade in _SHADES.items() if count >= least * total > 0]
    return click.style(text, fg=_WHITE, bg=shades[-1]) if shades else text


def _cut(text: str, room: int) -> str:
    """The text in so many cells of a terminal."""
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1) + "…"
    return set_cell_size(text, room)
