"""Names that are not written in the style of their list: a mark in the alphabet keeps
how they are written, and constraints, lengths and searches do not see it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data.names import NameList, read_names
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import KEEP, MARK, STYLES, encode, restore
from charnames.encoding.readers import reader_of
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError, ModelFileError, SamplingError
from charnames.evaluation.language_model import cross_validate
from charnames.experiments.examples import Spelling
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.generation import frontier
from charnames.models import loading
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import train_classifier
from charnames.training.language_model import train
from charnames.training.resume import check_resumable

LONGEST = 3


def model_of(names: list[str], **settings: Any) -> Model:
    recipe = Recipe(hidden_size=5, samples=3, iterations=0, **settings)
    return next(train(names, recipe, seed=2)).model


MARKED = {
    "title": ["Ab Ab"] * 40 + ["aB A"],
    "capitalised": ["Ab-b"] * 40 + ["A-B"],
    "upper": ["AB"] * 40 + ["aB"],
    "lower": ["ab"] * 40 + ["Ab"],
}
each_style = pytest.mark.parametrize("style", MARKED)


def all_names(model: Model) -> list[str]:
    """Every name of up to LONGEST characters that the model may write."""
    letters = {c: {c, c.upper()} for c in model.alphabet}
    spellings = (
        "".join(characters)
        for length in range(1, LONGEST + 1)
        for symbols in product(model.alphabet, repeat=length)
        for characters in product(*(sorted(letters[symbol]) for symbol in symbols))
    )
    return [name for name in spellings if name == name.strip()]


def probabilities(model: Model, names: list[str]) -> dict[str, float]:
    scores = model.score(names)
    return {s.name: math.exp(-s.nats) for s in scores if s.nats is not None}


WAYS: list[tuple[dict[str, Any], Any]] = [
    ({}, lambda _: True),
    ({"prefix": "Ab"}, lambda n: n.startswith("ab")),
    ({"suffix": "B"}, lambda n: n.endswith("b")),
    ({"contains": "bA"}, lambda n: "ba" in n),
    ({"match": "?[!a]*"}, lambda n: len(n) > 1 and n[1] != "a"),
    ({"regex": "(A|b)b+"}, lambda n: n[1:] and set(n[1:]) == {"b"} and n[0] in "ab"),
    ({"min_length": 2, "max_length": 2}, lambda n: len(n) == 2),
    ({"avoid": ["aB"]}, lambda n: n != "ab"),
    ({"avoid": ["aB"], "avoid_within": True}, lambda n: "ab" not in n),
]


@each_style
@pytest.mark.parametrize(
    ("options", "meets"), WAYS, ids=lambda way: "" if callable(way) else str(way)[:40]
)
def test_names_come_as_often_as_their_scores_say(
    style: str, options: dict[str, Any], meets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "regex" in options:
        pytest.importorskip("greenery")
    model = model_of(MARKED[style])
    assert model.case == style
    assert model.vocabulary.mark
    wanted = {"max_length": LONGEST} | options
    p = probabilities(model, [n for n in all_names(model) if meets(n.lower())])
    total = sum(p.values())
    best = list(model.best(6, novel=False, **wanted, any_form=True))
    ranked = sorted(p.values(), reverse=True)[:6]
    assert [math.exp(-entry.nats) for entry in best] == pytest.approx(ranked, rel=1e-4)
    assert len({entry.name for entry in best}) == 6
    for entry in best:
        assert math.exp(-entry.nats) == pytest.approx(p[entry.name], rel=1e-4)
    N = 5_000
    for reads in (frontier.MAX_READS, 5, 2):  # fewer leave more to the look-ahead
        monkeypatch.setattr(frontier, "MAX_READS", reads)
        drawn = Counter(
            model.sample(N, seed=4, novel=False, unique=False, **wanted, any_form=True)
        )
        assert drawn.keys() <= p.keys()
        distance = sum(abs(drawn[name] / N - q / total) for name, q in p.items()) / 2
        assert distance < 0.75 * math.sqrt(len(p) / N)


@each_style
def test_free_samples_have_marks_before_letters_only(style: str) -> None:
    model = model_of(MARKED[style])
    names = list(model.sample(2000, seed=1, novel=False, unique=False, any_form=True))
    assert MARK not in "".join(names)
    longest = model.form.usual_limit
    assert max(map(len, names)) <= longest
    odd = [name for name in names if MARK in encode(name, style)]
    assert 100 < len(odd) < len(names)
    possible = set(all_names(model))
    assert {name for name in names if len(name) <= LONGEST} <= possible


@each_style
def test_a_greedy_name_meets_the_constraints(style: str) -> None:
    model = model_of(MARKED[style])
    (name,) = model.sample(
        1, seed=1, temperature=0.0, prefix="bab", novel=False, any_form=True
    )
    assert name.lower().startswith("bab")


def test_a_prefix_does_not_matter_to_what_is_left_out() -> None:
    """As in models without a mark, where the prefix is what all names share."""
    recipe = Recipe(hidden_size=10, samples=0, iterations=400, checkpoint_every=400)
    *_, last = train(["Ada", "Bea", "Cab"] * 20 + ["caB"], recipe, seed=1)
    for prefix in ("ccc", "Ddd", "eccad"):
        names = last.model.sample(
            5, seed=1, prefix=prefix, top_k=2, unique=False, any_form=True
        )
        assert all(name.lower().startswith(prefix.lower()) for name in names)


LISTS = st.lists(
    st.text(st.sampled_from("abAB -'ǆǅǄςσΣßẞİiı")).map(str.strip).filter(bool),
    min_size=1,
)


@settings(deadline=None, max_examples=300)
@given(names=LISTS, style=st.sampled_from([*STYLES, KEEP]))
def test_encoding_and_restoring_are_inverse_for_every_name(
    names: list[str], style: str
) -> None:
    for name in names:
        symbols = encode(name, style)
        assert restore(symbols, style) == name
        assert symbols.replace(MARK, "") == encode(name, style, marks=False)


@pytest.mark.parametrize("dataset", ["elements", "movies", "surnames"])
def test_the_built_in_lists_come_back(dataset: str) -> None:
    names = read_names(dataset)
    style, odd = detect_case(names)
    encoded = [encode(name, style) for name in names]
    assert sum(MARK in symbols for symbols in encoded) == odd
    assert [restore(symbols, style) for symbols in encoded] == names


@pytest.mark.parametrize(("odd", "style"), [(33, "capitalised"), (34, KEEP)])
def test_a_third_of_the_names_may_be_marked(odd: int, style: str) -> None:
    names = NameList(["Ada"] * (100 - odd) + ["McEve"] * odd)
    model = model_of(names)
    assert model.case == style
    assert (model.vocabulary.mark is None) == (style == KEEP)
    assert cross_validate(names, model.recipe, 2, seed=1).unknown == 0
    for task, expected in (("generate", style), ("classify", KEEP)):
        most_odd = EXPERIMENT_TASKS[task].most_odd
        assert Spelling.of(names, most_odd).style == expected


def test_lists_in_style_have_no_mark() -> None:
    for names in (["Ada", "Bo"], ["東京", "大阪"], ["McX", "O'Y", "ada"]):
        assert model_of(names).vocabulary.mark is None


def test_lists_that_do_not_follow_the_style_asked_for_take_it_on() -> None:
    recipe = Recipe(hidden_size=5, samples=3, iterations=0)
    (first,) = train(["ada", "bo"], recipe, seed=1, case="upper")
    assert first.model.vocabulary.mark is None
    assert all(name.isupper() for name in first.model.sample(5, seed=1))


def test_a_model_with_a_mark_is_saved_and_resumed() -> None:
    names = NameList(MARKED["title"], "mine")
    recipe = Recipe(hidden_size=5, samples=3, iterations=6, checkpoint_every=3)
    _, half, whole = train(names, recipe, seed=2)
    loaded = loading.from_bytes(half.model.to_bytes())
    assert isinstance(loaded, Model)
    assert loaded.alphabet == " ab"
    assert loaded.vocabulary.alphabet == f"{MARK} ab"
    check_resumable(names, None, loaded)
    *_, resumed = train(names, resume=loaded)
    assert resumed.names == whole.names
    assert np.array_equal(
        resumed.model.parameters.values, whole.model.parameters.values
    )
    assert list(loaded.sample(5, seed=1)) == list(half.model.sample(5, seed=1))


def test_a_model_without_a_mark_learns_on_without() -> None:
    """As those did that older versions began."""
    names = NameList(["Ada"] * 30 + ["adA"], "mine")
    recipe = Recipe(hidden_size=5, samples=0, iterations=2, checkpoint_every=1)
    lower = NameList([name.capitalize() for name in names], "mine")
    _, half, _ = train(lower, recipe, seed=2)
    (score,) = half.model.score(["adA"])
    (same,) = half.model.score(["Ada"])
    assert score.nats == same.nats


def test_names_are_measured_as_they_are_written() -> None:
    names = ["Ada", "Bo", "Cy", "Di", "Eve", "Flo", "Guy", "Hal", "Ida", "Jo"] * 3
    recipe = Recipe(hidden_size=5, samples=0, iterations=3, checkpoint_every=3)
    plain = cross_validate(names, recipe, 2)
    marked = cross_validate([*names, "joY"], recipe, 2)
    assert marked.symbols == plain.symbols + len("joY") + 1 + 2


def test_an_alphabet_of_a_mark_alone_is_refused() -> None:
    for alphabet in (MARK, f"{MARK} ", f"a{MARK}", f"{MARK}{MARK}a"):
        with pytest.raises(AlphabetError):
            Vocabulary(alphabet)


def test_a_mark_is_refused_where_no_case_is_folded() -> None:
    model = model_of(["McX", "O'Y", "ada"])
    assert model.case == KEEP
    marked = model_of(MARKED["title"])
    with pytest.raises(ModelFileError, match="letter case"):
        loading.from_bytes(replace(marked, case=KEEP).to_bytes())


def test_a_classifier_has_no_mark() -> None:
    with pytest.raises(AlphabetError, match=r"U\+000E"):
        reader_of("character", f"{MARK}ab")
    names = NameList(MARKED["title"] * 2, "mine", ["a"] * 41 + ["b"] * 41)
    recipe = Recipe(
        task="classify", hidden_size=3, samples=0, iterations=0, batch_size=4
    )
    (first,) = train_classifier(names, recipe, seed=1)
    assert first.model.alphabet == " ab"


def test_no_constraint_names_the_mark() -> None:
    model = model_of(MARKED["title"])
    with pytest.raises(SamplingError, match="not in the alphabet"):
        model.sample(1, contains=MARK)


def test_what_irish_and_dutch_names_do_is_learned() -> None:
    surnames = read_names("surnames", labels=True)
    assert surnames.labels
    recipe = Recipe(
        cell="lstm",
        hidden_size=48,
        embedding_size=32,
        start="scaled",
        optimizer="adamw",
        learning_rate=0.01,
        batch_size=64,
        state="zero",
        order="each-pass",
        keep="last",
        clip=0.0,
        dropout=0.3,
        iterations=500,
        checkpoint_every=500,
        samples=0,
    )
    *_, last = train(surnames, recipe, seed=1)
    irish = last.model.sample(400, seed=1, prefix="O'", unique=False, label="Irish")
    assert np.mean([name[2:3].isupper() for name in irish]) >= 0.98
    dutch = last.model.sample(400, seed=1, prefix="van der ", label="Dutch")
    assert np.mean([name.startswith("van der ") for name in dutch]) >= 0.9
