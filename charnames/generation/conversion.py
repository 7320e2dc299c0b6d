"""What sources become: by networks, mixed with a joint n-gram model if any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from charnames.generation.beam_search import (
    BEAM,
    Hypothesis,
    beam_search,
    groups_by_length,
)
from charnames.generation.ctc_search import prefix_search
from charnames.nn.batching import END, Packed, Sequences, SymbolIds, VectorSequences
from charnames.nn.networks.ctc import CTCNetwork
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.ensemble import Network
from charnames.nn.networks.step_decoder import StepDecoder
from charnames.nn.parameters import Array
from charnames.prediction.candidates import Candidate, TargetIds, in_order
from charnames.prediction.joint_ngram import JOINT_BEAM, JointNGram

LEAST = 1e-4  # probability of a target that is not the likeliest
_JOINT = 8  # beginnings of the joint n-gram model for each one of the network

AnySequences = Sequences | VectorSequences


@dataclass(frozen=True)
class ConversionModel:
    """What converts: the networks of an ensemble, all encoder-decoders or all CTC
    networks, and a joint n-gram model if any, with its weight in the mixture.

    longest: how many symbols the target of a source of so many steps has at most.
    repeat: how often each symbol of a source stands one after the other.
    """

    networks: Sequence[Network]
    longest: Callable[[int], int]
    joint: JointNGram | None = None
    weight: float = 0.0
    repeat: int = 1

    def convert(
        self,
        sources: AnySequences,
        beam: int = BEAM,
        blend: Array | None = None,
        attention: bool = True,
    ) -> list[list[Hypothesis]]:
        """What each source may become, the likeliest first. A mixture leaves out
        targets that are less probable than LEAST.

        blend: of labels (N, K). attention: whether targets have what they attend to,
        the likeliest even if the networks did not come to it.
        """
        by_network = self.by_network(sources, beam, blend, attention)
        if not self.joint or not self.weight:
            return by_network
        by_ngram = self.by_ngram(sources, min(_JOINT * beam, JOINT_BEAM))
        mixtures = [
            mixture(hypotheses, candidates, self.weight, LEAST)
            for hypotheses, candidates in zip(by_network, by_ngram, strict=True)
        ]
        for number, hypotheses in enumerate(mixtures):
            if attention and hypotheses[0].attention is None:
                weights = self._attended(sources, number, hypotheses[0].ids, blend)
                hypotheses[0] = hypotheses[0]._replace(attention=weights)
        return mixtures

    def _attended(
        self, sources: AnySequences, number: int, target: TargetIds, blend: Array | None
    ) -> Array | None:
        """What each symbol of a target attends to if the networks read it, (L, S), a
        mean over them; None for CTC.
        """
        own_blend = None if blend is None else blend[[number]]
        batch = sources.pack([number])
        parts = [
            _attention(network, batch, target, own_blend)
            for network in self._encoder_decoders()
        ]
        return np.mean(parts, axis=0) if parts else None

    def _encoder_decoders(self) -> list[EncoderDecoder]:
        return [n for n in self.networks if isinstance(n, EncoderDecoder)]

    def by_network(
        self,
        sources: AnySequences,
        beam: int,
        blend: Array | None,
        attention: bool = True,
    ) -> list[list[Hypothesis]]:
        """The same of the networks alone. Those of an ensemble are averaged at every
        symbol; with CTC, whose networks differ in the frames that they write at, the
        probabilities of whole targets are.
        """
        if networks := self._encoder_decoders():
            return beam_search(networks, sources, self.longest, beam, blend, attention)
        ctc = [n for n in self.networks if isinstance(n, CTCNetwork)]
        results: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
        for numbers in groups_by_length(sources.lengths):
            blends = None
            if blend is not None:
                blends = blend[numbers]  # of one length, so packed in this order
            batch = sources.pack(numbers)
            longest = self.longest(int(sources.lengths[numbers[0]]))
            log_y = [network.log_probabilities(batch, blends) for network in ctc]
            for number, *frames in zip(numbers, *log_y, strict=True):
                if not results[number]:
                    searches = [prefix_search(part, longest, beam) for part in frames]
                    results[number] = _averaged(searches)[:beam]
        return results

    def by_ngram(
        self, sources: AnySequences, beam: int = JOINT_BEAM
    ) -> list[list[Candidate]]:
        """The candidates of the joint n-gram model alone, which reads symbols."""
        assert self.joint and isinstance(sources, Sequences)
        results: list[list[Candidate]] = [[] for _ in range(len(sources))]
        for length in np.unique(sources.lengths):
            numbers = np.flatnonzero(sources.lengths == length)
            texts = [self._text(sources, number) for number in numbers.tolist()]
            for number, candidates in zip(
                numbers, self.joint.convert(texts, beam), strict=True
            ):
                results[number] = candidates
        return results

    def _text(self, sources: Sequences, number: int) -> SymbolIds:
        """The symbols of a source, each once."""
        start, steps = sources.starts[number], sources.lengths[number]
        return sources.ids[start + 1 : start + steps : self.repeat]


def _attention(
    network: EncoderDecoder, batch: Packed, target: TargetIds, blend: Array | None
) -> Array:
    """What each symbol of a target attends to if the network reads it, (L, S)."""
    source, _ = network.encode(batch, blend=blend)
    decoding = StepDecoder(network).start(source, blend)
    rows = [decoding.step(np.array([read]))[1][0] for read in (END, *target[:-1])]
    return np.array(rows[: len(target)]).reshape(len(target), -1)


def _averaged(searches: Sequence[Sequence[Candidate]]) -> list[Hypothesis]:
    """The candidates of several networks for one source, with their mean probabilities,
    the likeliest first. What a network did not come to, it gives the probability 0.
    """
    p: dict[TargetIds, float] = {}
    for candidates in searches:
        for ids, probability in candidates:
            p[ids] = p.get(ids, 0.0) + probability / len(searches)
    return [Hypothesis(ids, q, None) for ids, q in in_order(p)]


def mixture(
    hypotheses: Sequence[Hypothesis],
    candidates: Sequence[Candidate],
    weight: float,
    least: float = 0.0,
) -> list[Hypothesis]:
    """The hypotheses of a network mixed with the candidates of an n-gram model, with
    weight p_ngram + (1 - weight) p_network, the likeliest first: linear interpolation
    (Jelinek & Mercer 1980). What one model does not have, it gives the probability 0.
    least: the least probability of a target that is not the likeliest.
    """
    attention: dict[TargetIds, Array | None] = {h.ids: h.attention for h in hypotheses}
    p = {h.ids: (1 - weight) * h.probability for h in hypotheses}
    for ids, probability in candidates:
        p[ids] = p.get(ids, 0.0) + weight * probability
    least = min(least, max(p.values(), default=0.0))
    p = {ids: q for ids, q in p.items() if q >= least}
    return [Hypothesis(ids, q, attention.get(ids)) for ids, q in in_order(p)]
