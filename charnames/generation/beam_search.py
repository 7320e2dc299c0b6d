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

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from charnames.nn.batching import END, Ids, Packed, Sequences, VectorSequences
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.step_decoder import Decoding, StepDecoder
from charnames.nn.parameters import Array
from charnames.prediction.candidates import TargetIds

BEAM = 5
_SHORT = 32  # steps of a source that is searched beside many others
_MANY, _FEW = 64, 8  # sources side by side; products take rows by the eight
_ROWS = 160  # beginnings side by side, of sources that are short


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
    attention: (
        Array  # (N, B, S): of the beginnings before; there is one at first, B = 1
    )
    ended: Array  # (N, B): log probability of each beginning before, ended here


def beam_search(
    networks: Sequence[EncoderDecoder],
    sources: Sequences | VectorSequences,
    longest: Callable[[int], int],
    beam: int = BEAM,
    blend: Array | None = None,
    attention: bool = True,
) -> list[list[Hypothesis]]:
    """The likeliest targets of each source, in order, at most `beam` each and the
    likeliest first. Of equals, the one whose symbols come first.

    networks: whose distributions are averaged at every step. longest: how many symbols
    the target of a source of so many steps has at most. beam: 1 is greedy. blend: of
    labels (N, K), for networks that have labels. attention: False leaves it out.
    """
    decoders = [StepDecoder(network) for network in networks]
    results: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
    for numbers in groups_by_length(sources.lengths, _ROWS // beam):
        steps = int(sources.lengths[numbers[0]])
        batch = sources.pack(numbers)
        blends = None if blend is None else blend[numbers]
        search = _Search(decoders, batch, beam, blends)
        hypotheses = search.run(longest(steps), attention)
        for number, likeliest in zip(numbers, hypotheses, strict=True):
            results[number] = likeliest
    return results


def groups_by_length(lengths: Ids, size: int = _MANY) -> Iterator[Ids]:
    """The numbers of sources of one length, filled up with the last of them. size: how
    many there are about.
    """
    order = np.argsort(lengths, kind="stable")
    many = min(max(size // _FEW * _FEW, _FEW), _MANY)
    for group in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        if not len(group):
            continue
        size = many if lengths[group[0]] <= _SHORT else _FEW
        for start in range(0, len(group), size):
            part = group[start : start + size]
            yield np.concatenate([part, np.repeat(part[-1:], size - len(part))])


class _Search:
    """The search for the targets of a batch of sources of one length."""

    def __init__(
        self,
        decoders: Sequence[StepDecoder],
        batch: Packed,
        beam: int,
        blend: Array | None,
    ) -> None:
        self.beam, self.N = beam, batch.sizes[0]
        self.decodings: list[Decoding] = []
        packed_blend = None if blend is None else blend[batch.order]
        for decoder in decoders:
            source, _ = decoder.network.encode(batch, blend=packed_blend)
            self.decodings.append(decoder.start(source, blend))

    def run(self, longest: int, attention: bool) -> list[list[Hypothesis]]:
        """The hypotheses of each source; targets have at most `longest` symbols."""
        N, B = self.N, self.beam
        steps: list[_Step] = []
        score: Array = np.zeros((N, 1))
        symbol = np.full((N, 1), END)
        best = np.full((N, B), -np.inf)  # of those that have ended
        for length in range(longest + 1):
            log_p, alpha = self._step(symbol)
            total = score[:, :, None] + log_p
            ended = total[:, :, END].copy()
            best = -np.sort(-np.concatenate([best, ended], axis=1), axis=1)[:, :B]
            total[:, :, END] = -np.inf
            score, order = _largest(total.reshape(N, -1), B)
            parent, symbol = np.divmod(order, log_p.shape[2])
            steps.append(_Step(parent, symbol, alpha, ended))
            if length == longest or (score[:, 0] <= best[:, -1]).all():
                break
            rows = (parent + np.arange(N)[:, None] * ended.shape[1]).ravel()
            for decoding in self.decodings:
                decoding.keep(rows)
        hypotheses = self._hypotheses(steps)
        if attention:
            return hypotheses
        return [[h._replace(attention=None) for h in each] for each in hypotheses]

    def _step(self, symbol: Ids) -> tuple[Array, Array]:
        """symbol (N, B) -> log probabilities of the next, (N, B, V), and what is
        attended to meanwhile, (N, B, S), both averaged over the networks.
        """
        N, B = symbol.shape
        mean = attention = None
        for decoding in self.decodings:
            z, alpha = decoding.step(symbol.ravel())
            z -= z.max(axis=1, keepdims=True)
            p = np.exp(z, z)
            p /= p.sum(axis=1, keepdims=True)
            mean = p if mean is None else mean + p
            attention = alpha if attention is None else attention + alpha
        assert mean is not None and attention is not None
        with np.errstate(divide="ignore"):
            log_p = np.log(mean / len(self.decodings))
        attention = attention / len(self.decodings)
        return log_p.reshape(N, B, -1), attention.reshape(N, B, -1)

    def _hypotheses(self, steps: Sequence[_Step]) -> list[list[Hypothesis]]:
        """What has ended of each source, the likeliest first."""
        N, B, S = self.N, self.beam, steps[0].attention.shape[2]
        ended = np.concatenate([step.ended for step in steps], axis=1)
        log_p, order = _largest(ended, B)
        length, at = np.divmod(order + B - 1, B)  # the first step has one beginning
        ids = np.zeros((N, B, len(steps)), np.intp)
        attention = np.zeros((N, B, len(steps), S), steps[0].attention.dtype)
        for t, step in reversed([*enumerate(steps)]):
            inside = t < length  # of those that go on at this step
            ids[:, :, t] = np.take_along_axis(step.symbol, at, axis=1)
            parent = np.take_along_axis(step.parent, at, axis=1)
            at = np.where(inside, parent, at)
            before = np.where(inside, parent, 0)[:, :, None]
            attention[:, :, t] = np.take_along_axis(step.attention, before, axis=1)
        p = np.exp(log_p)
        sources = zip(ids.tolist(), p.tolist(), length.tolist(), attention, strict=True)
        return [_in_order(zip(*source, strict=True)) for source in sources]


def _in_order(
    candidates: Iterable[tuple[list[int], float, int, Array]],
) -> list[Hypothesis]:
    """The candidates of one source, the likeliest first: symbols, probability, how many
    of the symbols there are, and what they attend to. Without those of probability 0.
    """
    hypotheses = [
        Hypothesis(tuple(ids[:length]), p, attention[:length])
        for ids, p, length, attention in candidates
        if p
    ]
    return sorted(hypotheses, key=lambda h: (-h.probability, h.ids))


def _largest(values: Array, count: int) -> tuple[Array, Ids]:
    """The `count` largest of each row (N, M) in order, and where they stand, (N, count)
    each; of equals, the first ones. Overwrites `values`.
    """
    rows = np.arange(len(values))
    largest = np.empty((len(values), count))
    places = np.empty((len(values), count), np.intp)
    for k in range(count):
        places[:, k] = place = values.argmax(axis=1)
        largest[:, k] = values[rows, place]
        values[rows, place] = -np.inf
    return largest, places
