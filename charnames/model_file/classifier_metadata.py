"""What a model file claims of a classifier: see charnames.model_file.metadata."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from charnames.encoding.readers import Reader
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.encoding.word_vocabulary import Words
from charnames.io.strict_json import FormatError, compact, parse
from charnames.model_file.checks import check_keys, check_number, refuse
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.recipes.recipe import Recipe


def scaling_text(model: Trained) -> str:
    """The constants of a classifier of numbers, as JSON."""
    if isinstance(model, Classifier) and isinstance(model.reader, Scaling):
        return compact(dataclasses.asdict(model.reader))
    raise FormatError("it reads neither texts nor numbers")


def classifier(texts: Mapping[str, str], said: dict[str, Any]) -> Classifier:
    """The classifier that the metadata speaks of, of which `said` is known.

    Raises FormatError, AlphabetError for one that cannot be.
    """
    if len(said["labels"]) < 2:
        refuse("labels", texts["labels"], "two labels or more")
    return Classifier(reader=_reader(said["recipe"], texts), **said)


def _reader(recipe: Recipe, texts: Mapping[str, str]) -> Reader:
    """What a classifier reads with."""
    if not texts["scaling"]:
        return (Words if recipe.unit == "word" else Vocabulary)(texts["alphabet"])
    if texts["alphabet"]:
        refuse("alphabet", texts["alphabet"], "for sequences of numbers")
    found = parse(texts["scaling"], "the scaling")
    check_keys("the scaling", found, ("shift", "factor"))
    for name, values in found.items():
        if not isinstance(values, list):
            refuse(name, values, "a list of numbers")
        for value in values:
            check_number(name, value, float)
    return Scaling(tuple(found["shift"]), tuple(found["factor"]))
