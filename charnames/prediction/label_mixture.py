"""What predicts the label of a text: a network, alone or mixed with an n-gram
classifier.

The mixture is a logarithmic opinion pool (Genest & Zidek 1986): ln p(k | x) is (1 - w)
times the network's, plus w times that of the n-grams, less what makes the probabilities
sum to 1. The one that is surer counts for more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, Sequences, VectorSequences
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.prediction.ngram_classifier import NGramClassifier, log_normalized
from charnames.prediction.scoring import log_loss

_WEIGHTS: list[float] = np.linspace(0, 1, 41).tolist()  # of the n-grams, to choose from
_LEAST = np.finfo(np.float64).tiny  # probability of a label


class LabelPredictions(NamedTuple):
    """The probabilities of K labels for N inputs, (N, K): of the mixture, of its
    network alone, and of its n-grams alone, None without them.
    """

    mixture: Floats
    network: Floats
    ngram: Floats | None


class LabelMixture:
    """A network, mixed with an n-gram classifier if there is one. weight: w."""

    def __init__(
        self,
        network: ClassifierNetwork,
        ngram: NGramClassifier | None = None,
        weight: float = 0.0,
    ) -> None:
        self.network = network
        self.ngram = ngram
        self.weight = weight

    def probabilities(self, sequences: Sequences | VectorSequences) -> Floats:
        """The probability of each label for each of N inputs, (N, K)."""
        network = self.network.probabilities(sequences)
        if not (self.ngram and self.weight and isinstance(sequences, Sequences)):
            return network
        ngram = self.ngram.log_probabilities(sequences)
        return mixed(network, ngram, self.weight)

    def predictions(self, sequences: Sequences | VectorSequences) -> LabelPredictions:
        """Those of the mixture, and of each of its parts."""
        network = self.network.probabilities(sequences)
        if not (self.ngram and isinstance(sequences, Sequences)):
            return LabelPredictions(network, network, None)
        ngram = self.ngram.log_probabilities(sequences)
        return LabelPredictions(
            mixed(network, ngram, self.weight), network, np.exp(ngram)
        )


def mixed(network: Floats, ngram: Floats, weight: float) -> Floats:
    """The probabilities of the mixture, (N, K).

    network: probabilities (N, K). ngram: logarithms of probabilities (N, K).
    """
    if not weight:
        return network
    log_network = np.log(np.maximum(network, _LEAST))
    scores = weight * ngram + (1 - weight) * log_network
    probabilities: Floats = np.exp(log_normalized(scores))
    return probabilities


def best_weight(true: Ids, network: Floats, ngram: Floats) -> float:
    """The weight with the lowest log loss on held-out inputs, the smallest of equals.

    true: the label numbers, (N,); network and ngram: as for `mixed`.
    """
    return min(_WEIGHTS, key=lambda w: log_loss(true, mixed(network, ngram, w)))
