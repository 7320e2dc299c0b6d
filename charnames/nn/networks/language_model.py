"""A network that predicts the next symbol at every step: a loss and its gradients."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Inputs, Packed, Sequences, pack
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack, State
from charnames.nn.parameters import Array, Parameters

_EVALUATED = 256  # sequences side by side: enough for fast products, little memory


class Network:
    """The network of a shape, reading its weights from `parameters` as they are."""

    def __init__(self, shape: Shape, parameters: Parameters) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = parameters.zeros_like()
        self.stack = Stack(shape, parameters, self.gradients)
        self.output = SoftmaxOutput(parameters, self.gradients)
        self.dblend: Array | None = None  # (N, K), as `loss_and_gradients` says

    def initial_state(self, N: int) -> State:
        """The zero state of N sequences: for each layer, arrays (N, H), to be read."""
        return self.stack.initial_state(N)

    def losses(self, batch: Packed, blend: Array | None = None) -> Array:
        """The loss of each of the M predicted symbols, in nats, (M,).

        blend: of labels (K,), in place of each sequence's own.
        """
        if blend is not None:
            blend = np.broadcast_to(blend, (batch.sizes[0], len(blend)))
        a, _ = self.stack.forward(batch, None, blend)
        losses, _ = self.output.forward(a, batch.targets)
        return losses

    def all_losses(self, sequences: Sequences, blend: Array | None = None) -> Array:
        """The loss of every predicted symbol in nats, in the order of `sequences`.

        blend: as in `losses`.
        """
        first = np.cumsum(sequences.lengths) - sequences.lengths
        found = np.empty(int(sequences.lengths.sum()), self.parameters.values.dtype)
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), _EVALUATED):
            chosen = by_length[start : start + _EVALUATED]
            batch = pack(sequences, chosen)
            row = 0
            losses = self.losses(batch, blend)
            longest_first = first[chosen][batch.order]
            for t, size in enumerate(batch.sizes):
                found[longest_first[:size] + t] = losses[row : row + size]
                row += size
        return found

    def loss_and_gradients(
        self, batch: Packed, masks: Masks | None = None, blend: Array | None = None
    ) -> float:
        """The summed loss of the batch in nats; writes to `gradients` those of its
        mean over the N sequences, and to `dblend` that of each one's blend of labels.

        blend: of labels (N, K), in the batch's order, in place of the batch's own.
        """
        a, tape = self.stack.forward(batch, masks, blend)
        mask = masks.between(a) if masks else None
        if mask is not None:
            a = a * mask
        losses, y_hat = self.output.forward(a, batch.targets)
        da = self.output.backward(y_hat, a, batch.targets, 1 / batch.sizes[0])
        if mask is not None:
            da *= mask
        self.dblend = self.stack.backward(da, tape, batch)
        return float(np.add.reduce(losses))

    def step(
        self, inputs: Inputs, state: State, blend: Array | None = None
    ) -> tuple[Array, State]:
        """One symbol further: ids (N,), state, the blend of labels (N, K) of a network
        that has labels -> logits (N, V), the state after it.

        What it returns stands in buffers that the next call writes over.
        """
        a, after = self.stack.step(inputs, state, blend)
        return self.output.logits(a).T, after
