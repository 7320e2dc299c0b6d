"""Settings: what each takes and refuses, and what the named recipes set."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.data.name_list import NameList
from charnames.errors import RecipeError
from charnames.recipes.converter_presets import CONVERTER_TIERS
from charnames.recipes.presets import LONG_LIST, MODERN_TIERS
from charnames.recipes.recipe import Recipe

# The least and the most that each takes.
WHOLE: dict[str, tuple[int, int]] = {
    "hidden_size": (1, 4096),
    "layers": (1, 16),
    "embedding_size": (0, 4096),
    "iterations": (0, 10**12),
    "batch_size": (1, 65_536),
    "patience": (0, 10**6),
    "checkpoint_every": (1, 10**12),
    "samples": (0, 1_000),
    "warm_up": (0, 10**9),
    "ngram": (0, 8),
    "min_edits": (1, 2),
    "best_of": (1, 1_000),
    "max_vocabulary": (1, 50_000),
}
REAL: dict[str, tuple[float, float]] = {
    "time_limit": (0, math.inf),
    "held_out": (0, 0.9),
    "learning_rate": (0, math.inf),
    "momentum": (0, 0.9999),
    "clip": (0, math.inf),
    "dropout": (0, 0.95),
    "embedding_dropout": (0, 0.95),
    "recurrent_dropout": (0, 0.95),
    "weight_decay": (0, 100),
    "anchor": (0, 10_000),
    "average": (0, 0.999999),
    "ngram_weight": (0, 1),
    "word_weight": (0, 0.99),
    "sampling_word_weight": (0, 0.99),
    "temperature": (0, 100),
    "min_p": (0, 1),
    "tolerance": (0, math.inf),
}
CHOICES = {
    "cell": ("rnn", "gru", "lstm"),
    "start": ("textbook", "scaled"),
    "optimizer": ("sgd", "adamw"),
    "schedule": ("constant", "linear", "cosine"),
    "clip_by": ("value", "norm"),
    "state": ("carry", "zero"),
    "order": ("once", "each-pass"),
    "keep": ("best", "last"),
    "scale": ("none", "standard", "unit"),
    "init_from": ("none", "base", "model"),
}
SWITCHES = ("tied", "fit_ngram_weight")
OF_CLASSIFIERS = {
    "task": "classify",
    "unit": "word",
    "bidirectional": True,
    "pooling": "mean",
    "class_weights": "balanced",
}
EVERY = [*WHOLE, *REAL, *CHOICES, *SWITCHES]

WRONG_TYPES: tuple[Any, ...] = (None, "3", "", [3], {"a": 3}, b"3", 1j)


def refused(name: str, value: Any) -> str:
    """The message with which the recipe refuses that value: a line about `name`."""
    with pytest.raises(RecipeError) as caught:
        Recipe(**{name: value})
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert caught.value.setting == name
    assert message.isprintable()
    return message


# Each with what it needs beside it.
OF_CONVERTERS: dict[str, dict[str, Any]] = {
    "source_unit": {"source_unit": "blank"},
    "target_unit": {"target_unit": "blank"},
    "upsample": {"upsample": 2, "decoder": "ctc"},
    "encoder": {"encoder": "none"},
    "decoder": {"decoder": "ctc"},
    "attention": {"attention": "none"},
    "label_smoothing": {"label_smoothing": 0.1},
    "reverse": {"reverse": True},
    "members": {"members": 2},
}


def cases(values: Mapping[str, Any]) -> Any:
    """Each setting of those, with what it says there."""
    return pytest.mark.parametrize(("name", "of_it"), values.items(), ids=values.keys())


# What a setting takes


@cases(OF_CLASSIFIERS)
def test_a_setting_of_classifiers_is_theirs_alone(name: str, of_it: Any) -> None:
    settings = {"task": "classify", name: of_it}
    assert getattr(Recipe(**settings), name) == of_it
    if name != "task":
        assert "is not for the task 'generate'" in refused(name, of_it)


@pytest.mark.parametrize(
    "settings", [{"word_weight": 0.1}, {"tied": True}, {"state": "zero"}]
)
def test_a_classifier_has_no_settings_of_writers(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(RecipeError, match=f"{name}: .* not for the task 'classify'"):
        Recipe(task="classify", embedding_size=100, **settings)


@cases(OF_CONVERTERS)
def test_a_setting_of_converters_is_theirs_alone(name: str, of_it: Any) -> None:
    settings = {"task": "convert", **of_it}
    assert getattr(Recipe(**settings), name) == of_it[name]
    for task in ("generate", "classify"):
        with pytest.raises(RecipeError, match=f"{name}: .* not for the task '{task}'"):
            Recipe(**{"decoder": "recurrent", **of_it, "task": task, name: of_it[name]})


def test_every_setting_is_here() -> None:
    assert sorted([*EVERY, *OF_CLASSIFIERS, *OF_CONVERTERS]) == sorted(
        f.name for f in dataclasses.fields(Recipe)
    )


@cases(WHOLE)
def test_a_whole_number_has_its_range(name: str, of_it: tuple[int, int]) -> None:
    low, high = of_it
    for value in (low, low + 1, high):
        assert getattr(Recipe(**{name: value, "state": "zero"}), name) == value
    for value in (low - 1, high + 1, -(10**30), 10**30):
        assert "out of range" in refused(name, value)


@cases(WHOLE)
def test_a_whole_number_is_nothing_else(name: str, of_it: tuple[int, int]) -> None:
    for value in (*WRONG_TYPES, True, False, 3.0, 3.5, math.nan, math.inf):
        if (name, value) != ("hidden_size", [3]):
            assert "is not a whole number" in refused(name, value)


def test_layers_may_differ_in_size() -> None:
    recipe = Recipe(hidden_size=(64, 32, 4096))
    assert (recipe.sizes, recipe.layers) == ((64, 32, 4096), 3)
    assert recipe == Recipe(hidden_size=(64, 32, 4096), layers=3)
    assert Recipe.from_settings(json.loads(json.dumps(recipe.settings()))) == recipe
    assert Recipe(hidden_size=5, layers=2).sizes == (5, 5)
    assert Recipe(hidden_size=(8, 4), embedding_size=4, tied=True).tied
    with pytest.raises(RecipeError, match=r"^tied: .*8 units"):
        Recipe(hidden_size=(4, 8), embedding_size=4, tied=True)


def test_sizes_are_as_many_as_the_layers() -> None:
    with pytest.raises(RecipeError, match=r"^hidden_size: 3 sizes .* 2 layers"):
        Recipe(hidden_size=(64, 32, 32), layers=2)
    for count in (0, 17, 100_000):
        assert "sizes are out of range (1 to 16)" in refused("hidden_size", [3] * count)
    for size in (0, 4097):
        assert "out of range" in refused("hidden_size", (3, size))
    for odd in (*WRONG_TYPES, True, 3.0):
        assert "is not a whole number" in refused("hidden_size", [3, odd])


@cases(REAL)
def test_a_number_has_its_range(name: str, of_it: tuple[float, float]) -> None:
    low, high = of_it
    for value in (low, 0.5, min(high, 1e300)):
        result = getattr(Recipe(**{name: value}), name)
        assert result == value
        assert type(result) is float
    for value in (math.nextafter(low, -1), -1, -math.inf, math.inf, math.nan):
        assert "out of range" in refused(name, value)
    if high < math.inf:
        assert "out of range" in refused(name, math.nextafter(high, math.inf))


@cases(REAL)
def test_a_number_is_nothing_else(name: str, of_it: tuple[float, float]) -> None:
    for value in (*WRONG_TYPES, True, False):
        assert "is not a number" in refused(name, value)


@pytest.mark.parametrize("name", REAL)
def test_a_whole_number_beyond_all_floats_is_out_of_range(name: str) -> None:
    assert "out of range" in refused(name, 10**400)
    assert "out of range" in refused(name, -(10**400))


def test_a_number_too_long_to_be_told_is_refused_all_the_same() -> None:
    refused("hidden_size", 10**5_000)


@cases(CHOICES)
def test_a_choice_is_one_of_its_own(name: str, of_it: tuple[str, ...]) -> None:
    for value in of_it:
        assert getattr(Recipe(**{name: value}), name) == value
    for value in (*WRONG_TYPES, True, 0, math.nan, of_it[0].upper(), of_it[0] + " "):
        assert ", ".join(of_it) in refused(name, value)


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_on_or_off(name: str) -> None:
    for value in (*WRONG_TYPES, 0, 1, 1.0, math.nan, "true"):
        assert "neither true nor false" in refused(name, value)


def test_a_tied_output_needs_an_embedding_of_its_size() -> None:
    assert Recipe(tied=True, embedding_size=64, hidden_size=64).tied
    assert not Recipe(tied=False, embedding_size=48, hidden_size=64).tied
    for embedding_size in (0, 63, 65):
        with pytest.raises(RecipeError, match=r"^tied: .*64 units"):
            Recipe(tied=True, embedding_size=embedding_size, hidden_size=64)


def test_a_recipe_stays_as_it_is() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recipe().hidden_size = 3  # type: ignore[misc]


# Settings by name


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("hiden_size", "hidden_size"),
        ("learningrate", "learning_rate"),
        ("Layers", "layers"),
        ("optimiser", "optimizer"),
        ("batch-size", "batch_size"),
    ],
)
def test_a_slip_in_a_name_is_pointed_out(wrong: str, meant: str) -> None:
    expected = f"^there is no setting {wrong!r}; did you mean {meant!r}\\?$"
    for build in (Recipe.classic, lambda **s: Recipe.modern(["ada"], **s)):
        with pytest.raises(RecipeError, match=expected) as caught:
            build(**{wrong: 1})
        assert caught.value.setting == wrong


def test_an_error_keeps_its_setting_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RecipeError("cell: no 'x'", "cell")))
    assert (str(error), error.setting) == ("cell: no 'x'", "cell")


def test_a_name_like_none_is_only_refused() -> None:
    with pytest.raises(RecipeError, match=r"^there is no setting 'zzz'$"):
        Recipe.from_settings({"zzz": 1})


def possible(**settings: Any) -> Recipe:
    """A recipe of the settings: a state is carried in batches of one name only."""
    if settings["state"] == "carry":
        settings["batch_size"] = 1
    return Recipe(**settings)


recipes = st.builds(
    possible,
    **{name: st.integers(low, high) for name, (low, high) in WHOLE.items()},
    **{name: st.floats(low, min(high, 1e9)) for name, (low, high) in REAL.items()},
    **{name: st.sampled_from(choices) for name, choices in CHOICES.items()},
)


@given(recipes)
def test_settings_and_back_is_the_recipe(recipe: Recipe) -> None:
    settings = recipe.settings()
    assert sorted(settings) == sorted([*EVERY, *OF_CLASSIFIERS])
    assert Recipe.from_settings(settings) == recipe
    assert Recipe.from_settings(json.loads(json.dumps(settings))) == recipe


def test_a_recipe_takes_the_network_of_another() -> None:
    ours = Recipe(hidden_size=7, learning_rate=0.5, dropout=0.1, start="scaled")
    theirs = Recipe(
        cell="gru", hidden_size=9, layers=2, embedding_size=9, tied=True, dropout=0.3
    )
    recipe = ours.with_network_of(theirs)
    network = ("cell", "hidden_size", "layers", "embedding_size", "tied")
    for name, value in recipe.settings().items():
        assert value == getattr(theirs if name in network else ours, name), name


# Recipes by name


def list_of(symbols: int) -> list[str]:
    """A list with that many symbols, the markers that end its names among them."""
    whole, rest = divmod(symbols, 1_000)
    names = ["a" * 999] * whole
    return [*names, "a" * (rest - 1)] if rest else names


def modern(symbols: int, **settings: Any) -> Recipe:
    """The recipe from random weights."""
    return Recipe.modern(list_of(symbols), init_from="none", **settings)


def test_the_classic_recipe_is_the_textbooks() -> None:
    classic = Recipe.classic()
    assert classic == Recipe()
    textbook = {
        "cell": "rnn",
        "layers": 1,
        "embedding_size": 0,
        "batch_size": 1,
        "state": "carry",
        "order": "once",
        "keep": "best",
        "optimizer": "sgd",
        "momentum": 0,
        "schedule": "constant",
        "clip": 5,
        "clip_by": "value",
    }
    assert {name: getattr(classic, name) for name in textbook} == textbook
    for name in ("dropout", "embedding_dropout", "recurrent_dropout", "weight_decay"):
        assert getattr(classic, name) == 0
    for name in ("average", "ngram", "held_out", "time_limit"):
        assert getattr(classic, name) == 0


def test_the_modern_recipe_has_a_tier_for_each_size() -> None:
    tiers = [(1, 2_499), (2_500, 19_999), (20_000, 99_999), (100_000, 5_000_000)]
    for (least, most), (_, tier) in zip(tiers, MODERN_TIERS, strict=True):
        low, high = modern(least), modern(most)
        assert low == dataclasses.replace(high, iterations=low.iterations)
        assert low.iterations == high.iterations or least == 100_000
        assert low.settings().items() >= tier.items()
    assert len({modern(least).hidden_size for least, _ in tiers}) == len(tiers)


def test_a_short_list_is_kept_from_learning_by_heart() -> None:
    for symbols in (1_000, 10_000, 50_000):
        recipe = modern(symbols)
        assert min(recipe.dropout, recipe.recurrent_dropout, recipe.weight_decay) > 0
        assert recipe.ngram and recipe.average
    sizes = [modern(symbols).hidden_size for symbols in (1_000, 10_000, 50_000, 10**6)]
    assert sizes == sorted(sizes)


def passes(names: int, **settings: Any) -> float:
    """How often the modern recipe goes through a list of so many names of 9 letters."""
    recipe = Recipe.modern(["a" * 9] * names, **settings)
    return recipe.iterations * recipe.batch_size / names


def test_a_long_list_is_gone_through_as_often_as_is_worth_it() -> None:
    assert passes(100_000) == pytest.approx(passes(150_000), rel=0.01)
    assert passes(100_000) == pytest.approx(16, rel=0.01)
    assert Recipe.modern(["a" * 9] * 10_000).iterations == 4_000
    assert Recipe.modern(["a" * 9] * 1_000_000).iterations == 30_000


def test_a_long_list_with_a_time_limit_trains_for_all_of_it() -> None:
    limited = modern(100_000, time_limit=180)
    assert limited.iterations >= 10**8
    assert limited.time_limit == 180
    expected = dataclasses.replace(modern(100_000), time_limit=180)
    assert dataclasses.replace(limited, iterations=expected.iterations) == expected
    assert modern(100_000, time_limit=0) == modern(100_000)


@pytest.mark.parametrize("symbols", [1_000, 10_000, 99_999])
def test_a_short_list_with_a_time_limit_is_done_sooner(symbols: int) -> None:
    assert modern(symbols, time_limit=180).iterations == modern(symbols).iterations


@pytest.mark.parametrize("symbols", [1_000, 10_000, 50_000, 10**6])
def test_a_list_with_labels_is_learned_for_longer(symbols: int) -> None:
    plain = list_of(symbols)
    labelled = NameList(plain, labels=["one"] * len(plain))
    without, recipe = (
        Recipe.modern(names, init_from="none") for names in (plain, labelled)
    )
    if symbols >= LONG_LIST:
        assert recipe == without
    else:
        assert recipe.iterations == 2 * without.iterations
        assert recipe.dropout <= without.dropout
        assert recipe.sizes == without.sizes


def converting(pairs: int, **settings: Any) -> Recipe:
    return Recipe.modern(["ada"] * pairs, task="convert", **settings)


def test_a_converter_of_more_pairs_has_less_dropout_and_larger_batches() -> None:
    tiers = [(1, 2_999), (3_000, 29_999), (30_000, 100_000)]
    for (least, most), (*_, tier) in zip(tiers, CONVERTER_TIERS, strict=True):
        low, high = converting(least), converting(most)
        assert low.settings().items() >= tier.items() <= high.settings().items()
    recipes = [converting(least) for least, _ in tiers]
    dropout = [recipe.dropout for recipe in recipes]
    assert dropout == sorted(set(dropout), reverse=True)
    batches = [recipe.batch_size for recipe in recipes]
    assert batches == sorted(set(batches))


@pytest.mark.parametrize(
    ("pairs", "passes"),
    [(10, 640), (800, 100), (10_000, 60), (10**5, 20), (10**6, 3.8)],
)
def test_a_converter_goes_through_a_short_list_more_often(
    pairs: int, passes: float
) -> None:
    recipe = converting(pairs)
    assert recipe.iterations == 20 * recipe.checkpoint_every
    result = recipe.iterations * recipe.batch_size / pairs
    assert result == pytest.approx(passes, rel=0.02)


def test_a_converter_of_many_pairs_with_a_time_limit_trains_for_all_of_it() -> None:
    assert converting(30_000, time_limit=180).iterations >= 10**8
    assert (
        converting(29_999, time_limit=180).iterations == converting(29_999).iterations
    )


def classifying(inputs: list[Any], **settings: Any) -> Recipe:
    return Recipe.modern(inputs, task="classify", **settings)


def test_what_a_classifier_reads_decides_its_settings() -> None:
    texts, vectors = ["ada"] * 2_000, [np.zeros((3, 2), np.float32)] * 2_000
    characters, numbers = classifying(texts), classifying(vectors)
    words = classifying(texts, unit="word")
    assert characters.hidden_size > words.hidden_size == numbers.hidden_size
    assert characters.iterations > words.iterations
    # It learns a short list of names by heart sooner than anything else.
    assert characters.recurrent_dropout > words.recurrent_dropout
    assert words.recurrent_dropout > numbers.recurrent_dropout
    assert [r.pooling for r in (characters, words, numbers)] == ["max", "mean", "mean"]
    for recipe in (characters, words, numbers):
        assert (recipe.cell, recipe.bidirectional) == ("lstm", True)
    assert classifying(texts, hidden_size=7, cell="gru").hidden_size == 7
    with pytest.raises(
        RecipeError, match="unit: 'syllable' is none of character, word"
    ):
        classifying(texts, unit="syllable")


@pytest.mark.parametrize(
    ("texts", "passes"), [(10, 640), (128, 50), (2_000, 27), (10**6, 0.64)]
)
def test_a_classifier_goes_through_a_short_list_more_often(
    texts: int, passes: float
) -> None:
    recipe = classifying(["ada"] * texts)
    result = recipe.iterations * recipe.batch_size / texts
    assert result == pytest.approx(passes, rel=0.01)
    assert recipe.iterations == 20 * recipe.checkpoint_every
