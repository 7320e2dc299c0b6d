"""The predictor of the next symbol: a network, alone or mixed with an n-gram model.

They err differently: the one generalises, the other knows what it has seen. The
mixture is w times the n-gram's probability and 1 - w times the network's: linear
interpolation (Jelinek & Mercer 1980). For lists of several words, whole words of the
list are one more component (charnames.prediction.whole_words).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids, Sequences, SymbolIds
from charnames.nn.networks.language_model import (
    LanguageModelNetwork,
    StepLanguageModel,
)
from charnames.nn.networks.stack import State
from charnames.nn.parameters import Array

if TYPE_CHECKING:
    from charnames.prediction.ngram import NGram
    from charnames.prediction.whole_words import WholeWords, WordState

_BLOCK = 256  # names read side by side


class Memory(NamedTuple):
    """What the predictor keeps of the symbols that N names have so far.

    state: of the network. nodes: (N,), of the n-gram model. blend: (N, K), the blend of
    labels that each name is written for. words: where they stand in the words of the
    list, None without that component.
    """

    state: State
    nodes: NDArray[np.int32]
    blend: Array
    words: WordState | None = None

    def keep(self, going_on: NDArray[np.bool_] | NDArray[np.intp]) -> Memory:
        """A copy for the names marked in `going_on` (N,), or for those numbers."""
        state = [tuple(part[going_on] for part in layer) for layer in self.state]
        words = self.words.keep(going_on) if self.words else None
        return Memory(state, self.nodes[going_on], self.blend[going_on], words)


class Blends(NamedTuple):
    """The labels that names are generated for: each name has one of L blends of the K
    labels, (L, K), drawn by their shares (L,).
    """

    blends: Array
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, labels: Mapping[str, int]) -> Blends:
        """A blend for each label alone, with its share of the list."""
        counts = np.array([*labels.values()] or [1], np.float64)
        blends = np.eye(len(labels), dtype=np.float32) if labels else _NO_LABELS
        return cls(blends, counts / counts.sum())

    @classmethod
    def blended(cls, labels: Mapping[str, int], weights: Mapping[str, float]) -> Blends:
        """One blend for all names: the weights, scaled to a sum of 1."""
        blend = np.array([weights.get(label, 0.0) for label in labels])
        blend /= blend.max()  # so that no sum overflows, and no float32 underflows
        blend /= blend.sum()
        return cls(blend[None].astype(np.float32), np.ones(1))

    def draw(self, N: int, rng: np.random.Generator) -> Ids:
        """Draw the number of a blend for each of N names, (N,)."""
        if len(self.shares) == 1:
            return np.zeros(N, np.intp)
        return rng.choice(len(self.shares), N, p=self.shares)


_NO_LABELS: Array = np.zeros((1, 0), np.float32)


class Predictor:
    """The next symbol of many names at once, and the loss of whole names.

    weight: the n-gram model's share, 0 without one. blends: the labels that names are
    generated for, if the network has labels.
    """

    def __init__(
        self,
        network: LanguageModelNetwork,
        ngram: NGram | None = None,
        weight: float = 0.0,
        blends: Blends | None = None,
        words: WholeWords | None = None,
    ) -> None:
        self.network = network
        self.words = words
        self.ngram = ngram
        self.weight = weight if ngram else 0.0
        self.blends = blends or Blends.of({})

    def alone(self) -> Predictor:
        """The network without the n-gram model, for the same labels."""
        return Predictor(self.network, blends=self.blends)

    @cached_property
    def _steps(self) -> StepLanguageModel:
        """The network, with the weights that it has at the first step."""
        return StepLanguageModel(self.network)

    def start(self, blends: Ids) -> Memory:
        """What names that are written for these blends (N,) begin with, before the end
        marker is read.
        """
        N = len(blends)
        node = self.ngram.start if self.ngram else 0
        state, blend = self.network.initial_state(N), self.blends.blends[blends]
        words = self.words.begin(N) if self.words else None
        return Memory(state, np.full(N, node, np.int32), blend, words)

    def step(self, ids: SymbolIds, memory: Memory) -> tuple[Array, Memory]:
        """Read ids (N,) -> logits of what comes next, (V, N), and the memory after it,
        which stands in buffers that the next call writes over.
        """
        logits, state = self._steps.step(ids, memory.state, memory.blend)
        z = logits.T  # sums over V run along memory
        nodes, words = memory.nodes, memory.words
        if self.ngram or words:
            z -= np.maximum.reduce(z, axis=0)
            p = np.exp(z, out=z)
            p *= (1 - self.weight) / np.add.reduce(p, axis=0)
            if self.ngram:
                nodes = self.ngram.after(nodes, ids)
                p += self.weight * self.ngram.probabilities.take(nodes, axis=0).T
            if self.words and words:
                p, words = self.words.mix(p, *self.words.read(ids, words))
            with np.errstate(divide="ignore"):  # whole words can leave out a symbol
                z = np.log(p, out=p)
        return z, Memory(state, nodes, memory.blend, words)

    def losses(self, sequences: Sequences) -> Floats:
        """The loss of every predicted symbol in nats, in the order of `sequences`,
        which have labels where the network has any.
        """
        if self.words:
            return self._stepwise_losses(sequences)
        network = self.network.all_losses(sequences).astype(np.float64)
        if not self.ngram:
            return network
        ngram = self.ngram.predicted(sequences)
        mixed = self.weight * ngram + (1 - self.weight) * np.exp(-network)
        losses: Floats = -np.log(mixed)
        return losses

    def _stepwise_losses(self, sequences: Sequences) -> Floats:
        """The same, symbol by symbol: whole words need every step's distribution."""
        first = np.cumsum(sequences.lengths) - sequences.lengths
        losses = np.empty(int(sequences.lengths.sum()))
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), _BLOCK):
            running = by_length[start : start + _BLOCK]
            memory = self.start(np.zeros(len(running), np.intp))
            symbols = np.full(len(running), END)
            for t in range(int(sequences.lengths[running].max())):
                z, memory = self.step(symbols, memory)
                targets = sequences.ids[sequences.starts[running] + t + 1]
                z = z.astype(np.float64)
                highest = np.maximum.reduce(z, axis=0)
                total = np.log(np.add.reduce(np.exp(z - highest), axis=0)) + highest
                losses[first[running] + t] = total - z[targets, np.arange(len(targets))]
                going_on = np.flatnonzero(targets != END)
                running, symbols = running[going_on], targets[going_on]
                memory = memory.keep(going_on)
        return losses

    def name_losses(self, sequences: Sequences) -> Floats:
        """The summed loss of each name in nats, (N,).

        With several blends, a name's probability is summed over them:
        P(name) = sum_l share_l P(name | blend l).
        """
        if not len(sequences):
            return np.empty(0)
        first = np.cumsum(sequences.lengths) - sequences.lengths
        if not self.network.shape.labels:
            return _summed(self.losses(sequences), first)
        N = len(sequences)
        by_blend = []
        for blend, share in zip(*self.blends, strict=True):
            losses = self.network.all_losses(sequences, blend).astype(np.float64)
            by_blend.append(_summed(losses, first) - np.log(share))
        total: Floats = -np.logaddexp.reduce(-np.array(by_blend).reshape(-1, N), axis=0)
        return total


def _summed(losses: Floats, first: Ids) -> Floats:
    total: Floats = np.add.reduceat(losses, first)
    return total


def best_weight(network: Floats, ngram: Floats) -> tuple[float, float]:
    """The n-gram model's weight with the lowest loss on held-out symbols, and that
    loss, in nats per symbol.

    network, ngram: the probability that each gives to every symbol, (M,). The loss is
    convex in the weight, so the root of its derivative is found by bisection.
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
