"""How well a classifier tells sampled names from real ones.

This is a classifier two-sample test (Lopez-Paz & Oquab 2017): if no classifier can
tell new names of two kinds apart, the two come from one distribution. The classifier is
a logistic regression on the counts of the n-grams of 1 to 4 characters in a name.

There are more n-grams than names, so the regression is fitted in its dual form: its
weights are a sum of the names' counts, and all it needs of these is their inner
products, a kernel (N, N) of the N names (Leslie, Eskin & Noble 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.evaluation.metrics import roc_area, roc_curve
from charnames.nn.activations import sigmoid
from charnames.nn.array_types import Floats
from charnames.random_streams import Stream, generator

FEWEST_NAMES = 20  # names of each kind
_FOLDS = 5
_LONGEST = 4  # characters of an n-gram
_MARK = "\n"  # before and after each name, in which it cannot stand
_BLOCK = 4_096  # n-grams counted at once
_MOST_STEPS = 100
_TOLERANCE = 1e-8  # of the scores


def discriminator_area(
    real: Sequence[str], sampled: Sequence[str], seed: int
) -> float | None:
    """The area under the ROC curve of a classifier that tells the names apart.

    It is the mean over five folds; each is ranked by a classifier that was fitted to
    the names of the other folds. 0.5 means that the names cannot be told apart, 1 that
    they always can. It grows with the number of names, as the classifier learns more,
    so that only areas for lists of about the same length can be compared.

    real, sampled: folded names, each without repeats. seed: of the folds.

    None if there are fewer than 20 names of either kind.
    """
    sizes = len(real), len(sampled)
    if min(sizes) < FEWEST_NAMES:
        return None
    is_sampled = np.repeat([False, True], sizes)  # (N,)
    kernel = ngram_kernel([*real, *sampled])
    rng = generator(seed, Stream.SPLIT)
    fold = np.concatenate([rng.permutation(size) % _FOLDS for size in sizes])
    areas = []
    for k in range(_FOLDS):
        fitted, ranked = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        dual = fit_logistic(kernel[np.ix_(fitted, fitted)], is_sampled[fitted])
        scores = kernel[np.ix_(ranked, fitted)] @ dual
        areas.append(roc_area(*roc_curve(is_sampled[ranked], scores)))
    return float(np.mean(areas))


def ngram_kernel(names: Sequence[str]) -> Floats:
    """The inner products (N, N) of the names' counts of n-grams of 1 to 4 characters.

    A mark before and one after each name count as characters.

    >>> ngram_kernel(["a", "b"]).tolist()  # the mark twice, and three or four more
    [[8.0, 4.0], [4.0, 8.0]]
    """
    columns: dict[str, int] = {}
    places = []
    for row, name in enumerate(names):
        text = _MARK + name + _MARK
        for n in range(1, _LONGEST + 1):
            for start in range(len(text) - n + 1):
                ngram = text[start : start + n]
                places.append((row, columns.setdefault(ngram, len(columns))))
    rows, column = np.array(places, np.intp).reshape(-1, 2).T
    N = len(names)
    kernel = np.zeros((N, N))
    for start in range(0, len(columns), _BLOCK):
        inside = (column >= start) & (column < start + _BLOCK)
        cells = rows[inside] * _BLOCK + column[inside] - start
        counts = np.bincount(cells, minlength=N * _BLOCK).reshape(N, _BLOCK)
        block = counts.astype(np.float32)  # products of small integers are exact
        kernel += block @ block.T
    return kernel


def fit_logistic(kernel: Floats, positive: NDArray[np.bool_]) -> Floats:
    """The dual weights (N,) of a logistic regression with an L2 penalty.

    The scores of the examples are `kernel @ dual`; the minimum of the summed
    cross-entropy plus half the squared length of the primal weights is reached by
    Newton's method (Rasmussen & Williams 2006, algorithm 3.1). kernel: (N, N).
    positive: the class of each example, (N,).
    """
    y = positive.astype(np.float64)

    def objective(dual: Floats, scores: Floats) -> float:
        return float((np.logaddexp(0, scores) - y * scores + dual * scores / 2).sum())

    dual, scores = np.zeros(len(y)), np.zeros(len(y))
    for _ in range(_MOST_STEPS):
        p = sigmoid(scores.copy())
        root = np.sqrt(p * (1 - p))
        b = root**2 * scores + y - p
        B = np.eye(len(y)) + root[:, None] * kernel * root
        step = b - root * np.linalg.solve(B, root * (kernel @ b)) - dual
        change = kernel @ step
        before = objective(dual, scores)
        while objective(dual + step, scores + change) > before:  # too far
            step /= 2
            change /= 2
        dual += step
        scores += change
        if np.abs(change).max() < _TOLERANCE:
            break
    return dual
