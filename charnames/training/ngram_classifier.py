"""The n-grams of a classifier: counted, and their exponent fitted to the list."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, Sequences, Weights
from charnames.prediction.ngram import Grams
from charnames.prediction.ngram_classifier import (
    LARGEST_EXPONENT,
    NGramClassifier,
    count_by_label,
    log_normalized,
)

_PARTS = 5
_MEASURED = 2_000  # texts, about
# N-grams that lower the log loss by a smaller share of that of the priors are no help.
_LEAST_GAIN = 0.05


def with_ngrams(model: Classifier, training: Sequences) -> Classifier:
    """The classifier with the n-grams of the texts that it is about to learn, and
    their order in the recipe. They get the recipe's weight, or none if they do not tell
    the labels of texts that they have not counted.
    """
    V, K = model.shape.V, len(model.labels)
    grams = count_by_label(training, V, K, model.recipe.ngram)
    balanced = model.recipe.class_weights == "balanced"
    exponent, gain = fitted_exponent(training, grams, V, K, balanced)
    weight = model.recipe.ngram_weight if gain >= _LEAST_GAIN else 0.0
    return replace(
        model,
        recipe=replace(model.recipe, ngram=grams.order),
        progress=model.progress._replace(ngram_weight=weight),
        grams=grams,
        exponent=exponent,
    )


def fitted_exponent(
    training: Sequences, grams: Grams, V: int, K: int, balanced: bool = False
) -> tuple[float, float]:
    """The exponent with which n-grams have the lowest log loss on labelled texts that
    they have not counted, a number that float32 holds; and by which share that loss is
    lower than that of the priors.

    grams: of all the texts. Each text that is measured, some 2,000 at most, is
    classified by the n-grams of the texts in four other fifths.
    """
    part = np.empty(len(training), np.intp)
    by_label = np.argsort(training.labels, kind="stable")
    part[by_label] = np.arange(len(training)) % _PARTS  # each label is in all parts
    every = -(-len(training) // _MEASURED)
    scores, numbers = [], []
    for k in range(min(_PARTS, len(training))):
        others, measured = np.flatnonzero(part != k), np.flatnonzero(part == k)[::every]
        counted = count_by_label(training.chosen(others), V, K, grams.order)
        ngram = NGramClassifier(counted, V, K, 1.0)
        scores.append(ngram.log_likelihoods(training.chosen(measured)))
        numbers.append(measured)
    chosen = np.concatenate(numbers)
    weights = _weights(training, K, balanced)[chosen]
    texts = _Measured(
        np.concatenate(scores),
        NGramClassifier(grams, V, K, 1.0, balanced).log_prior,
        training.labels[chosen],
        weights / weights.sum(),
    )
    exponent = texts.best_exponent()
    return exponent, 1 - texts.log_loss(exponent) / texts.log_loss(0.0)


class _Measured(NamedTuple):
    """Texts that n-grams classify. log_likelihoods: (N, K). log_prior: (K,). labels:
    (N,). weights: (N,), with a sum of 1.
    """

    log_likelihoods: Floats
    log_prior: Floats
    labels: Ids
    weights: Weights

    def log_loss(self, exponent: float) -> float:
        """The weighted mean of -ln(probability of the label), in nats."""
        p = self._log_probabilities(exponent)
        return float(-self.weights @ p[np.arange(len(p)), self.labels])

    def best_exponent(self) -> float:
        """The exponent from 0 to 2 with the lowest log loss, which is convex: where its
        derivative is 0, by bisection.
        """
        true = self.log_likelihoods[np.arange(len(self.labels)), self.labels]
        low, high = 0.0, LARGEST_EXPONENT
        for _ in range(30):
            exponent = (low + high) / 2
            p = np.exp(self._log_probabilities(exponent))
            expected = (p * self.log_likelihoods).sum(axis=1)
            if self.weights @ (true - expected) > 0:  # more would lower the loss
                low = exponent
            else:
                high = exponent
        return float(np.float32((low + high) / 2))

    def _log_probabilities(self, exponent: float) -> Floats:
        return log_normalized(exponent * self.log_likelihoods + self.log_prior)


def _weights(texts: Sequences, K: int, balanced: bool) -> Weights:
    """How much each text counts, (N,); balanced: so that all labels count the same."""
    weights = texts.weights if len(texts.weights) else np.ones(len(texts))
    if balanced:
        weights = weights / np.bincount(texts.labels, weights, K)[texts.labels]
    return weights
