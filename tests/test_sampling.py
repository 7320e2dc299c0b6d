"""Names drawn from models: how many, how long, of what, and how often.

The models here have made-up weights, so that they do what no training would teach.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.encoding.letter_case import KEEP
from charnames.errors import SamplingError
from charnames.generation.sampler import chunk_size
from charnames.models.language_model import Model
from charnames.nn.batching import END
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

Floats = NDArray[np.floating]

ALPHABET = "abcdeé"
WITH_BLANK = "a b"  # a name is not to begin with the blank


def untrained(names: list[str], case: str = KEEP, **settings: Any) -> Model:
    """The model that a run on those names begins with."""
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0, **settings})
    (start,) = train(names, recipe, seed=1, case=case)
    return start.model


def model_of(
    alphabet: str = ALPHABET, scale: float = 1.0, seed: int = 0, **settings: Any
) -> Model:
    """A model with random weights of that scale; its longest name is the alphabet."""
    model = untrained([alphabet], **settings)
    values = model.parameters.values
    values[:] = scale * np.random.default_rng(seed).standard_normal(len(values))
    return model


def with_bias(model: Model, symbol: int, bias: float) -> Model:
    """The model with that much said for one symbol, or against it."""
    model.parameters["output.by"][symbol] = bias
    return model


def blank_of(model: Model) -> int:
    return int(model.vocabulary.encode(" ")[0])


def names_of(model: Model, n: int = 50, seed: int = 3, **options: Any) -> list[str]:
    """Names as the model writes them, unless told."""
    raw: dict[str, Any] = {"novel": False, "unique": False}
    return list(model.sample(n, seed=seed, **{**raw, **options}, any_form=True))


# Seeds and counts


def test_the_same_seed_gives_the_same_names() -> None:
    assert names_of(model_of(), seed=5) == names_of(model_of(), seed=5)


def test_other_seeds_give_other_names() -> None:
    model = model_of()
    assert names_of(model, seed=5) != names_of(model, seed=6)
    assert list(model.sample(20, any_form=True)) != list(
        model.sample(20, any_form=True)
    )


def test_the_first_names_do_not_depend_on_how_many_are_asked_for() -> None:
    model = model_of()
    names = names_of(model, 3000)
    for n in (0, 1, 10, 1000, 1023, 1024, 1025, 2048, 2999):
        assert names_of(model, n) == names[:n]


@pytest.mark.parametrize("best_of", [2, 4, 100])
def test_that_holds_where_each_is_the_best_of_several(best_of: int) -> None:
    model = model_of()
    names = names_of(model, 200, best_of=best_of)
    for n in (1, 23, 24, 25, 72, 73):
        assert names_of(model, n, best_of=best_of) == names[:n]


@pytest.mark.parametrize("best_of", [2, 4, 10])
def test_the_first_chunk_keeps_few_of_several_and_the_next_ones_more(
    best_of: int,
) -> None:
    options = {"novel": False, "unique": False, "any_form": True}
    sample = model_of().sample(500, best_of=best_of, seed=3, **options)
    kept = [len(names) for names in islice(sample.batches, 3)]
    assert kept == [24, 48, 96]


def test_chunks_begin_at_256_without_a_choice_or_with_one_of_many() -> None:
    for best_of in (1, 11, 1000):
        sizes = [chunk_size(number, best_of) for number in range(6)]
        assert sizes == [256, 512, 1024, 2048, 4096, 4096]


def test_the_names_do_not_repeat_after_a_while() -> None:
    names = names_of(model_of("abcdefghij"), 5000)
    begin = names[:20]
    again = [i for i in range(1, 4981) if names[i : i + 20] == begin]
    assert again == []


def test_names_stream_out_as_they_are_made() -> None:
    model = model_of()
    endless = model.sample(10**12, seed=3, novel=False, unique=False, any_form=True)
    assert isinstance(endless, Iterator)
    assert list(islice(endless, 50)) == names_of(model)


def test_no_names() -> None:
    assert names_of(model_of(), 0) == []


def test_a_negative_count_is_refused_at_once() -> None:
    with pytest.raises(SamplingError, match="-1"):
        model_of().sample(-1, any_form=True)


def test_sampling_leaves_the_model_as_it_was() -> None:
    model = model_of(cell="lstm")
    before = model.parameters.values.copy()
    names_of(model)
    np.testing.assert_array_equal(model.parameters.values, before)


def test_two_samples_side_by_side_are_those_one_after_the_other() -> None:
    model = model_of(cell="gru")
    both = (
        model.sample(1500, seed=s, novel=False, unique=False, any_form=True)
        for s in (1, 2)
    )
    side_by_side = list(zip(*both, strict=True))
    expected = zip(*(names_of(model, 1500, seed=s) for s in (1, 2)), strict=True)
    assert side_by_side == list(expected)


# Length


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("max_length", [1, 2, 7, 40])
def test_fault_28_a_model_that_never_ends_stops_at_the_limit(
    cell: str, max_length: int
) -> None:
    model = with_bias(model_of(cell=cell), END, -1e4)
    names = names_of(model, max_length=max_length)
    assert [len(name) for name in names] == [max_length] * 50


def test_fault_28_the_limit_is_twice_the_longest_name_unless_told() -> None:
    names = names_of(with_bias(model_of(), END, -1e4))
    assert {len(name) for name in names} == {2 * len(ALPHABET)}


@pytest.mark.parametrize("max_length", [0, -1])
def test_a_limit_that_no_name_can_meet_is_refused_at_once(max_length: int) -> None:
    with pytest.raises(SamplingError, match=f"max_length: {max_length}"):
        model_of().sample(5, max_length=max_length, any_form=True)


def test_a_limit_without_limit_takes_no_memory_or_is_refused() -> None:
    model = with_bias(model_of(), END, 2.0)
    try:
        names = names_of(model, max_length=10**9)
    except SamplingError as error:
        assert "max_length" in str(error)
    else:
        assert len(names) == 50


def test_putting_the_case_back_does_not_lengthen_a_name_past_the_limit() -> None:
    model = untrained([*["ROSE"] * 30, "ROßE"], case="auto")
    assert model.case == "upper"
    sharp_s = int(model.vocabulary.encode("ß")[0])
    names = names_of(with_bias(model, sharp_s, 1e4), max_length=3)
    assert max(len(name) for name in names) <= 3


# What stands in a name


def test_no_name_begins_or_ends_with_a_blank() -> None:
    model = model_of(WITH_BLANK)
    for bias in (0.0, 3.0, 1e4):
        for name in names_of(with_bias(model, blank_of(model), bias), 500):
            assert name and name == name.strip()


def test_a_blank_within_a_name_is_kept() -> None:
    assert any(" " in name for name in names_of(model_of(WITH_BLANK), 500))


@settings(max_examples=60, deadline=None)
@given(
    alphabet=st.text("abz'é-·ßλ東\U00010348 \u00a0\u3000", min_size=1, max_size=6),
    cell=st.sampled_from(["rnn", "gru", "lstm"]),
    scale=st.sampled_from([0.01, 1.0, 10.0, 1e4]),
    temperature=st.sampled_from([0.0, 1e-6, 0.5, 1.0, 100.0]),
    max_length=st.integers(1, 9),
    seed=st.integers(0, 2**32),
)
def test_any_model_gives_names_of_its_alphabet(
    alphabet: str,
    cell: str,
    scale: float,
    temperature: float,
    max_length: int,
    seed: int,
) -> None:
    model = model_of(f"x{alphabet}x", scale, seed, cell=cell)
    names = names_of(model, 30, seed, temperature=temperature, max_length=max_length)
    assert len(names) == 30
    for name in names:
        assert set(name) <= set(model.vocabulary.alphabet)
        assert 1 <= len(name) <= max_length
        assert name == name.strip()


def test_names_are_composed() -> None:
    names = names_of(model_of("eq\u0301q\u0327e"), 500)
    assert any("é" in name for name in names)
    assert names == [unicodedata.normalize("NFC", name) for name in names]


def test_the_case_is_put_back() -> None:
    model = untrained(["Ada", "Bo", "Eve"], case="auto")
    assert model.vocabulary.alphabet == "abdeov"
    names = names_of(model)
    assert names == [name.capitalize() for name in names]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_weights_at_the_edge_of_their_range_still_give_names(
    temperature: float,
) -> None:
    model = model_of()
    model.parameters.values[:] = 3e38
    assert all(names_of(model, temperature=temperature))


# Temperature


@pytest.mark.parametrize("temperature", [math.nan, -1.0, -1e-9, 1e9, math.inf])
def test_fault_30_a_temperature_out_of_range_is_refused_at_once(
    temperature: float,
) -> None:
    with pytest.raises(SamplingError, match="temperature"):
        model_of().sample(5, temperature=temperature, any_form=True)


def logits_after(model: Model, ids: tuple[int, ...]) -> Floats:
    """What a textbook RNN says of the next symbol, in float64, written out."""
    w = {name: view.astype(float) for name, view in model.parameters.views.items()}
    a = np.zeros(len(w["layer0.b"]))
    for read in (END, *ids):
        a = np.tanh(w["layer0.Wax"][:, read] + w["layer0.b"] + w["layer0.Waa"] @ a)
    z: Floats = w["output.Wya"] @ a + w["output.by"]
    if not ids:
        z[END] = -np.inf
        for i, character in enumerate(model.vocabulary.alphabet, END + 1):
            if character.isspace():
                z[i] = -np.inf
    return z


def greedy_name(model: Model, max_length: int) -> str:
    """The likeliest symbol, time after time."""
    ids: tuple[int, ...] = ()
    while len(ids) < max_length:
        best = int(logits_after(model, ids).argmax())
        if best == END:
            break
        ids += (best,)
    return model.vocabulary.decode(ids)


def test_fault_30_temperature_zero_takes_the_likeliest() -> None:
    greedy = [greedy_name(model_of(seed=seed), 9) for seed in range(20)]
    assert len(set(greedy)) > 10
    for seed, name in enumerate(greedy):
        options: dict[str, Any] = {"temperature": 0.0, "max_length": 9}
        assert names_of(model_of(seed=seed), 3, **options) == [name] * 3


@pytest.mark.parametrize("temperature", [1e-6, 1e-30, 1e-38, 1e-39, 1e-45, 5e-324])
def test_fault_30_a_temperature_next_to_zero_takes_the_likeliest(
    temperature: float,
) -> None:
    model = model_of()
    names = names_of(model, 20, temperature=temperature, max_length=9)
    assert set(names) == {greedy_name(model, 9)}


# How often


def probabilities(
    model: Model, temperature: float, max_length: int
) -> dict[str, float]:
    """Every name of at most that length that the model can write, and how likely it is
    among them, by enumeration."""
    masses: defaultdict[str, float] = defaultdict(float)

    def go_on(ids: tuple[int, ...], likely: float) -> None:
        name = model.vocabulary.decode(ids)
        logits = logits_after(model, ids)
        weights = np.exp((logits - logits.max()) / temperature)
        for symbol, p in enumerate(likely * weights / weights.sum()):
            if symbol == END and not name.endswith(" "):
                masses[name] += p
            elif symbol != END and p and len(ids) < max_length:
                go_on((*ids, symbol), p)

    go_on((), 1.0)
    del masses[""]  # of no weight: no name ends before it has begun
    total = sum(masses.values())
    return {name: p / total for name, p in masses.items()}


def assert_as_frequent_as_told(model: Model, temperature: float) -> None:
    expected = probabilities(model, temperature, 4)
    assert sum(expected.values()) == pytest.approx(1)
    names = names_of(model, 20_000, temperature=temperature, max_length=4)
    statistic, freedom = chi_square(Counter(names), expected)
    assert set(names) <= set(expected)
    assert statistic < limit(freedom)


def chi_square(counts: Counter[str], expected: dict[str, float]) -> tuple[float, int]:
    """The statistic and its degrees of freedom; names expected under five times count
    as one."""
    n = counts.total()
    common = {name: n * p for name, p in expected.items() if n * p >= 5}
    rest = n - sum(common.values())
    other = n - sum(counts[name] for name in common)
    total = sum((counts[name] - e) ** 2 / e for name, e in common.items())
    return total + (other - rest) ** 2 / max(rest, 1), len(common)


def limit(freedom: int) -> float:
    """What chi square goes above once in 30,000 times (Wilson & Hilferty 1931)."""
    spread = 2 / (9 * freedom)
    return float(freedom * (1 - spread + 4 * spread**0.5) ** 3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("alphabet", ["ab", WITH_BLANK, "xyz"])
def test_names_are_as_frequent_as_the_model_says(
    alphabet: str, temperature: float
) -> None:
    assert_as_frequent_as_told(model_of(alphabet, 0.8, seed=4), temperature)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_a_model_that_would_end_at_once_chooses_among_the_letters(
    temperature: float,
) -> None:
    model = with_bias(model_of(WITH_BLANK, 0.8, seed=4), END, 1e4)
    assert {len(name) for name in names_of(model, temperature=temperature)} == {1}
    assert_as_frequent_as_told(model, temperature)


def test_a_high_temperature_brings_back_what_is_very_unlikely() -> None:
    model = with_bias(model_of("abc", 0.8, seed=4), END + 1, 250.0)
    assert_as_frequent_as_told(model, 100.0)


def test_the_comparison_of_frequencies_tells_a_wrong_temperature() -> None:
    model = model_of("ab", 0.8, seed=4)
    names = names_of(model, 20_000, temperature=1.0, max_length=4)
    statistic, freedom = chi_square(Counter(names), probabilities(model, 1.1, 4))
    assert statistic > limit(freedom)
