"""Weights of names: in the batches, in the n-grams, and in what is sampled."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.encoding.labels import counted_labels
from charnames.encoding.vocabulary import Vocabulary
from charnames.models import loading
from charnames.models.language_model import Model
from charnames.prediction.ngram import count_grams, whole_weights
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from charnames.training.loop import Batches

# The most frequent surnames of the US census of 1990, in per cent.
CENSUS = {
    "SMITH": 1.006,
    "JOHNSON": 0.810,
    "WILLIAMS": 0.699,
    "JONES": 0.621,
    "BROWN": 0.621,
    "DAVIS": 0.480,
    "MILLER": 0.424,
    "WILSON": 0.339,
    "ANDERSON": 0.311,
    "VANDYKE": 0.004,
}
WEIGHTED = NameList(CENSUS, "census", weights=list(CENSUS.values()))


def drawn(weights: list[float], passes: int, batch_size: int = 3) -> Counter[int]:
    batches = Batches(len(weights), batch_size, 1, np.array(weights))
    numbers = (batches.numbers(i) for i in range(passes * batches.per_pass))
    return Counter(np.concatenate(list(numbers)).tolist())


def test_a_name_is_drawn_as_often_as_its_weight_says() -> None:
    weights, passes = [1.0, 10.0, 3.5, 0.5, 1000.0, 5.0], 3_000
    counts, total = drawn(weights, passes), passes * len(weights)
    for number, weight in enumerate(weights):
        expected = total * weight / sum(weights)
        assert abs(counts[number] - expected) < 4 * np.sqrt(expected), number


def test_within_a_pass_a_name_is_drawn_its_share_to_within_one() -> None:
    weights = np.random.default_rng(1).random(50)
    for first in range(20):
        batches = Batches(50, 50, first, weights)
        counts = np.bincount(batches.numbers(0), minlength=50)
        assert (np.abs(counts - 50 * weights / weights.sum()) < 1).all()


def test_equal_weights_draw_each_name_once_a_pass() -> None:
    assert set(drawn([7.0] * 20, 5).values()) == {5}


def test_n_grams_count_as_if_a_name_stood_so_often() -> None:
    names, times = ["ada", "adam", "bo", "eve"], [3, 1, 10, 2]
    vocabulary = Vocabulary.of(names)
    weighted = vocabulary.sequences(names).weighted(np.array(times, float))
    repeated = [name for name, n in zip(names, times, strict=True) for _ in range(n)]
    for order in (1, 2, 4):
        expected = count_grams(vocabulary.sequences(repeated), len(vocabulary), order)
        counted = count_grams(weighted, len(vocabulary), order)
        np.testing.assert_array_equal(counted.codes, expected.codes)
        np.testing.assert_array_equal(counted.counts, expected.counts)
        assert counted.counts.dtype == expected.counts.dtype


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([1.006, 0.81, 0.004], [252, 202, 1]),
        ([4.0, 2.0, 6.0], [4, 2, 6]),
        ([0.5, 1.5, 1.0], [1, 3, 2]),
        ([1e300, 1e300, 1.0], None),
        ([1e-300, 1e-300, 1.0], None),
    ],
)
def test_shares_become_whole_numbers(
    weights: list[float], expected: list[int] | None
) -> None:
    sequences = Vocabulary.of(["ab"]).sequences(["a", "b", "ab"])
    whole = whole_weights(sequences.weighted(np.array(weights)))
    assert expected is None or whole.tolist() == expected
    assert whole.min() >= 1 and int((whole * sequences.lengths).sum()) < 2**32


def test_a_census_list_comes_out_with_its_shares() -> None:
    """Among the names of the list, to 10 % and what chance allows in 20,000 names."""
    length = {"iterations": 1_500, "checkpoint_every": 1_500}
    recipe = Recipe.modern(WEIGHTED, init_from="none", **length)
    *_, last = train(WEIGHTED, recipe, seed=1)
    undo = {"temperature": 1.0, "any_form": True, "novel": False, "unique": False}
    for options in (undo, {"novel": False, "unique": False}):
        names = last.model.sample(20_000, seed=1, **options)
        counts = Counter(name for name in names if name in CENSUS)
        total = counts.total()
        assert total > 16_000
        for surname, share in CENSUS.items():
            expected = total * share / sum(CENSUS.values())
            by_chance = 4 * np.sqrt(expected)
            assert abs(counts[surname] - expected) < by_chance + 0.1 * expected


def test_a_weighted_model_is_saved_and_resumed() -> None:
    length = {"iterations": 20, "checkpoint_every": 10}
    recipe = Recipe.modern(WEIGHTED, init_from="none", ngram=3, **length)
    *_, half, last = train(WEIGHTED, recipe, seed=1)
    again = loading.from_bytes(half.model.to_bytes())
    assert isinstance(again, Model)
    *_, resumed = train(WEIGHTED, resume=again)
    assert resumed.model.to_bytes()[-4000:] == last.model.to_bytes()[-4000:]


def test_held_out_names_take_their_weights_along() -> None:
    recipe = Recipe(held_out=0.3, iterations=20, hidden_size=4)
    *_, last = train(WEIGHTED, recipe, seed=1)
    assert last.held_out is not None


def test_labels_are_as_frequent_as_the_weights_of_their_names() -> None:
    labels = ["x"] * 6 + ["y"] * 3 + ["z"]
    names = NameList(list("abcdefghij"), "l", labels, [1.0] * 6 + [10.0] * 3 + [0.01])
    assert counted_labels(names) == {"x": 2, "y": 7, "z": 1}
    assert counted_labels(NameList(list(names), "l", labels)) == {
        "x": 6,
        "y": 3,
        "z": 1,
    }
