"""The network of a classifier in training, with the weights of its classes."""

from __future__ import annotations

import numpy as np

from charnames.models.classifier import Classifier
from charnames.nn.batching import Ids
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.parameters import Array, Parameters


def trainable_network(
    model: Classifier, parameters: Parameters, labels: Ids
) -> ClassifierNetwork:
    """The classifier's network, to train those parameters on examples with those labels
    (N,), and with the class weights that its recipe asks for.
    """
    weights = None
    if model.recipe.class_weights == "balanced":
        weights = balanced_weights(labels, len(model.labels))
    return ClassifierNetwork(model.shape, parameters, model.recipe.pooling, weights)


def balanced_weights(labels: Ids, K: int) -> Array:
    """The weight of an example by its label, (K,): N / (K n_k) for n_k of N examples,
    so that all labels have the same total weight (King & Zeng 2001).

    labels: ids (N,).
    """
    counts = np.maximum(np.bincount(labels, minlength=K), 1)
    return (len(labels) / (K * counts)).astype(np.float32)
