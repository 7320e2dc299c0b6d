"""Evaluation of a classifier on examples with labels."""

from __future__ import annotations

import numpy as np

from charnames.encoding.labels import label_ids
from charnames.evaluation.metrics import Report, report
from charnames.models.classifier import Classifier
from charnames.training.holdout import Examples, example_hashes


def judge(model: Classifier, examples: Examples) -> Report:
    """The classifier's metrics on examples with labels.

    Raises ListError for examples without labels, or with one that it did not learn.
    """
    labels = label_ids(examples, model.labels)
    probabilities = model.network().probabilities(model.read(list(examples)))
    return report(labels, probabilities, list(model.labels))


def also_learned(model: Classifier, examples: Examples) -> int:
    """The number of examples that the classifier learned, whatever their labels."""
    return int(np.isin(example_hashes(examples, model.case), model.known).sum())
