"""The n-grams of a classifier: counted, and their exponent fitted to the list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, Sequences, Weights
from charnames.prediction.ngram_classifier import (
    LARGEST_EXPONENT,
    NGramClassifier,
    count_by_label,
    log_normalized,
)

_PARTS = 5
_MEASURED = 2_000  # texts, about


def with_ngrams(model: Classifier, training: Sequences) -> Classifier:
    """The classifier with the n-grams of the texts that it is about to learn, and
    their order in the recipe.
    """
    V, K = model.shape.V, len(model.labels)
    grams = count_by_label(training, V, K, model.recipe.ngram)
    balanced = model.recipe.class_weights == "balanced"
    return replace(
        model,
        recipe=replace(model.recipe, ngram=grams.order),
        progress=model.progress._replace(ngram_weight=model.recipe.ngram_weight),
        grams=grams,
        exponent=fitted_exponent(training, V, K, grams.order, balanced),
    )


def fitted_exponent(
    training: Sequences, V: int, K: int, order: int, balanced: bool = False
) -> float:
    """The exponent with which n-grams have the lowest log loss on labelled texts that
    they have not counted; a number that float32 holds.

    Each text that is measured, some 2,000 at most, is classified by the n-grams of the
    texts in four other fifths.
    """
    part = np.empty(len(training), np.intp)
    by_label = np.argsort(training.labels, kind="stable")
    part[by_label] = np.arange(len(training)) % _PARTS  # each label is in all parts
    every = -(-len(training) // _MEASURED)
    log_likelihoods, log_priors, numbers = [], [], []
    for k in range(min(_PARTS, len(training))):
        others, measured = np.flatnonzero(part != k), np.flatnonzero(part == k)[::every]
        grams = count_by_label(training.chosen(others), V, K, order)
        ngram = NGramClassifier(grams, V, K, 1.0, balanced)
        log_likelihoods.append(ngram.log_likelihoods(training.chosen(measured)))
        log_priors.append(np.tile(ngram.log_prior, (len(measured), 1)))
        numbers.append(measured)
    chosen = np.concatenate(numbers)
    return _best_exponent(
        np.concatenate(log_likelihoods),
        np.concatenate(log_priors),
        training.labels[chosen],
        _weights(training, K, balanced)[chosen],
    )


def _weights(texts: Sequences, K: int, balanced: bool) -> Weights:
    """How much each text counts, (N,); balanced: so that all labels count the same."""
    weights = texts.weights if len(texts.weights) else np.ones(len(texts))
    if balanced:
        weights = weights / np.bincount(texts.labels, weights, K)[texts.labels]
    return weights


def _best_exponent(
    log_likelihoods: Floats, log_priors: Floats, labels: Ids, weights: Weights
) -> float:
    """The exponent from 0 to 2 with the lowest log loss, by bisection of its
    derivative: the loss is convex.

    log_likelihoods, log_priors: (N, K). labels, weights: (N,).
    """
    true = log_likelihoods[np.arange(len(labels)), labels]
    low, high = 0.0, LARGEST_EXPONENT
    for _ in range(30):
        exponent = (low + high) / 2
        p = np.exp(log_normalized(exponent * log_likelihoods + log_priors))
        expected = (p * log_likelihoods).sum(axis=1)
        if weights @ (true - expected) > 0:  # more would lower the loss
            low = exponent
        else:
            high = exponent
    return float(np.float32((low + high) / 2))
