"""Reading the metadata of format 1, which has fewer settings than format 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from charnames.encoding.list_form import ListForm
from charnames.io.strict_json import compact, parse

OLD_VERSION = "1"

_NEW_SETTINGS: dict[str, Any] = {  # what the runs of format 1 did
    "anchor": 0.0,
    "word_weight": 0.0,
    "init_from": "none",
    "temperature": 1.0,
    "min_p": 0.0,
    "min_edits": 1,
}


def upgraded(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of format 2 that mean what those of format 1 do; others as they are.

    What is missing or wrong in them is left for the checks. Raises FormatError for a
    recipe or a provenance that is no JSON object.
    """
    if texts.get("format_version") != OLD_VERSION or "list_form" in texts:
        return texts
    changed = {**texts}
    if "recipe" in texts:
        settings = parse(texts["recipe"], "the recipe")
        changed["recipe"] = compact({**_NEW_SETTINGS, **settings})
        names = settings.get("task") == "generate"
        changed["list_form"] = compact(asdict(ListForm())) if names else ""
    if "provenance" in texts:
        provenance = parse(texts["provenance"], "the provenance")
        changed["provenance"] = compact({"parent": "", **provenance})
    return changed
