"""Metrics of a classifier: accuracy, confusion matrix, precision, recall, ROC curves.

N examples, K classes. Precision, recall, F1 and their averages are those that
scikit-learn's `classification_report` gives where 0/0 counts as 0; the areas are those
of its `roc_auc_score`, one class against the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.prediction.scoring import log_loss

Ints = NDArray[np.integer[Any]]
AnyFloats = NDArray[np.floating[Any]]
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class ClassFigures:
    """The metrics of one class against the rest, or their average over classes.

    precision: the share of the predictions of the class that are correct. recall: the
    share of the examples of the class that are predicted. f1: their harmonic mean (van
    Rijsbergen 1979). All three are None for a class without examples or predictions.
    support: the number of examples of the class. auc: the probability that an example
    of the class is ranked above one of another class; None if either is missing. roc:
    the corners of the ROC curve, (false, true positive rate); None if `auc` is None,
    and for averages over classes.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    auc: float | None
    roc: Points | None = None


@dataclass(frozen=True)
class Report:
    """The metrics of a classifier on N examples, as plain numbers for JSON.

    accuracy: the share of examples whose most probable label is the true one. log_loss:
    the mean of -ln(probability of the true label), in nats per example. confusion: the
    counts (K, K), with a row for each true label and a column for each predicted one.
    classes: the K figures. micro: the figures of all N * K decisions "this example has
    that label" together. macro: the mean over classes. weighted: the mean weighted by
    support. Means leave out None.
    """

    labels: list[str]
    accuracy: float
    log_loss: float
    confusion: list[list[int]]
    classes: list[ClassFigures]
    micro: ClassFigures
    macro: ClassFigures
    weighted: ClassFigures


def report(true: Ints, probabilities: AnyFloats, labels: Sequence[str]) -> Report:
    """The metrics of predicted probabilities (N, K), N at least 1.

    true: ids (N,) from 0 to K - 1. labels: K names. The predicted label is the most
    probable one, and the first of several with the same probability.
    """
    K = len(labels)
    confusion = confusion_matrix(true, probabilities.argmax(axis=1), K)
    is_true = np.equal.outer(true, np.arange(K))  # (N, K)
    classes = [_figures(confusion, is_true, probabilities, k) for k in range(K)]
    support = np.array([figures.support for figures in classes], float)
    ranked = _ranked(is_true.ravel(), probabilities.ravel())
    accuracy = int(confusion.trace()) / len(true)
    return Report(
        labels=list(labels),
        accuracy=accuracy,
        log_loss=log_loss(true, probabilities),
        confusion=confusion.tolist(),
        classes=classes,
        micro=ClassFigures(accuracy, accuracy, accuracy, len(true), *ranked),
        macro=_mean(classes, np.ones(K)),
        weighted=_mean(classes, support),
    )


def confusion_matrix(true: Ints, predicted: Ints, K: int) -> Ints:
    """Counts (K, K), with a row for each true id and a column for each predicted id.

    true, predicted: ids (N,).

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(
        np.ravel_multi_index((true, predicted), (K, K)), minlength=K * K
    ).reshape(K, K)


def roc_curve(
    positive: NDArray[np.bool_], scores: AnyFloats
) -> tuple[AnyFloats, AnyFloats]:
    """The corners of the ROC curve: false and true positive rates, (M,) each.

    The threshold falls from above every score to the lowest score; equal scores make
    one step (Fawcett 2006). positive, scores: (N,), with examples of both kinds.
    """
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    true = np.append(0, positive[order].cumsum()[last])
    false = np.append(0, last + 1) - true
    run, rise = np.diff(false), np.diff(true)
    turns = run[1:] * rise[:-1] != run[:-1] * rise[1:]
    corners = np.concatenate(([True], turns, [True]))
    return false[corners] / false[-1], true[corners] / true[-1]


def roc_area(false: AnyFloats, true: AnyFloats) -> float:
    """The area under the curve of `roc_curve`.

    It is the probability that a positive example has a higher score than a negative
    one, where a tie counts as one half (Hanley & McNeil 1982).

    >>> roc_area(*roc_curve(np.array([True, False, False]), np.array([0.5, 0.5, 0.1])))
    0.75
    """
    return float((np.diff(false) * (true[1:] + true[:-1])).sum() / 2)


def _figures(
    confusion: Ints, is_true: NDArray[np.bool_], probabilities: AnyFloats, k: int
) -> ClassFigures:
    """The metrics of class k against the rest."""
    hits = int(confusion[k, k])
    support, predictions = int(confusion[k].sum()), int(confusion[:, k].sum())
    precision, recall, f1 = (
        (hits / count if hits else 0.0) if support + predictions else None
        for count in (predictions, support, (predictions + support) / 2)
    )
    ranked = _ranked(is_true[:, k], probabilities[:, k])
    return ClassFigures(precision, recall, f1, support, *ranked)


def _ranked(
    positive: NDArray[np.bool_], scores: AnyFloats
) -> tuple[float | None, Points | None]:
    """The area and the curve, None without positive or without negative examples."""
    if positive.all() or not positive.any():
        return None, None
    false, true = roc_curve(positive, scores)
    points = list(zip(false.tolist(), true.tolist(), strict=True))
    return roc_area(false, true), points


def _mean(classes: Sequence[ClassFigures], weights: AnyFloats) -> ClassFigures:
    """The weighted mean of each metric over the classes that have it; weights: (K,)."""

    def mean(name: str) -> float | None:
        values = [getattr(figures, name) for figures in classes]
        defined = [value is not None for value in values]
        if not weights[defined].any():
            return None
        numbers = np.array([value for value in values if value is not None])
        return float(np.average(numbers, weights=weights[defined]))

    support = sum(figures.support for figures in classes)
    return ClassFigures(
        mean("precision"), mean("recall"), mean("f1"), support, mean("auc")
    )
