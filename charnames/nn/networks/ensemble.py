"""An ensemble: networks of one shape, trained side by side from other random weights.

Each has dropout masks and an order of the examples of its own. What they predict is
averaged where it is used (Hansen & Salamon 1990). A single network is an ensemble of
one.
"""

from __future__ import annotations

from collections.abc import Sequence

from charnames.nn.batching import Ids, PackedPairs, Pairs
from charnames.nn.layers.dropout import Masks
from charnames.nn.networks.compound_shapes import (
    AnyShape,
    EncoderDecoderShape,
    EnsembleShape,
)
from charnames.nn.networks.ctc import CTCNetwork
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.parameters import Parameters

Network = EncoderDecoder | CTCNetwork


class Ensemble:
    """The networks of a shape, reading their weights from `parameters` as they are.

    smoothing: of labels, while training encoder-decoders (see SoftmaxOutput).
    """

    def __init__(
        self, shape: AnyShape, parameters: Parameters, smoothing: float = 0.0
    ) -> None:
        self.gradients = parameters.zeros_like()
        self.networks: list[Network]
        if isinstance(shape, EnsembleShape):
            self.networks = [
                _network(
                    shape.member,
                    parameters.part(name),
                    self.gradients.part(name),
                    smoothing,
                )
                for name in shape.names
            ]
        else:
            self.networks = [_network(shape, parameters, self.gradients, smoothing)]

    def loss_and_gradients(
        self, batches: Sequence[PackedPairs], masks: Masks | None = None
    ) -> float:
        """The summed loss of a batch in nats, a mean over the networks; writes to
        `gradients` those of each network's mean over the N targets.

        batches: one for each network, each of N pairs.
        """
        losses = [
            network.loss_and_gradients(batch, masks)
            for network, batch in zip(self.networks, batches, strict=True)
        ]
        return sum(losses) / len(losses)


class EnsemblePairs:
    """Pairs, as the networks of an ensemble read them.

    orders: for each network an order of the pairs, (N,).
    """

    def __init__(self, pairs: Pairs, orders: Sequence[Ids]) -> None:
        self.pairs, self.orders = pairs, orders

    def __len__(self) -> int:
        return len(self.pairs)

    def pack(self, chosen: Ids) -> list[PackedPairs]:
        """For each network the pairs of the numbers `chosen` in its order, (N,)."""
        return [self.pairs.pack(order[chosen]) for order in self.orders]


def _network(
    shape: AnyShape, parameters: Parameters, gradients: Parameters, smoothing: float
) -> Network:
    """The network of a shape of one network."""
    if isinstance(shape, EncoderDecoderShape):
        return EncoderDecoder(shape, parameters, smoothing, gradients)
    assert not isinstance(shape, EnsembleShape)
    return CTCNetwork(shape, parameters, gradients)
