"""Reading the metadata that earlier versions wrote, which have fewer settings.

Format 7 is the present one. Each earlier format lacks what the next one added: format 6
the n-grams of classifiers, whose settings its classifiers have as 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from charnames.encoding.junctions import with_vowels
from charnames.encoding.list_form import ListForm
from charnames.io.strict_json import compact, parse
from charnames.recipes.recipe import TASKS, Recipe, settings_of

OLD_VERSIONS = ("1", "2", "3", "4", "5", "6")

# What each format lacked, and what its runs did instead.
_RECIPE: dict[str, dict[str, Any]] = {
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
    "4": {"members": 1},
    "5": {"sampling_word_weight": 0.0},
}
_LIST_FORM: dict[str, dict[str, Any]] = {
    "2": {"patterns": ()},
    "3": {"junctions": ()},
}


def upgraded(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of format 7 that mean what those of an earlier format do.

    What is missing or wrong in them is left for the checks. Raises FormatError for a
    recipe, a provenance or a form of the list that is no JSON object, and RecipeError
    for a task that there is not.
    """
    version = texts.get("format_version")
    if version not in OLD_VERSIONS:
        return texts
    changed = {**texts}
    settings = parse(texts.get("recipe", "{}"), "the recipe")
    if "recipe" in texts:
        changed["recipe"] = compact(
            {**_lacking_settings(settings, version), **settings}
        )
    if version == "1" and "list_form" not in texts:
        names = settings.get("task") == "generate"
        changed["list_form"] = compact(ListForm()._asdict()) if names else ""
    elif texts.get("list_form"):
        form = parse(texts["list_form"], "the list's form")
        form = {**_lacking(_LIST_FORM, version), **form}
        changed["list_form"] = compact(_with_vowels(form) if version < "6" else form)
    if version == "1" and "provenance" in texts:
        provenance = parse(texts["provenance"], "the provenance")
        changed["provenance"] = compact({"parent": "", **provenance})
    return changed


def _lacking_settings(settings: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The settings that recipes of that version lacked. What has no meaning for their
    task has its default. Raises RecipeError for a task that there is not.
    """
    defaults = Recipe.from_settings({"task": settings.get("task", TASKS[0])})
    meaningful = settings_of(defaults.task)
    present = defaults.settings()
    return {
        name: value if name in meaningful else present[name]
        for name, value in _lacking(_RECIPE, version).items()
        if name in present
    }


def _with_vowels(form: dict[str, Any]) -> dict[str, Any]:
    """The list's form with the junctions that format 6 has, if these are texts."""
    seen = form.get("junctions")
    texts = isinstance(seen, (list, tuple)) and all(isinstance(j, str) for j in seen)
    return {**form, "junctions": with_vowels(seen)} if seen and texts else form


def _lacking(additions: Mapping[str, dict[str, Any]], version: str) -> dict[str, Any]:
    """All that the format of that version lacked: its own, and that of later ones."""
    later = [entries for name, entries in additions.items() if name >= version]
    return dict(chain.from_iterable(entries.items() for entries in later))
