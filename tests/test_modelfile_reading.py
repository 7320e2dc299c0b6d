"""Reading what is not the model file it should be: rows 1-10 of the table of faults."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import charnames
from charnames import modelfile
from charnames.errors import ModelFileError
from charnames.nn.parameters import Parameters
from charnames.recipe import Recipe
from charnames.safetensors import LayoutError, read_header
from charnames.trained import Progress
from charnames.vocabulary import Vocabulary
from tests.modelfiles import (
    DATA,
    LENGTH,
    MODEL,
    bind,
    bound_by_permissions,
    forged,
    joined,
    memory_limit,
    parts,
    refuse_bytes,
    refused,
    same,
    short,
    time_limit,
    trained,
    with_text,
    with_value,
    with_weight,
)


class Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("sprung",)


def zipped(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap()))
    return path.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        *(pickle.dumps(Trap(), protocol) for protocol in range(6)),
        "zip",
        b"Ada\nBob\n",
        b"x",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\x93NUMPY\x01\x00" + bytes(100),
        b'{"a": 1}',
        bytes(5000),
        random.Random(1).randbytes(5000),
        joined(pickle.dumps(Trap())),
        joined(b"import os"),
    ],
    ids=short,
)
def test_fault_01_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "m"
    path.write_bytes(zipped(path) if isinstance(data, str) else data)
    source = str(path)
    refused(lambda: modelfile.load(path), "not a charnames model", source=source)
    refused(lambda: modelfile.check_target(path, False), "--force", source=source)
    assert [*tmp_path.iterdir()] == [path]  # nothing ran


@pytest.mark.parametrize(
    "length", [0, 1, (1 << 20) + 1, len(DATA) - 7, 2**31, 2**63, 2**64 - 1]
)
def test_fault_02_header_length(length: int) -> None:
    refuse_bytes(length.to_bytes(8, "little") + DATA[8:], "not a charnames model")


def test_fault_02_reads_no_further(tmp_path: Path) -> None:
    path = tmp_path / "m"
    with path.open("wb") as stream:
        stream.write(((1 << 20) + 8).to_bytes(8, "little"))
        stream.truncate(1 << 33)  # all hole
    with memory_limit():
        refused(lambda: modelfile.load(path), source=str(path))


DEEP = 100_000


@pytest.mark.parametrize(
    ("header", "word"),
    [
        (b'{"__metadata__":{"format":"\xff"}}', "UTF-8"),
        (b'{"__metadata__":{"format":"\xed\xa0\x80"}}', "UTF-8"),
        (b"\xef\xbb\xbf{}", "object"),
        (b"{", "JSON"),
        (b"{'a': 1}", "JSON"),
        (b"{} {}", "JSON"),
        (b'{"a": "\n"}', "JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'"format"', "object"),
        (b" {}", "object"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested"),
        (b'{"a":' + b"[" * DEEP, "nested"),
        (b'{"a":1,"a":1}', "'a' twice"),
        (b'{"__metadata__":{"format":"x","format":"charnames"}}', "'format' twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":' + b"9" * 1_000_000 + b"}", "digits"),
        (b'{"__metadata__":[]}', "__metadata__"),
        (b'{"__metadata__":{"format":1}}', "__metadata__"),
        (b'{"a":{}}', "'a'"),
        (b'{"' + b"a" * 1_000_000 + b'":{}}', "aaa"),
        (b'{"\\u001b[31m\\ud800\\n\\u202e":{}}', "x1b[31m"),
        (b"{}", "another program"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_fault_03_header(header: bytes, word: str) -> None:
    with time_limit():
        refuse_bytes(joined(header), "not a charnames model", word)


@pytest.mark.parametrize("key", ["recipe", "provenance", "progress"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"a":1,"a":2}',
        '{"loss":NaN}',
        "[" * DEEP,
        '{"seed":' + "1" * 400 + "}",
        "{}",
        '{"\\ud800": 1}',
    ],
    ids=short,
)
def test_fault_03_texts_in_the_header(key: str, text: str) -> None:
    refuse_bytes(with_text(key, text))


def test_fault_03_many_keys_take_no_time() -> None:
    pairs = ",".join(f'"{i}":0' for i in range(90_000))
    with time_limit(3):
        refuse_bytes(joined(f'{{{pairs},"89999":0}}'.encode()), "'89999' twice")


def rename(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    return lambda header: header.update({new: header.pop(old)})


def change(name: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].update(values)


def shift(name: str, start: int, end: int) -> Callable[[dict[str, Any]], None]:
    def edit(header: dict[str, Any]) -> None:
        offsets = header[name]["data_offsets"]
        header[name]["data_offsets"] = [offsets[0] + start, offsets[1] + end]

    return edit


def swap(header: dict[str, Any]) -> None:
    """The bytes of one weight stand where those of another should."""
    a, b = header["layer0.b"], header["output.by"]
    a["data_offsets"], b["data_offsets"] = b["data_offsets"], a["data_offsets"]


EXTRA = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda h: h.pop("layer0.b"), ["'layer0.b' is missing"]),
        (lambda h: h.pop("known"), ["'known' is missing"]),
        (lambda h: h.update(extra=EXTRA), ["'extra' does not belong"]),
        (lambda h: h.update({"state.mean": EXTRA}), ["'state.mean' does not belong"]),
        (rename("layer0.b", "layer0.c"), ["'layer0.b' is missing", "'layer0.c'"]),
        (rename("layer0.b", "layer0.B\x1b\n"), ["'layer0.b' is missing", "x1b"]),
        (shift("layer0.b", -4, -4), ["'layer0.b' overlaps"]),
        (shift("layer0.b", 4, 4), ["'layer0.b' leaves a hole"]),
        (shift("layer0.Wax", 0, -4), ["'layer0.Wax'", "offsets"]),
        (shift("known", 0, 8), ["'known'", "offsets"]),
        (shift("known", 0, 2**70), ["'known'", "offsets"]),
        (shift("layer0.Wax", -4, 0), ["'layer0.Wax'", "offsets"]),
        (swap, ["'layer0.b'"]),
        (change("layer0.Wax", shape=[10**9, 10**9]), ["'layer0.Wax'", "1000000000"]),
        (change("layer0.Wax", shape=[10**9]), ["'layer0.Wax'", "1000000000"]),
        (change("known", shape=[10**9]), ["'known'", "1000000000"]),
        (change("known", shape=[0]), ["'known'"]),
        (change("known", shape=[]), ["'known'"]),
        (change("known", shape=[5, 1]), ["'known'"]),
        (change("layer0.Wax", shape=[1] * 100_000), ["'layer0.Wax'"]),
        (change("layer0.b", shape=[-3]), ["'layer0.b'", "sizes"]),
        (change("layer0.b", shape=[3.0]), ["'layer0.b'", "sizes"]),
        (change("layer0.b", shape=[True]), ["'layer0.b'", "sizes"]),
        (change("layer0.b", shape=3), ["'layer0.b'", "sizes"]),
        (change("layer0.b", shape=None), ["'layer0.b'", "sizes"]),
        (change("layer0.b", data_offsets=[0]), ["'layer0.b'", "offsets"]),
        (change("layer0.b", data_offsets=[0, 1, 2]), ["'layer0.b'", "offsets"]),
        (change("layer0.b", data_offsets=["0", "8"]), ["'layer0.b'", "offsets"]),
        (change("layer0.b", more=1), ["'layer0.b'"]),
        (lambda h: h["layer0.b"].pop("dtype"), ["'layer0.b'"]),
        (lambda h: h.update({"layer0.b": None}), ["'layer0.b'"]),
    ],
)
def test_fault_04_tensors(
    edit: Callable[[dict[str, Any]], object], words: list[str]
) -> None:
    refuse_bytes(forged(edit), *words)


def test_fault_04_bytes_after_the_last() -> None:
    _, buffer = parts(DATA)
    refuse_bytes(DATA + b"x", "1 bytes after", "'known'")
    refuse_bytes(forged(buffer=buffer + bytes(8)), "8 bytes after", "'known'")
    refuse_bytes(forged(buffer=buffer[:-8]), "'known'", "past the end")


@pytest.mark.parametrize(
    "data",
    [
        with_value("recipe", hidden_size=4096, layers=16, cell="lstm"),
        forged(change("layer0.Wax", shape=[10**9, 10**9])),
        forged(change("known", shape=[10**9])),
    ],
    ids=["recipe", "weight", "known"],
)
def test_fault_04_before_memory_is_taken(data: bytes) -> None:
    with memory_limit():
        refuse_bytes(data)


def test_fault_04_more_than_there_is_memory_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(modelfile, "decoded", full)
        refuse_bytes(DATA, f"{len(DATA) - 8 - LENGTH:,} bytes", "memory")


def test_fault_04_order_of_the_keys_is_free() -> None:
    def reverse(header: dict[str, Any]) -> None:
        entries = [*header.items()][::-1]
        header.clear()
        header.update(entries)

    assert same(modelfile.loads(forged(reverse)), MODEL)


@pytest.mark.parametrize("dtype", ["F64", "F16", "BF16", "I32", "f32", "", 4, None])
def test_fault_05_dtype(dtype: Any) -> None:
    refuse_bytes(forged(change("layer0.b", dtype=dtype)), "'layer0.b'")


@pytest.mark.parametrize("shape", [[3, 1], [1, 3], [4], []], ids=str)
def test_fault_05_dimension(shape: list[int]) -> None:
    refuse_bytes(forged(change("layer0.b", shape=shape)), "'layer0.b'", str(shape))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", [*MODEL.parameters.views])
def test_fault_05_not_finite(name: str, value: float) -> None:
    refuse_bytes(with_weight(name, value), repr(name), "finite")


def test_fault_05_not_finite_in_the_state() -> None:
    data = modelfile.dumps(trained(steps=2, momentum=0.9))
    name = "state.velocity"
    refuse_bytes(with_weight(name, math.nan, data), repr(name), "finite")


def test_fault_05_hashes_out_of_order() -> None:
    _, buffer = parts(DATA)
    last = buffer[-8:]
    refuse_bytes(forged(buffer=buffer[:-16] + last + last), "'known'", "order")
    swapped = buffer[:-16] + last + buffer[-16:-8]
    refuse_bytes(forged(buffer=swapped), "'known'", "order")


@pytest.mark.parametrize(
    ("name", "number", "word"),
    [
        ("grams.codes", 2**64 - 1, "holds what no name holds"),
        ("grams.codes", None, "not in order"),
        ("grams.counts", 0, "zero"),
    ],
)
def test_fault_05_grams(name: str, number: int | None, word: str) -> None:
    data = modelfile.dumps(trained(steps=1, ngram=3))
    header, buffer = parts(data)
    end = header[name]["data_offsets"][1]
    width = 8 if name == "grams.codes" else 4
    before = buffer[end - 2 * width : end - width]
    new = before if number is None else number.to_bytes(width, "little")
    data = forged(buffer=buffer[: end - width] + new + buffer[end:], data=data)
    refuse_bytes(data, repr(name), word)


def test_fault_05_no_grams() -> None:
    model = trained(steps=1, ngram=3)
    assert model.grams is not None
    none = replace(model.grams, codes=np.empty(0, np.uint64), counts=np.empty(0, "u4"))
    refused(lambda: modelfile.dumps(replace(model, grams=none)), "'grams.codes'")


def test_fault_05_grams_past_the_end_of_a_name() -> None:
    model = trained(steps=1, ngram=3)
    assert model.grams is not None
    V = len(model.vocabulary)
    codes = np.array([1, V * V + 1], np.uint64)  # a, the end, a
    grams = replace(model.grams, codes=codes, counts=np.ones(2, np.uint32))
    refused(lambda: modelfile.dumps(replace(model, grams=grams)), "no name")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cell", "os.system"),
        ("cell", "RNN"),
        ("cell", "x" * 100_000),
        ("cell", ["rnn"]),
        ("cell", None),
        ("hidden_size", -1),
        ("hidden_size", 0),
        ("hidden_size", 10**9),
        ("hidden_size", 10**299),
        ("hidden_size", 3.0),
        ("hidden_size", "3"),
        ("hidden_size", True),
        ("hidden_size", None),
        ("hidden_size", {}),
        ("hidden_size", []),
        ("hidden_size", [3, 0]),
        ("hidden_size", [3] * 100_000),
        ("hidden_size", [[3]]),
        ("layers", 0),
        ("layers", 17),
        ("embedding_size", -1),
        ("optimizer", "__import__('os')"),
        ("learning_rate", -1),
        ("learning_rate", "0.1"),
        ("clip_by", "\x1b[2J\n"),
        ("clip_by", ...),
        ("layers", ...),
        ("no_such_setting", 1),
        ("__class__", "x"),
        ("x" * 100_000, 1),
    ],
    ids=short,
)
def test_fault_06_settings(setting: str, value: Any) -> None:
    with time_limit():
        refuse_bytes(with_value("recipe", **{setting: value}), setting[:80])


@pytest.mark.parametrize(
    "alphabet",
    [
        "",
        "aa",
        "abcdeev",
        "ba",
        "\nab",
        "\x00ab",
        "\x1bab",
        "ab\x7f",
        "ab\x85",
        "ab\u2028",
        "ab\u202e",
        "ab\ud800",
        ["a", "bc"],
        ["a", "b"],
        None,
        5,
    ],
    ids=short,
)
def test_fault_06_alphabet(alphabet: Any) -> None:
    text = refuse_bytes(with_text("alphabet", alphabet))
    assert "alphabet" in text or "holds other things than text" in text


def test_fault_06_alphabet_of_another_length() -> None:
    alphabet = MODEL.vocabulary.alphabet
    refuse_bytes(with_text("alphabet", alphabet + "z"), "'layer0.Wax'")
    refuse_bytes(with_text("alphabet", alphabet[:-1]), "'layer0.Wax'")


@pytest.mark.parametrize(
    "case", ["", "Title", "auto", "x" * 10_000, "\x1b", "__len__"], ids=short
)
def test_fault_06_case(case: str) -> None:
    refuse_bytes(with_text("case", case), "case")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dataset", None),
        ("dataset", 5),
        ("dataset", "a\nb"),
        ("dataset", "\x1b[2J"),
        ("dataset", "\u202e"),
        ("dataset", "\ud800"),
        ("dataset", "x" * 100_000),
        ("dataset", ...),
        ("fingerprint", ""),
        ("fingerprint", "0" * 63),
        ("fingerprint", "0" * 63 + "G"),
        ("fingerprint", "0" * 64 + "\n"),
        ("names", 0),
        ("names", 4),  # fewer than the hashes
        ("names", 1.0),
        ("names", True),
        ("longest", 0),
        ("longest", 10**6),
        ("iterations", -1),
        ("iterations", None),
        ("loss", "inf"),
        ("loss", None),
        ("seed", -1),
        ("seed", 0.5),
        ("version", ["0"]),
        ("version", "0\r\n"),
        ("more", 1),
    ],
    ids=short,
)
def test_fault_06_provenance(name: str, value: Any) -> None:
    text = refuse_bytes(with_value("provenance", **{name: value}))
    assert name in text or (name, value) == ("names", 4)


@pytest.mark.parametrize("version", ["\x1b[2J", "\n", "x" * 10_000], ids=short)
def test_fault_06_version(version: str) -> None:
    text = refuse_bytes(with_text("charnames_version", version))
    assert "charnames_version" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lowest", None),
        ("lowest", "1"),
        ("best", "1"),
        ("best", True),
        ("best_iteration", -1),
        ("best_iteration", 0.5),
        ("ngram_weight", -0.1),
        ("ngram_weight", 1.1),
        ("held_out", "x"),
        ("held_out", None),
        ("seconds", -1.0),
        ("seconds", ...),
        ("pass_loss", None),
        ("pass_loss", "0"),
        ("last_pass", "0"),
        ("last_pass", True),
    ],
    ids=short,
)
def test_fault_06_progress(name: str, value: Any) -> None:
    refuse_bytes(with_value("progress", **{name: value}))


def test_fault_06_progress_is_all_checked() -> None:
    """The table above knows every field."""
    names = {"lowest", "best", "best_iteration", "ngram_weight", "held_out", "seconds"}
    names |= {"pass_loss", "last_pass"}
    assert set(Progress.__dataclass_fields__) == names


@pytest.mark.parametrize(
    ("key", "name"),
    [("recipe", "learning_rate"), ("provenance", "loss"), ("progress", "seconds")],
)
def test_fault_06_a_number_too_large_for_one(key: str, name: str) -> None:
    def edit(header: dict[str, Any]) -> None:
        text = header["__metadata__"][key]
        text = re.sub(rf'("{name}": ?)[^,}}]*', r"\g<1>1e999", text)
        header["__metadata__"][key] = text

    refuse_bytes(forged(edit), name, "inf")


@pytest.mark.parametrize("key", [*parts(DATA)[0]["__metadata__"], "more"])
def test_fault_06_texts_missing_or_more(key: str) -> None:
    def edit(header: dict[str, Any]) -> None:
        if header["__metadata__"].pop(key, None) is None:
            header["__metadata__"][key] = "x"

    refuse_bytes(forged(edit))


def test_fault_06_an_ngram_too_long_for_its_codes() -> None:
    refuse_bytes(with_value("recipe", ngram=8), "'grams.codes' is missing")
    vocabulary = Vocabulary("".join(map(chr, range(0x4E00, 0x4E00 + 300))))
    model = replace(MODEL, vocabulary=vocabulary, recipe=Recipe(ngram=8))
    model = replace(model, parameters=Parameters(model.shape.parameters()))
    refused(lambda: modelfile.dumps(model), "ngram", "8")


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
            found = modelfile.loads(flipped(bit))
        except ModelFileError as error:
            assert str(error).isprintable()
        else:
            assert modelfile.dumps(found) == DATA, bit


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


def test_fault_07_the_checksum_covers_metadata_and_buffer() -> None:
    header, buffer = parts(DATA)
    header["__metadata__"]["alphabet"] = MODEL.vocabulary.alphabet.upper()
    refuse_bytes(joined(json.dumps(header).encode(), buffer), "checksum")
    refuse_bytes(DATA[:-1] + bytes([DATA[-1] ^ 1]), "checksum")


def test_fault_07_cut_short_while_it_is_read() -> None:
    class Shrinking(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            return super().readinto(buffer[:-1])

    header = read_header(Shrinking(DATA), len(DATA))
    with pytest.raises(LayoutError, match="cut short"):
        modelfile.decoded(header, Shrinking(DATA[8 + LENGTH :]))


@pytest.mark.parametrize("version", ["2", "10", "999999999"])
def test_fault_08_newer_format(version: str) -> None:
    def edit(header: dict[str, Any]) -> None:
        texts = header["__metadata__"]
        texts.update(format_version=version, charnames_version="9.1.0", new="x")
        texts.pop("recipe")
        header["new"] = header.pop("known")

    this = charnames.__version__
    words = (f"charnames 9.1.0 in format {version}", f"charnames {this}", "newer")
    refuse_bytes(forged(edit), *words)


def test_fault_08_hostile_writer() -> None:
    def edit(header: dict[str, Any]) -> None:
        header["__metadata__"].update(
            format_version="2", charnames_version="\x1b[2J\n" + "x" * 100_000
        )

    refuse_bytes(forged(edit), "\\x1b[2J\\n")


@pytest.mark.parametrize(
    "version",
    ["", "0", "-1", "1.0", "01", "one", "²", "9" * 5000],
    ids=short,
)
def test_fault_08_no_version(version: str) -> None:
    refuse_bytes(with_text("format_version", version), "damaged", "format_version")


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
        refused(lambda: modelfile.load(path), word, source=str(path))


def test_fault_09_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    path.chmod(0)
    with bound_by_permissions(tmp_path):
        refused(lambda: modelfile.load(path), "Permission", source=str(path))


@pytest.mark.parametrize("path", ["", "folder/", "a\0b", "\ud800", b"a\0b"])
def test_fault_09_no_name(path: Any) -> None:
    for call in (
        lambda: modelfile.load(path),
        lambda: modelfile.save(MODEL, path),
        lambda: modelfile.check_target(path, True),
    ):
        with pytest.raises(ModelFileError, match="not the name of a file") as caught:
            call()
        assert str(caught.value).isprintable()


def test_fault_09_a_name_that_steers_terminals(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\nb"
    shown = str(path).replace("\x1b", "\\x1b").replace("\n", "\\n")
    refused(lambda: modelfile.load(path), "No such file", source=shown)


def test_fault_09_replaced_by_a_fifo_between_look_and_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, plain = tmp_path / "m", tmp_path / "plain"
    os.mkfifo(path)
    plain.touch()
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **kw: real(plain, **kw))
    with time_limit():
        refused(lambda: modelfile.load(path), "pipe", source=str(path))


@pytest.mark.parametrize(
    "texts", [None, {"format": "pt"}, {"format_version": "1"}], ids=str
)
def test_fault_10_another_program(tmp_path: Path, texts: dict[str, str] | None) -> None:
    path = tmp_path / "m.safetensors"
    safetensors.numpy.save_file(dict(MODEL.parameters.views), path, texts)
    before = path.read_bytes()
    words = ("not a charnames model", "another program")
    refused(lambda: modelfile.load(path), *words, source=str(path))
    refused(lambda: modelfile.check_target(path, False), "--force", source=str(path))
    modelfile.check_target(path, True)
    assert path.read_bytes() == before
