"""Constrained names against the exact distribution: every name there is, enumerated.

P(name | constraints) is in proportion to the product of the probabilities of the name's
symbols, each as temperature, top-k, top-p and min-p leave it, among the names that
meet the constraints.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from charnames.encoding.letter_case import KEEP
from charnames.errors import SamplingError
from charnames.generation import frontier
from charnames.models.language_model import Model
from charnames.nn.batching import END
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

Floats = NDArray[np.float64]

ALPHABET = "abc"
LONGEST = 2 * len(ALPHABET)  # characters of a name, unless told
N = 10_000
RAW: dict[str, Any] = {"novel": False, "unique": False, "any_form": True}

NARROWINGS: list[dict[str, Any]] = [
    {},
    {"top_k": 2},
    {"top_p": 0.8},
    {"min_p": 0.2},
    {"top_k": 3, "top_p": 0.9, "min_p": 0.05},
]
CONSTRAINTS: list[dict[str, Any]] = [
    {"prefix": "b"},
    {"suffix": "b", "max_length": 5},
    {"contains": "ca"},
    {"match": "?[!a]*[bc]"},
    {"min_length": 3, "max_length": 4},
    {"prefix": "a", "suffix": "b", "contains": "c"},
]
TEMPERATURES = [0.3, 0.5, 0.7, 1.0, 1.5]


def random_model(seed: int) -> Model:
    """A model over three letters with random weights."""
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    (start,) = train([ALPHABET], recipe, seed=1, case=KEEP)
    values = start.model.parameters.values
    values[:] = 1.2 * np.random.default_rng(seed).standard_normal(len(values))
    return start.model


MODELS = [random_model(seed) for seed in (1, 2, 3)]


def logits(model: Model) -> dict[str, Floats]:
    """The logits (V,) after every prefix, by a textbook RNN."""
    w = {name: view.astype(float) for name, view in model.parameters.views.items()}

    def read(a: Floats, i: int) -> Floats:
        return np.tanh(w["layer0.Wax"][:, i] + w["layer0.b"] + w["layer0.Waa"] @ a)

    states = {"": read(np.zeros(len(w["layer0.b"])), END)}
    for length in range(LONGEST):
        for prefix in ["".join(t) for t in itertools.product(ALPHABET, repeat=length)]:
            for i, letter in enumerate(ALPHABET, END + 1):
                states[prefix + letter] = read(states[prefix], i)
    result = {p: w["output.Wya"] @ a + w["output.by"] for p, a in states.items()}
    result[""][END] = -np.inf
    return result


LOGITS = [logits(model) for model in MODELS]


def adjusted(
    z: Floats,
    temperature: float,
    top_k: int | None = None,
    top_p: float | None = None,
    min_p: float | None = None,
) -> Floats:
    """The probabilities of the symbols, one setting after the other, for logits (V,) or
    rows of them (N, V).
    """
    p = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
    p /= p.sum(axis=-1, keepdims=True)
    order = np.argsort(-p, axis=-1)
    if top_k is not None:
        np.put_along_axis(p, order[..., top_k:], 0, axis=-1)
        p /= p.sum(axis=-1, keepdims=True)
    if top_p is not None:
        ranked = np.take_along_axis(p, order, axis=-1)
        before = np.cumsum(ranked, axis=-1) - ranked  # of the likelier symbols
        np.put_along_axis(p, order, np.where(before < top_p, ranked, 0), axis=-1)
        p /= p.sum(axis=-1, keepdims=True)
    if min_p is not None:
        p[p < min_p * p.max(axis=-1, keepdims=True)] = 0
        p /= p.sum(axis=-1, keepdims=True)
    return p


def meets(
    name: str,
    prefix: str = "",
    suffix: str = "",
    contains: str = "",
    match: str = "*",
    min_length: int = 1,
    max_length: int = LONGEST,
) -> bool:
    return (
        name.startswith(prefix)
        and name.endswith(suffix)
        and contains in name
        and fnmatch.fnmatchcase(name, match)
        and min_length <= len(name) <= max_length
    )


@functools.cache
def enumerated(number: int, settings: tuple[tuple[str, Any], ...]) -> dict[str, float]:
    """The probability of every name of at most LONGEST characters."""
    options = dict(settings)
    free_start = options.pop("free_start", False)
    z = LOGITS[number]
    p = dict(zip(z, adjusted(np.stack([*z.values()]), **options), strict=True))
    if free_start:
        p[""] = adjusted(z[""], 1.0)
    likely = {"": 1.0}
    for prefix in sorted(p, key=len):
        for i, letter in enumerate(ALPHABET, END + 1):
            if len(prefix) < LONGEST:
                likely[prefix + letter] = likely[prefix] * p[prefix][i]
    return {name: likely[name] * p[name][END] for name in p}


@functools.cache
def names_that_meet(constraints: tuple[tuple[str, Any], ...]) -> list[str]:
    return [name for name in LOGITS[0] if meets(name, **dict(constraints))]


def exact(
    number: int, constraints: dict[str, Any], settings: dict[str, Any]
) -> dict[str, float]:
    """The probability of each name that meets the constraints, among these."""
    every = enumerated(number, tuple(settings.items()))
    whole = {name: every[name] for name in names_that_meet((*constraints.items(),))}
    total = sum(whole.values()) or 1.0
    return {name: q / total for name, q in whole.items() if q}


def variation(counts: Counter[str], expected: dict[str, float]) -> float:
    """The total variation of the drawn names from what was expected."""
    assert set(counts) <= set(expected)
    n = counts.total()
    shares = [abs(counts[name] / n - p) for name, p in expected.items()]
    return sum(shares) / 2


def assert_exact(
    number: int, constraints: dict[str, Any], settings: dict[str, Any]
) -> None:
    """Names are as frequent as they have to be, up to what N exact draws differ by."""
    expected = exact(number, constraints, settings)
    sample = MODELS[number].sample
    if not expected:
        with pytest.raises(SamplingError, match="no name that the constraints allow"):
            sample(1, seed=5, **constraints, **settings, **RAW)
        return
    drawn = Counter(sample(N, seed=5, **constraints, **settings, **RAW))
    counts = np.random.default_rng(1).multinomial(N, [*expected.values()]).tolist()
    exactly = Counter(dict(zip(expected, counts, strict=True)))
    assert drawn.total() == N
    assert variation(drawn, expected) <= variation(exactly, expected) + 0.02


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("number", range(len(MODELS)))
def test_names_are_as_frequent_as_by_enumeration(
    number: int, temperature: float
) -> None:
    for constraints, narrowing in itertools.product(CONSTRAINTS, NARROWINGS):
        settings = {"temperature": temperature, **narrowing}
        if exact(number, constraints, settings) or "prefix" not in constraints:
            assert_exact(number, constraints, settings)


@pytest.mark.parametrize("temperature", [0.7, 1.0])
@pytest.mark.parametrize("number", [0, 1])
def test_weights_make_up_for_a_look_ahead_that_is_not_exact(
    number: int, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few prefixes read, most names are drawn by what the bigrams promise."""
    monkeypatch.setattr(frontier, "MAX_READS", 12)
    for constraints, narrowing in itertools.product(CONSTRAINTS, NARROWINGS):
        settings = {"temperature": temperature, **narrowing}
        if exact(number, constraints, settings):
            assert_exact(number, constraints, settings)


def test_the_first_symbol_is_free_where_the_best_of_several_is_kept() -> None:
    recipe = replace(MODELS[1].recipe, temperature=0.4, best_of=4)
    model = replace(MODELS[1], recipe=recipe)
    differences = []
    for constraints in CONSTRAINTS:
        drawn = Counter(model.sample(N, seed=5, best_of=1, **constraints, **RAW))
        expected = exact(1, constraints, {"temperature": 0.4, "free_start": True})
        assert variation(drawn, expected) < 0.03
        differences.append(
            variation(drawn, exact(1, constraints, {"temperature": 0.4}))
        )
    assert max(differences) > 0.2
    names = list(model.sample(N, seed=5, best_of=1, **RAW))
    shares = [np.mean([name[0] == letter for name in names]) for letter in ALPHABET]
    assert np.allclose(shares, adjusted(LOGITS[1][""], 1.0)[END + 1 :], atol=0.02)


def test_settings_that_leave_out_a_prefix_apply_to_what_follows_it() -> None:
    number, settings = 0, {"temperature": 0.7, "top_k": 1}
    (likeliest,) = exact(number, {}, settings)
    (prefix, *_) = {*ALPHABET} - {likeliest[0]}
    assert not exact(number, {"prefix": prefix}, settings)
    ids, name = LOGITS[number], prefix
    while i := int(ids[name].argmax()):
        name += ALPHABET[i - END - 1]
    drawn = MODELS[number].sample(50, seed=1, prefix=prefix, **settings, **RAW)
    assert {*drawn} == {name}


def test_distinct_names_are_all_that_there_are() -> None:
    settings = {"temperature": 0.3, "min_p": 0.01}
    expected = exact(0, {"suffix": "b"}, settings)
    common = [name for name, p in expected.items() if p > 1e-4]
    assert len(common) > 5
    names = list(
        MODELS[0].sample(len(common), seed=1, suffix="b", **settings, any_form=True)
    )
    assert len({*names}) == len(common)
    assert {*names} <= {*expected} - {ALPHABET}
