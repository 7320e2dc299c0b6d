"""A network that gives a whole sequence one of K classes.

The states a_t of the topmost layer, D numbers a step, are pooled into one vector p a
sequence, and a softmax of Wya p + by says how likely each class is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Packed, Sequences, Vectors, pack
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.pooling import POOLS
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack
from charnames.nn.parameters import Array, Parameters

Probabilities = NDArray[np.float64]

_EVALUATED = 256  # sequences side by side: enough for fast products, little memory


class ClassifierNetwork:
    """The classifier of a shape, reading its weights from `parameters` as they are.

    class_weights: (K,), what the loss of a sequence counts by its class; all alike
    unless told.
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

    def probabilities(self, sequences: Sequences | Vectors) -> Probabilities:
        """How likely each class is for each sequence, (N, K), in their order."""
        found = np.empty((len(sequences), self.shape.classes))
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), _EVALUATED):
            chosen = by_length[start : start + _EVALUATED]
            batch = pack(sequences, chosen)
            a, _ = self.stack.forward(batch, None)
            z = self.output.logits(self.pool.forward(a, batch)).astype(np.float64)
            z -= np.maximum.reduce(z, axis=0)
            y_hat = np.exp(z)
            y_hat /= np.add.reduce(y_hat, axis=0)
            found[chosen[batch.order]] = y_hat.T
        return found

    def loss_and_gradients(self, batch: Packed, masks: Masks | None = None) -> float:
        """The summed, weighted loss of the batch in nats; writes to `gradients` those
        of its mean over the N sequences.
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
