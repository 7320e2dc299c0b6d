"""Models of names with labels: what they learn, write and score."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.errors import ListError, SamplingError
from charnames.evaluation import samples
from charnames.evaluation.language_model import evaluate
from charnames.models import loading
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

# Two languages that share no letter, and one that has some of both.
LISTS = {
    "Aba": ["ab", "abab", "aab", "baba", "abb", "bab"],
    "Exe": ["xy", "xyx", "yxx", "xyxy", "yyx", "yxy"],
    "Mix": ["axb", "bya", "xab"],
}
NAMES = [name for names in LISTS.values() for name in names]
LABELS = [label for label, names in LISTS.items() for _ in names]
LIST = NameList(NAMES, "three", LABELS)
RECIPE = Recipe(
    cell="gru",
    hidden_size=12,
    embedding_size=5,
    start="scaled",
    batch_size=5,
    state="zero",
    order="each-pass",
    keep="last",
    optimizer="adamw",
    learning_rate=0.02,
    iterations=300,
    checkpoint_every=150,
    samples=3,
)


@pytest.fixture(scope="module")
def model() -> Model:
    *_, last = train(LIST, RECIPE, seed=3)
    return last.model


def letters(names: list[str]) -> Counter[str]:
    return Counter("".join(names))


def test_a_label_decides_what_is_written(model: Model) -> None:
    for label, (own, other) in {"Aba": ("ab", "xy"), "Exe": ("xy", "ab")}.items():
        drawn = model.sample(300, seed=1, label=label, novel=False, unique=False)
        counts = letters(list(drawn))
        assert sum(counts[c] for c in own) > 50 * sum(counts[c] for c in other)


def test_without_a_label_names_come_as_the_list_has_them(model: Model) -> None:
    names = list(model.sample(2_000, seed=1, novel=False, unique=False))
    kinds = Counter(frozenset(name) <= {"a", "b"} for name in names)
    assert 0.34 < kinds[True] / 2_000 < 0.46  # 6 of 15


def test_a_blend_is_of_both(model: Model) -> None:
    drawn = model.sample(
        500, seed=1, label={"Aba": 0.5, "Exe": 0.5}, novel=False, unique=False
    )
    counts = letters(list(drawn))
    assert counts["a"] + counts["b"] > 200 < counts["x"] + counts["y"]


def test_only_the_proportions_of_weights_matter(model: Model) -> None:
    drawn = [
        list(model.sample(20, seed=1, label=label, novel=False))
        for label in ({"Aba": 3.0, "Mix": 1.0}, {"Aba": 0.75, "Mix": 0.25})
    ]
    assert drawn[0] == drawn[1]
    alone = list(model.sample(20, seed=1, label={"Aba": 9}, novel=False))
    assert alone == list(model.sample(20, seed=1, label="Aba", novel=False))


def test_constraints_hold_for_a_label(model: Model) -> None:
    names = list(
        model.sample(5, seed=1, label="Exe", prefix="y", min_length=3, novel=False)
    )
    assert len(names) == 5
    assert all(name.startswith("y") and len(name) >= 3 for name in names)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Abba", "no 'Abba'; there are Aba, Exe, Mix; did you mean 'Aba'?"),
        ({"Aba": 0.0}, "the weight 0 of 'Aba' is not above 0"),
        ({"Aba": -1.0}, "the weight -1 of 'Aba'"),
        ({"Aba": float("nan")}, "the weight nan of 'Aba'"),
        ({"Aba": float("inf")}, "the weight inf of 'Aba'"),
        ({}, "give one label at least"),
    ],
)
def test_a_label_that_cannot_be(model: Model, label: object, text: str) -> None:
    with pytest.raises(SamplingError) as caught:
        model.sample(1, label=label)  # type: ignore[arg-type]
    assert text in str(caught.value)


@pytest.mark.parametrize("scale", [5e-324, 1e-50, 1e39, 8e307])
def test_fault_34_only_the_proportions_of_weights_matter(
    model: Model, scale: float
) -> None:
    alone = list(model.sample(20, seed=1, label="Aba"))
    assert list(model.sample(20, seed=1, label={"Aba": scale})) == alone
    both = list(model.sample(20, seed=1, label={"Aba": 1.0, "Exe": 2.0}))
    weights = {"Aba": scale, "Exe": 2 * scale}
    assert list(model.sample(20, seed=1, label=weights)) == both


def test_a_model_without_labels_has_none_to_choose() -> None:
    *_, last = train(["ada", "bob"], Recipe(iterations=0, hidden_size=2), seed=1)
    with pytest.raises(SamplingError, match="--labels"):
        last.model.sample(1, label="Aba")


def test_a_score_is_over_all_labels(model: Model) -> None:
    """log P(name) = log sum_k share_k P(name | label k)."""
    shares = {label: count / 15 for label, count in model.labels.items()}
    for name in ("aba", "xyy", "axy"):
        (score,) = model.score([name])
        given = {
            label: next(model.for_label(label).score([name])).nats
            for label in model.labels
        }
        total = sum(shares[k] * np.exp(-(nats or 0)) for k, nats in given.items())
        assert score.nats == pytest.approx(-np.log(total), rel=1e-6)


def test_the_probabilities_of_all_names_add_up_to_one(model: Model) -> None:
    names = ["".join(p) for n in range(1, 5) for p in product("abxy", repeat=n)]
    total = sum(np.exp(-(score.nats or 0)) for score in model.score(names))
    assert 0.8 < total <= 1


def test_the_best_names_are_of_a_label(model: Model) -> None:
    with pytest.raises(SamplingError, match="Aba, Exe, Mix"):
        model.best(3)
    (best,) = model.for_label("Exe").best(1, novel=False)
    assert set(best.name) <= {"x", "y"}


@pytest.mark.parametrize("label", [None, "Aba", {"Aba": 1.0, "Exe": 3.0}])
def test_the_network_alone_is_measured_with_the_same_labels(
    model: Model,
    label: str | dict[str, float] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """These models have no n-gram model, so that the network alone is all of them."""
    monkeypatch.setattr(samples, "SAMPLES", 10)  # which have no part in the losses
    monkeypatch.setattr(samples, "NEW_SAMPLES", 1)
    evaluation = evaluate(
        model.for_label(label) if label else model, ["ab", "yx", "axb"]
    )
    losses = (model.for_label(label) if label else model).score(["ab", "yx", "axb"])
    assert evaluation.network_total == evaluation.total
    assert evaluation.total == pytest.approx(sum(s.nats or 0 for s in losses), rel=1e-6)


def test_a_file_keeps_the_labels(model: Model) -> None:
    again = loading.from_bytes(model.to_bytes())
    assert isinstance(again, Model)
    assert again.labels == {"Aba": 6, "Exe": 6, "Mix": 3}
    assert again.to_bytes() == model.to_bytes()
    drawn = [list(m.sample(9, seed=2, label="Mix")) for m in (model, again)]
    assert drawn[0] == drawn[1]


def test_a_resumed_run_is_the_same(model: Model) -> None:
    half = next(c for c in train(LIST, RECIPE, seed=3) if c.iteration == 150)
    loaded = loading.from_bytes(half.model.to_bytes())
    assert isinstance(loaded, Model)
    *_, last = train(LIST, resume=loaded)
    np.testing.assert_array_equal(last.model.parameters.values, model.parameters.values)


def test_names_held_out_are_measured_with_their_labels() -> None:
    *_, last = train(LIST, RECIPE, seed=1, held_out=NameList(["abba"], "h", ["Aba"]))
    right = last.held_out
    *_, last = train(LIST, RECIPE, seed=1, held_out=NameList(["abba"], "h", ["Exe"]))
    assert right and last.held_out and right < last.held_out


def test_a_share_held_out_keeps_its_labels() -> None:
    recipe = Recipe(**{**RECIPE.settings(), "held_out": 0.3})
    *_, last = train(LIST, recipe, seed=1)
    assert last.held_out is not None
    assert last.model.labels == {"Aba": 6, "Exe": 6, "Mix": 3}


@pytest.mark.parametrize(
    ("labels", "text"), [(None, "has no labels"), (["Abe"], "no label 'Abe'")]
)
def test_held_out_names_need_the_list_s_labels(
    labels: list[str] | None, text: str
) -> None:
    with pytest.raises(ListError, match=text):
        next(train(LIST, RECIPE, held_out=NameList(["ab"], "others", labels)))


def test_weights_are_inherited_by_the_label(model: Model) -> None:
    names = NameList([*NAMES, "zz"], "four", [*LABELS, "Zed"])
    first = next(train(names, Recipe(iterations=0), seed=1, init_from=model)).model
    Wlx, parent = first.parameters["layer0.Wlx"], model.parameters["layer0.Wlx"]
    np.testing.assert_array_equal(Wlx[:, :3], parent)
    assert Wlx.shape == (36, 4)


def test_no_n_gram_model_stands_beside_labels() -> None:
    """It would write the same names for each."""
    recipe = Recipe(**{**RECIPE.settings(), "ngram": 3, "iterations": 1})
    *_, last = train(LIST, recipe, seed=1)
    assert last.model.grams is None
    assert last.model.recipe.ngram == 0
