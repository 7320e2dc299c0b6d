"""What people ask of a classifier: who was taken for whom, and how surely.

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
Floats = NDArray[np.floating[Any]]
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Figures:
    """How well one class is told from the others, or an average over classes.

    precision: the share of those called so that are; recall: of those that are, the
    share called so; f1: their harmonic mean (van Rijsbergen 1979); all None for a class
    that no example has and none was given. support: how many examples have it. auc: the
    probability that one of the class is ranked above one of the rest, None where either
    is missing. roc: (false, true positive rate) at the corners of the curve; None where
    `auc` is, and for averages of several curves.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    auc: float | None
    roc: Points | None = None


@dataclass(frozen=True)
class Report:
    """A classifier's figures on N examples; plain numbers, fit for JSON.

    accuracy: the share whose most probable label is the true one. log_loss: the mean of
    -ln(probability of the true label), nats per example. confusion: (K, K) counts, a
    row a true label, a column a predicted one. classes: K figures. micro: of all N * K
    decisions "this example has that label" as one; macro: the mean over classes;
    weighted: that by support. Means leave None out.
    """

    labels: list[str]
    accuracy: float
    log_loss: float
    confusion: list[list[int]]
    classes: list[Figures]
    micro: Figures
    macro: Figures
    weighted: Figures


def report(true: Ints, probabilities: Floats, labels: Sequence[str]) -> Report:
    """The figures of these probabilities (N, K), N at least 1.

    true: ids (N,) from 0 to K - 1. labels: K. Of labels equally probable the first is
    the predicted one.
    """
    K = len(labels)
    confusion = confusion_matrix(true, probabilities.argmax(axis=1), K)
    is_true = np.equal.outer(true, np.arange(K))  # (N, K)
    classes = [_figures(confusion, is_true, probabilities, k) for k in range(K)]
    support = np.array([one.support for one in classes], float)
    ranked = _ranked(is_true.ravel(), probabilities.ravel())
    right = int(confusion.trace()) / len(true)
    return Report(
        labels=list(labels),
        accuracy=right,
        log_loss=log_loss(true, probabilities),
        confusion=confusion.tolist(),
        classes=classes,
        micro=Figures(right, right, right, len(true), *ranked),
        macro=_mean(classes, np.ones(K)),
        weighted=_mean(classes, support),
    )


def confusion_matrix(true: Ints, predicted: Ints, K: int) -> Ints:
    """How often (N,) true ids were taken for the predicted (N,): (K, K), a row a true
    one, a column a predicted one.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(
        np.ravel_multi_index((true, predicted), (K, K)), minlength=K * K
    ).reshape(K, K)


def roc_curve(positive: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates as the threshold falls from above every score to
    the lowest one, where the curve turns; equal scores are passed together (Fawcett
    2006).

    positive, scores: (N,), some positive and some not.
    """
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    true = np.append(0, positive[order].cumsum()[last])
    false = np.append(0, last + 1) - true
    run, rise = np.diff(false), np.diff(true)
    turns = run[1:] * rise[:-1] != run[:-1] * rise[1:]
    kept = np.concatenate(([True], turns, [True]))
    return false[kept] / false[-1], true[kept] / true[-1]


def roc_area(false: Floats, true: Floats) -> float:
    """The area under those points of `roc_curve`: the probability that a positive one
    has the higher score, a tie counting half (Hanley & McNeil 1982).

    >>> roc_area(*roc_curve(np.array([True, False, False]), np.array([0.5, 0.5, 0.1])))
    0.75
    """
    return float((np.diff(false) * (true[1:] + true[:-1])).sum() / 2)


def _figures(
    confusion: Ints, is_true: NDArray[np.bool_], probabilities: Floats, k: int
) -> Figures:
    """Those of class k."""
    hits = int(confusion[k, k])
    support, given = int(confusion[k].sum()), int(confusion[:, k].sum())
    precision, recall, f1 = (
        (hits / count if hits else 0.0) if support + given else None
        for count in (given, support, (given + support) / 2)
    )
    ranked = _ranked(is_true[:, k], probabilities[:, k])
    return Figures(precision, recall, f1, support, *ranked)


def _ranked(
    positive: NDArray[np.bool_], scores: Floats
) -> tuple[float | None, Points | None]:
    """Area and curve, where there are positive ones and others."""
    if positive.all() or not positive.any():
        return None, None
    false, true = roc_curve(positive, scores)
    points = list(zip(false.tolist(), true.tolist(), strict=True))
    return roc_area(false, true), points


def _mean(classes: Sequence[Figures], weights: Floats) -> Figures:
    """The mean of each figure over the classes that have it; weights: (K,)."""

    def mean(name: str) -> float | None:
        values = [getattr(one, name) for one in classes]
        there = [value is not None for value in values]
        if not weights[there].any():
            return None
        kept = np.array([value for value in values if value is not None])
        return float(np.average(kept, weights=weights[there]))

    support = sum(one.support for one in classes)
    return Figures(mean("precision"), mean("recall"), mean("f1"), support, mean("auc"))
