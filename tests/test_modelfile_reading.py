"""Reading what is not the model file it should be: rows 1-10 of the table of faults."""

from __future__ import annotations

import ast
import io
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import charnames
import charnames.io.safetensors
import charnames.io.strict_json
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import ModelFileError
from charnames.io.safetensors import read_header
from charnames.io.strict_json import FormatError
from charnames.model_file import (
    checks,
    classifier,
    language_model,
    metadata,
    storage,
)
from charnames.model_file.description import Progress, Provenance
from charnames.models import loading
from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import Recipe
from tests import hostile
from tests.hostile import cases
from tests.modelfiles import (
    CLASSIFIERS,
    DATA,
    LENGTH,
    MODEL,
    bind,
    bound_by_permissions,
    forged,
    memory_limit,
    refuse_bytes,
    refused,
    same,
    time_limit,
    trained,
)


@cases(hostile.row_01)
def test_fault_01_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m"
    path.write_bytes(data)
    source = str(path)
    refused(lambda: loading.load(path), *words, source=source)
    refused(lambda: storage.check_target(path, False), "--force", source=source)
    assert [*tmp_path.iterdir()] == [path]  # nothing ran


@cases(hostile.row_02)
def test_fault_02_header_length(data: bytes, words: list[str]) -> None:
    refuse_bytes(data, *words)


def test_fault_02_reads_no_further(tmp_path: Path) -> None:
    path = tmp_path / "m"
    with path.open("wb") as stream:
        stream.write(((1 << 20) + 8).to_bytes(8, "little"))
        stream.truncate(1 << 33)  # all hole
    with memory_limit():
        refused(lambda: loading.load(path), source=str(path))


@cases(hostile.row_03)
def test_fault_03_header(data: bytes, words: list[str]) -> None:
    with time_limit(3):
        refuse_bytes(data, *words)


def test_fault_03_nested_to_about_what_python_itself_can_follow() -> None:
    for depth in range(880, 1000):
        refuse_bytes(hostile.with_nested("recipe", "cell", depth), "nested")


@cases(hostile.row_04)
def test_fault_04_tensors(data: bytes, words: list[str]) -> None:
    with memory_limit(8 << 20):  # a header alone can take that
        refuse_bytes(data, *words)


def test_fault_04_more_than_there_is_memory_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(storage, "decoded", full)
        refuse_bytes(DATA, f"{len(DATA) - 8 - LENGTH:,} bytes", "memory")


def test_fault_04_order_of_the_keys_is_free() -> None:
    def reverse(header: dict[str, Any]) -> None:
        entries = [*header.items()][::-1]
        header.clear()
        header.update(entries)

    assert same(loading.from_bytes(forged(reverse)), MODEL)


@cases(hostile.row_05)
def test_fault_05_numbers(data: bytes, words: list[str]) -> None:
    refuse_bytes(data, *words)


def test_fault_05_no_grams() -> None:
    model = trained(steps=1, ngram=3)
    assert model.grams is not None
    none = model.grams._replace(codes=np.empty(0, np.uint64), counts=np.empty(0, "u4"))
    refused(lambda: replace(model, grams=none).to_bytes(), "'grams.codes'")


def test_fault_05_grams_past_the_end_of_a_name() -> None:
    model = trained(steps=1, ngram=3)
    assert model.grams is not None
    V = len(model.vocabulary)
    codes = np.array([1, V * V + 1], np.uint64)  # a, the end, a
    grams = model.grams._replace(codes=codes, counts=np.ones(2, np.uint32))
    refused(lambda: replace(model, grams=grams).to_bytes(), "no name")


@cases(hostile.row_06)
def test_fault_06_settings(data: bytes, words: list[str]) -> None:
    with time_limit():
        refuse_bytes(data, *words)


def test_fault_06_figures_are_all_checked() -> None:
    """The table of wrong ones knows every field."""
    known = {(key, name) for key, name, _ in hostile.FIGURES} - {("provenance", "more")}
    fields = {("provenance", name) for name in Provenance._fields}
    assert known == fields | {("progress", name) for name in Progress._fields}


def test_fault_06_an_ngram_too_long_for_its_codes() -> None:
    vocabulary = Vocabulary("".join(map(chr, range(0x4E00, 0x4E00 + 300))))
    model = replace(MODEL, vocabulary=vocabulary, recipe=Recipe(ngram=8))
    model = replace(model, parameters=Parameters(model.shape.parameters()))
    refused(lambda: model.to_bytes(), "ngram", "8")


def test_fault_07_cut_short_at_any_byte() -> None:
    for length in range(len(DATA)):
        refuse_bytes(DATA[:length])


def flipped(bit: int) -> bytes:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def test_fault_07_any_bit_flipped() -> None:
    header = range(8 * (8 + LENGTH))
    anywhere = random.Random(7).sample(range(8 * len(DATA)), 2_000)
    for bit in {*header, *anywhere}:
        try:
            loaded = loading.from_bytes(flipped(bit))
        except ModelFileError as error:
            assert str(error).isprintable()
        else:
            assert loaded.to_bytes() == DATA, bit


def test_fault_07_bytes_changed_at_random() -> None:
    rng = random.Random(8)
    for _ in range(1_000):
        data = bytearray(DATA)
        for _ in range(rng.randint(2, 20)):
            start = rng.randrange(len(data))
            what = rng.randbytes(rng.randint(0, 9))
            data[start : start + rng.randint(0, 9)] = what
        if data != DATA:
            refuse_bytes(bytes(data))


@cases(hostile.row_07)
def test_fault_07_the_checksum_covers_metadata_and_buffer(
    data: bytes, words: list[str]
) -> None:
    refuse_bytes(data, *words)


def test_fault_07_cut_short_while_it_is_read() -> None:
    class Shrinking(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            return super().readinto(buffer[:-1])

    header = read_header(Shrinking(DATA), len(DATA))
    with pytest.raises(FormatError, match="cut short"):
        storage.decoded(header, Shrinking(DATA[8 + LENGTH :]))


@cases(hostile.row_08)
def test_fault_08_versions(data: bytes, words: list[str]) -> None:
    refuse_bytes(data, *words)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (Path.touch, "empty"),
        (Path.mkdir, "folder"),
        (os.mkfifo, "pipe"),
        (bind, "socket"),
        (lambda path: path.symlink_to("/dev/zero"), "device"),
        (lambda path: path.symlink_to("/dev/null"), "device"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: path.symlink_to("nowhere"), "No such file"),
        (lambda path: None, "No such file"),
    ],
    ids=[
        "empty",
        "folder",
        "fifo",
        "socket",
        "zero",
        "null",
        "loop",
        "dangling",
        "missing",
    ],
)
def test_fault_09_no_plain_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m"
    make(path)
    with time_limit():
        refused(lambda: loading.load(path), word, source=str(path))


def test_fault_09_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    path.chmod(0)
    with bound_by_permissions(tmp_path):
        refused(lambda: loading.load(path), "Permission", source=str(path))


@pytest.mark.parametrize("path", ["", "folder/", "a\0b", "\ud800", b"a\0b"])
def test_fault_09_no_name(path: Any) -> None:
    for call in (
        lambda: loading.load(path),
        lambda: MODEL.save(path),
        lambda: storage.check_target(path, True),
    ):
        with pytest.raises(ModelFileError, match="not the name of a file") as caught:
            call()
        assert str(caught.value).isprintable()


def test_fault_09_a_name_that_steers_terminals(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\nb"
    shown = str(path).replace("\x1b", "\\x1b").replace("\n", "\\n")
    refused(lambda: loading.load(path), "No such file", source=shown)


def test_fault_09_replaced_by_a_fifo_between_look_and_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, plain = tmp_path / "m", tmp_path / "plain"
    os.mkfifo(path)
    plain.touch()
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **kw: real(plain, **kw))
    with time_limit():
        refused(lambda: loading.load(path), "pipe", source=str(path))


@pytest.mark.parametrize(
    "texts", [None, {"format": "pt"}, {"format_version": "1"}], ids=str
)
def test_fault_10_another_program(tmp_path: Path, texts: dict[str, str] | None) -> None:
    path = tmp_path / "m.safetensors"
    safetensors.numpy.save_file(dict(MODEL.parameters.views), path, texts)
    before = path.read_bytes()
    words = ("not a charnames model", "another program")
    refused(lambda: loading.load(path), *words, source=str(path))
    refused(lambda: storage.check_target(path, False), "--force", source=str(path))
    storage.check_target(path, True)
    assert path.read_bytes() == before


def refusals(module: ModuleType) -> Iterator[range]:
    """The lines of each place in a module where reading can be refused."""
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("header", "compact"):
            continue  # they write
        for call in ast.walk(node):
            if isinstance(call, ast.Raise) or (
                isinstance(call, ast.Call) and ast.unparse(call.func) == "refuse"
            ):
                if "without end" in ast.unparse(call) and sys.version_info >= (3, 12):
                    continue  # which follows lists as deep as a header can hold them
                yield range(call.lineno, (call.end_lineno or call.lineno) + 1)


def lines_met(data: bytes) -> Iterator[tuple[str, int]]:
    """File and line of every call that was under way where loading was refused."""
    with pytest.raises(ModelFileError) as caught:
        loading.from_bytes(data)
    reason = caught.value.__context__
    trace = reason.__traceback__ if reason else None
    while trace:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def test_every_refusal_has_a_hostile_file() -> None:
    met = {line for data in hostile.files() for line in lines_met(data)}
    for module in (
        metadata,
        language_model,
        classifier,
        checks,
        charnames.io.safetensors,
        charnames.io.strict_json,
    ):
        places = [*refusals(module)]
        assert places
        for lines in places:
            assert any((module.__file__, line) in met for line in lines), (
                f"{module.__name__}, line {lines.start}: no file comes here"
            )


# What each format's recipes lacked.
LACKING = {
    "1": ("anchor", "word_weight", "init_from", "temperature", "min_p", "min_edits"),
    "2": ("state", "order", "keep", "fit_ngram_weight"),
    "3": ("best_of",),
    "4": ("members",),
    "5": ("sampling_word_weight",),
}


@pytest.mark.parametrize("version", LACKING)
@pytest.mark.parametrize("number", range(len(CLASSIFIERS)))
def test_classifiers_of_earlier_formats_are_read(number: int, version: str) -> None:
    model = CLASSIFIERS[number]

    def as_earlier(header: dict[str, dict[str, str]]) -> None:
        texts = header["__metadata__"]
        settings = json.loads(texts["recipe"])
        for later in range(int(version), 6):
            for name in LACKING[str(later)]:
                settings.pop(name, None)
        texts.update(format_version=version, recipe=json.dumps(settings))
        if version == "1":
            del texts["list_form"]
            texts["provenance"] = texts["provenance"].replace(',"parent":""', "")

    old = loading.from_bytes(forged(as_earlier, data=model.to_bytes()))
    assert old.to_bytes() == model.to_bytes()
