"""A network that predicts which of K classes a whole sequence belongs to.

The states a_t of the topmost layer, of width D, are pooled into one vector p for each
sequence, and softmax(Wya p + by) gives the probability of each class.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import (
    EVALUATION_BATCH,
    Packed,
    Sequences,
    VectorSequences,
    pack,
)
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.pooling import POOLS
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack
from charnames.nn.parameters import Array, Parameters


class ClassifierNetwork:
    """A classifier of the given shape; its weights are views of `parameters`.

    class_weights: (K,), the weight of each class in the loss; 1 by default.
    """

    def __init__(
        self,
        shape: Shape,
        parameters: Parameters,
        pooling: str = "last",
        class_weights: Array | None = None,
    ) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = parameters.zeros_like()
        self.stack = Stack(shape, parameters, self.gradients)
        self.pool = POOLS[pooling](shape.sizes[-1])
        self.output = SoftmaxOutput(parameters, self.gradients)
        ones = np.ones(shape.classes, parameters.values.dtype)
        self.class_weights = ones if class_weights is None else class_weights

    def probabilities(self, sequences: Sequences | VectorSequences) -> Floats:
        """The probability of each class for each sequence, (N, K)."""
        probabilities = np.empty((len(sequences), self.shape.classes))
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), EVALUATION_BATCH):
            chosen = by_length[start : start + EVALUATION_BATCH]
            batch = pack(sequences, chosen)
            a, _ = self.stack.forward(batch, None)
            z = self.output.logits(self.pool.forward(a, batch)).astype(np.float64)
            z -= np.maximum.reduce(z, axis=0)
            y_hat = np.exp(z)
            y_hat /= np.add.reduce(y_hat, axis=0)
            probabilities[chosen[batch.order]] = y_hat.T
        return probabilities

    def loss_and_gradients(self, batch: Packed, masks: Masks | None = None) -> float:
        """The weighted loss of the batch in nats, summed over its N sequences.

        Writes to `gradients` the gradients of the loss divided by N.
        """
        a, tape = self.stack.forward(batch, masks)
        p = self.pool.forward(a, batch)
        mask = masks.between(p) if masks else None
        if mask is not None:
            p *= mask
        losses, y_hat = self.output.forward(p, batch.labels)
        weights = self.class_weights[batch.labels]
        dp = self.output.backward(y_hat, p, batch.labels, weights / len(weights))
        if mask is not None:
            dp *= mask
        self.stack.backward(self.pool.backward(dp, batch), tape, batch)
        return float(losses.dot(weights))
