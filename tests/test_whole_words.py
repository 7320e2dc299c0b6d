"""Whole words of the list in new company, as a component of the mixture."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from charnames import Model, Recipe, train
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import ModelFileError
from charnames.nn.batching import END
from charnames.nn.networks.initializers import scaled_weights
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.prediction import whole_words
from charnames.prediction.ngram import NGram, count_grams
from charnames.prediction.predictor import Predictor
from charnames.prediction.whole_words import WholeWords, count_word_pairs
from charnames.random_streams import Stream, generator

TAVERNS = [
    "the red fox",
    "the old mill",
    "the mad ox",
    "the fox and ox",
    "the mill and bed",
    "the axe and fox",
]
VOCABULARY = Vocabulary.of(TAVERNS)
V = len(VOCABULARY)
BLANK = VOCABULARY.alphabet.index(" ") + 1


def ids_of(text: str) -> list[int]:
    return [VOCABULARY.alphabet.index(character) + 1 for character in text]


PAIRS = count_word_pairs(map(ids_of, TAVERNS), BLANK)


def predictor(weight: float, ngram_weight: float = 0.0) -> Predictor:
    shape = Shape(V, "gru", (7,), 5)
    network = LanguageModelNetwork(
        shape, scaled_weights(shape, generator(3, Stream.WEIGHTS))
    )
    network.parameters.values[:] *= 2
    sequences = VOCABULARY.sequences(TAVERNS)
    ngram = NGram(count_grams(sequences, V, 3), V) if ngram_weight else None
    words = WholeWords(PAIRS, V, BLANK, weight) if weight else None
    return Predictor(network, ngram, ngram_weight, words=words)


def distribution(model: Predictor, text: str) -> np.ndarray:
    """What comes after the text, (V,)."""
    memory = model.start(np.zeros(1, np.intp))
    z, memory = model.step(np.array([END]), memory)
    for symbol in ids_of(text):
        z, memory = model.step(np.array([symbol]), memory.keep(np.array([0])))
    p = np.exp(z[:, 0].astype(np.float64))
    return p / p.sum()


def test_pairs_of_words_are_counted() -> None:
    words = [
        "",
        *("".join(VOCABULARY.alphabet[i - 1] for i in w) for w in PAIRS.words()),
    ]
    counted = {
        (words[before], words[word], ends): count
        for before, word, ends, count in PAIRS.pairs.tolist()
    }
    assert counted["", "the", 0] == 6
    assert counted["the", "fox", 0] == counted["red", "fox", 1] == 1
    assert counted["and", "ox", 1] == 1
    assert sum(counted.values()) == sum(len(name.split()) for name in TAVERNS)


def allowed_words(text: str) -> set[str]:
    """The words, with what closes them, that the tries offer after the text."""
    component = WholeWords(PAIRS, V, BLANK, 0.5)
    state = component.begin(1)
    nodes = state.nodes
    for symbol in ids_of(text):
        nodes, _ = component.read(np.array([symbol]), state)
        state = state._replace(nodes=nodes)
    offered = set()
    stack = [(nodes, "")]
    while stack:
        nodes, word = stack.pop()
        counts = component.counts[nodes[0, 0]] + component.counts[nodes[0, 1]]
        for symbol in np.flatnonzero(counts).tolist():
            if symbol in (END, BLANK):
                offered.add(word + (" " if symbol == BLANK else "."))
                continue
            after = component.following[nodes, symbol]
            stack.append((after, word + VOCABULARY.alphabet[symbol - 1]))
    return offered


def test_words_come_where_the_list_lets_them() -> None:
    assert allowed_words("") == {"the "}
    # "the" is a function word: what follows it in the list follows it.
    assert allowed_words("the ") == {"red ", "old ", "mad ", "fox ", "mill ", "axe "}
    # A content word follows "red" in the list, so all that follow content words may.
    assert allowed_words("the red ") == {"fox.", "mill.", "ox."}
    # Nothing but the function word "and" follows "fox".
    assert allowed_words("the fox ") == {"and "}
    # "and" has three different followers; a word that is not in the list has none.
    assert allowed_words("the fox and ") == {"ox.", "bed.", "fox."}
    assert allowed_words("the do ") == {"fox.", "mill.", "ox.", "and "}
    assert allowed_words("the do") == set()


@pytest.mark.parametrize("least", [0.0, 1e-45, 1e-40, 1e-31, 1e-20])
def test_probabilities_next_to_zero_do_no_harm(least: float) -> None:
    """Where the rest of the mixture all but rules out every word of the list."""
    component = WholeWords(PAIRS, V, BLANK, 0.5)
    state = component.begin(1)
    nodes, weight = component.read(np.array([END]), state)
    p = np.full((V, 1), 1 / (V - 1), np.float32)
    p[ids_of("t")] = least  # all names begin with "the"
    mixture, state = component.mix(p, nodes, np.ones_like(weight) - 2**-20)
    assert np.isfinite(mixture).all() and np.isfinite(state.posterior).all()
    assert mixture.sum() == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("ngram_weight", [0.0, 0.3])
def test_a_word_s_probability_is_that_of_the_mixture_of_words(
    ngram_weight: float,
) -> None:
    """P(word) = w P_words(word) + (1 - w) P_rest(word), word for word."""
    weight, before = 0.6, "the red "
    rest, both = predictor(0.0, ngram_weight), predictor(weight, ngram_weight)
    component = WholeWords(PAIRS, V, BLANK, weight)
    for word in ("fox.", "ox.", "mill.", "do.", "o."):
        p_rest = p_both = p_words = 1.0
        state = component.begin(1)
        nodes = state.nodes
        for symbol in ids_of(before):
            nodes, _ = component.read(np.array([symbol]), state)
            state = state._replace(nodes=nodes)
        for place, character in enumerate(word):
            text = before + word[:place]
            symbol = END if character == "." else ids_of(character)[0]
            p = distribution(rest, text)
            p_rest *= p[symbol]
            p_both *= distribution(both, text)[symbol]
            counts = component.counts[nodes[0, 0]] + component.counts[nodes[0, 1]]
            total = float(counts @ np.sqrt(p))
            p_words *= counts[symbol] * np.sqrt(p[symbol]) / total if total else 0.0
            nodes = component.following[nodes, symbol]
        assert p_both == pytest.approx(
            weight * p_words + (1 - weight) * p_rest, rel=1e-4
        ), word


def test_every_distribution_adds_up_to_one() -> None:
    model = predictor(0.7, 0.2)
    for text in ("", "t", "the ", "the r", "the fox an", "zz", "the fox and b"):
        if set(text) <= set(VOCABULARY.alphabet):
            assert distribution(model, text).sum() == pytest.approx(1)
    memory = model.start(np.zeros(1, np.intp))
    z, _ = model.step(np.array([END]), memory)
    assert np.exp(z.astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)


def test_losses_are_those_of_the_steps() -> None:
    model = predictor(0.7, 0.2)
    names = ["the red ox", "the", "a fox", "the old mill and bed", "mad", "the x"]
    names = [n for n in names if set(n) <= set(VOCABULARY.alphabet)]
    losses = iter(model.losses(VOCABULARY.sequences(names)))
    for name in names:
        for place, symbol in enumerate([*ids_of(name), END]):
            p = distribution(model, name[:place])
            assert next(losses) == pytest.approx(-np.log(p[symbol]), rel=1e-4)
    assert next(losses, None) is None


def test_names_side_by_side_are_as_each_alone() -> None:
    model = predictor(0.5, 0.2)
    texts = ["the red", "the fox", "the and", "a mad o"]
    memory = model.start(np.zeros(len(texts), np.intp))
    z, memory = model.step(np.full(len(texts), END), memory)
    for symbols in itertools.zip_longest(*map(ids_of, texts), fillvalue=None):
        if None in symbols:
            break
        z, memory = model.step(np.array(symbols), memory.keep(np.arange(len(texts))))
    p = np.exp(z.astype(np.float64))
    for column, text in enumerate(texts):
        np.testing.assert_allclose(p[:, column], distribution(model, text), rtol=1e-4)


def test_tables_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = WholeWords(PAIRS, V, BLANK, 0.5).counts.size
    monkeypatch.setattr(whole_words, "MAX_ENTRIES", entries)
    WholeWords(PAIRS, V, BLANK, 0.5)
    monkeypatch.setattr(whole_words, "MAX_ENTRIES", entries - 1)
    with pytest.raises(ModelFileError, match=f"whole words have {entries:,} entries"):
        WholeWords(PAIRS, V, BLANK, 0.5)


def trained(**weights: float) -> Model:
    recipe = Recipe(hidden_size=6, iterations=0, **weights)  # type: ignore[arg-type]
    *_, checkpoint = train(TAVERNS, recipe, seed=1)
    return checkpoint.model


def test_names_may_be_sampled_with_more_whole_words_than_they_are_scored_with() -> None:
    plain, sampled, heavy = (
        trained(word_weight=scored, sampling_word_weight=sampling)
        for scored, sampling in ((0.2, 0.0), (0.2, 0.9), (0.9, 0.0))
    )
    assert [s.nats for s in plain.score(TAVERNS)] == [
        s.nats for s in sampled.score(TAVERNS)
    ]
    names, from_plain, from_heavy = (
        [*model.sample(50, seed=1, novel=False)] for model in (sampled, plain, heavy)
    )
    assert names == from_heavy != from_plain
    options = {"novel": False, "unique": False}  # names as often as they were learned
    names = [*sampled.sample(50, seed=1, **options)]
    assert names == [*plain.sample(50, seed=1, **options)]
