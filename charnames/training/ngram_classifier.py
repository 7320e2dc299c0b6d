"""The n-grams of a classifier: counted, and their exponent fitted to the list."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, Sequences, Weights
from charnames.prediction.label_mixture import best_weight
from charnames.prediction.ngram import Grams
from charnames.prediction.ngram_classifier import (
    LARGEST_EXPONENT,
    NGramClassifier,
    count_by_label,
    log_normalized,
)
from charnames.training.class_weights import trainable_network
from charnames.training.loop import Measurement, training_loop
from charnames.training.state import TrainingState

_PARTS = 5
_MEASURED = 2_000  # texts, about
# Of a run that decides on the weight: its share of the whole run, and its updates.
_SHARE, _FEWEST, _MOST = 0.2, 100, 300


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
        exponent=fitted_exponent(training, grams, V, K, balanced),
    )


def fitted_exponent(
    training: Sequences, grams: Grams, V: int, K: int, balanced: bool = False
) -> float:
    """The exponent with which n-grams have the lowest log loss on labelled texts that
    they have not counted; a number that float32 holds.

    grams: of all the texts. Each text that is measured, some 2,000 at most, is
    classified by the n-grams of the texts in four other fifths.
    """
    part = _parts(training)
    scores, numbers = [], []
    for k in range(min(_PARTS, len(training))):
        others, measured = _split(part, k)
        counted = count_by_label(training.chosen(others), V, K, grams.order)
        ngram = NGramClassifier(counted, V, K, 1.0)
        scores.append(ngram.log_likelihoods(training.chosen(measured)))
        numbers.append(measured)
    chosen = np.concatenate(numbers)
    log_prior = NGramClassifier(grams, V, K, 1.0, balanced).log_prior
    weights = _weights(training, K, balanced)[chosen]
    return _best_exponent(
        np.concatenate(scores), log_prior, training.labels[chosen], weights
    )


def with_fitted_weight(model: Classifier, training: Sequences) -> Classifier:
    """The classifier, which has n-grams, with the weight for these that its recipe
    names, or a lower one if that is better for a network which has learned a little.

    The network learns four fifths of the texts, in a run of a fifth of the updates. Of
    the other texts, some 400 at most, it and n-grams of the same four fifths predict
    the labels. The whole run only makes the network better.
    """
    recipe, progress = model.recipe, model.progress
    updates = int(min(max(_SHARE * recipe.iterations, _FEWEST), _MOST))
    trial = replace(
        model,
        recipe=replace(
            recipe,
            iterations=min(updates, recipe.iterations),
            checkpoint_every=updates,
            time_limit=_SHARE * recipe.time_limit,
            tolerance=0.0,
        ),
    )
    others, measured = (training.chosen(part) for part in _split(_parts(training), 0))
    state = TrainingState(trial)
    state.warned = True  # if the loss rises, the whole run says so
    network = trainable_network(trial, state.parameters, others.labels)
    nothing = Measurement(None, None)
    for _ in training_loop(
        state, network, others, lambda _: nothing, None, exploding=inf, resumed=False
    ):
        pass
    V, K = model.shape.V, len(model.labels)
    grams = count_by_label(others, V, K, recipe.ngram)
    balanced = recipe.class_weights == "balanced"
    ngram = NGramClassifier(grams, V, K, model.exponent, balanced)
    weight = best_weight(
        measured.labels,
        state.current_model().network().probabilities(measured),
        ngram.log_probabilities(measured),
    )
    return replace(
        model,
        progress=progress._replace(
            ngram_weight=min(weight, progress.ngram_weight),
            seconds=state.progress.seconds,
        ),
    )


def _parts(texts: Sequences) -> Ids:
    """A number below 5 for each text, (N,), so that each label is in all parts."""
    part = np.empty(len(texts), np.intp)
    by_label = np.argsort(texts.labels, kind="stable")
    part[by_label] = np.arange(len(texts)) % _PARTS
    return part


def _split(part: Ids, k: int) -> tuple[Ids, Ids]:
    """The numbers of the texts outside part k, and of some in it."""
    every = -(-len(part) // _MEASURED)
    return np.flatnonzero(part != k), np.flatnonzero(part == k)[::every]


def _weights(texts: Sequences, K: int, balanced: bool) -> Weights:
    """How much each text counts, (N,); balanced: so that all labels count the same."""
    weights = texts.weights if len(texts.weights) else np.ones(len(texts))
    if balanced:
        weights = weights / np.bincount(texts.labels, weights, K)[texts.labels]
    return weights


def _best_exponent(
    log_likelihoods: Floats, log_prior: Floats, labels: Ids, weights: Weights
) -> float:
    """The exponent from 0 to 2 with the lowest log loss, which is convex: where its
    derivative is 0, by bisection.

    log_likelihoods: (N, K). log_prior: (K,). labels, weights: (N,).
    """
    true = log_likelihoods[np.arange(len(labels)), labels]
    low, high = 0.0, LARGEST_EXPONENT
    for _ in range(30):
        exponent = (low + high) / 2
        p = np.exp(log_normalized(exponent * log_likelihoods + log_prior))
        expected = (p * log_likelihoods).sum(axis=1)
        if weights @ (true - expected) > 0:  # more would lower the loss
            low = exponent
        else:
            high = exponent
    return float(np.float32((low + high) / 2))
