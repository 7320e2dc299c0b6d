"""What a model file claims of its model: put into texts, and held to be possible.

charnames.modelfile tells what each text and each tensor is.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from charnames import __version__, safetensors
from charnames.errors import AlphabetError, RecipeError
from charnames.model import Model, Progress, Provenance, state_names
from charnames.names import MAX_LENGTH, is_harmful
from charnames.ngram import Grams
from charnames.nn.batching import END
from charnames.nn.parameters import Parameters, Shapes
from charnames.recipe import Recipe
from charnames.safetensors import Header, LayoutError, Tensor, compact, parse
from charnames.texts import escaped, shortened
from charnames.vocabulary import KEEP, STYLES, Vocabulary

FORMAT = "charnames"
FORMAT_VERSION = "1"
KNOWN, STATE, CODES, COUNTS = "known", "state.", "grams.codes", "grams.counts"
IMPOSSIBLE = (LayoutError, RecipeError, AlphabetError)  # what claims are refused with

_KEYS = (
    "format",
    "format_version",
    "charnames_version",
    "recipe",
    "alphabet",
    "case",
    "provenance",
    "progress",
    "sha256",
)
_TEXT = 1_000  # characters in a text that is shown to somebody
# Numbers that may not be just any, or any from 0 on where they are whole. Folding can
# double the length of a name.
_LIMITS = {
    "names": (1, math.inf),
    "longest": (1, 2 * MAX_LENGTH),
    "ngram_weight": (0, 1),
    "seconds": (0, math.inf),
}


def metadata(model: Model) -> dict[str, str]:
    """The texts that a model's file holds, but for the checksum.

    Raises LayoutError for a number that JSON cannot hold.
    """
    provenance = dataclasses.asdict(model.provenance)
    # The list can be a file of any name, and the name is shown to others.
    provenance["dataset"] = shortened(escaped(model.provenance.dataset), _TEXT)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "charnames_version": __version__,
        "recipe": compact(model.recipe.settings()),
        "alphabet": model.vocabulary.alphabet,
        "case": model.case,
        "provenance": compact(provenance),
        "progress": compact(dataclasses.asdict(model.progress)),
    }


def claimed(header: Header) -> tuple[Model, dict[str, Tensor]]:
    """What a header says of its model: the model without its numbers, and what tensors
    hold them.

    Raises LayoutError, RecipeError, AlphabetError for a model that cannot be.
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


def check_numbers(model: Model) -> None:
    """Raises LayoutError where the arrays hold what training never makes."""
    state = {STATE + name: array for name, array in model.state.items()}
    for name, array in (model.parameters.views | state).items():
        if not np.isfinite(array).all():
            raise LayoutError(f"weight {name!r} holds a number that is not finite")
    _check_rising(KNOWN, model.known)
    if model.grams:
        _check_grams(model.grams, len(model.vocabulary))


def _model_of(texts: Mapping[str, str]) -> Model:
    """The model that the metadata speaks of, without its numbers."""
    _check_keys("the metadata", texts, _KEYS)
    if texts["format_version"] != FORMAT_VERSION:
        _refuse("format_version", texts["format_version"], "a version")
    _check_text("charnames_version", texts["charnames_version"])
    settings = parse(texts["recipe"], "the recipe")
    recipe = Recipe.from_settings(settings)
    _check_keys("the recipe", settings, recipe.settings())
    vocabulary = Vocabulary(texts["alphabet"])
    if texts["case"] not in (KEEP, *STYLES):
        _refuse("case", texts["case"], f"one of {', '.join([KEEP, *STYLES])}")
    provenance: Provenance = _record(Provenance, texts["provenance"], "the provenance")
    progress: Progress = _record(Progress, texts["progress"], "the progress")
    for digest in (provenance.fingerprint, progress.held_out or "0" * 64):
        if not re.fullmatch("[0-9a-f]{64}", digest):
            _refuse("fingerprint", digest, "a SHA-256 in hexadecimal")
    if recipe.ngram and len(vocabulary) ** recipe.ngram > 2**64:
        _refuse("ngram", recipe.ngram, "possible with so many characters")
    nothing = Parameters({})
    known = np.empty(0, np.uint64)
    return Model(
        vocabulary, texts["case"], recipe, nothing, provenance, progress, known
    )


def _record(kind: type[Any], text: str, what: str) -> Any:
    """The dataclass that the JSON stands for, every field of its type."""
    found = parse(text, what)
    fields = dataclasses.fields(kind)
    _check_keys(what, found, [field.name for field in fields])
    for field in fields:
        value = found[field.name]
        if field.type == "str":
            _check_text(field.name, value)
        elif value is not None or field.type != "float | None":
            _check_number(field.name, value, int if field.type == "int" else float)
    return kind(**found)


def _length(header: Header, name: str) -> int:
    """How long a tensor claims to be, 1 where it claims nothing that can be."""
    entry = header.entries.get(name)
    shape = entry.tensor.shape if entry else ()
    return max([1, *shape[:1]])


def _check_keys(what: str, found: Mapping[str, Any], wanted: Collection[str]) -> None:
    for name in wanted:
        if name not in found:
            raise LayoutError(f"{what} does not say {name!r}")
    for name in found:
        if name not in wanted:
            raise LayoutError(f"{what} says {name!r}, which means nothing")


def _check_text(name: str, value: Any) -> None:
    if not isinstance(value, str) or len(value) > _TEXT or any(map(is_harmful, value)):
        _refuse(name, value, "a short text without control characters")


def _check_number(name: str, value: Any, kind: type[float]) -> None:
    whole = kind is int
    low, high = _LIMITS.get(name, (0 if whole else -math.inf, math.inf))
    if type(value) is kind and math.isfinite(value) and low <= value <= high:
        return
    wanted = "a whole number" if whole else "a number with a point"
    _refuse(name, value, f"{wanted} from {low} to {high}")


def _refuse(name: str, value: Any, wanted: str) -> NoReturn:
    raise LayoutError(f"{name}: {shortened(repr(value), 80)} is not {wanted}")


def _check_rising(name: str, array: NDArray[np.uint64]) -> None:
    if not (array[1:] > array[:-1]).all():
        raise LayoutError(f"tensor {name!r} is not in order")


def _check_grams(grams: Grams, V: int) -> None:
    _check_rising(CODES, grams.codes)
    possible = int(grams.codes[-1]) < V**grams.order
    begun = np.zeros(len(grams.codes), bool)
    for place in range(grams.order - 1, 0, -1):
        symbols = grams.codes // np.uint64(V**place) % np.uint64(V)
        possible &= not (begun & (symbols == END)).any()  # no name goes on after it
        begun |= symbols != END
    if not possible:
        raise LayoutError(f"tensor {CODES!r} holds what no name holds")
    if not grams.counts.all():
        raise LayoutError(f"tensor {COUNTS!r} holds a zero")
