"""The loss on held-out names, beside that on names that are learned."""

from __future__ import annotations

import numpy as np

from charnames.models.language_model import Model
from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.prediction.ngram import NGram
from charnames.prediction.predictor import best_weight


class HeldOutLoss:
    """Measures a network on held-out names and on as many names that it learned.

    model: whose n-gram model is mixed with the network, if it has one.
    """

    def __init__(self, held_out: Sequences, training: Sequences, model: Model) -> None:
        self.held_out = held_out
        every = max(1, len(training) // len(held_out))
        self.compared = training.chosen(np.arange(0, len(training), every))
        self.by_ngram = None
        if model.grams:
            ngram = NGram(model.grams, len(model.vocabulary))
            self.by_ngram = ngram.predicted(held_out)

    def measure(
        self, network: LanguageModelNetwork
    ) -> tuple[float, float, float, float]:
        """The loss of the mixture in nats per symbol, the share of the n-gram model
        that makes it lowest, the loss of the network alone on learned names, and by
        how much that is higher on held-out names.
        """
        losses = network.all_losses(self.held_out).astype(np.float64)
        learned = float(network.all_losses(self.compared).mean(dtype=np.float64))
        loss = float(losses.mean())
        gap = loss - learned
        weight = 0.0
        if self.by_ngram is not None:
            weight, loss = best_weight(np.exp(-losses), self.by_ngram)
        return loss, weight, learned, gap
