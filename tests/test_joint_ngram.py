"""The joint n-gram model: cuts, sparse tables and conversions, against enumeration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.nn.batching import END, Sequences
from charnames.prediction import chunks as alignment
from charnames.prediction import sparse_ngram
from charnames.prediction.chunks import CHUNK_LENGTH, TYPES, Chunks, aligned
from charnames.prediction.joint_ngram import JointNGram, count_chunks
from charnames.prediction.ngram import NGram, count_grams
from charnames.prediction.sparse_ngram import NGramStates, SparseNGram

LETTERS = " abcdefghijklmnopqrstuvwxyz"
# sh is one sound, x is two, h is silent in gh
WORDS = {
    **{"shad": "Sad", "ash": "aS", "dash": "daS", "shag": "Sag", "sad": "sad"},
    **{"has": "has", "had": "had", "gash": "gaS", "gad": "gad", "hash": "haS"},
    **{"ax": "aks", "dax": "daks", "xad": "ksad", "sax": "saks", "axa": "aksa"},
}
SYMBOLS = " Sadghks"


def ids_of(text: str, alphabet: str = LETTERS) -> np.ndarray:
    return np.array([alphabet.index(c) for c in text], int)


def pairs() -> tuple[list[np.ndarray], list[np.ndarray]]:
    return [*map(ids_of, WORDS)], [ids_of(y, SYMBOLS) for y in WORDS.values()]


def spelled(chunks: Chunks, rows: np.ndarray) -> list[str]:
    texts = []
    for ids in chunks.ids[rows].tolist():
        x, y = ids[:CHUNK_LENGTH], ids[CHUNK_LENGTH:]
        texts.append(
            "".join(LETTERS[i] for i in x if i)
            + ":"
            + "".join(SYMBOLS[i] for i in y if i)
        )
    return texts


# Cutting


def test_letters_are_cut_with_the_symbols_that_they_stand_for() -> None:
    chunks, cuts = aligned(*pairs())
    result = {word: spelled(chunks, cut) for word, cut in zip(WORDS, cuts, strict=True)}
    assert result["dash"] == ["d:d", "a:a", "sh:S"]
    assert result["sax"] == ["s:s", "a:a", "x:ks"]
    assert result["has"] == ["h:h", "a:a", "s:s"]


def test_every_cut_spells_its_pair() -> None:
    sources, targets = pairs()
    chunks, cuts = aligned(sources, targets)
    for x, y, cut in zip(sources, targets, cuts, strict=True):
        ids = chunks.ids[cut]
        assert [i for i in ids[:, :CHUNK_LENGTH].ravel() if i] == x.tolist()
        assert [i for i in ids[:, CHUNK_LENGTH:].ravel() if i] == y.tolist()


def ways(x: tuple[int, ...], y: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """All ways to cut a pair: of each, its chunks."""
    if not x and not y:
        yield []
    for a, b in TYPES:
        if a <= len(x) and b <= len(y):
            chunk = (
                *x[:a],
                *(0,) * (CHUNK_LENGTH - a),
                *y[:b],
                *(0,) * (CHUNK_LENGTH - b),
            )
            for rest in ways(x[a:], y[b:]):
                yield [chunk, *rest]


def test_counts_are_the_shares_of_all_ways() -> None:
    sources, targets = [ids_of("ash"), ids_of("x")], [ids_of("aS", SYMBOLS)] * 2
    table = alignment._codes(sources, targets)
    known = np.unique(np.concatenate([c.ravel() for c in table.chunks]))
    lattice = table._replace(
        chunks=[np.searchsorted(known, c).astype(np.int32) for c in table.chunks]
    )
    p = np.random.default_rng(1).uniform(0.1, 1, len(known))
    p[0] = 0
    counts = np.zeros(len(p))
    alignment._count(lattice, p, counts)
    number = {
        tuple(ids): k for k, ids in enumerate(alignment._unpacked(known).tolist())
    }
    expected = np.zeros(len(p))
    for x, y in zip(sources, targets, strict=True):
        cuts = [[number[c] for c in cut] for cut in ways(tuple(x), tuple(y))]
        weights = [math.prod(p[cut]) for cut in cuts]
        for cut, weight in zip(cuts, weights, strict=True):
            np.add.at(expected, cut, weight / sum(weights))
    np.testing.assert_allclose(counts, expected, rtol=1e-12)


def test_a_pair_of_any_lengths_is_cut() -> None:
    sources, targets = pairs()
    chunks, cuts = aligned(
        [*sources, ids_of("a")], [*targets, ids_of("dadasadadS", SYMBOLS)]
    )
    assert len(chunks.ids[cuts[-1]]) >= 5


def test_a_pair_that_is_too_long_is_not_cut() -> None:
    sources, targets = pairs()
    long = np.ones(alignment.LONGEST_PAIR + 1, int)
    _, cuts = aligned([long, *sources], [long, *targets])
    assert [bool(len(cut)) for cut in cuts] == [False] + [True] * len(sources)


def test_long_pairs_do_not_underflow() -> None:
    rng = np.random.default_rng(2)
    sources = [rng.integers(1, 20, 64) for _ in range(9)]
    chunks, cuts = aligned(sources, sources)
    for cut in cuts:
        assert len(cut) > 32
        assert (chunks.ids[cut][:, 0] == chunks.ids[cut][:, CHUNK_LENGTH]).mean() > 0.9


# Sparse tables


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 4), max_size=6), min_size=1, max_size=12),
    st.integers(1, 5),
)
def test_the_sparse_model_gives_what_the_tables_give(
    names: list[list[int]], order: int
) -> None:
    V = 5
    ids = np.array([END, *(i for name in names for i in (*name, END))])
    sequences = Sequences(ids)
    grams = count_grams(sequences, V, order)
    dense, sparse = NGram(grams, V), SparseNGram(grams, V)
    nodes, history = np.array([dense.start], np.int32), np.zeros(1, np.uint64)
    for symbol in [1, 2, 1, 4, 3, 3, 1]:
        expected = dense.probabilities[nodes[0]]
        p = sparse.probabilities(np.repeat(history, V), np.arange(V))
        np.testing.assert_allclose(p, expected, rtol=1e-5)
        np.testing.assert_allclose(p.sum(), 1, rtol=1e-9)
        nodes = dense.after(nodes, np.array([symbol]))
        history = sparse.after(history, np.array([symbol]))


@pytest.mark.parametrize("places", [2, 16])
def test_a_state_has_the_probabilities_of_its_histories(
    places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few places, one pair after the other takes over the place of another."""
    monkeypatch.setattr(sparse_ngram, "_PLACES", places)
    rng = np.random.default_rng(1)
    V, order, M = 6, 4, 40
    names = [rng.integers(1, V, rng.integers(6)) for _ in range(30)]
    ids = np.concatenate([[END], *(np.append(name, END) for name in names)])
    ngram = SparseNGram(count_grams(Sequences(ids), V, order), V)
    states = NGramStates(ngram)
    histories = np.zeros(M, np.uint64)
    at = states.of(histories)
    for _ in range(12):
        symbols = rng.integers(1, V, M)
        for read in (np.full(M, END), symbols):
            log_p, after = states.read(at, read)
            expected = np.log(ngram.probabilities(histories, read))
            np.testing.assert_array_equal(log_p, expected)
        histories, at = ngram.after(histories, symbols), after


# Converting


def model(order: int = 3) -> JointNGram:
    chunks, cuts = aligned(*pairs())
    return JointNGram(count_chunks(cuts, chunks, order), chunks)


@pytest.mark.parametrize(
    "word,expected", [("shax", "Saks"), ("hag", "hag"), ("gasha", "gaSa")]
)
def test_new_words_are_converted(word: str, expected: str) -> None:
    ((best, *_),) = model().convert([ids_of(word)])
    assert "".join(SYMBOLS[i] for i in best.ids) == expected


def test_probabilities_are_those_of_all_ways_to_cut() -> None:
    chunks, cuts = aligned(*pairs())
    joint = JointNGram(count_chunks(cuts, chunks, 3), chunks)
    ((*candidates,),) = joint.convert([ids_of("ash")], beam=100_000)
    number = {tuple(ids): k for k, ids in enumerate(chunks.ids.tolist())}
    weights: dict[tuple[int, ...], float] = {}
    for candidate in candidates:
        for cut in ways(tuple(ids_of("ash")), candidate.ids):
            inserts = [not any(c[:CHUNK_LENGTH]) for c in cut]
            if any(map(all, pairwise(inserts))):
                continue  # at most one chunk without letters in a place
            if not all(c in number for c in cut):
                continue
            history, p = np.zeros(1, np.uint64), 1.0
            for symbol in [*(number[c] + 1 for c in cut), END]:
                read = np.array([symbol])
                p *= joint.ngram.probabilities(history, read)[0]
                history = joint.ngram.after(history, read)
            weights[candidate.ids] = weights.get(candidate.ids, 0.0) + p
    total = sum(weights.values())
    assert len(weights) > 1
    for candidate in candidates[: len(weights)]:
        expected = weights[candidate.ids] / total
        assert candidate.probability == pytest.approx(expected, rel=1e-3)


def inserting_model() -> JointNGram:
    """Random chunks of one letter or none, for one symbol each."""
    ids = [(x, 0, y, 0) for x in range(4) for y in range(1, 6)]
    chunks, rng = Chunks(np.array(ids, np.uint16)), np.random.default_rng(1)
    skewed = rng.dirichlet(np.full(len(ids), 0.2))
    cuts = [rng.choice(len(ids), rng.integers(1, 7), p=skewed) for _ in range(60)]
    return JointNGram(count_chunks(cuts, chunks, 3), chunks)


def test_insertions_are_left_out_where_no_beam_would_keep_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joint, rng = inserting_model(), np.random.default_rng(2)
    sources = [rng.integers(1, 5, 6) for _ in range(20)]
    expected = [joint.convert(sources, beam) for beam in (1, 2, 5)]
    inserting, sizes = joint._inserting, []

    def all_of_them(here: Any, beam: int) -> Any:
        sizes.append((inserting(here, beam).size, here.size))
        return here

    monkeypatch.setattr(joint, "_inserting", all_of_them)
    assert [joint.convert(sources, beam) for beam in (1, 2, 5)] == expected
    some, everything = np.sum(sizes, axis=0)
    assert 0 < some < 0.8 * everything


def test_a_letter_that_no_chunk_has_becomes_nothing() -> None:
    ((best, *_),) = model().convert([ids_of("sqad")])
    assert "".join(SYMBOLS[i] for i in best.ids) == "sad"
    ((empty, *_),) = model().convert([ids_of("")])
    assert sum(c.probability for c in model().convert([ids_of("qq")])[0]) <= 1 + 1e-9
    assert empty.probability > 0


def test_a_source_becomes_the_same_whatever_stands_beside_it() -> None:
    joint = model()
    words = [ids_of(word) for word in ("dash", "shad", "hash", "qash", "dash")]
    together = joint.convert(words)
    assert together == [joint.convert([word])[0] for word in words]
    assert together[0] == together[4]
    for candidates in together:
        ordered = sorted(candidates, key=lambda c: (-c.probability, c.ids))
        assert candidates == ordered


def test_a_long_source_does_not_underflow() -> None:
    """Its targets are less probable than any number that a float holds."""
    (candidates,) = model().convert([ids_of("dash" * 200 + "q" * 60)])
    assert "".join(SYMBOLS[i] for i in candidates[0].ids) == "daS" * 200
    total = sum(candidate.probability for candidate in candidates)
    assert total == pytest.approx(1)


def test_n_grams_of_chunks_have_a_symbol_for_each_chunk() -> None:
    chunks, cuts = aligned(*pairs())
    grams = count_chunks(cuts, chunks, 2)
    V = len(chunks) + 1
    counts = {
        divmod(code, V): n
        for code, n in zip(grams.codes.tolist(), grams.counts.tolist(), strict=True)
    }
    expected: dict[tuple[int, int], int] = {}
    for cut in cuts:
        for pair in pairwise([END, *(int(c) + 1 for c in cut), END]):
            expected[pair] = expected.get(pair, 0) + 1
    assert counts == expected
