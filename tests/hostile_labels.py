"""Hostile model files about labels, and of classifiers: see tests/hostile.py."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.modelfiles import (
    CLASSIFIERS,
    DATA,
    LABELLED,
    forged,
    parts,
    with_text,
    with_value,
    with_weight,
)

NAMES = LABELLED.to_bytes()
LETTERS, WORDS, NUMBERS, GRAMS = (model.to_bytes() for model in CLASSIFIERS)
SLIM = CLASSIFIERS[1].slim().to_bytes()
EMPTY_STATE = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
ORDER, COUNTED = "labels in order, each with its count", "a whole number from 0"
SHOWN = "a short text without control characters"
RISING = "out of order or repeats a word"

LABELS: list[tuple[str, str]] = [
    ("", "the labels is not JSON"),
    ("[]", "the labels is not a JSON object"),
    ('["x","y"]', "the labels is not a JSON object"),
    ("[" * 100_000, "too many lists"),
    ('{"x":2,"x":2}', "'x' twice"),
    ('{"y":2,"x":2}', ORDER),
    ('{"":2,"x":2}', ORDER),
    ('{"x":4,"y":0}', ORDER),
    ('{"x":2,"y":3}', "the labels of 4 names"),
    ('{"x":-2,"y":6}', COUNTED),
    ('{"x":2.0,"y":2}', COUNTED),
    ('{"x":"2","y":2}', COUNTED),
    ('{"x":null,"y":4}', COUNTED),
    ('{"x":true,"y":3}', COUNTED),
    ('{"x":{},"y":4}', COUNTED),
    ('{"x":2,"\\u001b[2J":2}', SHOWN),
    ('{"x":2,"y\\n":2}', SHOWN),
    ('{"x":2,"\\u202e":2}', SHOWN),
    ('{"x":2,"\\ud800":2}', SHOWN),
    (f'{{"x":2,"{"y" * 100_000}":2}}', SHOWN),
]

SCALINGS: list[tuple[str, str]] = [
    ("[]", "the scaling is not a JSON object"),
    ("{", "the scaling is not JSON"),
    ("[" * 100_000, "too many lists"),
    ("{}", "'shift'"),
    ('{"shift":[0.0,0.0]}', "'factor'"),
    ('{"shift":[0.0,0.0],"factor":[1.0,1.0],"more":1}', "'more'"),
    *[
        (f'{{"shift":{shift},"factor":{factor}}}', word)
        for shift, factor, word in [
            ("[]", "[]", "a shift and a factor"),
            ("[0.0,0.0]", "[1.0]", "a shift and a factor"),
            ("[0.0]", "[1.0]", "'layer0.Wax'"),
            (str([0.0] * 50_000), str([1.0] * 50_000), "'layer0.Wax'"),
            ("null", "[1.0]", "a list of numbers"),
            ("0.0", "1.0", "a list of numbers"),
            ('"00"', '"11"', "a list of numbers"),
            ('{"0":0.0}', "[1.0]", "a list of numbers"),
            ("[0,0]", "[1.0,1.0]", "a number with a point"),
            ("[[0.0],0.0]", "[1.0,1.0]", "a number with a point"),
            ("[true,0.0]", "[1.0,1.0]", "a number with a point"),
            ("[0.0,1e999]", "[1.0,1.0]", "a number with a point"),
            ("[0.0,NaN]", "[1.0,1.0]", "NaN"),
            ("[0.0,0.0]", "[1.0,0.0]", "not positive"),
            ("[0.0,0.0]", "[1.0,-1.0]", "not positive"),
        ]
    ],
]

ALPHABETS: list[tuple[str, str]] = [
    ("", "the alphabet is empty"),
    ("b a", RISING),
    ("a a", RISING),
    ("a  b", RISING),
    (" a b", "no word"),
    ("a b\x85", "no word"),
    ("A b", "no word"),
    ("a,b", "no word"),
    ("a\tb", "no word"),
    ("a b\x1b[2j", "no word"),
    ("a b\x1b", "U+001B"),
    ("a b\u202e", "U+202E"),
    ("a b\ud800", "U+D800"),
    ("a b c", "'embedding'"),
    ("a", "'embedding'"),
    (" ".join(f"{i:06}" for i in range(100_000)), "'embedding'"),
]


def of_labels() -> Iterator[tuple[bytes, list[str]]]:
    """Files of row 6: labels, and what a classifier reads with."""
    for text, word in LABELS:
        what = ["labels: "] if word in (ORDER, COUNTED, SHOWN) else []
        for data in (NAMES, LETTERS):
            yield with_text("labels", text, data), [word, *what]
    for text, word in [('{"x":2,"y":1,"z":1}', "'layer0.Wlx'"), ("{}", "'layer0.Wlx'")]:
        yield with_text("labels", text, NAMES), [word]
    for text in ("{}", '{"x":4}'):
        shown = f"labels: {text!r} is not two labels or more"
        yield with_text("labels", text, LETTERS), [shown]
    yield _with_many_labels(), ["'layer0.Wlx'"]
    for text, word in SCALINGS:
        yield with_text("scaling", text, NUMBERS), [word]
    yield with_text("scaling", "", NUMBERS), ["the alphabet is empty"]
    yield with_text("alphabet", "ab", NUMBERS), ["for sequences of numbers"]
    for data in (DATA, NAMES):
        shown = "scaling: '{}' is not for a model of names"
        yield with_text("scaling", "{}", data), [shown]
    for text, word in ALPHABETS:
        yield with_text("alphabet", text, WORDS), [word]
    for data, setting, value, word in [
        (DATA, "task", "os.system", "task"),
        (DATA, "unit", "word", "unit"),
        (NAMES, "task", "classify", "list_form"),
        (NAMES, "bidirectional", True, "bidirectional"),
        (LETTERS, "task", None, "task"),
        (LETTERS, "task", "generate", "bidirectional"),
        (LETTERS, "unit", "word", "no word"),
        (LETTERS, "unit", "sentence", "unit"),
        (LETTERS, "bidirectional", False, "'layer0.reverse.Waa'"),
        (LETTERS, "bidirectional", 1, "bidirectional"),
        (LETTERS, "pooling", "__import__", "pooling"),
        (LETTERS, "tied", True, "tied"),
        (LETTERS, "ngram", 2, "'grams.codes' is missing"),
        (NUMBERS, "ngram", 2, "ngram: 2 is not possible for sequences of numbers"),
        (LETTERS, "class_weights", {"x": 1}, "class_weights"),
        (WORDS, "unit", "character", "repeats a character"),
        (WORDS, "max_vocabulary", 10**9, "max_vocabulary"),
        (NUMBERS, "scale", "\x1b[2J", "scale"),
    ]:
        yield with_value("recipe", data, **{setting: value}), [word]
    yield _with_large_codes(), ["ngram: 8 is not possible with so many characters"]
    classify = {"task": "classify", "min_edits": 2, "state": "carry"}
    classify |= {"order": "once", "keep": "best"}
    yield with_value("recipe", DATA, **classify), ["two labels or more"]
    formless = with_text("list_form", "", NAMES)
    belong = ["'layer0.Wlx' does not belong"]
    yield with_value("recipe", formless, **classify), belong


def of_tensors() -> Iterator[tuple[bytes, list[str]]]:
    """Files of row 4: tensors that such a model has, and others have not."""
    for data, name in [
        (NAMES, "layer0.Wlx"),
        (LETTERS, "layer0.reverse.Waa"),
        (WORDS, "embedding"),
        (WORDS, "state.sum"),
        (NUMBERS, "output.by"),
        (GRAMS, "grams.exponent"),
    ]:
        yield _without(data, name), [f"{name!r} is missing"]
    yield _with(SLIM, "state.sum"), ["'state.squares' is missing"]
    for data, name in [
        (DATA, "layer0.Wlx"),
        (NUMBERS, "embedding"),
        (NUMBERS, "state.velocity"),
        (LETTERS, "grams.exponent"),
    ]:
        yield _with(data, name), [f"{name!r} does not belong"]


def of_numbers() -> Iterator[tuple[bytes, list[str]]]:
    """Files of row 5: a number that is lost, in each weight."""
    for data in (NAMES, LETTERS, WORDS, NUMBERS):
        header, _ = parts(data)
        for name, entry in header.items():
            if entry.get("dtype") == "F32":
                yield with_weight(name, math.nan, data), [repr(name), "finite"]

    for number in (math.nan, math.inf, -0.5, 2.5):
        exponent = np.array(number, "<f4").tobytes()
        yield _with_last("grams.exponent", exponent), ["'grams.exponent'", "exponent"]
    first = len(CLASSIFIERS[3].labels) * CLASSIFIERS[3].shape.V ** 3
    code = first.to_bytes(8, "little")  # of a label that there is not
    yield _with_last("grams.codes", code), ["'grams.codes'", "no name holds"]


def _with_last(name: str, number: bytes) -> bytes:
    """The file of n-grams with that as the last number of the tensor."""
    header, buffer = parts(GRAMS)
    end = header[name]["data_offsets"][1]
    changed = buffer[: end - len(number)] + number + buffer[end:]
    return forged(buffer=changed, data=GRAMS)


def _with_large_codes() -> bytes:
    """The n-grams of an alphabet with which their codes do not fit into 63 bits."""
    alphabet = "".join(map(chr, range(0x4E00, 0x4E00 + 230)))
    recipe = json.loads(parts(GRAMS)[0]["__metadata__"]["recipe"]) | {"ngram": 8}
    texts = {"alphabet": alphabet, "recipe": json.dumps(recipe)}
    return forged(lambda header: header["__metadata__"].update(texts), data=GRAMS)


def _without(data: bytes, name: str) -> bytes:
    return forged(lambda header: header.pop(name), data=data)


def _with(data: bytes, name: str) -> bytes:
    return forged(lambda header: header.update({name: EMPTY_STATE}), data=data)


def _with_many_labels() -> bytes:
    """As many as a header holds, and as many names."""
    count = 70_000

    def edit(header: dict[str, Any]) -> None:
        texts = header["__metadata__"]
        provenance = json.loads(texts["provenance"]) | {"names": count}
        labels = {f"{i:05}": 1 for i in range(count)}
        texts["provenance"] = json.dumps(provenance)
        texts["labels"] = json.dumps(labels, separators=(",", ":"))

    return forged(edit, data=NAMES)
