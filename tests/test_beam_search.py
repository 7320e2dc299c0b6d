"""Searches for the likeliest targets, against enumeration; alone and side by side."""

from __future__ import annotations

from itertools import groupby, product
from typing import Any

import numpy as np
import pytest

from charnames.generation.beam_search import Hypothesis, beam_search
from charnames.generation.conversion import ConversionModel, mixture
from charnames.generation.ctc_search import prefix_search
from charnames.nn.batching import END, Sequences, VectorSequences, pack
from charnames.nn.networks.compound_shapes import EncoderDecoderShape
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.initializers import scaled_weights
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.step_decoder import StepDecoder
from charnames.prediction.candidates import Candidate
from charnames.recipes.recipe import ATTENTIONS

V, LONGEST = 4, 3  # of targets
SOURCES = [[1, 2], [3, 3, 1, 4], [], [2, 1], [4, 1]]


def sequences_of(names: list[list[int]], labels: bool = False) -> Sequences:
    ids = [END]
    for name in names:
        ids += [*name, END]
    numbers = np.arange(len(names)) % 3 if labels else np.zeros(0, int)
    return Sequences(np.array(ids), numbers)


def network_of(
    attention: str = "general", seed: int = 1, labels: int = 0, H: int = 5
) -> EncoderDecoder:
    source = Shape(6, "gru", (H,), 3, labels=labels)
    shape = EncoderDecoderShape(
        source, Shape(V, "gru", (H,), 2, labels=labels), attention
    )
    parameters = scaled_weights(shape, np.random.default_rng(seed))
    parameters.values[:] *= 3
    return EncoderDecoder(shape, parameters)


def all_targets() -> list[tuple[int, ...]]:
    return [y for n in range(LONGEST + 1) for y in product(range(1, V), repeat=n)]


def probabilities(
    networks: list[EncoderDecoder], sources: Sequences, n: int
) -> dict[tuple[int, ...], float]:
    """Of every target, for source n, by steps of one beginning at a time."""
    p = {}
    for target in all_targets():
        encoded = [net.encode(pack(sources, np.array([n])))[0] for net in networks]
        blend = None
        if len(sources.labels):
            blend = np.eye(3, dtype=np.float32)[sources.labels[[n]]]
        decodings = [
            StepDecoder(net).start(s, blend)
            for net, s in zip(networks, encoded, strict=True)
        ]
        p[target] = 1.0
        for read, written in zip((END, *target), (*target, END), strict=True):
            mean = 0.0
            for decoding in decodings:
                z, _ = decoding.step(np.array([read]))
                mean += (np.exp(z[0]) / np.exp(z[0]).sum())[written] / len(networks)
            p[target] *= mean
    return p


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("members,labels", [(1, 0), (2, 0), (1, 3)])
def test_a_wide_beam_ranks_all_targets(
    attention: str, members: int, labels: int
) -> None:
    networks = [network_of(attention, seed, labels) for seed in range(members)]
    sources = sequences_of(SOURCES, bool(labels))
    blend = np.eye(3, dtype=np.float32)[sources.labels] if labels else None
    wide = beam_search(networks, sources, lambda steps: LONGEST, 100, blend)
    for n, hypotheses in enumerate(wide):
        expected = probabilities(networks, sources, n)
        result = {h.ids: h.probability for h in hypotheses}
        assert result.keys() == expected.keys()
        assert result == pytest.approx(expected, rel=1e-4)
        p = [h.probability for h in hypotheses]
        assert p == sorted(p, reverse=True)


def test_a_beam_of_one_takes_the_likeliest_symbol_at_every_step() -> None:
    network, sources = network_of(), sequences_of(SOURCES)
    greedy = beam_search([network], sources, lambda steps: 9, beam=1)
    for n in range(len(SOURCES)):
        encoded, _ = network.encode(pack(sources, np.array([n])))
        decoding, symbol, ids = StepDecoder(network).start(encoded), END, []
        for _ in range(9):
            z, _ = decoding.step(np.array([symbol]))
            symbol = int(z[0].argmax())
            if symbol == END:
                break
            ids.append(symbol)
        for h in greedy[n]:
            assert h.ids in {tuple(ids[:k]) for k in range(len(ids) + 1)}


def test_targets_have_at_most_the_length_given() -> None:
    network = network_of()
    network.parameters["output.by"][END] = -30  # which would never end one
    result = beam_search([network], sequences_of(SOURCES), lambda steps: steps - 1)
    for source, hypotheses in zip(SOURCES, result, strict=True):
        assert hypotheses
        assert all(len(h.ids) <= len(source) for h in hypotheses)


@pytest.mark.parametrize("attention", ["none", "general"])
def test_what_is_attended_to_sums_to_one(attention: str) -> None:
    network = network_of(attention)
    for source, hypotheses in zip(
        SOURCES,
        beam_search([network], sequences_of(SOURCES), lambda s: LONGEST),
        strict=True,
    ):
        for h in hypotheses:
            assert h.attention.shape == (len(h.ids), len(source) + 1)
            expected = float(attention != "none")
            np.testing.assert_allclose(h.attention.sum(axis=1), expected, rtol=1e-5)


def test_what_is_attended_to_is_the_mean_of_all_networks_symbol_by_symbol() -> None:
    networks, sources = (
        [network_of(seed=seed) for seed in (1, 2)],
        sequences_of(SOURCES),
    )
    differ = 0
    for n, hypotheses in enumerate(beam_search(networks, sources, lambda s: LONGEST)):
        for h in hypotheses:
            rows = np.zeros((2, len(h.ids), len(SOURCES[n]) + 1))
            for k, network in enumerate(networks):
                encoded, _ = network.encode(pack(sources, np.array([n])))
                decoding = StepDecoder(network).start(encoded)
                for t, read in enumerate((END, *h.ids[:-1])[: len(h.ids)]):
                    _, alpha = decoding.step(np.array([read]))
                    rows[k, t] = alpha[0]
            np.testing.assert_allclose(h.attention, rows.mean(axis=0), atol=1e-6)
            turned = h.attention[::-1]
            differ += not np.allclose(h.attention, turned, atol=1e-3)
    assert differ > 2


def same(a: list[Hypothesis], b: list[Hypothesis]) -> bool:
    result, expected = (
        [(h.ids, h.probability, h.attention.tobytes()) for h in hypotheses]
        for hypotheses in (a, b)
    )
    return result == expected


@pytest.mark.parametrize("beam", [1, 5])
def test_a_source_becomes_the_same_to_the_last_bit_whatever_stands_beside_it(
    beam: int,
) -> None:
    """In float32, with sizes that no kernel's block divides."""
    network = network_of(H=37)
    rng = np.random.default_rng(4)
    names = [rng.integers(1, 6, rng.integers(0, 45)).tolist() for _ in range(200)]
    names[150:] = names[:50]
    together = beam_search([network], sequences_of(names), lambda s: s, beam)
    for n in (*range(8), *range(190, 200)):
        alone = beam_search([network], sequences_of([names[n]]), lambda s: s, beam)
        assert same(alone[0], together[n])
    for n in range(50):
        assert same(together[n], together[150 + n])


def test_vectors_are_read_as_they_are() -> None:
    source = Shape(0, "gru", (), vector_size=3)
    shape = EncoderDecoderShape(source, Shape(V, "gru", (5,), 2))
    network = EncoderDecoder(shape, scaled_weights(shape, np.random.default_rng(1)))
    values = np.random.default_rng(2).standard_normal((7, 3)).astype(np.float32)
    sources = VectorSequences(values, np.array([2, 4, 1]))
    hypotheses = beam_search([network], sources, lambda s: LONGEST)
    assert [h[0].attention.shape[1] for h in hypotheses] == [2, 4, 1]


# CTC


def test_prefix_search_sums_all_paths_of_a_target() -> None:
    T, classes = 5, 3
    z = np.random.default_rng(1).standard_normal((T, classes))
    log_y = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    expected: dict[tuple[int, ...], float] = {}
    for path in product(range(classes), repeat=T):
        target = tuple(k for k, _ in groupby(path) if k)
        p = float(np.exp(sum(log_y[t, k] for t, k in enumerate(path))))
        expected[target] = expected.get(target, 0.0) + p
    hypotheses = prefix_search(log_y, T, 1_000)
    assert {c.ids: c.probability for c in hypotheses} == pytest.approx(expected)
    assert [c.ids for c in hypotheses] == sorted(expected, key=lambda y: -expected[y])


def test_a_narrow_beam_follows_a_sure_network() -> None:
    path = [0, 2, 2, 0, 2, 1, 0]
    log_y = np.full((len(path), 3), np.log(0.01))
    log_y[range(len(path)), path] = np.log(0.98)
    for beam in (1, 4):
        assert prefix_search(log_y, len(path), beam)[0].ids == (2, 2, 1)


def test_a_target_of_ctc_has_at_most_so_many_symbols() -> None:
    z = np.random.default_rng(2).standard_normal((9, 4))
    log_y = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    every = {c.ids: c.probability for c in prefix_search(log_y, 9, 10**6)}
    bounded = {c.ids: c.probability for c in prefix_search(log_y, 3, 10**6)}
    assert max(map(len, bounded)) == 3 < max(map(len, every))
    expected = {ids: p for ids, p in every.items() if len(ids) <= 3}
    assert bounded == pytest.approx(expected)


# Mixing


def test_candidates_of_two_models_are_mixed() -> None:
    network = [Hypothesis((1,), 0.5, None), Hypothesis((2,), 0.3, None)]
    ngram = [Candidate((3,), 0.6), Candidate((2,), 0.4)]
    result = mixture(network, ngram, 0.25)
    assert [c.ids for c in result] == [(1,), (2,), (3,)]
    np.testing.assert_allclose([c.probability for c in result], [0.375, 0.325, 0.15])
    assert mixture(network, ngram, 0.0)[:2] == network


class OneTarget:
    """In place of a joint n-gram model: it turns every source into one target."""

    def convert(self, sources: list[np.ndarray], beam: int) -> list[list[Candidate]]:
        return [[Candidate((2, 2, 1, 3), 1.0)] for _ in sources]


def test_what_a_target_of_the_joint_model_attends_to_goes_by_the_labels() -> None:
    """The target has more symbols than the network would write."""
    network, sources = network_of(labels=3), sequences_of(SOURCES, True)
    joint: Any = OneTarget()
    model = ConversionModel([network], lambda steps: LONGEST, joint, weight=0.99)
    blends = np.eye(3, dtype=np.float32)[(sources.labels + 1) % 3]
    for n, (best, *_) in enumerate(model.convert(sources, 5, blends)):
        assert best.ids == (2, 2, 1, 3)
        blend = blends[[n]]
        encoded, _ = network.encode(pack(sources, np.array([n])), blend=blend)
        decoding = StepDecoder(network).start(encoded, blend)
        rows = [decoding.step(np.array([read]))[1][0] for read in (END, 2, 2, 1)]
        np.testing.assert_allclose(best.attention, rows, atol=1e-6)
