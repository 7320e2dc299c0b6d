"""The most probable names, against all names that there are."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from charnames.encoding.letter_case import KEEP
from charnames.errors import SamplingError
from charnames.generation import search
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train


def model_of(alphabet: str, seed: int, **settings: Any) -> Model:
    """A model with random weights."""
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0, **settings})
    (start,) = train([alphabet], recipe, seed=1, case=KEEP)
    values = start.model.parameters.values
    values[:] = 1.2 * np.random.default_rng(seed).standard_normal(len(values))
    return start.model


def every(model: Model, longest: int) -> list[tuple[float, str]]:
    """All names of at most that length with their nats, the best first."""
    alphabet = model.vocabulary.alphabet
    spelt = (itertools.product(alphabet, repeat=n + 1) for n in range(longest))
    names = ["".join(name) for name in itertools.chain.from_iterable(spelt)]
    scores = [s for s in model.score(names) if s.name == s.name.strip()]
    return sorted((score.nats or 0.0, score.name) for score in scores)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("alphabet", ["abc", "a b"])
def test_they_are_the_best_of_all_in_order(
    cell: str, seed: int, alphabet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CHUNK", 7)  # so that there is something to go back to
    model = model_of(alphabet, seed, cell=cell)
    names = list(model.best(50, max_length=6, novel=False, any_form=True))
    expected = every(model, 6)[:50]
    assert [entry.name for entry in names] == [name for _, name in expected]
    nats = [nats for nats, _ in expected]
    np.testing.assert_allclose([entry.nats for entry in names], nats, rtol=1e-4)


def test_they_meet_what_is_asked_and_are_new() -> None:
    model = model_of("abc", 1)
    wanted: dict[str, Any] = {"prefix": "a", "suffix": "bc", "avoid": ["abbc"]}
    names = [
        entry.name for entry in model.best(9, max_length=6, **wanted, any_form=True)
    ]
    expected = [
        name
        for _, name in every(model, 6)
        if name.startswith("a") and name.endswith("bc") and name not in ("abc", "abbc")
    ]
    assert names == expected[:9]


def test_learned_names_are_left_out_however_they_are_written() -> None:
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    learned = ["A", "B", "Ab", "Ba", "Aa"]
    (start,) = train(learned, recipe, seed=1, case="capitalised")
    ranked = list(start.model.best(6, max_length=2, novel=False, any_form=True))
    assert {entry.name for entry in ranked} == {*learned, "Bb"}
    (new,) = start.model.best(1, max_length=2, any_form=True)
    assert new.name == "Bb"
    (other,) = start.model.best(
        1,
        max_length=2,
        novel=False,
        avoid=["a", "AB", *"bB", "Ba", "AA"],
        any_form=True,
    )
    assert other.name == "Bb"


def test_fewer_than_asked_for_are_said_after_them() -> None:
    names = model_of("abc", 1).best(9, max_length=1, any_form=True)
    assert len([next(names) for _ in range(3)]) == 3
    with pytest.raises(SamplingError, match="there are only 3 such names"):
        next(names)


def test_no_names() -> None:
    assert list(model_of("abc", 1).best(0, any_form=True)) == []
    with pytest.raises(SamplingError, match="best: -1"):
        next(model_of("abc", 1).best(-1, any_form=True))


def test_a_search_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_PREFIXES", 1000)
    with pytest.raises(SamplingError, match="are not sure after 1,000 beginnings"):
        list(model_of("abcdefgh", 1).best(5000, any_form=True))
