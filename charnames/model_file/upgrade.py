"""Reading the metadata that earlier versions wrote, which have fewer settings.

Format 1 lacks some parts of format 2. A setting that is younger than format 2, and has
a default that changes nothing, may be missing from its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from charnames.encoding.list_form import ListForm
from charnames.io.strict_json import compact, parse

OLD_VERSION = "1"

_SINCE_1: dict[str, Any] = {  # what the runs of format 1 did
    "anchor": 0.0,
    "word_weight": 0.0,
    "init_from": "none",
    "temperature": 1.0,
    "min_p": 0.0,
    "min_edits": 1,
}
_SINCE_2: dict[str, Any] = {"fit_ngram_weight": False}  # what runs did without it
_FORM_SINCE_2: dict[str, Any] = {"patterns": ()}


def upgraded(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of format 2 that mean what those of an earlier version do.

    What is missing or wrong in them is left for the checks. Raises FormatError for a
    recipe, a provenance or a form of the list that is no JSON object.
    """
    old = texts.get("format_version") == OLD_VERSION and "list_form" not in texts
    changed = {**texts}
    if "recipe" in texts:
        settings = parse(texts["recipe"], "the recipe")
        added = {**_SINCE_1, **_SINCE_2} if old else _SINCE_2
        changed["recipe"] = compact({**added, **settings})
        if old:
            names = settings.get("task") == "generate"
            changed["list_form"] = compact(asdict(ListForm())) if names else ""
    if texts.get("list_form"):
        form = parse(texts["list_form"], "the list's form")
        changed["list_form"] = compact({**_FORM_SINCE_2, **form})
    if old and "provenance" in texts:
        provenance = parse(texts["provenance"], "the provenance")
        changed["provenance"] = compact({"parent": "", **provenance})
    return changed
