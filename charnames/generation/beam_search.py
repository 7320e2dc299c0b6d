"""Beam search: the likeliest targets that an encoder-decoder writes for a source.

Of all beginnings of a target that have equally many symbols, the B likeliest go on. A
beginning that meets the end marker is a candidate; a source is done when B candidates
are likelier than every beginning that is left, as a beginning only loses by going on.

What is found for a source does not depend on what stands beside it. Sums of floats
depend on their order, and so a product with another number of rows can differ in the
last digit; so sources of one length are searched side by side, always equally many of
them, and copies stand in for those that lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids, Packed, Sequences, VectorSequences
from charnames.nn.networks.encoder_decoder import DecoderStates, EncoderDecoder, Source
from charnames.nn.parameters import Array
from charnames.prediction.candidates import TargetIds

BEAM = 5
_SHORT = 32  # steps of a source that is searched beside many others
_MANY, _FEW = 32, 8  # sources side by side; products take rows by the eight


class Hypothesis(NamedTuple):
    """A target that a source may become, its probability, and what each of its symbols
    attends to: (L, S), all 0 without attention; None where no network wrote it.
    """

    ids: TargetIds
    probability: float
    attention: Array | None


class _Step(NamedTuple):
    """One step of N sources, B beginnings each."""

    parent: Ids  # (N, B): the beginning of the step before that it goes on from
    symbol: Ids  # (N, B): what it goes on with
    attention: Array  # (N, B, S): of the beginnings before
    ended: Floats  # (N, B): log probability of each beginning before, ended here


def beam_search(
    networks: Sequence[EncoderDecoder],
    sources: Sequences | VectorSequences,
    longest: Callable[[int], int],
    beam: int = BEAM,
    blend: Array | None = None,
) -> list[list[Hypothesis]]:
    """The likeliest targets of each source, in order, at most `beam` each and the
    likeliest first. Of equals, the one whose symbols come first.

    networks: whose distributions are averaged at every step. longest: how many symbols
    the target of a source of so many steps has at most. beam: 1 is greedy. blend: of
    labels (N, K), for networks that have labels.
    """
    results: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
    for numbers in groups_by_length(sources.lengths):
        steps = int(sources.lengths[numbers[0]])
        batch = sources.pack(numbers)
        blends = None if blend is None else blend[numbers]
        search = _Search(networks, batch, beam, blends)
        for number, hypotheses in zip(numbers, search.run(longest(steps)), strict=True):
            results[number] = hypotheses
    return results


def groups_by_length(lengths: Ids) -> Iterator[Ids]:
    """The numbers of sources of one length, filled up with the last of them."""
    order = np.argsort(lengths, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        if not len(group):
            continue
        size = _MANY if lengths[group[0]] <= _SHORT else _FEW
        for start in range(0, len(group), size):
            part = group[start : start + size]
            yield np.concatenate([part, np.repeat(part[-1:], size - len(part))])


class _Search:
    """The search for the targets of a batch of sources of one length."""

    def __init__(
        self,
        networks: Sequence[EncoderDecoder],
        batch: Packed,
        beam: int,
        blend: Array | None,
    ) -> None:
        self.networks, self.beam, self.N = networks, beam, batch.sizes[0]
        self.sources: list[Source] = [
            network.encode(batch, blend=None if blend is None else blend[batch.order])[
                0
            ]
            for network in networks
        ]
        self.memories: list[DecoderStates] = [
            network.start(source, beam)
            for network, source in zip(networks, self.sources, strict=True)
        ]
        self.blend = None if blend is None else np.repeat(blend, beam, axis=0)

    def run(self, longest: int) -> list[list[Hypothesis]]:
        """The hypotheses of each source; targets have at most `longest` symbols."""
        N, B = self.N, self.beam
        steps: list[_Step] = []
        score = np.full((N, B), -np.inf)
        score[:, 0] = 0  # all begin alike
        best = np.full((N, B), -np.inf)  # of those that have ended
        symbol = np.full((N, B), END)
        for length in range(longest + 1):
            log_p, attention = self._step(symbol)
            total = score[:, :, None] + log_p
            ended = total[:, :, END].copy()
            best = -np.sort(-np.concatenate([best, ended], axis=1), axis=1)[:, :B]
            total[:, :, END] = -np.inf
            flat = total.reshape(N, -1)
            order = np.argsort(-flat, axis=1, kind="stable")[:, :B]
            parent, symbol = np.divmod(order, log_p.shape[2])
            steps.append(_Step(parent, symbol, attention, ended))
            score = np.take_along_axis(flat, order, axis=1)
            if length == longest or (score[:, 0] <= best[:, -1]).all():
                break
            rows = (parent + np.arange(N)[:, None] * B).ravel()
            self.memories = [memory.rows(rows) for memory in self.memories]
        return [self._hypotheses(steps, n) for n in range(N)]

    def _step(self, symbol: Ids) -> tuple[Floats, Array]:
        """symbol (N, B) -> log probabilities of the next, (N, B, V), and what is
        attended to meanwhile, (N, B, S), both averaged over the networks.
        """
        N, B = self.N, self.beam
        mean = attention = None
        for k, network in enumerate(self.networks):
            z, self.memories[k], alpha = network.step(
                symbol.ravel(), self.memories[k], self.sources[k], self.blend
            )
            p = np.exp(z.astype(np.float64) - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            mean = p if mean is None else mean + p
            attention = alpha if attention is None else attention + alpha
        assert mean is not None and attention is not None
        with np.errstate(divide="ignore"):
            log_p = np.log(mean / len(self.networks))
        attention = attention / len(self.networks)
        return log_p.reshape(N, B, -1), attention.reshape(N, B, -1)

    def _hypotheses(self, steps: Sequence[_Step], n: int) -> list[Hypothesis]:
        """What has ended of source n, the likeliest first."""
        ended = np.array([step.ended[n] for step in steps])  # (steps, B)
        order = np.argsort(-ended, axis=None, kind="stable")[: self.beam]
        hypotheses = []
        for length, row in zip(*np.unravel_index(order, ended.shape), strict=True):
            if ended[length, row] == -np.inf:
                continue
            ids: list[int] = []
            attention: list[Array] = []
            at = row
            for step in reversed(steps[:length]):
                ids.append(int(step.symbol[n, at]))
                at = step.parent[n, at]
                attention.append(step.attention[n, at])
            S = steps[0].attention.shape[2]
            weights = np.array(attention[::-1]).reshape(length, S)
            p = float(np.exp(ended[length, row]))
            hypotheses.append(Hypothesis(tuple(ids[::-1]), p, weights))
        return sorted(hypotheses, key=lambda h: (-h.probability, h.ids))
