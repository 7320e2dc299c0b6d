"""What the tests of the model file share: models, forged files, limits."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.data.sequences import SequenceList
from charnames.errors import ModelFileError
from charnames.models import loading
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import train_classifier
from charnames.training.language_model import train

NAMES = ["Ada", "Bob", "Cy", "Dee", "Eve"]


def trained(seed: int = 1, steps: int = 0, **settings: Any) -> Model:
    """A small model, after that many updates."""
    small = {"hidden_size": 3, "samples": 0, "iterations": steps, "state": "zero"}
    recipe = Recipe(**{**small, **settings})
    *_, last = train(NAMES, recipe, seed=seed)
    return last.model


def classifier(examples: Any, **settings: Any) -> Classifier:
    """A small classifier, after two updates."""
    recipe = Recipe(
        **{"task": "classify", "hidden_size": 2, "iterations": 2, **settings}
    )
    *_, last = train_classifier(examples, recipe, seed=1)
    return last.model


MODEL = trained()
OTHER = trained(seed=2)
KINDS = NameList(["a b a", "b a b", "b b", "a a"], "kinds", ["x", "x", "y", "y"])
LABELLED = next(train(KINDS, Recipe(hidden_size=2, samples=0), seed=1)).model
CLASSIFIERS = [
    classifier(KINDS, bidirectional=True, cell="gru"),
    classifier(KINDS, unit="word", embedding_size=2, optimizer="adamw"),
    classifier(SequenceList([[[0, 1], [2, 3]], [[4, 5]]], "numbers", ["x", "y"])),
    classifier(KINDS, ngram=3),
]
DATA = MODEL.to_bytes()
LENGTH = int.from_bytes(DATA[:8], "little")  # of the header


def same(a: Trained, b: Trained) -> bool:
    return a.to_bytes() == b.to_bytes()


def timeless(model: Model) -> bytes:
    """The model's file, but for how long the training took."""
    progress = model.progress._replace(seconds=0.0)
    return replace(model, progress=progress).to_bytes()


def short(value: object) -> str:
    """An id for a parameter."""
    return ascii(value)[:20]


# Files as somebody else would make them


def joined(header: bytes, buffer: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + buffer


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


def forged(
    edit: Callable[[dict[str, Any]], object] = lambda header: None,
    buffer: bytes | None = None,
    data: bytes = DATA,
) -> bytes:
    """The file with its header edited, and the checksum made to fit again."""
    header, old = parts(data)
    edit(header)
    return sealed(header, old if buffer is None else buffer)


def sealed(header: dict[str, Any], buffer: bytes) -> bytes:
    """A file of these two, the checksum in the header made to fit."""
    texts = header.get("__metadata__")
    if isinstance(texts, dict) and "sha256" in texts:
        rest = {key: texts[key] for key in sorted(texts) if key != "sha256"}
        text = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
        texts["sha256"] = sha256(text.encode(errors="replace") + buffer).hexdigest()
    return joined(json.dumps(header).encode(), buffer)


def with_text(key: str, value: Any, data: bytes = DATA) -> bytes:
    return forged(lambda header: header["__metadata__"].update({key: value}), data=data)


def with_value(key: str, data: bytes = DATA, **values: Any) -> bytes:
    """The JSON text under that key with other values; ... takes one out."""

    def edit(header: dict[str, Any]) -> None:
        entries = json.loads(header["__metadata__"][key]) | values
        entries = {name: value for name, value in entries.items() if value is not ...}
        header["__metadata__"][key] = json.dumps(entries)

    return forged(edit, data=data)


def with_weight(name: str, value: float, data: bytes = DATA) -> bytes:
    """The file with that in place of one of the numbers of that weight."""
    header, buffer = parts(data)
    start = header[name]["data_offsets"][0] + 4
    number = np.array(value, "<f4").tobytes()
    return forged(buffer=buffer[:start] + number + buffer[start + 4 :], data=data)


# What is expected of a call


def refused(call: Callable[[], object], *words: str, source: str = "the model") -> str:
    """The error's text, held to be one sane line that begins with the source."""
    with pytest.raises(ModelFileError) as caught:
        call()
    text = str(caught.value)
    assert text.startswith(f"{source}: ")
    assert text.isprintable()
    assert "; " in text
    assert len(text) < len(source) + 500
    for word in words:
        assert word in text
    return text


def refuse_bytes(data: bytes, *words: str) -> str:
    return refused(lambda: loading.from_bytes(data), *words)


@contextmanager
def time_limit(seconds: float = 5) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def memory_limit(limit: int = 1 << 20) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


@contextmanager
def bound_by_permissions(folder: Path) -> Iterator[None]:
    """Permission bits bind within, also root: it lays down its right to pass them by.

    Skips the test where they still do not.
    """
    libc = ctypes.CDLL(None)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, twice
    as_root = os.geteuid() == 0 and hasattr(libc, "capset")
    if as_root:
        assert libc.capget(head, sets) == 0
        before = sets[0]
        sets[0] &= ~0b110  # DAC_OVERRIDE, DAC_READ_SEARCH
        assert libc.capset(head, sets) == 0
    try:
        probe = folder / "probe"
        probe.touch(0)
        try:
            probe.read_bytes()
        except PermissionError:
            pass
        else:
            pytest.skip("permission bits do not bind whoever runs this")
        finally:
            probe.unlink()
        yield
    finally:
        if as_root:
            sets[0] = before
            assert libc.capset(head, sets) == 0


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # a socket's path has to be short
