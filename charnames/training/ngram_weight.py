"""How much of the n-gram model a run from another model's weights mixes in.

A network that has grown from a model of many lists needs the n-gram model the less, the
better that model knows names of the kind. So the weight is fitted before training: to
the network as it is then, and to n-gram models of parts of the list.
"""

from __future__ import annotations

import numpy as np

from charnames.models.language_model import Model
from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.prediction.ngram import NGram, count_grams
from charnames.prediction.predictor import best_weight

_PARTS = 5
_LEAST = 0.05
# After training the best weight is about this share of the best one before it. Chosen
# on lists of kinds that the measuring variant of the base model has not seen.
_AFTER_TRAINING = 0.7


def fitted_ngram_weight(model: Model, training: Sequences) -> float:
    """The weight of the n-gram model for a network that is about to learn the names.

    Each name is predicted by the network, and by an n-gram model of the names in four
    other fifths of the list; the weight that makes the loss of their mixture lowest is
    scaled down for what the network will learn.
    """
    network = LanguageModelNetwork(model.shape, model.parameters)
    part = np.arange(len(training)) % _PARTS
    by_network, by_ngram = [np.empty(0)], [np.empty(0)]
    for k in range(min(_PARTS, len(training))):
        others, measured = np.flatnonzero(part != k), np.flatnonzero(part == k)
        if not len(others):
            return _LEAST
        V = len(model.vocabulary)
        grams = count_grams(training.chosen(others), V, model.recipe.ngram)
        sequences = training.chosen(measured)
        losses = network.all_losses(sequences).astype(np.float64)
        by_network.append(np.exp(-losses))
        by_ngram.append(NGram(grams, V).predicted(sequences))
    weight, _ = best_weight(np.concatenate(by_network), np.concatenate(by_ngram))
    return max(_AFTER_TRAINING * weight, _LEAST)
