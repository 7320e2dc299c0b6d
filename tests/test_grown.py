"""Models that start from the base model, and what names are by default."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from charnames.data.name_list import NameList
from charnames.encoding.hashes import name_hashes
from charnames.encoding.junctions import HALF_FLAG
from charnames.encoding.list_form import ListForm
from charnames.encoding.near_copies import near_copies, near_hashes
from charnames.errors import RecipeError, SamplingError
from charnames.generation.novelty import NoveltyFilter
from charnames.models.language_model import Model
from charnames.models.loading import from_bytes, load_base
from charnames.recipes.recipe import Recipe
from charnames.training import warm_start
from charnames.training.language_model import train
from tests.modelfiles import forged, parts

TAVERNS = """The Broken Crown|The Red Lion|The Salty Dog|The Old Oak|The Gilded Cup
The Weary Traveller|The Black Swan|The Crooked Staff|The Silver Stag|The Merry Cook
The Iron Kettle|The Blind Beggar|The Golden Goose|The Drunken Bear|The Quiet Raven"""
NAMES = [name for line in TAVERNS.splitlines() for name in line.split("|")]
FEW = NAMES[:6]
RECIPE = Recipe.modern(NAMES, iterations=4, checkpoint_every=2, samples=3)


@cache
def base() -> Model:
    return load_base()


@cache
def grown() -> Model:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(warm_start, "_FITTING_STEPS", 5)
        return last(NAMES, RECIPE)


def last(names: list[str] | NameList, recipe: Recipe, **options: object) -> Model:
    *_, checkpoint = train(names, recipe, seed=1, **options)  # type: ignore[arg-type]
    return checkpoint.model


def test_the_base_model_is_the_start_where_it_knows_the_letters() -> None:
    for names, parent in [
        (NAMES, "base"),
        (["Ωμέγα", "Δέλτα"], "base"),
        (["Москва", "Казань"], "base"),
        (["दिल्ली", "मुंबई"], "none"),
        (["東京", "大阪", "Osaka"], "none"),
        (["abcdefghi"] * 10_000, "none"),
    ]:
        assert Recipe.modern(names).init_from == parent
    assert Recipe.modern(NAMES, hidden_size=8).init_from == "none"
    assert Recipe.modern(NAMES, init_from="none").hidden_size == 64
    assert Recipe.classic().init_from == "none"


def test_a_grown_model_has_the_network_of_its_parent_and_names_it() -> None:
    assert grown().provenance.parent == "base"
    assert grown().recipe.sizes == base().recipe.sizes
    scratch = last(NAMES, Recipe.modern(NAMES, init_from="none", iterations=1))
    assert scratch.provenance.parent == ""


def test_a_parent_that_is_not_given_is_refused() -> None:
    with pytest.raises(RecipeError, match="init_from"):
        next(train(NAMES, Recipe(init_from="model"), seed=1))
    child = last(NAMES, replace(RECIPE, iterations=0), init_from=grown())
    assert child.recipe.init_from == "model"


def test_the_list_is_found_among_those_of_the_base_model() -> None:
    """Before the first update the names are likelier than to the base model."""
    start = last(FEW, replace(RECIPE, iterations=0, ngram=0, word_weight=0.0))
    by_base = sum(score.nats for score in base().score(map(str.lower, FEW)))  # type: ignore[misc]
    by_start = sum(score.nats for score in start.score(FEW))  # type: ignore[misc]
    assert by_start < 0.9 * by_base


@pytest.fixture
def any_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are hardly fitted to their list before the first update."""
    monkeypatch.setattr(warm_start, "_FITTING_STEPS", 1)


def test_an_anchor_holds_the_weights_near_the_start() -> None:
    parent = last(NAMES, Recipe.modern(NAMES, hidden_size=16, iterations=20))

    def weights(**settings: Any) -> NDArray[np.floating]:
        recipe = replace(RECIPE, **settings)
        return last(FEW, recipe, init_from=parent).parameters.values

    start = weights(iterations=0)
    moved = [np.abs(weights(anchor=anchor) - start) for anchor in (0.0, 400.0)]
    assert moved[1].mean() < 0.9 * moved[0].mean()


@pytest.mark.usefixtures("any_start")
def test_a_grown_run_is_resumed_exactly() -> None:
    whole = last(FEW, RECIPE)
    half = last(FEW, replace(RECIPE, iterations=2))
    *_, rest = train(FEW, RECIPE, resume=from_bytes(half.to_bytes()))  # type: ignore[arg-type]
    assert (rest.model.parameters.values == whole.parameters.values).all()


@pytest.mark.usefixtures("any_start")
def test_letters_that_the_base_model_does_not_know() -> None:
    new = [c for c in "ạệ本" if c not in base().alphabet]
    assert new
    names = [f"thanh{c}{i}" for i, c in enumerate(new * 6, 10)]
    model = last(names, Recipe.modern(names, iterations=3))
    (score,) = model.score([names[0]])
    assert score.nats is not None and np.isfinite(score.nats)


@pytest.mark.usefixtures("any_start")
def test_lists_with_labels_and_kept_case_start_from_the_base_model() -> None:
    labels = ["a", "b", "c"] * 5
    names = NameList(NAMES, "taverns", labels)
    model = last(names, Recipe.modern(names, iterations=2), case="keep")
    assert model.provenance.parent == "base"
    assert model.recipe.word_weight == 0 == model.recipe.ngram
    assert len(list(model.sample(5, seed=1, label="b", any_form=True))) == 5


def test_a_slim_grown_file_is_in_half_precision_and_samples_alike() -> None:
    slim = grown().slim()
    data = slim.to_bytes()
    assert parts(data)[0]["embedding"]["dtype"] == "F16"
    assert len(data) < 1.5 * len(base().to_bytes())
    loaded = from_bytes(data)
    assert isinstance(loaded, Model)
    assert list(loaded.sample(20, seed=3)) == list(slim.sample(20, seed=3))
    assert loaded.to_bytes() == data


# What is sampled by default


def test_the_recipe_says_how_names_are_sampled_by_default() -> None:
    model = grown()
    settings = {"temperature": 0.65, "min_p": 0.05, "best_of": 4}
    assert {name: getattr(model.recipe, name) for name in settings} == settings
    by_default = list(model.sample(10, seed=5))
    assert list(model.sample(10, seed=5, best_of=4)) == by_default
    for other in ({"best_of": 3}, {"best_of": 1}, settings):
        assert list(model.sample(10, seed=5, **other)) != by_default


@pytest.mark.parametrize(
    "constraint",
    [{"suffix": "xq"}, {"contains": "xq"}, {"match": "*xq*"}, {"contains": ["x", "q"]}],
    ids=str,
)
def test_what_is_asked_for_is_found_however_unlikely(
    constraint: dict[str, Any],
) -> None:
    """Without a word on min_p, the recipe's does not leave out what is asked for."""
    names = ["anna", "otto", "karl"]
    recipe = Recipe(iterations=0, hidden_size=4, temperature=0.6, min_p=0.5)
    model = last(names, recipe, alphabet="xq")
    model.parameters["output.by"][
        [i + 1 for i, c in enumerate(model.alphabet) if c in "xq"]
    ] = -6
    result = list(model.sample(5, seed=1, any_form=True, **constraint))
    assert len(result) == 5
    with pytest.raises(SamplingError):
        list(model.sample(5, seed=1, any_form=True, min_p=0.5, **constraint))


def test_a_short_list_does_not_run_dry_at_its_own_temperature() -> None:
    """Where the recipe's temperature gives known names alone, 1 goes on."""
    names = ["anna", "otto", "karl"]
    recipe = Recipe(iterations=0, hidden_size=4, temperature=0.001, min_p=0.9)
    model = last(names, recipe)
    model.parameters.values[:] *= 100  # so that one symbol is far likelier than others
    assert len(set(model.sample(20, seed=1, any_form=True))) == 20
    first = list(model.sample(1, seed=1, any_form=True, novel=False))
    cold = {"temperature": 0.001, "min_p": 0.9}
    assert first == list(model.sample(1, seed=1, any_form=True, novel=False, **cold))
    with pytest.raises(SamplingError):
        list(model.sample(20, seed=1, any_form=True, **cold))


def test_near_copies_and_other_forms_are_left_out_by_default() -> None:
    model = grown()
    options = {"seed": 5, "temperature": 1.0, "novel": False}
    drawn = list(model.sample(200, **options))  # type: ignore[arg-type]
    folded = [model.form.fold(name) for name in drawn]
    assert all(ListForm.of([n.lower() for n in NAMES]).fits(folded))
    free = list(model.sample(200, any_form=True, **options))  # type: ignore[arg-type]
    assert not all(model.list_form.fits([model.form.fold(name) for name in free]))
    for edits in (None, 1):  # of the same draws
        new = model.sample(300, seed=10, temperature=1.0, best_of=1, min_edits=edits)
        near = near_copies([model.form.fold(name) for name in new], model.near)
        assert near.any() == (edits == 1)


def test_the_longest_run_of_a_character_can_be_given() -> None:
    def has_run(names: list[str], length: int) -> bool:
        return any(re.search(rf"(.)\1{{{length - 1}}}", name.lower()) for name in names)

    scratch = Recipe.modern(NAMES, init_from="none", hidden_size=32, iterations=300)
    model = last(NAMES, replace(scratch, samples=0))
    options = {"seed": 5, "temperature": 1.0, "novel": False}
    assert model.list_form.longest_run == 2
    for run in (1, 2, 3):
        drawn = list(model.sample(300, max_run=run, **options))  # type: ignore[arg-type]
        assert has_run(drawn, run) and not has_run(drawn, run + 1)
    best = [ranked.name for ranked in model.best(10, max_run=1, max_length=8)]
    assert not has_run(best, 2)
    with pytest.raises(SamplingError, match="max_run: 0 is not 1 or more"):
        model.sample(1, max_run=0)


def test_least_numbers_of_edits_that_cannot_be() -> None:
    for edits in (0, 3):
        with pytest.raises(SamplingError, match=f"min_edits: {edits} is not 1 or 2"):
            grown().sample(1, min_edits=edits)


def test_near_copies_are_let_through_where_the_list_has_many() -> None:
    names = [f"anna{c}" for c in "bcdfg"] + ["otto", "karl"]
    model = last(names, Recipe(iterations=0))
    assert model.recipe.min_edits == 1
    hashes = near_hashes(names)
    options = {"seed": 5, "max_length": 5, "any_form": True}
    free = list(model.sample(1_000, **options))  # type: ignore[arg-type]
    assert near_copies([name.lower() for name in free], hashes).any()
    far = list(model.sample(1_000, min_edits=2, **options))  # type: ignore[arg-type]
    assert len(far) == 1_000
    assert not near_copies([name.lower() for name in far], hashes).any()


def test_near_copies_of_long_names_are_not_looked_up_one_by_one() -> None:
    names = [f"{'very ' * 12}long name {c}" for c in "abcdef"]
    model = last(names, Recipe(iterations=0, hidden_size=3))
    assert next(model.sample(1, seed=1, max_length=5, any_form=True))
    with pytest.raises(SamplingError, match="min_edits: 2 takes too long for names of"):
        model.sample(1, min_edits=2)


def test_files_of_the_first_format_are_read() -> None:
    model = last(NAMES, Recipe(iterations=0, hidden_size=3, min_edits=1))

    def as_format_1(header: dict[str, dict[str, str]]) -> None:
        texts = header["__metadata__"]
        texts["format_version"] = "1"
        del texts["list_form"]
        for setting in (
            *("anchor", "word_weight", "sampling_word_weight", "init_from"),
            *("temperature", "min_p", "best_of", "min_edits", "fit_ngram_weight"),
        ):
            text = f'"{setting}":'
            start = texts["recipe"].index(text)
            end = min(
                i for i in (texts["recipe"].find(c, start) for c in ",}") if i > 0
            )
            texts["recipe"] = texts["recipe"][:start] + texts["recipe"][end + 1 :]
        texts["recipe"] = texts["recipe"].rstrip(",}") + "}"
        texts["provenance"] = texts["provenance"].replace(',"parent":""', "")

    old = from_bytes(forged(as_format_1, data=model.to_bytes()))
    assert isinstance(old, Model)
    assert old.recipe == model.recipe
    assert list(old.sample(3, seed=1)) == list(model.sample(3, seed=1, any_form=True))


def with_older_form(texts: dict[str, str], version: str, *lacking: str) -> None:
    """The texts as that format wrote them, in which the list's form had less."""
    form = json.loads(texts["list_form"])
    for name in lacking:
        del form[name]
    texts.update(format_version=version, list_form=json.dumps(form))


def test_files_of_the_fifth_format_are_read() -> None:
    """In these, no junction tells vowel signs from other marks, nor halves of flags."""
    hindi = ["राकेश कुमार", "सुनीता रॉय", "काँच"]
    model = last(hindi, Recipe(iterations=0, hidden_size=3))
    seen = model.list_form.junctions

    def as_format_5(header: dict[str, dict[str, str]]) -> None:
        with_older_form(header["__metadata__"], "5")

    old = from_bytes(forged(as_format_5, data=model.to_bytes()))
    assert isinstance(old, Model)
    marks = {f"{junction} vowels" for junction in seen if junction.startswith("M")}
    assert {*old.list_form.junctions} == {*seen, *marks, HALF_FLAG}
    two_vowels = ["काुच", "सुनीता"]
    assert model.list_form.fits(two_vowels) == [False, True]
    assert old.list_form.fits(two_vowels) == [True, True]


def test_files_of_the_second_format_are_read() -> None:
    model = last(NAMES, Recipe(iterations=0, hidden_size=3))
    assert model.list_form.patterns

    def as_format_2(header: dict[str, dict[str, str]]) -> None:
        texts = header["__metadata__"]
        with_older_form(texts, "2", "patterns", "junctions")
        texts["recipe"] = texts["recipe"].replace(',"fit_ngram_weight":false', "")

    old = from_bytes(forged(as_format_2, data=model.to_bytes()))
    assert isinstance(old, Model)
    assert old.recipe == model.recipe
    assert old.list_form == model.list_form._replace(patterns=(), junctions=())


def test_files_of_the_third_format_are_read() -> None:
    model = last(["मिला", "रानी", "नीला"], Recipe(iterations=0, hidden_size=3))
    assert model.list_form.junctions

    def as_format_3(header: dict[str, dict[str, str]]) -> None:
        with_older_form(header["__metadata__"], "3", "junctions")

    old = from_bytes(forged(as_format_3, data=model.to_bytes()))
    assert isinstance(old, Model)
    assert old.list_form == model.list_form._replace(junctions=())


def loaded(model: Model) -> Model:
    again = from_bytes(model.to_bytes())
    assert isinstance(again, Model)
    return again


def base_with_familiar(names: list[str]) -> Model:
    base = last(NAMES, Recipe(iterations=0, hidden_size=4))
    return replace(base, familiar=np.sort(name_hashes(names)))


def test_familiar_names_are_left_out_unless_the_list_has_many() -> None:
    """Names that everybody knows are not new, but for lists that are made of them."""
    names = ["anna", "otto", "karl", "olga", "ida"]
    few, many = ["anna", "emma"], ["anna", "karl", "emma"]
    settings = Recipe(iterations=0, hidden_size=4)
    model = last(names, settings, init_from=base_with_familiar(few))
    assert np.isin(name_hashes(few), model.familiar).all()
    model = last(names, settings, init_from=base_with_familiar(many))
    assert not np.isin(name_hashes(many), model.familiar).any()


def test_familiar_names_come_only_if_they_are_let_through() -> None:
    names = ["anna", "otto", "karl"]
    model = last(names, Recipe(iterations=0, hidden_size=4, min_edits=1))
    every = {"any_form": False, "min_length": 1, "max_length": 1}
    before = set(model.sample(3, seed=1, **every))
    familiar = np.sort(name_hashes([model.form.fold(name) for name in before]))
    model = replace(model, familiar=familiar)
    assert not before & set(model.sample(3, seed=1, **every))
    assert before & set(model.sample(3, seed=1, **{**every, "any_form": True}))
    assert before & set(model.sample(3, seed=1, novel=False, **every))
    assert not before & {best.name for best in model.best(1, **every)}
    assert loaded(model).familiar.tolist() == familiar.tolist()


def test_a_learned_title_with_one_word_more_is_no_new_name() -> None:
    known = np.sort(name_hashes(["black swan", "jaws"]))
    names = ["the black swan", "black swan inn", "the old black swan", "the jaws"]
    near = near_hashes(["black swan", "jaws"])
    is_near = partial(near_copies, hashes=near)
    wanted = NoveltyFilter([known], unique=False, near=is_near).wanted(names)
    assert wanted.tolist() == [False, False, True, True]
    wanted = NoveltyFilter([known], unique=False).wanted(names)
    assert wanted.all()
