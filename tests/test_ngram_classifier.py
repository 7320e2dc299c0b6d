"""Classifiers by n-grams, alone and mixed with a network."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data.name_list import NameList
from charnames.data.names import built_in, read_names
from charnames.data.sequences import SequenceList
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import TrainingError
from charnames.evaluation.classifier import measure
from charnames.models import loading
from charnames.models.classifier import Classifier
from charnames.nn.batching import Sequences
from charnames.prediction.label_mixture import best_weight, mixed
from charnames.prediction.ngram_classifier import (
    DISCOUNT,
    NGramClassifier,
    count_by_label,
)
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.ngram_classifier import fitted_exponent
from tests.drawn import texts
from tests.kneser_ney import MARK, Literal

LETTERS = "abc"
V, K = len(LETTERS) + 1, 3

name_lists = st.lists(
    st.tuples(texts(LETTERS, 1, 6), st.integers(0, K - 1)),
    min_size=1,
)
orders = st.integers(1, 6)
quick = settings(max_examples=60, deadline=None)


def encoded(names: list[str], labels: Any = ()) -> Sequences:
    return Vocabulary(LETTERS).sequences(names).labelled(np.array(labels, np.intp))


def ngrams_of(
    names: list[str], labels: list[int], order: int, **how: Any
) -> NGramClassifier:
    grams = count_by_label(encoded(names, labels), V, K, order)
    return NGramClassifier(grams, V, K, **{"exponent": 1.0, **how})


# The formulas


class OfLabel(Literal):
    """The model of a label's names, above that of all names."""

    def __init__(self, names: list[str], everything: Literal) -> None:
        super().__init__(names, everything.order, V, DISCOUNT)
        self.everything = everything

    def predicted(self, names: list[str]) -> list[float]:
        result = []
        for name in names:
            text = f"{MARK}{name}{MARK}"
            for i in range(1, len(text)):
                context = text[max(0, i - self.order + 1) : i]
                below = self.everything.p(text[i], context)
                # What stands below the first symbol is 1 / V there.
                self.V = 1 / below  # type: ignore[assignment]
                result.append(self.p(text[i], context))
        return result


@quick
@given(learned=name_lists, new=st.lists(texts(LETTERS, 0, 9), min_size=1), order=orders)
def test_log_likelihoods_are_those_of_the_formulas(
    learned: list[tuple[str, int]], new: list[str], order: int
) -> None:
    names, labels = [name for name, _ in learned], [label for _, label in learned]
    ngrams = ngrams_of(names, labels, order)
    everything = Literal(names, order, V, DISCOUNT)
    for k, column in enumerate(ngrams.log_likelihoods(encoded(new)).T):
        own = OfLabel([name for name, label in learned if label == k], everything)
        expected = [math.log(math.prod(own.predicted([name]))) for name in new]
        np.testing.assert_allclose(column, expected, rtol=1e-6, atol=1e-9)


def test_by_hand() -> None:
    """Order 1; of a label's names "a" and "aa" five symbols, three of them a, less 0.75
    for each of a and the marker.
    """
    ngrams = ngrams_of(["a", "aa", "b"], [0, 0, 1], 1)
    a, _, end = (
        (n - 0.75) / 7 + 3 * 0.75 / 7 / V for n in (3, 1, 3)
    )  # of all names: a a a b and three markers
    of_a = (3 - 0.75) / 5 + 2 * 0.75 / 5 * a
    of_end = (2 - 0.75) / 5 + 2 * 0.75 / 5 * end
    likelihoods = ngrams.log_likelihoods(encoded(["a"]))
    np.testing.assert_allclose(likelihoods[0, 0], math.log(of_a * of_end))
    np.testing.assert_allclose(likelihoods[0, 2], math.log(a * end))  # has no names


def test_a_posterior_is_prior_times_likelihood() -> None:
    names, labels = ["ab", "abb", "ba", "c"], [0, 0, 0, 1]
    ngrams = ngrams_of(names, labels, 3, exponent=0.4)
    p = np.exp(ngrams.log_probabilities(encoded(["ab", "", "ccc"])))
    scores = np.exp(0.4 * ngrams.log_likelihoods(encoded(["ab", "", "ccc"])))
    scores *= [0.75, 0.25, 0.0]
    np.testing.assert_allclose(p, scores / scores.sum(axis=1, keepdims=True), atol=1e-8)
    balanced = ngrams_of(names, labels, 3, balanced=True)
    np.testing.assert_allclose(balanced.log_prior, math.log(1 / 3))


def test_weights_count_as_repeats() -> None:
    weighted = encoded(["ab", "ba", "c"], [0, 0, 1]).weighted(np.array([2.0, 1.0, 3.0]))
    repeated = encoded(["ab", "ab", "ba", "c", "c", "c"], [0, 0, 0, 1, 1, 1])
    one, other = (count_by_label(part, V, K, 3) for part in (weighted, repeated))
    np.testing.assert_array_equal(one.codes, other.codes)
    np.testing.assert_array_equal(one.counts, other.counts)


def test_the_order_is_lowered_until_codes_fit() -> None:
    few = encoded(["ab", "ba"], [0, 1])
    assert count_by_label(few, 4, 2, 8).order == 8
    assert count_by_label(few, 2**10, 2**13, 8).order == 5
    assert count_by_label(few, 2**10, 2**13 + 1, 8).order == 4


# The exponent and the weight

KINDS = ("Italian", "Portuguese", "Spanish")


def surnames(*languages: str) -> NameList:
    whole = read_names(built_in()["surnames"], labels=True)
    labels = whole.labels or []
    numbers = [i for i, label in enumerate(labels) if label in languages]
    return chosen(whole, numbers)


def chosen(names: NameList, numbers: list[int]) -> NameList:
    labels = names.labels or []
    return NameList(
        [names[i] for i in numbers], "surnames", [labels[i] for i in numbers]
    )


NAMES = surnames(*KINDS)
THIRD = [*range(0, len(NAMES), 3)]
MEASURED = chosen(NAMES, THIRD)
LEARNED = chosen(NAMES, [i for i in range(len(NAMES)) if i not in THIRD])


def of_surnames(names: NameList) -> tuple[Sequences, int]:
    """Encoded by the letters of all of them, of which there are V - 1."""
    vocabulary = Vocabulary.of(NAMES)
    labels = np.array([KINDS.index(label) for label in names.labels or ()])
    return vocabulary.sequences(names).labelled(labels), len(vocabulary)


def fitted(names: Sequences, size: int, balanced: bool = False) -> float:
    grams = count_by_label(names, size, K, 4)
    return fitted_exponent(names, grams, size, K, balanced)


def test_the_exponent_makes_probabilities_of_new_names_better() -> None:
    learned, size = of_surnames(LEARNED)
    measured, _ = of_surnames(MEASURED)
    exponent = fitted(learned, size)
    assert exponent == np.float32(exponent)
    grams = count_by_label(learned, size, K, 4)
    losses = []
    for t in (exponent, 1.0, 0.0):
        ngrams = NGramClassifier(grams, size, K, t)
        p = ngrams.log_probabilities(measured)
        losses.append(-p[np.arange(len(p)), measured.labels].mean())
    assert losses[0] < losses[1] - 0.05 < losses[2] - 0.2


def test_the_exponent_is_small_where_letters_tell_nothing() -> None:
    names, size = of_surnames(LEARNED)
    at_random = np.random.default_rng(1).integers(0, K, len(names))
    assert fitted(names.labelled(at_random), size) < 0.05


def test_of_a_long_list_some_texts_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = []

    def watched(ngrams: NGramClassifier, texts: Sequences) -> Any:
        measured.append(len(texts))
        return likelihoods(ngrams, texts)

    likelihoods = NGramClassifier.log_likelihoods
    monkeypatch.setattr(NGramClassifier, "log_likelihoods", watched)
    monkeypatch.setattr("charnames.training.ngram_classifier._MEASURED", 50)
    names, size = of_surnames(LEARNED)
    exponent = fitted(names, size)
    assert len(measured) == 5 and 40 <= sum(measured) <= 50
    assert exponent > 0.1


def test_balanced_labels_count_the_same() -> None:
    """A label with ten times the names does not decide the exponent."""
    rare = [i for i, label in enumerate(LEARNED.labels or ()) if label != "Italian"]
    names, size = of_surnames(chosen(LEARNED, [*rare, *range(8)]))
    one, other = (fitted(names, size, kind) for kind in (False, True))
    assert one != other and min(one, other) > 0.1


def test_a_mixture_lies_between_its_parts() -> None:
    network = np.array([[0.9, 0.1], [0.5, 0.5]])
    ngram = np.log([[0.2, 0.8], [0.3, 0.7]])
    np.testing.assert_allclose(mixed(network, ngram, 0.0), network)
    np.testing.assert_allclose(mixed(network, ngram, 1.0), np.exp(ngram))
    half = np.sqrt(network * np.exp(ngram))
    expected = half / half.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(mixed(network, ngram, 0.5), expected)


def test_a_network_that_is_sure_of_what_is_false_is_overruled() -> None:
    mixture = mixed(np.array([[1.0, 0.0]]), np.log([[0.1, 0.9]]), 0.5)
    assert np.isfinite(mixture).all() and mixture[0, 0] > 0.99
    alone = mixed(np.array([[1.0, 0.0]]), np.log([[0.1, 0.9]]), 1.0)
    np.testing.assert_allclose(alone, [[0.1, 0.9]])


def test_the_best_weight_is_0_where_n_grams_only_harm() -> None:
    true = np.array([0, 1, 0])
    network = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    harmful, helpful = np.log(1 - network), np.log(network)
    assert best_weight(true, network, harmful) == 0
    assert best_weight(true, 1 - network, helpful) == 1
    sometimes = np.log([[0.5, 0.5], [0.01, 0.99], [0.6, 0.4]])
    assert 0 < best_weight(true, network, sometimes) < 1


# Training

RECIPE = Recipe(
    task="classify",
    cell="gru",
    hidden_size=12,
    embedding_size=8,
    start="scaled",
    pooling="max",
    batch_size=16,
    optimizer="adamw",
    learning_rate=0.02,
    iterations=120,
    checkpoint_every=40,
    ngram=4,
    ngram_weight=0.65,
)


def run(
    examples: Any = LEARNED, resume: Classifier | None = None, **settings: Any
) -> list[ClassifierCheckpoint]:
    recipe = None if resume else replace(RECIPE, **settings)
    return list(train_classifier(examples, recipe, seed=3, resume=resume))


@cache
def usual_run() -> list[ClassifierCheckpoint]:
    return run()


def test_a_mixture_tells_new_names_better_than_its_network() -> None:
    model = usual_run()[-1].model
    assert model.progress.ngram_weight == 0.65
    figures = measure(model, MEASURED)
    mixture, network = figures.report, figures.network
    assert mixture.log_loss < network.log_loss - 0.1
    assert mixture.accuracy > network.accuracy + 0.05
    assert figures.ngram and figures.ngram.accuracy > network.accuracy


def test_without_an_order_there_is_no_mixture() -> None:
    mixture, network = usual_run(), run(ngram=0)
    for one, other in zip(mixture, network, strict=True):
        assert (one.loss, one.accuracy) == (other.loss, other.accuracy)
        np.testing.assert_array_equal(
            one.model.parameters.values, other.model.parameters.values
        )
    model = network[-1].model
    assert model.grams is None and model.progress.ngram_weight == 0
    assert measure(model, MEASURED).ngram is None


def test_the_weight_is_chosen_by_what_is_held_out() -> None:
    checkpoints = run(held_out=0.3, ngram_weight=0.3)
    best = min(checkpoints, key=lambda c: c.held_out or 0)
    model = checkpoints[-1].model
    assert model.progress.best == best.held_out
    assert 0 < model.progress.ngram_weight < 1
    assert model.progress.ngram_weight != 0.3
    np.testing.assert_array_equal(model.parameters.values, best.model.parameters.values)


def test_n_grams_that_only_harm_get_no_weight() -> None:
    """Names are labelled by their first letter, and the others by what they are not."""
    names = ["ab", "abb", "aab", "ba", "bab", "bba"] * 2
    learned = NameList(names, "names", (["a"] * 3 + ["b"] * 3) * 2)
    wrong = NameList(["ab", "ba"], "wrong", ["b", "a"])
    *_, last = train_classifier(learned, RECIPE, seed=1, held_out=wrong)
    # The network knows the least before it learns, and the n-grams know the list.
    assert last.model.progress.best_iteration == 0
    assert last.model.progress.ngram_weight == 0


def of_lengths() -> NameList:
    """Names of random letters, labelled by their length, which n-grams do not see."""
    rng = np.random.default_rng(2)
    names = ["".join(rng.choice([*"abcde"], rng.integers(4, 12))) for _ in range(300)]
    return NameList(names, "names", [str(len(name) > 7) for name in names])


def test_n_grams_get_no_weight_where_the_network_tells_more() -> None:
    model = run(of_lengths(), fit_ngram_weight=True)[-1].model
    assert model.grams is not None and model.progress.ngram_weight == 0
    names = of_lengths()[:9]
    expected = model.network().probabilities(model.read(names))
    given = [result.probabilities for result in model.classify(names)]
    np.testing.assert_array_equal(given, expected)


def test_a_weight_is_fitted_to_the_list_and_at_most_what_the_recipe_says() -> None:
    weights = [
        run(fit_ngram_weight=True, ngram_weight=most)[0].model.progress.ngram_weight
        for most in (0.1, 0.4, 1.0)
    ]
    assert weights[:2] == [0.1, 0.4] and 0.4 < weights[2] <= 1


def test_the_run_that_fits_the_weight_leaves_no_trace() -> None:
    for one, other in zip(usual_run(), run(fit_ngram_weight=True), strict=True):
        np.testing.assert_array_equal(
            one.model.parameters.values, other.model.parameters.values
        )
        assert (one.loss, one.iteration) == (other.loss, other.iteration)
        assert one.seconds < other.seconds


def test_what_is_held_out_decides_where_there_is_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("charnames.training.classifier.with_fitted_weight", None)
    assert len(run(held_out=0.2, fit_ngram_weight=True)) == 4


def test_modern_classifiers_of_texts_fit_the_weight() -> None:
    examples: Any
    for examples, given_settings, expected in (
        (["ab"], {}, True),
        (["ab"], {"ngram_weight": 0.2}, False),
        ([(0.0, 1.0)], {}, False),
    ):
        recipe = Recipe.modern(examples, task="classify", **given_settings)
        assert recipe.fit_ngram_weight == expected


@pytest.mark.parametrize("held_out", [0.0, 0.2])
def test_runs_are_the_same_and_resume_exactly(held_out: float) -> None:
    fit = {"average": 0.9, "class_weights": "balanced", "fit_ngram_weight": True}
    settings = {**fit, "held_out": held_out}
    whole, again = run(**settings), run(**settings)
    assert whole[-1].model.slim().to_bytes() == again[-1].model.slim().to_bytes()
    half = loading.from_bytes(whole[1].model.to_bytes())
    assert isinstance(half, Classifier)
    rest = run(resume=half)
    assert [c.held_out for c in rest] == [c.held_out for c in whole[2:]]
    assert rest[-1].model.slim().to_bytes() == whole[-1].model.slim().to_bytes()


@pytest.mark.parametrize("unit", ["character", "word"])
def test_a_file_gives_the_same_mixture(unit: str) -> None:
    texts = [f"{name[0]} {name[-1]} {name[0]}" for name in LEARNED]
    examples = NameList(texts, "texts", labels=LEARNED.labels)
    model = run(examples, unit=unit, iterations=20)[-1].model
    again = loading.from_bytes(model.to_bytes())
    assert isinstance(again, Classifier) and again.exponent == model.exponent > 0
    new = ["a b", "B x ñ", ""]
    for one, other in zip(model.classify(new), again.classify(new), strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        assert one.probabilities.sum() == pytest.approx(1)


def test_numbers_have_no_n_grams() -> None:
    waves = SequenceList([[[0.0], [1.0]], [[1.0], [0.0]]] * 6, labels=["a", "b"] * 6)
    model = run(waves)[-1].model
    assert model.recipe.ngram == 0 and model.grams is None
    assert loading.from_bytes(model.to_bytes()).to_bytes() == model.to_bytes()


def test_a_run_keeps_its_order() -> None:
    half = usual_run()[1].model
    changed = replace(half.recipe, ngram=3)
    with pytest.raises(TrainingError, match="ngram"):
        train_classifier(LEARNED, changed, resume=half)


def test_what_is_learned_is_the_network_s_own() -> None:
    """The loss on names that are learned is not that of n-grams which know them."""
    last = usual_run()[-1]
    assert measure(last.model, LEARNED).network.log_loss == pytest.approx(last.loss)
