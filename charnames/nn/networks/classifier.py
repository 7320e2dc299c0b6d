"""A network that gives a whole sequence one of K classes.

The states a_t of the topmost layer, D numbers a step, are pooled into one vector p a
sequence, and a softmax of Wya p + by says how likely each class is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Packed, Sequences, Vectors, pack
from charnames.nn.layers.inputs import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Masks, Stack
from charnames.nn.parameters import Array, Parameters

Probabilities = NDArray[np.float64]

_EVALUATED = 256  # sequences side by side: enough for fast products, little memory


class LastPool:
    """p = the state after the last step; read backwards, after the first."""

    def __init__(self, hidden_size: int) -> None:
        self.H = hidden_size

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        H = self.H
        return np.concatenate([a[batch.ends(), :H], a[: batch.sizes[0], H:]], axis=1)

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): the rows that were taken get theirs."""
        H = self.H
        da = np.zeros((len(batch.inputs), dp.shape[1]), dp.dtype)
        da[batch.ends(), :H] = dp[:, :H]
        da[: batch.sizes[0], H:] = dp[:, H:]
        return da


class MeanPool:
    """p = (1 / T) sum_t a_t, over the T steps of a sequence."""

    def __init__(self, hidden_size: int) -> None:
        """As those of LastPool are; what is forwards and what backwards is alike."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        p = np.zeros((batch.sizes[0], a.shape[1]), a.dtype)
        for a_t in batch.steps(a):
            p[: len(a_t)] += a_t
        p /= batch.lengths()[:, None]
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): every row gets dp / T."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        share = dp / batch.lengths()[:, None]
        for da_t in batch.steps(da):
            da_t[:] = share[: len(da_t)]
        return da


class MaxPool:
    """p_d = max_t a_td: what a unit tells of a sequence, it may tell at any one step
    (Collobert et al. 2011).
    """

    def __init__(self, hidden_size: int) -> None:
        """As those of LastPool are."""

    def forward(self, a: Array, batch: Packed) -> Array:
        """a (M, D) -> p (N, D)."""
        N, D = batch.sizes[0], a.shape[1]
        p = np.full((N, D), -np.inf, a.dtype)
        self.highest = np.zeros((N, D), np.int32)  # the step that each is of
        for t, a_t in enumerate(batch.steps(a)):
            n = len(a_t)
            higher = a_t > p[:n]
            np.copyto(p[:n], a_t, where=higher)
            self.highest[:n][higher] = t
        return p

    def backward(self, dp: Array, batch: Packed) -> Array:
        """dp (N, D) -> da (M, D): the steps that were highest get theirs."""
        da = np.empty((len(batch.inputs), dp.shape[1]), dp.dtype)
        for t, da_t in enumerate(batch.steps(da)):
            n = len(da_t)
            np.multiply(dp[:n], self.highest[:n] == t, out=da_t)
        return da


POOLS: dict[str, type[LastPool] | type[MeanPool] | type[MaxPool]] = {
    "last": LastPool,
    "mean": MeanPool,
    "max": MaxPool,
}


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
