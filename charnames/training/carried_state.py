"""The hidden state that a run carries from one name into the next."""

from __future__ import annotations

from charnames.nn.batching import Packed
from charnames.nn.cells import CELLS
from charnames.nn.layers.dropout import Masks
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.parameters import Array


class CarryingNetwork:
    """A network that starts each batch, of one name, from the state that it ended the
    batch before in.

    values: that state, the arrays of each layer after one another, (state_size,); each
    `loss_and_gradients` overwrites it.
    """

    def __init__(self, network: LanguageModelNetwork, values: Array) -> None:
        self.network, self.gradients = network, network.gradients
        self.state = []
        start = 0
        for H in network.shape.sizes:
            count = len(CELLS[network.shape.cell].STATES)
            layer = values[start : start + count * H].reshape(count, 1, H)
            self.state.append(tuple(layer))
            start += count * H

    def loss_and_gradients(self, batch: Packed, masks: Masks | None = None) -> float:
        """The loss of the name in nats, summed over its symbols; writes its gradients,
        which do not reach back into the name before.
        """
        return self.network.loss_and_gradients(batch, masks, None, self.state)
