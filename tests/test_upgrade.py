"""Metadata of earlier formats: what each lacks, and what stands in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from charnames.encoding.list_form import ListForm
from charnames.errors import RecipeError
from charnames.io.strict_json import FormatError
from charnames.model_file.upgrade import upgraded
from charnames.recipes.recipe import Recipe

# What each format lacked that its models of names need, and what these did instead.
ADDED: dict[str, dict[str, Any]] = {
    "1": {
        "anchor": 0.0,
        "word_weight": 0.0,
        "init_from": "none",
        "temperature": 1.0,
        "min_p": 0.0,
        "min_edits": 1,
    },
    "2": {
        "state": "zero",
        "order": "each-pass",
        "keep": "last",
        "fit_ngram_weight": False,
    },
    "3": {"best_of": 1},
    "4": {},
    "5": {"sampling_word_weight": 0.0},
    "6": {},
}
LACKING = {
    version: {
        name: value for v in ADDED if v >= version for name, value in ADDED[v].items()
    }
    for version in ADDED
}
each_version = pytest.mark.parametrize("version", LACKING)


def of(version: str, **objects: dict[str, Any]) -> dict[str, Any]:
    """The objects of a file of that version, when they are read as of this one."""
    texts = {name: json.dumps(entries) for name, entries in objects.items()}
    current = upgraded({"format_version": version, **texts})
    assert current["format_version"] == version
    return {name: text and json.loads(text) for name, text in current.items()}


@each_version
def test_a_recipe_gets_the_settings_that_its_format_lacked(version: str) -> None:
    recipe = of(version, recipe={"task": "generate"})["recipe"]
    assert recipe == {"task": "generate", **LACKING[version]}


@each_version
def test_a_setting_that_is_there_stays(version: str) -> None:
    changed = {"task": "generate", **dict.fromkeys(LACKING[version], "else")}
    assert of(version, recipe=changed)["recipe"] == changed


def test_settings_that_mean_nothing_to_a_task_have_their_defaults() -> None:
    for task, members in (("classify", {}), ("convert", {"members": 1})):
        recipe = Recipe.from_settings({"task": task}).settings()
        added = {name: recipe[name] for v in ("3", "5") for name in ADDED[v]} | members
        assert of("3", recipe={"task": task})["recipe"] == {"task": task, **added}
        old = of("2", recipe={"task": task})["recipe"]
        assert {name: old[name] for name in ADDED["2"]} == {
            name: recipe[name] for name in ADDED["2"]
        }


def test_a_task_that_there_is_not_is_refused() -> None:
    with pytest.raises(RecipeError, match="task"):
        of("3", recipe={"task": "translate"})


def test_the_form_of_a_list_gets_what_its_format_lacked() -> None:
    form = {"longest_run": 2}
    for version in ("4", "5", "6"):
        assert of(version, list_form=form)["list_form"] == form
    expected = {**form, "junctions": []}
    assert of("3", list_form=form)["list_form"] == expected
    assert of("2", list_form=form)["list_form"] == {**expected, "patterns": []}


def test_junctions_get_vowels_up_to_the_fifth_format() -> None:
    form = {"junctions": ["Mn a"]}
    assert "Mn a vowels" in of("5", list_form=form)["list_form"]["junctions"]
    assert of("6", list_form=form)["list_form"] == form


def test_the_first_format_had_no_form_of_a_list() -> None:
    any_form = json.loads(json.dumps(ListForm()._asdict()))
    for task, form in (("generate", any_form), ("classify", "")):
        assert of("1", recipe={"task": task})["list_form"] == form
    for version in ("2", "3", "4", "5", "6"):  # where it is missing, the checks say so
        assert "list_form" not in of(version, recipe={"task": "generate"})


def test_the_first_format_named_no_parent() -> None:
    provenance = {"dataset": "elements"}
    assert of("1", provenance=provenance)["provenance"] == {
        "parent": "",
        **provenance,
    }
    named = {"parent": "base", **provenance}
    assert of("1", provenance=named)["provenance"] == named
    for version in ("2", "3", "4", "5", "6"):
        assert of(version, provenance=provenance)["provenance"] == provenance


@pytest.mark.parametrize("version", ["7", "0", None])
def test_the_texts_of_any_other_version_are_left_as_they_are(
    version: str | None,
) -> None:
    texts = {"recipe": "{}", "provenance": "{}", "list_form": "{}"}
    if version:
        texts["format_version"] = version
    assert upgraded(texts) is texts


def test_what_is_missing_is_left_to_the_checks() -> None:
    for version in ("2", "3", "4", "5", "6"):
        assert upgraded({"format_version": version}) == {"format_version": version}
    empty = {"format_version": "2", "list_form": ""}
    assert upgraded(empty) == empty


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("recipe", "the recipe"),
        ("list_form", "the list's form"),
        ("provenance", "the provenance"),
    ],
)
def test_what_is_no_object_is_named(name: str, what: str) -> None:
    with pytest.raises(FormatError, match=rf"^{what}\b"):
        upgraded({"format_version": "1", name: "[]"})
