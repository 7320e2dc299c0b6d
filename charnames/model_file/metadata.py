"""The header of a model file: written from facts about a model, and read into them.

Reading takes nothing on trust: every text is checked, and every tensor is compared with
what the texts imply, before an array exists. charnames.model_file.storage lists the
texts and tensors; what only one task has is in the file of that task.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import KEEP, STYLES, is_case
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
    read_record,
    refuse,
)
from charnames.model_file.description import (
    CARRIED,
    ModelArrays,
    ModelInfo,
    Progress,
    Provenance,
    TaskFormat,
    state_names,
)
from charnames.model_file.upgrade import OLD_VERSIONS, upgraded
from charnames.nn.batching import END
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Shapes
from charnames.recipes.recipe import Recipe
from charnames.version import __version__

if TYPE_CHECKING:
    from charnames.nn.networks.compound_shapes import AnyShape
    from charnames.prediction.ngram import Grams
    from charnames.prediction.whole_words import WordPairs

FORMAT = "charnames"
FORMAT_VERSION = "7"
KNOWN, STATE, CODES, COUNTS = "known", "state.", "grams.codes", "grams.counts"
WORDS, PAIRS, NEAR = "words.symbols", "words.pairs", "near"
FAMILIAR, DIRECTIONS = "familiar", "directions"
MOST_DIRECTIONS = 1024
IMPOSSIBLE = (FormatError, RecipeError, AlphabetError)  # the errors of reading

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
    "list_form",
    "sha256",
)


class Contents(NamedTuple):
    """What a checked header says is in the file.

    shape: of the network, whose weights come first; dtype: of the weights, "F32" or
    "F16". others: the tensors after them, in their order.
    """

    info: ModelInfo
    shape: AnyShape
    dtype: str
    others: dict[str, Tensor]


def _of_names() -> TaskFormat:
    from charnames.model_file import language_model

    return language_model.FORMAT


def _of_classifiers() -> TaskFormat:
    from charnames.model_file import classifier

    return classifier.FORMAT


def _of_converters() -> TaskFormat:
    from charnames.model_file import converter

    return converter.FORMAT


# What the files of each task have of their own. The code of other tasks stays out.
_TASKS = {
    "generate": _of_names,
    "classify": _of_classifiers,
    "convert": _of_converters,
}


def stored_dataset(dataset: str) -> str:
    """What a list is called in a model file: without what could steer a terminal, and
    short enough to be shown. That need not be a path any more.
    """
    return shortened(escaped(dataset), TEXT)


def metadata(info: ModelInfo) -> dict[str, str]:
    """The texts that a model's file holds, without the checksum.

    Raises FormatError for a number that JSON cannot hold.
    """
    provenance = info.provenance._asdict()
    # The list can be a file of any name, and the name is shown to others.
    provenance["dataset"] = stored_dataset(info.provenance.dataset)
    scaling = compact(dataclasses.asdict(info.scaling)) if info.scaling else ""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "charnames_version": __version__,
        "recipe": compact(info.recipe.settings()),
        "alphabet": info.alphabet,
        "scaling": scaling,
        "case": info.case,
        "labels": compact(dict(info.labels)),
        "provenance": compact(provenance),
        "progress": compact(info.progress._asdict()),
        "list_form": compact(info.list_form._asdict()) if info.list_form else "",
    }


def read_metadata(header: Header) -> Contents:
    """What a header says is in its file.

    Raises FormatError, RecipeError or AlphabetError for a model that cannot be, and for
    tensors that are not those of the model.
    """
    info = _read_info(header.metadata)
    shape = _TASKS[info.recipe.task]().shape(info)
    weights = shape.parameters()
    others: dict[str, Tensor] = {}
    if any(name.startswith(STATE) for name in header.entries):  # it is not slim
        for name in sorted(state_names(info.recipe, info.progress)):
            length = total(weights)
            if name == CARRIED and isinstance(shape, Shape):
                length = shape.state_size
            others[STATE + name] = Tensor("F32", (length,))
    # Only the file itself says how many names are left without the repeats.
    count = min(_length(header, KNOWN), info.provenance.names)
    others[KNOWN] = Tensor("U64", (count,))
    if info.recipe.ngram:
        count = _length(header, CODES)
        others[CODES] = Tensor("U64", (count,))
        others[COUNTS] = Tensor("U32", (count,))
    if info.recipe.word_weight:
        others[WORDS] = Tensor("U32", (_length(header, WORDS),))
        others[PAIRS] = Tensor("U32", (_length(header, PAIRS), 4))
    others |= _TASKS[info.recipe.task]().tensors(info, partial(_length, header))
    for name in NEAR, FAMILIAR:
        if name in header.entries:
            others[name] = Tensor("U64", (_length(header, name),))
    dtype = _weights_dtype(header, weights)
    if DIRECTIONS in header.entries:
        directions = header.entries[DIRECTIONS].tensor.shape[1:]
        R = min([*directions, MOST_DIRECTIONS])
        others[DIRECTIONS] = Tensor(dtype, (*weights["layer0.b"], R))
    tensors = {name: Tensor(dtype, shape) for name, shape in weights.items()}
    safetensors.check(header, tensors | others)
    return Contents(info, shape, dtype, others)


def _weights_dtype(header: Header, weights: Shapes) -> str:
    """F16 where the file says so of its first weight, else F32."""
    first = header.entries.get(next(iter(weights)))
    return "F16" if first and first.tensor.dtype == "F16" else "F32"


def total(shapes: Shapes) -> int:
    """How many numbers arrays of those shapes hold together."""
    return sum(map(math.prod, shapes.values()))


def check_arrays(info: ModelInfo, arrays: ModelArrays, V: int) -> None:
    """Raises FormatError for numbers that training with V symbols never makes."""
    state = {STATE + name: array for name, array in arrays.state.items()}
    if arrays.directions is not None:
        state[DIRECTIONS] = arrays.directions
    for name, array in (arrays.weights.views | state).items():
        if not np.isfinite(array).all():
            raise FormatError(f"weight {name!r} holds a number that is not finite")
    _check_rising(KNOWN, arrays.known)
    _check_rising(NEAR, arrays.near)
    _check_rising(FAMILIAR, arrays.familiar)
    if arrays.grams:
        if arrays.chunks:
            V = len(arrays.chunks) + 1
        labels = len(info.labels) if len(arrays.exponent) else 1
        _check_grams(arrays.grams, V, labels)
    if arrays.words:
        _check_words(arrays.words, V)
    _TASKS[info.recipe.task]().check(info, arrays)


def _check_words(words: WordPairs, V: int) -> None:
    """Raises FormatError for pairs of words that no list has."""
    ends = words.symbols == END
    count = int(ends.sum())
    together = (ends[1:] & ends[:-1]).any()  # a word without a symbol
    if ends[0] or together or not ends[-1] or (words.symbols >= V).any():
        raise FormatError(f"tensor {WORDS!r} holds what is no list of words")
    limits = np.array([count, count, 1, 2**32 - 1])
    least = np.array([0, 1, 0, 1])
    if (words.pairs > limits).any() or (words.pairs < least).any():
        raise FormatError(f"tensor {PAIRS!r} holds what is no pair of words")


def _read_info(texts: Mapping[str, str]) -> ModelInfo:
    texts = upgraded(texts)
    check_keys("the metadata", texts, _KEYS)
    if texts["format_version"] not in (*OLD_VERSIONS, FORMAT_VERSION):
        refuse("format_version", texts["format_version"], "a version")
    check_text("charnames_version", texts["charnames_version"])
    settings = parse(texts["recipe"], "the recipe")
    recipe = Recipe.from_settings(settings)
    check_keys("the recipe", settings, recipe.settings())
    if not is_case(texts["case"]):
        refuse("case", texts["case"], f"one of {', '.join([KEEP, *STYLES])}")
    provenance = read_record(Provenance, texts["provenance"], "the provenance")
    progress = read_record(Progress, texts["progress"], "the progress")
    _check_digest("fingerprint", provenance.fingerprint)
    if progress.held_out:
        _check_digest("held_out", progress.held_out)
    labels = _read_labels(texts["labels"], provenance.names)
    info = ModelInfo(recipe, texts["case"], labels, provenance, progress)
    return _TASKS[recipe.task]().with_inputs(info, texts)


def _check_digest(name: str, digest: str) -> None:
    if not re.fullmatch("[0-9a-f]{64}", digest):
        refuse(name, digest, "a SHA-256 in hexadecimal")


def _read_labels(text: str, names: int) -> dict[str, int]:
    """Each label and how many of that many names have it."""
    labels = parse(text, "the labels")
    for label, count in labels.items():
        check_text("labels", label)
        check_number("labels", count, int)
    if list(labels) != sorted(labels) or not all(labels) or 0 in labels.values():
        refuse("labels", text, "labels in order, each with its count")
    if labels and sum(labels.values()) != names:
        refuse("labels", text, f"the labels of {names} names")
    return labels


def _length(header: Header, name: str) -> int:
    """The length that a tensor says it has; 1 where it says nothing possible."""
    entry = header.entries.get(name)
    shape = entry.tensor.shape if entry else ()
    return max([1, *shape[:1]])


def _check_rising(name: str, array: NDArray[np.uint64]) -> None:
    if not (array[1:] > array[:-1]).all():
        raise FormatError(f"tensor {name!r} is not in order")


def _check_grams(grams: Grams, V: int, labels: int) -> None:
    """Raises FormatError for n-grams that no list has. labels: that are counted apart,
    1 where they are counted together.
    """
    _check_rising(CODES, grams.codes)
    possible = int(grams.codes[-1]) < labels * V**grams.order
    inside = np.zeros(len(grams.codes), bool)  # whether the name has begun
    for place in range(grams.order - 1, 0, -1):
        symbols = grams.codes // np.uint64(V**place) % np.uint64(V)
        possible &= not (inside & (symbols == END)).any()  # no name goes on after it
        inside |= symbols != END
    if not possible:
        raise FormatError(f"tensor {CODES!r} holds what no name holds")
    if not grams.counts.all():
        raise FormatError(f"tensor {COUNTS!r} holds a zero")
