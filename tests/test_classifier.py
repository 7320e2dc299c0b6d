"""Classifiers: what they learn, tell, keep in their file, and go on with."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.data.sequences import SequenceList
from charnames.errors import ListError, ModelFileError, TrainingError
from charnames.models import loading
from charnames.models.classifier import Classifier
from charnames.recipes.recipe import POOLINGS, Recipe
from charnames.training.class_weights import balanced_weights
from charnames.training.classifier import ClassifierCheckpoint, train_classifier

TEXTS = ["Abba", "Ab", "Baab", "Bab", "Abab", "Cxx", "Xyc", "Yxy", "Xc", "Yyx"]
NAMES = NameList(TEXTS, "two kinds", ["ab"] * 5 + ["xy"] * 5)
SENTENCES = NameList(
    ["a good film", "good fun, a joy", "a bad film", "bad, bad and a bore"] * 3,
    "reviews",
    ["for", "for", "against", "against"] * 3,
)


def waves(count: int, seed: int = 0) -> SequenceList:
    """Rising and falling lines of two numbers, of different lengths and scales."""
    rng = np.random.default_rng(seed)
    sequences, labels = [], []
    for i in range(count):
        steps = np.linspace(0, 1, int(rng.integers(4, 12)))
        slope = 1 if i % 2 else -1
        noise = 0.1 * rng.standard_normal((len(steps), 2))
        line = np.stack([slope * steps, 0.2 * steps], axis=1) + noise
        sequences.append(1_000 + 50 * line)
        labels.append("up" if i % 2 else "down")
    return SequenceList(sequences, "waves", labels)


LISTS = {"names": NAMES, "sentences": SENTENCES, "waves": waves(20)}
SETTINGS: dict[str, Any] = {
    "task": "classify",
    "cell": "lstm",
    "hidden_size": 8,
    "embedding_size": 4,
    "start": "scaled",
    "bidirectional": True,
    "batch_size": 4,
    "optimizer": "adamw",
    "learning_rate": 0.03,
    "iterations": 90,
    "checkpoint_every": 30,
}


def recipe_for(kind: str, **settings: Any) -> Recipe:
    unit = "word" if kind == "sentences" else "character"
    return Recipe(**{**SETTINGS, "unit": unit, **settings})


def run(kind: str, **settings: Any) -> list[ClassifierCheckpoint]:
    recipe = recipe_for(kind, **settings)
    return list(train_classifier(LISTS[kind], recipe, seed=2))


def same(a: Classifier, b: Classifier) -> bool:
    return a.to_bytes() == b.to_bytes()


def loaded(model: Classifier) -> Classifier:
    again = loading.from_bytes(model.to_bytes())
    assert isinstance(again, Classifier)
    return again


every_kind = pytest.mark.parametrize("kind", LISTS)


@every_kind
def test_it_learns_to_tell_the_labels(kind: str) -> None:
    checkpoints = run(kind)
    assert [c.iteration for c in checkpoints] == [0, 30, 60, 90]
    assert checkpoints[0].loss == pytest.approx(math.log(2), abs=0.4)
    assert checkpoints[-1].accuracy == 1.0
    assert checkpoints[-1].loss < 0.1
    model, examples = checkpoints[-1].model, LISTS[kind]
    labels = list(model.labels)
    predicted = [
        labels[result.probabilities.argmax()] for result in model.classify(examples)
    ]
    assert predicted == examples.labels


def test_it_tells_the_labels_of_what_it_has_not_seen() -> None:
    model = run("waves")[-1].model
    others = waves(40, seed=9)
    labels = list(model.labels)
    predicted = [
        labels[result.probabilities.argmax()] for result in model.classify(others)
    ]
    right = sum(a == b for a, b in zip(predicted, others.labels or [], strict=True))
    assert right >= 38


@every_kind
def test_a_checkpoint_s_figures_are_those_of_its_model(kind: str) -> None:
    last = run(kind)[-1]
    examples, labels = LISTS[kind], list(last.model.labels)
    probabilities = [result.probabilities for result in last.model.classify(examples)]
    places = [labels.index(label) for label in examples.labels or []]
    losses = [-math.log(p[k]) for p, k in zip(probabilities, places, strict=True)]
    assert last.loss == pytest.approx(np.mean(losses), rel=1e-5)


@every_kind
@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_file_gives_the_same_classifier(kind: str, pooling: str) -> None:
    model = run(kind, pooling=pooling, iterations=30)[-1].model
    again = loaded(model)
    assert same(again, model)
    assert (again.reader, again.labels, again.case) == (
        again.reader,
        model.labels,
        model.case,
    )
    for a, b in zip(
        model.classify(LISTS[kind]), again.classify(LISTS[kind]), strict=True
    ):
        np.testing.assert_array_equal(a.probabilities, b.probabilities)


@every_kind
def test_a_resumed_run_is_the_same(kind: str) -> None:
    settings: dict[str, Any] = {
        "held_out": 0.3,
        "dropout": 0.2,
        "recurrent_dropout": 0.1,
        "average": 0.9,
        "schedule": "linear",
        "tolerance": 1e-9,
        "class_weights": "balanced",
    }
    whole = run(kind, **settings)
    half = loaded(whole[1].model)
    rest = list(train_classifier(LISTS[kind], resume=half))
    assert [c.iteration for c in rest] == [60, 90]
    for a, b in zip(whole[2:], rest, strict=True):
        assert (a.loss, a.held_out_accuracy) == (b.loss, b.held_out_accuracy)
        np.testing.assert_array_equal(
            a.model.parameters.values, b.model.parameters.values
        )


def test_a_resumed_run_has_its_list() -> None:
    model = run("names", iterations=30)[-1].model
    other = NameList([*TEXTS, "Zz"], "other", [*(NAMES.labels or []), "xy"])
    with pytest.raises(TrainingError, match="not the list"):
        train_classifier(other, resume=model)
    changed = NameList(TEXTS, "changed", ["xy"] * 5 + ["ab"] * 5)
    with pytest.raises(TrainingError, match="not the list"):
        train_classifier(changed, resume=model)
    with pytest.raises(TrainingError, match="30 iterations"):
        train_classifier(NAMES, resume=model)


# What is held out


def test_a_share_is_held_out_of_each_label() -> None:
    checkpoints = run("names", held_out=0.4)
    assert all(c.held_out is not None for c in checkpoints)
    best = min(checkpoints, key=lambda c: c.held_out or 0)
    np.testing.assert_array_equal(
        checkpoints[-1].model.parameters.values, best.model.parameters.values
    )
    assert checkpoints[-1].model.progress.best_iteration == best.iteration


def test_patience_waits_for_what_is_held_out() -> None:
    """Held out is what it learns to get wrong."""
    wrong = NameList(["Abab"], "wrong", ["xy"])
    recipe = recipe_for("names", iterations=3_000, patience=3)
    *_, last = train_classifier(NAMES, recipe, seed=2, held_out=wrong)
    assert last.iteration - last.model.progress.best_iteration == 90
    assert last.iteration < 3_000


def test_a_label_with_one_example_cannot_lose_it() -> None:
    names = NameList([*TEXTS, "Zzz"], "three", [*(NAMES.labels or []), "z"])
    with pytest.raises(ListError, match="'z' has too few"):
        train_classifier(names, recipe_for("names", held_out=0.3))


def test_a_list_held_out_has_the_labels() -> None:
    others = NameList(["Aab"], "others", ["abc"])
    with pytest.raises(ListError, match="others: no label 'abc'; there are ab, xy"):
        train_classifier(NAMES, recipe_for("names"), held_out=others)
    with pytest.raises(ListError, match="has no labels"):
        train_classifier(NAMES, recipe_for("names"), held_out=NameList(["Aab"], "o"))


# When it ends


def test_tolerance_ends_when_a_pass_changes_little() -> None:
    recipe = recipe_for("names", tolerance=0.02, iterations=9_000, checkpoint_every=3)
    checkpoints = list(train_classifier(NAMES, recipe, seed=2))
    assert 6 < checkpoints[-1].iteration < 9_000
    assert checkpoints[-1].iteration % 3 == 0  # batches of 4 of 10: a pass is 3 updates
    losses = [c.model.progress.last_pass for c in checkpoints[1:]]
    for a, b in pairwise(losses[:-1]):
        assert a is not None and b is not None and abs(a - b) >= 0.02
    assert losses[-2] is not None and losses[-1] is not None
    assert abs(losses[-2] - losses[-1]) < 0.02


# What cannot be


@pytest.mark.parametrize(
    ("labels", "text"),
    [(None, "has no labels"), (["a"] * 10, "has only the label 'a'")],
)
def test_a_classifier_needs_two_labels(labels: list[str] | None, text: str) -> None:
    with pytest.raises(ListError, match=f"here: {text}.*two labels"):
        train_classifier(NameList(TEXTS, "here", labels), recipe_for("names"))


def test_characters_that_it_does_not_know_are_left_out() -> None:
    model = run("names")[-1].model
    plain, odd = model.classify(["Abba", "Ä*bbaÄ"])
    assert (plain.unknown, odd.unknown) == ("", "ä*")
    (same_letters,) = model.classify(["bba"])
    np.testing.assert_allclose(odd.probabilities, same_letters.probabilities, rtol=1e-5)
    (nothing,) = model.classify(["***"])
    assert nothing.probabilities.sum() == pytest.approx(1)


def test_vectors_of_another_size_are_refused() -> None:
    model = run("waves", iterations=1)[-1].model
    with pytest.raises(ListError, match="3 numbers, and the model reads 2"):
        list(model.classify([np.zeros((4, 3), np.float32)]))


def test_what_a_classifier_did_not_learn_is_named() -> None:
    """Texts for numbers, and numbers for texts."""
    numbers, texts = (run(name, iterations=1)[-1].model for name in ("waves", "names"))
    learned = "learned sequences of numbers, and these are texts"
    with pytest.raises(ListError, match=learned):
        list(numbers.classify(["Anna"]))
    learned = "learned texts, and these are sequences of numbers"
    with pytest.raises(ListError, match=learned):
        list(texts.classify([np.zeros((4, 2), np.float32)]))


def test_models_are_loaded_as_what_they_are(tmp_path: Any) -> None:
    path = tmp_path / "m.safetensors"
    run("names", iterations=1)[-1].model.save(path)
    with pytest.raises(ModelFileError, match="classify"):
        loading.load(path)
    assert isinstance(loading.load_classifier(path), Classifier)


# What counts how much


def test_balanced_weights_make_labels_weigh_the_same() -> None:
    labels = np.array([0] * 6 + [1] * 3 + [2])
    weights = balanced_weights(labels, 3)
    totals = [weights[labels][labels == k].sum() for k in range(3)]
    np.testing.assert_allclose(totals, 10 / 3, rtol=1e-6)


def test_class_weights_favour_the_rare() -> None:
    names = NameList(["aab", "aba", "baa", "bab", "abb", "bba"] * 3 + ["aab"],
                     "unequal", ["often"] * 18 + ["rare"])  # fmt: skip
    shares = []
    for weights in ("none", "balanced"):
        recipe = recipe_for("names", class_weights=weights)
        *_, last = train_classifier(names, recipe, seed=2)
        (result,) = last.model.classify(["aab"])
        shares.append(result.probabilities[1])
    assert shares[1] > 2 * shares[0]


def test_scaled_numbers_do_not_depend_on_their_scale() -> None:
    result = waves(12)
    other = SequenceList([3 * x - 50 for x in result], "other", result.labels)
    losses = [
        list(train_classifier(list_, recipe_for("waves", iterations=30), seed=1))[-1]
        for list_ in (result, other)
    ]
    assert losses[0].loss == pytest.approx(losses[1].loss, rel=1e-3)
