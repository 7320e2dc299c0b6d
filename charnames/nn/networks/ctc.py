"""A network that reads frames and spells a target, by CTC: see charnames.nn.layers.ctc.

It is a stack of layers with a softmax over the symbols and the blank at every frame.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Packed, PackedPairs
from charnames.nn.layers.ctc import ctc
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack
from charnames.nn.parameters import Array, Parameters


class CTCNetwork:
    """The network of a shape, whose classes are the blank and the symbols written. It
    reads its weights from `parameters` as they are.
    """

    def __init__(
        self, shape: Shape, parameters: Parameters, gradients: Parameters | None = None
    ) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = gradients or parameters.zeros_like()
        self.stack = Stack(shape, parameters, self.gradients)
        self.output = SoftmaxOutput(parameters, self.gradients)

    def log_probabilities(self, batch: Packed, blend: Array | None = None) -> Array:
        """The log of each symbol's probability at each frame, (N, T, V), in the order
        in which the sequences stood before they were packed.

        blend: a blend of labels (N, K) that replaces the labels of the batch.
        """
        a, _ = self.stack.forward(batch, None, blend)
        return batch.padded(_log_softmax(self.output.logits(a)).T)

    def loss_and_gradients(
        self, batch: PackedPairs, masks: Masks | None = None
    ) -> float:
        """The summed loss of the batch in nats; writes to `gradients` those of its mean
        over the N pairs.
        """
        frames, target = batch
        N = frames.sizes[0]
        a, tape = self.stack.forward(frames, masks)
        mask = masks.between(a) if masks else None
        if mask is not None:
            a = a * mask
        log_y = _log_softmax(self.output.logits(a))
        targets = target.padded(target.targets)[:, :-1]  # without the end markers
        lengths = np.empty(N, np.intp)
        lengths[target.order] = target.lengths() - 1
        order = frames.order
        losses, occupancy = ctc(log_y, frames, targets[order], lengths[order])
        dz = np.exp(log_y, log_y)
        dz -= occupancy
        dz *= 1 / N
        da = self.output.logits_backward(dz, a)
        if mask is not None:
            da *= mask
        self.stack.backward(da, tape, frames)
        return float(np.add.reduce(losses))


def _log_softmax(z: Array) -> Array:
    """Of each column, in place."""
    z -= np.maximum.reduce(z, axis=0)
    z -= np.log(np.add.reduce(np.exp(z), axis=0))
    return z
