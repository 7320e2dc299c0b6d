"""Hostile model files for what models that are grown from a base model hold more."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests.modelfiles import forged, parts, with_text, with_value, with_weight

Case = tuple[bytes, list[str]]
Edit = Callable[[dict[str, Any]], object]

_NAMES = ["The Old Bear", "The Red Lion", "The Bear and Lion"]
_RECIPE = Recipe(hidden_size=2, samples=0, iterations=0, word_weight=0.5)
MODEL = next(train(_NAMES, _RECIPE, seed=1)).model
GROWN = MODEL.to_bytes()
BASE = replace(MODEL, directions=np.ones((2, 3), np.float32)).to_bytes()
_HALVES = Parameters(MODEL.parameters.shapes)
HALF = replace(MODEL, parameters=_HALVES).to_bytes()  # in float16


def of_tensors() -> Iterator[Case]:
    """Tensors that are missing, or of another shape than the model's."""
    for name in ("words.symbols", "words.pairs"):
        yield forged(_without(name), data=GROWN), [f"'{name}'"]
    yield with_value("recipe", word_weight=0.0, data=GROWN), ["'words."]
    for shape in ([3, 3], [2, 2048], [6], []):
        edit = _shaped("directions", shape)
        yield forged(edit, data=BASE), ["'directions'"]
    yield forged(_shaped("words.pairs", [4]), data=GROWN), ["'words.pairs'"]
    yield forged(_typed("output.by", "F32"), data=HALF), ["'output.by'"]


def of_numbers() -> Iterator[Case]:
    """Numbers that no training makes."""
    yield with_weight("directions", math.inf, BASE), ["'directions'", "finite"]
    start, end = parts(GROWN)[0]["near"]["data_offsets"]
    yield _with_bytes(start, bytes(end - start)), ["'near'", "order"]
    start, end = parts(GROWN)[0]["words.symbols"]["data_offsets"]
    for place, symbol in [(start, 0), (start, 10**6), (end - 4, 1), (end - 8, 0)]:
        data = _with_bytes(place, symbol.to_bytes(4, "little"))
        yield data, ["'words.symbols'", "no list of words"]
    start, _ = parts(GROWN)[0]["words.pairs"]["data_offsets"]
    for column, number in [(0, 10**6), (1, 0), (1, 10**6), (2, 2), (3, 0)]:
        data = _with_bytes(start + 4 * column, number.to_bytes(4, "little"))
        yield data, ["'words.pairs'", "no pair of words"]


def of_settings() -> Iterator[Case]:
    """The form of the list, and settings of drawing."""
    for name, value in [
        ("shortest", -1),
        ("shortest", 1.0),
        ("longest_run", "2"),
        ("repeats_words", 1),
        ("more", 1),
        ("most_words", ...),
        ("patterns", "* *"),
        ("patterns", ["* *", 1]),
        ("junctions", [None]),
    ]:
        yield with_value("list_form", data=GROWN, **{name: value}), [name]
    for name, value in [
        ("temperature", -0.5),
        ("fit_ngram_weight", 1),
        ("min_p", 1.5),
        ("min_edits", 3),
        ("init_from", "elsewhere"),
        ("word_weight", 1.0),
        ("anchor", -1.0),
    ]:
        yield with_value("recipe", data=GROWN, **{name: value}), [name]
    yield with_value("provenance", data=GROWN, parent=None), ["parent"]
    marked = with_text("alphabet", "\x0e" + MODEL.vocabulary.alphabet, GROWN)
    yield with_text("case", "keep", marked), ["alphabet"]


def _shaped(name: str, shape: list[int]) -> Edit:
    return lambda header: header[name].update(shape=shape)


def _without(name: str) -> Edit:
    return lambda header: header.pop(name)


def _typed(name: str, dtype: str) -> Edit:
    return lambda header: header[name].update(dtype=dtype)


def _with_bytes(start: int, new: bytes) -> bytes:
    """The file of GROWN with these bytes in the buffer."""
    buffer = parts(GROWN)[1]
    return forged(buffer=buffer[:start] + new + buffer[start + len(new) :], data=GROWN)
