"""Reading the metadata that earlier versions wrote, which have fewer settings.

Format 3 is the present one. Each earlier format lacks what the next one added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from charnames.encoding.list_form import ListForm
from charnames.io.strict_json import compact, parse

OLD_VERSIONS = ("1", "2")

_SINCE_1: dict[str, Any] = {  # what the runs of format 1 did
    "anchor": 0.0,
    "word_weight": 0.0,
    "init_from": "none",
    "temperature": 1.0,
    "min_p": 0.0,
    "min_edits": 1,
}
_SINCE_2: dict[str, Any] = {  # what the runs of format 2 did
    "state": "zero",
    "order": "each-pass",
    "keep": "last",
    "fit_ngram_weight": False,
}
_FORM_SINCE_2: dict[str, Any] = {"patterns": ()}


def upgraded(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of format 3 that mean what those of an earlier format do.

    What is missing or wrong in them is left for the checks. Raises FormatError for a
    recipe, a provenance or a form of the list that is no JSON object.
    """
    version = texts.get("format_version")
    if version not in OLD_VERSIONS:
        return texts
    changed = {**texts}
    settings = parse(texts.get("recipe", "{}"), "the recipe")
    if "recipe" in texts:
        added = {**_SINCE_1, **_SINCE_2} if version == "1" else _SINCE_2
        changed["recipe"] = compact({**added, **settings})
    if version == "1" and "list_form" not in texts:
        names = settings.get("task") == "generate"
        changed["list_form"] = compact(asdict(ListForm())) if names else ""
    elif texts.get("list_form"):
        form = parse(texts["list_form"], "the list's form")
        changed["list_form"] = compact({**_FORM_SINCE_2, **form})
    if version == "1" and "provenance" in texts:
        provenance = parse(texts["provenance"], "the provenance")
        changed["provenance"] = compact({"parent": "", **provenance})
    return changed
