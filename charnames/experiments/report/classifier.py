"""The sections about a classifier."""

from __future__ import annotations

from functools import partial

import numpy as np

from charnames.evaluation.classifier import ClassifierEvaluation
from charnames.evaluation.metrics import ClassFigures, Report
from charnames.experiments.plotting.classification import (
    draw_confusion_matrix,
    draw_roc_curves,
)
from charnames.experiments.plotting.drawing import inline_svg
from charnames.experiments.plotting.records import RecordedEvaluation, RocCurve
from charnames.experiments.report.contents import (
    Block,
    Note,
    Plot,
    Plots,
    Section,
    Table,
    learned_notes,
)

_TITLE = "Examples that it has not learned"


def classifier_sections(
    evaluation: ClassifierEvaluation | None, learned: int = 0
) -> list[Section]:
    """How good the classifier is on examples with labels; None without any.

    learned: how many of them it learned as well.
    """
    if evaluation is None:
        text = "Nothing was measured. Give examples that it has not learned, with "
        text += "their labels, with `--against`."
        return [Section(_TITLE, [Note(text, is_missing=True)])]
    report = evaluation.report
    figures = [
        (label, *_row(figures))
        for label, figures in zip(report.labels, report.classes, strict=True)
    ]
    averages = [
        (f"{name} average", *_row(getattr(report, name)))
        for name in ("micro", "macro", "weighted")
    ]
    head = ["label", "precision", "recall", "F1", "support", "AUC"]
    note = (
        f"{report.micro.support:,} examples with {len(report.labels)} labels; accuracy "
        f"{report.accuracy:.1%}, log loss {report.log_loss:.4f} nats an example."
    )
    return [
        Section(
            _TITLE,
            [
                Note(note),
                *_parts(evaluation),
                *learned_notes(learned, "examples"),
                Table(head, [*figures, *averages]),
            ],
        ),
        Section("Confusion matrix and ROC curves", _plots(_drawable(report))),
    ]


def _parts(evaluation: ClassifierEvaluation) -> list[Block]:
    """How good the parts of a mixture are."""
    if not evaluation.ngram:
        return []
    rows = [
        (name, f"{figures.accuracy:.1%}", f"{figures.log_loss:.4f}")
        for name, figures in (
            ("the model", evaluation.report),
            ("its network alone", evaluation.network),
            ("its n-grams alone", evaluation.ngram),
        )
    ]
    return [Table(["", "accuracy", "log loss, nats"], rows)]


def _row(figures: ClassFigures) -> tuple[str, ...]:
    shares = figures.precision, figures.recall, figures.f1
    precision, recall, f1 = map(_figure, shares)
    return precision, recall, f1, f"{figures.support:,}", _figure(figures.auc)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _plots(evaluation: RecordedEvaluation) -> list[Block]:
    draw = partial(draw_confusion_matrix, evaluation=evaluation)
    confusion = Plot(
        *inline_svg(draw, "confusion"),
        "A row for each true label, a column for each predicted one.",
    )
    if not evaluation.curves:
        text = "There is no ROC curve: all the examples have one label."
        return [Plots([confusion]), Note(text, is_missing=True)]
    roc = Plot(
        *inline_svg(partial(draw_roc_curves, evaluation=evaluation), "roc"),
        "The ROC curve of each label against the rest, and of all of them together.",
    )
    return [Plots([confusion, roc])]


def _drawable(report: Report) -> RecordedEvaluation:
    """The report as it is drawn."""
    named = [*zip(report.labels, report.classes, strict=True)]
    return RecordedEvaluation(
        labels=report.labels,
        confusion=np.array(report.confusion, np.float64),
        curves=[c for label, figures in named if (c := _curve(label, figures))],
        micro=_curve("all labels", report.micro),
    )


def _curve(name: str, figures: ClassFigures) -> RocCurve | None:
    if figures.roc is None or figures.auc is None:
        return None
    return RocCurve(name, figures.auc, np.array(figures.roc, np.float64))
