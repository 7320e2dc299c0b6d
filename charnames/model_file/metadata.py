"""What a model file claims of its model: put into texts, and held to be possible.

charnames.model_file.storage tells what each text and each tensor is.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.data.names import MAX_LENGTH
from charnames.encoding.letter_case import KEEP, STYLES
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError, RecipeError
from charnames.io import safetensors
from charnames.io.safe_text import escaped, shortened
from charnames.io.safetensors import Header, Tensor
from charnames.io.strict_json import FormatError, compact, parse
from charnames.model_file.checks import (
    TEXT,
    check_keys,
    check_number,
    check_text,
    refuse,
)
from charnames.models.base import Progress, Provenance, Trained, state_names
from charnames.models.language_model import Model
from charnames.nn.batching import END
from charnames.nn.parameters import Parameters, Shapes
from charnames.prediction.ngram import Grams
from charnames.recipes.recipe import Recipe
from charnames.version import __version__

FORMAT = "charnames"
FORMAT_VERSION = "1"
KNOWN, STATE, CODES, COUNTS = "known", "state.", "grams.codes", "grams.counts"
IMPOSSIBLE = (FormatError, RecipeError, AlphabetError)  # what claims are refused with

_KEYS = (
    "format",
    "format_version",
    "charnames_version",
    "recipe",
    "alphabet",
    "scaling",
    "case",
    "labels",
    "provenance",
    "progress",
    "sha256",
)
_LONGEST_NAME = 2 * MAX_LENGTH  # characters; folding can double them


def metadata(model: Trained) -> dict[str, str]:
    """The texts that a model's file holds, but for the checksum.

    Raises FormatError for a number that JSON cannot hold.
    """
    provenance = dataclasses.asdict(model.provenance)
    # The list can be a file of any name, and the name is shown to others.
    provenance["dataset"] = shortened(escaped(model.provenance.dataset), TEXT)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "charnames_version": __version__,
        "recipe": compact(model.recipe.settings()),
        "alphabet": model.alphabet or "",
        "scaling": _scaling(model),
        "case": model.case,
        "labels": compact(model.labels),
        "provenance": compact(provenance),
        "progress": compact(dataclasses.asdict(model.progress)),
    }


def _scaling(model: Trained) -> str:
    """The constants of a classifier of numbers; nothing for other models."""
    if model.alphabet is not None:
        return ""
    from charnames.model_file.classifier_metadata import scaling_text  # few need it

    return scaling_text(model)


def claimed(header: Header) -> tuple[Trained, dict[str, Tensor]]:
    """What a header says of its model: the model without its numbers, and what tensors
    hold them.

    Raises FormatError, RecipeError, AlphabetError for a model that cannot be.
    """
    model = _model_of(header.metadata)
    shapes = model.shape.parameters()
    tensors = {name: Tensor("F32", shape) for name, shape in shapes.items()}
    if any(name.startswith(STATE) for name in header.entries):  # it is not slim
        for name in sorted(state_names(model.recipe, model.progress)):
            tensors[STATE + name] = Tensor("F32", (total(shapes),))
    # How many names there are without the repeats, only the file itself can tell.
    count = min(_length(header, KNOWN), model.provenance.names)
    tensors[KNOWN] = Tensor("U64", (count,))
    if model.recipe.ngram:
        count = _length(header, CODES)
        tensors[CODES] = Tensor("U64", (count,))
        tensors[COUNTS] = Tensor("U32", (count,))
    safetensors.check(header, tensors)
    return model, tensors


def total(shapes: Shapes) -> int:
    """How many numbers arrays of those shapes hold together."""
    return sum(map(math.prod, shapes.values()))


def check_numbers(model: Trained) -> None:
    """Raises FormatError where the arrays hold what training never makes."""
    state = {STATE + name: array for name, array in model.state.items()}
    for name, array in (model.parameters.views | state).items():
        if not np.isfinite(array).all():
            raise FormatError(f"weight {name!r} holds a number that is not finite")
    _check_rising(KNOWN, model.known)
    if isinstance(model, Model) and model.grams:
        _check_grams(model.grams, len(model.vocabulary))


def _model_of(texts: Mapping[str, str]) -> Trained:
    """The model that the metadata speaks of, without its numbers."""
    check_keys("the metadata", texts, _KEYS)
    if texts["format_version"] != FORMAT_VERSION:
        refuse("format_version", texts["format_version"], "a version")
    check_text("charnames_version", texts["charnames_version"])
    settings = parse(texts["recipe"], "the recipe")
    recipe = Recipe.from_settings(settings)
    check_keys("the recipe", settings, recipe.settings())
    if texts["case"] not in (KEEP, *STYLES):
        refuse("case", texts["case"], f"one of {', '.join([KEEP, *STYLES])}")
    provenance: Provenance = _record(Provenance, texts["provenance"], "the provenance")
    progress: Progress = _record(Progress, texts["progress"], "the progress")
    digests = {"fingerprint": provenance.fingerprint}
    if progress.held_out:
        digests["held_out"] = progress.held_out
    for name, digest in digests.items():
        if not re.fullmatch("[0-9a-f]{64}", digest):
            refuse(name, digest, "a SHA-256 in hexadecimal")
    said: dict[str, Any] = {
        "recipe": recipe,
        "parameters": Parameters({}),
        "provenance": provenance,
        "progress": progress,
        "known": np.empty(0, np.uint64),
        "labels": _labels(texts["labels"], provenance.names),
        "case": texts["case"],
    }
    if recipe.task == "classify":
        from charnames.model_file.classifier_metadata import classifier  # few need it

        return classifier(texts, said)
    if texts["scaling"]:
        refuse("scaling", texts["scaling"], "for a model of names")
    if provenance.longest > _LONGEST_NAME:
        refuse("longest", provenance.longest, "the length of a name")
    vocabulary = Vocabulary(texts["alphabet"])
    if recipe.ngram and len(vocabulary) ** recipe.ngram > 2**64:
        refuse("ngram", recipe.ngram, "possible with so many characters")
    return Model(vocabulary=vocabulary, **said)


def _labels(text: str, names: int) -> dict[str, int]:
    """Each label and how many names have it."""
    found = parse(text, "the labels")
    for label, count in found.items():
        check_text("labels", label)
        check_number("labels", count, int)
    if list(found) != sorted(found) or not all(found) or 0 in found.values():
        refuse("labels", text, "labels in order, each with its count")
    if found and sum(found.values()) != names:
        refuse("labels", text, f"the labels of {names} names")
    return found


def _record(kind: type[Any], text: str, what: str) -> Any:
    """The dataclass that the JSON stands for, every field of its type."""
    found = parse(text, what)
    fields = dataclasses.fields(kind)
    check_keys(what, found, [field.name for field in fields])
    for field in fields:
        value = found[field.name]
        if field.type == "str":
            check_text(field.name, value)
        elif value is not None or field.type != "float | None":
            check_number(field.name, value, int if field.type == "int" else float)
    return kind(**found)


def _length(header: Header, name: str) -> int:
    """How long a tensor claims to be, 1 where it claims nothing that can be."""
    entry = header.entries.get(name)
    shape = entry.tensor.shape if entry else ()
    return max([1, *shape[:1]])


def _check_rising(name: str, array: NDArray[np.uint64]) -> None:
    if not (array[1:] > array[:-1]).all():
        raise FormatError(f"tensor {name!r} is not in order")


def _check_grams(grams: Grams, V: int) -> None:
    _check_rising(CODES, grams.codes)
    possible = int(grams.codes[-1]) < V**grams.order
    begun = np.zeros(len(grams.codes), bool)
    for place in range(grams.order - 1, 0, -1):
        symbols = grams.codes // np.uint64(V**place) % np.uint64(V)
        possible &= not (begun & (symbols == END)).any()  # no name goes on after it
        begun |= symbols != END
    if not possible:
        raise FormatError(f"tensor {CODES!r} holds what no name holds")
    if not grams.counts.all():
        raise FormatError(f"tensor {COUNTS!r} holds a zero")
