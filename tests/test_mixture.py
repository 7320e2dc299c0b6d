"""Network and n-gram model mixed: one distribution, scored and sampled alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.encoding.letter_case import KEEP
from charnames.encoding.vocabulary import Vocabulary
from charnames.models.language_model import Model
from charnames.nn.batching import END, Sequences
from charnames.nn.cells import CELLS
from charnames.nn.networks.language_model import (
    LanguageModelNetwork,
    StepLanguageModel,
)
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Parameters
from charnames.prediction.ngram import NGram, count_grams
from charnames.prediction.predictor import Predictor, best_weight
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

Floats = NDArray[np.floating]

VOCABULARY = Vocabulary("abcde")
V = len(VOCABULARY)
LEARNED = ["abc", "bad", "cab", "dab", "ebb", "ace", "bed", "add", "a"]
NEW = ["cabbed", "e", "deed", "abc", "beada", "edcba"]

every_cell = pytest.mark.parametrize("cell", CELLS)


def encoded(names: list[str]) -> Sequences:
    return VOCABULARY.sequences(names)


def network_of(
    cell: str = "gru", scale: float = 0.8, seed: int = 3
) -> LanguageModelNetwork:
    """Two layers with random weights, in float64."""
    shape = Shape(V, cell, (5, 5), embedding_size=4)
    parameters = Parameters(shape.parameters(), np.float64)
    rng = np.random.default_rng(seed)
    parameters.values[:] = scale * rng.standard_normal(len(parameters.values))
    return LanguageModelNetwork(shape, parameters)


def ngram_of(names: list[str] = LEARNED, order: int = 3) -> NGram:
    return NGram(count_grams(encoded(names), V, order), V)


def mixed(cell: str = "gru", weight: float = 0.4) -> Predictor:
    return Predictor(network_of(cell), ngram_of(), weight)


def softmax(z: Floats) -> Floats:
    likely: Floats = np.exp(z - z.max(axis=0))
    total: Floats = likely.sum(axis=0)
    return likely / total


def read(predictor: Predictor, name: str) -> list[Floats]:
    """The distribution of each symbol of the name and of its end, by steps."""
    memory, result = predictor.start(np.zeros(1, np.intp)), []
    for symbol in [END, *VOCABULARY.encode(name)]:
        z, memory = predictor.step(np.array([symbol]), memory)
        result.append(softmax(z)[:, 0])
    return result


def losses_by_steps(predictor: Predictor, names: list[str]) -> Floats:
    """The loss of every symbol, the names read side by side; they leave as they end."""
    lengths = np.array([len(name) for name in names])
    result = [np.empty(length + 1) for length in lengths]
    texts = [[END, *VOCABULARY.encode(name), END] for name in names]
    memory, running = (
        predictor.start(np.zeros(len(names), np.intp)),
        np.arange(len(names)),
    )
    for t in range(lengths.max() + 1):
        going_on = lengths[running] >= t
        running, memory = running[going_on], memory.keep(going_on)
        z, memory = predictor.step(np.array([texts[i][t] for i in running]), memory)
        for i, p in zip(running, softmax(z).T, strict=True):
            result[i][t] = -np.log(p[texts[i][t + 1]])
    return np.concatenate(result)


# One distribution


@every_cell
@pytest.mark.parametrize("with_ngram", [False, True])
def test_symbol_by_symbol_is_as_whole_names(cell: str, with_ngram: bool) -> None:
    predictor = mixed(cell) if with_ngram else Predictor(network_of(cell))
    losses = predictor.losses(encoded(NEW))
    np.testing.assert_allclose(losses_by_steps(predictor, NEW), losses, rtol=1e-5)
    for name in NEW:
        alone = losses_by_steps(predictor, [name])
        np.testing.assert_allclose(
            alone, predictor.losses(encoded([name])), rtol=1e-5, err_msg=name
        )


@every_cell
@settings(max_examples=20, deadline=None)
@given(name=st.text("abcde", max_size=6), weight=st.floats(0, 1))
def test_the_mixture_is_the_weighted_mean_of_both(
    cell: str, name: str, weight: float
) -> None:
    network = read(Predictor(network_of(cell)), name)
    ngram = read(mixed(cell, 1.0), name)
    both = read(mixed(cell, weight), name)
    for n, g, p in zip(network, ngram, both, strict=True):
        np.testing.assert_allclose(p, weight * g + (1 - weight) * n, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    ids=st.lists(st.integers(1, V - 1), max_size=6),
    weight=st.floats(0, 1),
    scale=st.sampled_from([0.1, 1.0, 30.0]),
)
def test_a_mixture_is_a_distribution(
    ids: list[int], weight: float, scale: float
) -> None:
    predictor = Predictor(network_of(scale=scale), ngram_of(), weight)
    memory = predictor.start(np.zeros(2, np.intp))
    with np.errstate(divide="ignore"):  # a network may rule a symbol out
        for symbol in [END, *ids]:
            z, memory = predictor.step(np.array([symbol, END + 1]), memory)
            np.testing.assert_allclose(np.exp(z).sum(axis=0), 1, rtol=1e-5)


@every_cell
def test_a_weight_of_one_is_the_ngram_alone(cell: str) -> None:
    predictor = mixed(cell, 1.0)
    expected = -np.log(ngram_of().predicted(encoded(NEW)))
    np.testing.assert_allclose(predictor.losses(encoded(NEW)), expected, rtol=1e-12)
    np.testing.assert_allclose(losses_by_steps(predictor, NEW), expected, rtol=1e-5)


@every_cell
def test_a_weight_of_zero_is_the_network_alone(cell: str) -> None:
    predictor = mixed(cell, 0.0)
    expected = network_of(cell).all_losses(encoded(NEW))
    np.testing.assert_allclose(predictor.losses(encoded(NEW)), expected, rtol=1e-12)
    np.testing.assert_allclose(losses_by_steps(predictor, NEW), expected, rtol=1e-5)


def test_without_an_ngram_there_is_no_weight() -> None:
    predictor = Predictor(network_of(), None, 0.5)
    assert predictor.weight == 0
    expected = network_of().all_losses(encoded(NEW))
    np.testing.assert_array_equal(predictor.losses(encoded(NEW)), expected)


# The best weight


def by_grid(network: Floats, ngram: Floats) -> tuple[float, float]:
    """The best of 10,001 weights, and its loss."""
    result = []
    for weight in np.linspace(0, 1, 10_001):
        with np.errstate(divide="ignore"):
            losses = -np.log(weight * ngram + (1 - weight) * network)
        result.append((float(losses.mean()), float(weight)))
    loss, weight = min(result)
    return weight, loss


def assert_best(network: Floats, ngram: Floats) -> None:
    weight, loss = best_weight(network, ngram)
    expected_weight, expected_loss = by_grid(network, ngram)
    assert weight == pytest.approx(expected_weight, abs=1e-3)
    assert loss == pytest.approx(expected_loss, abs=1e-6)


def probabilities(n: int, scale: float, worse: float) -> tuple[Floats, Floats]:
    """Of n symbols: the network's, and an n-gram's that differ as much, and are worse
    by so many nats."""
    rng = np.random.default_rng(1)
    network = rng.uniform(0.05, 0.9, n)
    ngram = network * np.exp(scale * rng.standard_normal(n) - worse)
    return network, ngram.clip(1e-6, 0.99)


@pytest.mark.parametrize("worse", [-1.0, -0.3, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_the_best_weight_is_that_of_a_fine_grid(scale: float, worse: float) -> None:
    assert_best(*probabilities(300, scale, worse))


@pytest.mark.parametrize("seed", range(5))
def test_the_best_weight_of_models_is_that_of_a_fine_grid(seed: int) -> None:
    network = network_of(scale=0.3, seed=seed).all_losses(encoded(NEW))
    assert_best(np.exp(-network), ngram_of().predicted(encoded(NEW)))


def test_what_one_model_alone_knows_decides() -> None:
    good, bad = np.full(9, 0.9), np.full(9, 0.1)
    assert best_weight(good, bad)[0] == pytest.approx(0, abs=1e-6)
    assert best_weight(bad, good)[0] == pytest.approx(1, abs=1e-6)


def test_a_symbol_that_the_network_rules_out_needs_the_ngram() -> None:
    network, ngram = np.array([0.5, 0.0]), np.array([0.1, 0.2])
    assert_best(network, ngram)


# Samples


def mixed_model(weight: float = 0.6, **settings: Any) -> Model:
    """A tiny model with made-up weights, which mixes."""
    recipe = Recipe.from_settings(
        {
            "hidden_size": 4,
            "iterations": 0,
            "ngram": 3,
            "ngram_weight": weight,
            **settings,
        }
    )
    names = ["ab", "ba", "bab", "abb", "bb"]
    (start,) = train(names, recipe, seed=1, case=KEEP)
    values = start.model.parameters.values
    values[:] = 1.2 * np.random.default_rng(2).standard_normal(len(values))
    return start.model


def of_next(model: Model, prefix: tuple[int, ...]) -> Floats:
    """What the mixture says of the symbol after the prefix, each part by itself."""
    assert model.grams
    network = LanguageModelNetwork(model.shape, model.parameters)
    ngram = NGram(model.grams, len(model.vocabulary))
    steps = StepLanguageModel(network)
    state, nodes = network.initial_state(1), np.array([ngram.start], np.int32)
    for symbol in (END, *prefix):
        logits, state = steps.step(np.array([symbol]), state)
        nodes = ngram.after(nodes, np.array([symbol]))
    weight = model.progress.ngram_weight
    p: Floats = weight * ngram.probabilities[nodes[0]]
    return p + (1 - weight) * softmax(logits[0].astype(float))


def enumerated(
    model: Model, temperature: float = 1.0, longest: int = 4
) -> dict[str, float]:
    """Every name of at most `longest`, and how likely it is among them."""
    masses: defaultdict[str, float] = defaultdict(float)
    prefixes = {(): 1.0}
    for length in range(longest + 1):
        longer = {}
        for prefix, likely in prefixes.items():
            weights = of_next(model, prefix) ** (1 / temperature)
            if not length:
                weights[END] = 0
            for symbol, p in enumerate(likely * weights / weights.sum()):
                if symbol == END:
                    masses[model.vocabulary.decode(prefix)] += p
                else:
                    longer[(*prefix, symbol)] = p
        prefixes = longer
    total = sum(masses.values())
    return {name: likely / total for name, likely in masses.items()}


def drawn(model: Model, n: int = 20_000, **options: Any) -> dict[str, float]:
    names = model.sample(
        n, seed=4, max_length=4, novel=False, unique=False, **options, any_form=True
    )
    return {name: count / n for name, count in Counter(names).items()}


def variation(p: dict[str, float], q: dict[str, float]) -> float:
    """The total variation distance of two distributions of names."""
    return sum(abs(p.get(name, 0) - q.get(name, 0)) for name in {*p, *q}) / 2


ENOUGH = 0.025  # as far as 20,000 of these names are from what they are drawn from


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_names_are_drawn_as_the_mixture_says(cell: str, temperature: float) -> None:
    model = mixed_model(cell=cell)
    expected = enumerated(model, temperature)
    assert variation(drawn(model, temperature=temperature), expected) < ENOUGH


def test_the_comparison_tells_another_weight_or_temperature() -> None:
    names = drawn(mixed_model(0.6))
    for weight in (1e-6, 0.4, 0.8, 1.0):
        assert variation(names, enumerated(mixed_model(weight))) > ENOUGH
    for temperature in (0.8, 1.2):
        assert variation(names, enumerated(mixed_model(0.6), temperature)) > ENOUGH


def test_temperature_zero_takes_the_likeliest_of_the_mixture() -> None:
    model = mixed_model()
    prefix: tuple[int, ...] = ()
    while len(prefix) < 4:
        p = of_next(model, prefix)
        if not prefix:
            p[END] = 0
        if p.argmax() == END:
            break
        prefix = (*prefix, int(p.argmax()))
    (name,) = drawn(model, 50, temperature=0.0)
    assert name == model.vocabulary.decode(prefix)


def test_the_same_seed_gives_the_same_names() -> None:
    samples = [
        list(mixed_model().sample(100, seed=seed, any_form=True)) for seed in (5, 5, 6)
    ]
    assert samples[0] == samples[1] != samples[2]


def test_a_weight_of_zero_needs_no_tables() -> None:
    predictor = mixed_model(0.0).predictor()
    assert predictor.ngram is None
    first, other = (
        list(mixed_model(w).sample(100, seed=5, any_form=True)) for w in (0.0, 0.5)
    )
    assert first != other
