"""A network that predicts the next symbol at every step, with loss and gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from charnames.nn.batching import (
    EVALUATION_BATCH,
    Inputs,
    Packed,
    Sequences,
    one_step,
    pack,
)
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack, State
from charnames.nn.networks.step_stack import StepStack
from charnames.nn.parameters import Array, Parameters

if TYPE_CHECKING:
    from charnames.nn.layers.dropout import Masks


class LanguageModelNetwork:
    """A language model of the given shape; its weights are views of `parameters`.

    `gradients` and `dblend` (N, K) hold the results of the last `loss_and_gradients`;
    `dblend` is None for a network without labels.
    """

    def __init__(self, shape: Shape, parameters: Parameters) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = parameters.zeros_like()
        self.stack = Stack(shape, parameters, self.gradients)
        self.output = SoftmaxOutput(parameters, self.gradients)
        self.dblend: Array | None = None

    def initial_state(self, N: int) -> State:
        """Zeros as the state of N sequences: read-only arrays (N, H) for each layer."""
        return self.stack.initial_state(N)

    def losses(self, batch: Packed, blend: Array | None = None) -> Array:
        """The loss of each of the M predicted symbols, in nats, (M,).

        blend: a blend of labels (K,) that replaces the label of every sequence.
        """
        if blend is not None:
            blend = np.broadcast_to(blend, (batch.sizes[0], len(blend)))
        a, _ = self.stack.forward(batch, None, blend)
        losses, _ = self.output.forward(a, batch.targets)
        return losses

    def all_losses(self, sequences: Sequences, blend: Array | None = None) -> Array:
        """The loss of every predicted symbol in nats, in the order of `sequences`.

        blend: as for `losses`.
        """
        starts = np.cumsum(sequences.lengths) - sequences.lengths
        total = int(sequences.lengths.sum())
        all_losses = np.empty(total, self.parameters.values.dtype)
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), EVALUATION_BATCH):
            chosen = by_length[start : start + EVALUATION_BATCH]
            batch = pack(sequences, chosen)
            row = 0
            losses = self.losses(batch, blend)
            packed_starts = starts[chosen][batch.order]
            for t, size in enumerate(batch.sizes):
                all_losses[packed_starts[:size] + t] = losses[row : row + size]
                row += size
        return all_losses

    def loss_and_gradients(
        self,
        batch: Packed,
        masks: Masks | None = None,
        blend: Array | None = None,
        carried: State | None = None,
    ) -> float:
        """The loss of the batch in nats, summed over its M predicted symbols.

        Writes to `gradients` and `dblend` the gradients of the loss divided by N.
        blend: a blend of labels (N, K), in the order of the packed batch, that
        replaces the labels of the batch. carried: for a batch of one sequence, the
        state that it starts from, arrays (1, H) for each layer, which are overwritten
        with the state that it ends in. The gradients do not reach back beyond its start
        (truncated backpropagation through time, Williams & Peng 1990).
        """
        a, tape = self.stack.forward(batch, masks, blend, carried)
        if carried is not None:
            for start, layer in zip(carried, tape.layers, strict=True):
                for array, states in zip(start, layer.cells[0].states, strict=True):
                    array[:] = states[-1]
        mask = masks.between(a) if masks else None
        if mask is not None:
            a = a * mask
        losses, y_hat = self.output.forward(a, batch.targets)
        da = self.output.backward(y_hat, a, batch.targets, 1 / batch.sizes[0])
        if mask is not None:
            da *= mask
        self.dblend = self.stack.backward(da, tape, batch).blend
        return float(np.add.reduce(losses))


class StepLanguageModel:
    """A language model, one symbol at a time, with the weights that it has when this is
    made.
    """

    def __init__(self, network: LanguageModelNetwork) -> None:
        self.steps = StepStack(network.stack)
        self.label, self.output = network.stack.label, network.output

    def step(
        self, inputs: Inputs, state: State, blend: Array | None = None
    ) -> tuple[Array, State]:
        """Read one symbol of N sequences: ids (N,), state -> logits (N, V), new state.

        blend: a blend of labels (N, K), for a network with labels. The next call
        overwrites the arrays that are returned.
        """
        x = self.steps.inputs(inputs)
        if self.label and blend is not None:
            self.label.forward(x, one_step(len(inputs)), blend)
        a, after = self.steps.forward(x, state)
        return self.output.logits(a).T, after
