"""What predicts the next symbol: a network, alone or mixed with an n-gram model.

They err differently: the one generalises, the other knows what it has seen. The
mixture is w times the n-gram's probability and 1 - w times the network's: linear
interpolation (Jelinek & Mercer 1980).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.ngram import NGram
from charnames.nn.batching import Sequences, Symbols
from charnames.nn.network import Network
from charnames.nn.parameters import Array
from charnames.nn.stack import State

Losses = NDArray[np.float64]


class Memory(NamedTuple):
    """What N names have come to: the network's state, and their n-gram nodes (N,)."""

    state: State
    nodes: NDArray[np.int32]

    def keep(self, going_on: NDArray[np.bool_] | NDArray[np.intp]) -> Memory:
        """That of the names marked in `going_on` (N,), or of those numbers; a copy."""
        state = [tuple(part[going_on] for part in layer) for layer in self.state]
        return Memory(state, self.nodes[going_on])


class Predictor:
    """The next symbol of many names at once, and the loss of whole names.

    weight: the n-gram's share; 0 where there is no n-gram.
    """

    def __init__(
        self, network: Network, ngram: NGram | None = None, weight: float = 0.0
    ) -> None:
        self.network = network
        self.ngram = ngram
        self.weight = weight if ngram else 0.0

    def start(self, N: int) -> Memory:
        """What N names begin with, before the end marker is read."""
        node = self.ngram.start if self.ngram else 0
        return Memory(self.network.initial_state(N), np.full(N, node, np.int32))

    def step(self, ids: Symbols, memory: Memory) -> tuple[Array, Memory]:
        """Read ids (N,) -> logits of what comes next, (V, N), and the memory after it,
        which stands in buffers that the next call writes over.
        """
        logits, state = self.network.step(ids, memory.state)
        z = logits.T  # sums over V run along memory
        nodes = memory.nodes
        if self.ngram:
            nodes = self.ngram.after(nodes, ids)
            z -= np.maximum.reduce(z, axis=0)
            p = np.exp(z, out=z)
            p *= (1 - self.weight) / np.add.reduce(p, axis=0)
            p += self.weight * self.ngram.probabilities.take(nodes, axis=0).T
            z = np.log(p, out=p)
        return z, Memory(state, nodes)

    def losses(self, sequences: Sequences) -> Losses:
        """The loss of every predicted symbol in nats, in the order of `sequences`."""
        network = self.network.all_losses(sequences).astype(np.float64)
        if not self.ngram:
            return network
        ngram = self.ngram.predicted(sequences)
        mixed = self.weight * ngram + (1 - self.weight) * np.exp(-network)
        losses: Losses = -np.log(mixed)
        return losses


def best_weight(network: Losses, ngram: Losses) -> tuple[float, float]:
    """The n-gram's share that makes held-out symbols likeliest, and their loss.

    network, ngram: the probability that each gives to every symbol, (M,). The loss, in
    nats per symbol, is convex in the share, so its slope is bisected.
    """
    difference = ngram - network
    low, high = 0.0, 1.0
    for _ in range(30):
        weight = (low + high) / 2
        if np.mean(difference / (network + weight * difference)) > 0:
            low = weight
        else:
            high = weight
    weight = (low + high) / 2
    return weight, float(-np.mean(np.log(network + weight * difference)))
