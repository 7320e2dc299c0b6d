"""Model files changed at random with their form kept, and what must hold of any file.

Most changes stop at the checksum. So a file is taken apart to the last text and number,
changed there, and put together again with lengths and checksum made to fit: what looks
behind the checksum gets something to look at.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

import numpy as np

from charnames.encoding.readers import reader_of
from charnames.encoding.scaling import Scaling
from charnames.errors import CharnamesError, SamplingError
from charnames.generation.choice import Choice
from charnames.generation.sampler import Way, draw_some
from charnames.io import safetensors
from charnames.io.safe_text import is_harmful
from charnames.io.safetensors import Tensor
from charnames.io.strict_json import FormatError, parse
from charnames.model_file.description import CARRIED, Progress, state_names
from charnames.model_file.upgrade import upgraded
from charnames.models import loading
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.language_model import Model
from charnames.nn.networks.shape import Shape
from charnames.recipes.network import classifier_shape, network_shape
from charnames.recipes.recipe import Recipe
from tests.modelfiles import CLASSIFIERS, LABELLED, parts, sealed, trained

# Texts that are JSON themselves.
_NESTED = ("recipe", "provenance", "progress", "labels", "scaling")
_VALUES: list[Any] = [
    *(0, 1, -1, 2, 3, 4, 7, 8, 16, 17, 255, 4096, 10**6, 10**9, 2**53 + 1, 2**70),
    *(-0.0, 0.5, 1.0, 1e-9, -1.5, 1e38, 1e300, 5e-324, math.nan, -math.inf),
    *("", "a", "1", "rnn", "gru", "lstm", "adamw", "title", "keep", "F32", "U64"),
    *("\x00", "\x1b[2J", "\u202e", "\ud800", "\u0301", "\u200d", "👩", "ab" * 600),
    *(True, False, None, [], {}, [0], {"a": 1}, [[]] * 50),
]
_NUMBERS = [
    *(b"\0\0\xc0\x7f", b"\0\0\x80\xff", b"\xff\xff\x7f\x7f", b"\1\0\0\0"),
    *(bytes(4), bytes(8), b"\xff" * 4, b"\xff" * 8, b"\1" + bytes(7)),
]


def seeds() -> list[bytes]:
    """Small whole models that between them have every block and setting in use."""
    settings: list[dict[str, Any]] = [
        {},
        {"cell": "lstm", "layers": 2, "embedding_size": 2, "momentum": 0.9},
        {"cell": "lstm", "state": "carry"},
        {"cell": "gru", "optimizer": "adamw", "average": 0.9, "ngram": 3},
        {"embedding_size": 3, "tied": True, "held_out": 0.3, "ngram": 2},
    ]
    models: list[Trained] = [trained(steps=2, **given) for given in settings]
    slim = [model.slim() for model in (models[3], CLASSIFIERS[1])]
    return [model.to_bytes() for model in (*models, *slim, LABELLED, *CLASSIFIERS)]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The file with a few things in it other than they were.

    Raises ValueError for what has no header to be taken apart.
    """
    header, buffer = parts(data)
    if not isinstance(header, dict):
        raise ValueError("no header")
    texts = header.get("__metadata__")
    if not isinstance(texts, dict):
        texts = header["__metadata__"] = {}
    for key in _NESTED:
        if isinstance(texts.get(key), str):
            texts[key] = _parsed(texts[key])
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if rng.random() < 0.25:
            buffer = _other_bytes(buffer, rng)
        else:
            _change(texts if texts and rng.random() < 0.5 else header, rng)
    for key in _NESTED:
        if not isinstance(texts.get(key, ""), str):
            texts[key] = json.dumps(texts[key])
    if rng.random() < 0.5:
        buffer = _laid_out(header, buffer)
    return sealed(header, buffer)


def _laid_out(header: dict[str, Any], buffer: bytes) -> bytes:
    """Put the tensors that its texts ask for into the header, -> a buffer of them.

    What the texts of no possible model ask for is left as it is.
    """
    try:
        texts = header["__metadata__"]
        recipe = Recipe.from_settings(parse(texts["recipe"], "the recipe"))
        progress = Progress(**parse(texts["progress"], "the progress"))
        texts["alphabet"] = "".join(sorted(set(texts["alphabet"])))
        V = len(texts["alphabet"]) + 1
        shape = _shape(recipe, texts)
        shapes = shape.parameters()
        states = sorted(state_names(recipe, progress))
        if not any(name.startswith("state.") for name in header):
            states = []  # it is slim
        total = sum(map(math.prod, shapes.values()))
        if total > 5_000:
            return buffer
        tensors = {name: Tensor("F32", shape) for name, shape in shapes.items()}
        lengths = {
            f"state.{name}": shape.state_size if name == CARRIED else total
            for name in states
        }
        tensors |= {name: Tensor("F32", (size,)) for name, size in lengths.items()}
        tensors["known"] = Tensor("U64", (1,))
        if recipe.ngram:
            tensors["grams.codes"] = Tensor("U64", (V,))
            tensors["grams.counts"] = Tensor("U32", (V,))
        new, _ = parts(safetensors.header(texts, tensors))
    except (CharnamesError, FormatError, KeyError, TypeError, ValueError):
        return buffer
    header.clear()
    header.update(new)
    numbers = np.frombuffer(buffer[: len(buffer) // 4 * 4], "<f4")
    count = total + sum(lengths.values())
    floats = np.resize(numbers, count).astype("<f4").tobytes()
    grams = np.arange(V, dtype="<u8").tobytes() + np.ones(V, "<u4").tobytes()
    return floats + bytes(8) + (grams if recipe.ngram else b"")


def _shape(recipe: Recipe, texts: dict[str, Any]) -> Shape:
    """The shape of the network that the texts ask for."""
    labels = json.loads(texts["labels"])
    if recipe.task == "generate":
        V = len(texts["alphabet"]) + 1
        return network_shape(recipe, V, len(labels))
    scaling = json.loads(texts["scaling"]) if texts["scaling"] else None
    reader = reader_of(
        recipe.unit,
        texts["alphabet"],
        scaling and Scaling(tuple(scaling["shift"]), tuple(scaling["factor"])),
    )
    return classifier_shape(recipe, reader, len(labels))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _change(tree: dict[str, Any], rng: random.Random) -> None:
    """One change at one place of the tree, any of them as likely."""
    places = list(islice(_places(tree), 2_000))
    if not places:
        return
    holder, key = rng.choice(places)
    how = rng.randrange(5)
    if how == 0:
        del holder[key]
    elif how == 1:
        other, name = rng.choice(places)
        values = deepcopy((other[name], holder[key]))
        holder[key], other[name] = values
    elif how == 2 and isinstance(holder, dict):
        holder[rng.choice([*map(str, _VALUES), f"{key}s"])] = holder[key]
    elif how == 3 and isinstance(holder[key], str | int | float):
        holder[key] = _nudged(holder[key], rng)
    else:
        holder[key] = deepcopy(rng.choice(_VALUES))


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key, or index, of a value within."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


def _nudged(value: Any, rng: random.Random) -> Any:
    """Something like it."""
    if isinstance(value, str):
        at, length = rng.randint(0, len(value)), rng.randint(0, 2)
        new = rng.choice([str(rng.choice(_VALUES)), chr(rng.randrange(0x3000)), ""])
        return value[:at] + new + value[at + length :]
    return rng.choice((value + 1, value - 1, -value, 2 * value, value + 0.5, value + 4))


def _other_bytes(buffer: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(0, len(buffer) + 4, 4)
    new = rng.choice(_NUMBERS)
    end = start + rng.choice((0, len(new), len(new), len(new), 8, len(buffer)))
    return buffer[:start] + new + buffer[end:]


def judge(data: bytes) -> Trained | None:
    """Hold `loads` to what it promises for any bytes: the error that it should be, in a
    line that is fit to be shown; or a model that is all that the bytes say.
    """
    try:
        model = loading.from_bytes(data)
    except CharnamesError as error:
        text = str(error)
        assert text.startswith("the model: ") and "; " in text
        assert text.isprintable() and len(text) < 500, text
        return None
    _agree(data, model.to_bytes())
    provenance = model.provenance
    shown = (
        model.alphabet or "",
        provenance.dataset,
        provenance.version,
        *model.labels,
    )
    assert not any(map(is_harmful, "".join(shown))), shown
    with np.errstate(all="ignore"):
        if isinstance(model, Classifier):
            _try_classifier(model)
        else:
            assert isinstance(model, Model)
            _try_names(model)
    return model


def _try_names(model: Model) -> None:
    """Names drawn, scored, steered and searched for, of all labels and of one."""
    for variant in (model, *map(model.for_label, islice(model.labels, 1))):
        try:
            names = draw_some(
                variant.predictor(),
                variant.form,
                Way(Choice()),
                3,
                np.random.default_rng(1),
            )
            assert len(names) == 3 and all(names), names
            assert all(len(name) <= 8 * model.provenance.longest for name in names)
            for score in variant.score([*names, "Ada"]):
                assert score.unknown or score.nats is not None
            for short in variant.sample(
                2, seed=1, novel=False, unique=False, max_length=5
            ):
                assert len(short) <= 5, short
            list(variant.best(1, max_length=4))
        except SamplingError as error:
            assert str(error).isprintable()


def _try_classifier(model: Classifier) -> None:
    inputs: list[Any] = ["Ada", "", "a good film"]
    if model.alphabet is None:
        inputs = [np.ones((3, model.shape.vector_size), np.float32)]
    for result in model.classify(inputs):
        assert result.probabilities.shape == (len(model.labels),)


def _arrays(header: dict[str, Any], buffer: bytes) -> dict[str, Any]:
    """The arrays of a file by name. Halves are widened, as a model whose weights all
    are halves is written with these.
    """
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        dtype, values = entry["dtype"], buffer[start:end]
        if dtype == "F16":
            halves = np.frombuffer(values, "<f2")
            dtype, values = "F32", halves.astype("<f4").tobytes()
        arrays[name] = (dtype, entry["shape"], values)
    return arrays


def _agree(data: bytes, again: bytes) -> None:
    """A file, and what is written of the model in it, mean the same. The file may be of
    an earlier format.
    """
    (old, old_buffer), (new, new_buffer) = parts(data), parts(again)
    texts = [{**upgraded(header.pop("__metadata__"))} for header in (old, new)]
    assert _arrays(old, old_buffer) == _arrays(new, new_buffer)
    for pair in texts:
        del pair["sha256"], pair["charnames_version"], pair["format_version"]
        for key in (*_NESTED, "list_form"):
            pair[key] = json.loads(pair[key] or "null")
        pair["recipe"] = Recipe.from_settings(pair["recipe"])
    assert texts[0] == texts[1]
