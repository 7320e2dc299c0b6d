"""Evaluation of a classifier on examples with labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charnames.encoding.labels import label_ids
from charnames.evaluation.metrics import Report, report
from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids
from charnames.prediction.scoring import log_loss
from charnames.training.holdout import Examples, example_hashes


@dataclass(frozen=True)
class PartFigures:
    """How good a part of a classifier is on its own: see Report."""

    accuracy: float
    log_loss: float


@dataclass(frozen=True)
class ClassifierEvaluation:
    """A classifier measured on examples: as it classifies, its network alone, and its
    n-grams alone, None without them.
    """

    report: Report
    network: PartFigures
    ngram: PartFigures | None


def judge(model: Classifier, examples: Examples) -> Report:
    """The classifier's metrics on examples with labels.

    Raises ListError for examples without labels, or with one that it did not learn.
    """
    return measure(model, examples).report


def measure(model: Classifier, examples: Examples) -> ClassifierEvaluation:
    """The metrics of the classifier and of its parts. Raises ListError as `judge`."""
    labels = label_ids(examples, model.labels)
    mixture, network, ngram = model.mixture().predictions(model.read(list(examples)))
    return ClassifierEvaluation(
        report(labels, mixture, list(model.labels)),
        _figures(labels, network),
        None if ngram is None else _figures(labels, ngram),
    )


def _figures(labels: Ids, probabilities: Floats) -> PartFigures:
    right = probabilities.argmax(axis=1) == labels
    return PartFigures(float(right.mean()), log_loss(labels, probabilities))


def also_learned(model: Classifier, examples: Examples) -> int:
    """The number of examples that the classifier learned, whatever their labels."""
    return int(np.isin(example_hashes(examples, model.case), model.known).sum())
