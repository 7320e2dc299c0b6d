"""Hostile model files, made by code: one at least for each thing that is refused.

A function for each row of the table of faults that is about what a file holds. It gives
files and words that the refusal says.
"""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from charnames.io.safetensors import HEADER_LIMIT
from tests import hostile_grown, hostile_labels
from tests.modelfiles import (
    DATA,
    MODEL,
    forged,
    joined,
    parts,
    trained,
    with_text,
    with_value,
    with_weight,
)

Case = tuple[bytes, list[str]]
Edit = Callable[[dict[str, Any]], object]

DEEP = 100_000
FOREIGN, DAMAGED = "not a charnames model", "a damaged charnames model"
EXTRA = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
GRAMS = trained(steps=1, ngram=3).to_bytes()
MOMENTUM = trained(steps=2, momentum=0.9).to_bytes()


class Trap:
    """Unpickled, it makes a folder."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("sprung",)


def row_01() -> Iterator[Case]:
    """No file of the format."""
    pickles = [pickle.dumps(Trap(), protocol) for protocol in range(6)]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("archive/data.pkl", pickles[2])
    for data in [
        b"",
        *pickles,
        zipped.getvalue(),
        b"Ada\nBob\n",
        b"x",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\x93NUMPY\x01\x00" + bytes(100),
        b'{"a": 1}',
        bytes(5000),
        random.Random(1).randbytes(5000),
        joined(pickles[2]),
        joined(b"import os"),
    ]:
        yield data, [FOREIGN]


def row_02() -> Iterator[Case]:
    """A header of a length that cannot be."""
    for length in (0, 1, (1 << 20) + 1, len(DATA) - 7, 2**31, 2**63, 2**64 - 1):
        yield length.to_bytes(8, "little") + DATA[8:], [FOREIGN]


def row_03() -> Iterator[Case]:
    """A header, or a text in it, that is not what it should be."""
    pairs = ",".join(f'"{i}":0' for i in range(90_000))
    for header, word in [
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
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "too many lists"),
        (b'{"a":' + b"[" * DEEP, "too many lists"),
        (b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "nested"),
        (b'{"a":' + b"[" * 3_000 + b"]" * 3_000 + b"}", "nested"),
        (b'{"a":1,"a":1}', "'a' twice"),
        (b'{"__metadata__":{"format":"x","format":"charnames"}}', "'format' twice"),
        (f'{{{pairs},"89999":0}}'.encode(), "'89999' twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":' + b"9" * 1_000_000 + b"}", "digits"),
        (b'{"__metadata__":[]}', "__metadata__"),
        (b'{"__metadata__":{"format":1}}', "__metadata__"),
        (b'{"a":{}}', "'a'"),
        (b'{"' + b"a" * 1_000_000 + b'":{}}', "aaa"),
        (b'{"\\u001b[31m\\ud800\\n\\u202e":{}}', "x1b[31m"),
        (b"{}", "another program"),
        (_filled('{"👩":[', "]}"), "too many lists"),
    ]:
        yield joined(header), [FOREIGN, word]
    for depth in (3, 500, 3_000):
        yield with_nested("recipe", "cell", depth), [DAMAGED, "nested"]
        yield with_nested("progress", "lowest", depth), [DAMAGED, "nested"]
    texts = parts(DATA)[0]["__metadata__"]
    del texts["recipe"]
    begin, end = '{"__metadata__":{"recipe":"{\\"👩\\":[', json.dumps(texts)[1:] + "}"
    yield joined(_filled(begin, ']}",' + end)), [FOREIGN, "too many lists"]
    for text in [
        *("", "[]", "null", "{", "{}", "[" * DEEP),
        '{"a":1,"a":2}',
        '{"loss":NaN}',
        '{"seed":' + "1" * 400 + "}",
        '{"\\ud800": 1}',
    ]:
        for key in ("recipe", "provenance", "progress"):
            words = [f"(the {key} is not"] if text in ("", "[]", "null", "{") else []
            yield with_text(key, text), words


def row_04() -> Iterator[Case]:
    """Tensors that are not those of the model, or lie elsewhere."""
    edits: list[tuple[Edit, list[str]]] = [
        (lambda h: h.pop("layer0.b"), ["'layer0.b' is missing"]),
        (lambda h: h.pop("known"), ["'known' is missing"]),
        (lambda h: h.update(extra=EXTRA), ["'extra' does not belong"]),
        (lambda h: h.update({"state.mean": EXTRA}), ["'state.mean' does not belong"]),
        (_rename("layer0.b", "layer0.c"), ["'layer0.b' is missing", "'layer0.c'"]),
        (_rename("layer0.b", "layer0.B\x1b\n"), ["'layer0.b' is missing", "x1b"]),
        (_shift("layer0.b", -4, -4), ["'layer0.b' overlaps"]),
        (_shift("layer0.b", 4, 4), ["'layer0.b' leaves a hole"]),
        (_shift("layer0.Wax", 0, -4), ["'layer0.Wax'", "offsets"]),
        (_shift("known", 0, 8), ["'known'", "offsets"]),
        (_shift("known", 0, 2**70), ["'known'", "offsets"]),
        (_shift("layer0.Wax", -4, 0), ["'layer0.Wax'", "offsets"]),
        (_swap, ["'layer0.b'"]),
        (_change("layer0.Wax", shape=[10**9, 10**9]), ["'layer0.Wax'", "1000000000"]),
        (_change("layer0.Wax", shape=[10**9]), ["'layer0.Wax'", "1000000000"]),
        (_change("known", shape=[10**9]), ["'known'", "1000000000"]),
        (_change("known", shape=[0]), ["'known'"]),
        (_change("known", shape=[]), ["'known'"]),
        (_change("known", shape=[5, 1]), ["'known'"]),
        (_change("layer0.Wax", shape=[1] * 100_000), ["'layer0.Wax'"]),
        (_change("layer0.b", shape=[-3]), ["'layer0.b'", "sizes"]),
        (_change("layer0.b", shape=[3.0]), ["'layer0.b'", "sizes"]),
        (_change("layer0.b", shape=[True]), ["'layer0.b'", "sizes"]),
        (_change("layer0.b", shape=3), ["'layer0.b'", "sizes"]),
        (_change("layer0.b", shape=None), ["'layer0.b'", "sizes"]),
        (_change("layer0.b", data_offsets=[0]), ["'layer0.b'", "offsets"]),
        (_change("layer0.b", data_offsets=[0, 1, 2]), ["'layer0.b'", "offsets"]),
        (_change("layer0.b", data_offsets=["0", "8"]), ["'layer0.b'", "offsets"]),
        (_change("layer0.b", more=1), ["'layer0.b'"]),
        (lambda h: h["layer0.b"].pop("dtype"), ["'layer0.b'"]),
        (lambda h: h.update({"layer0.b": None}), ["'layer0.b'"]),
    ]
    for edit, words in edits:
        yield forged(edit), words
    _, buffer = parts(DATA)
    yield DATA + b"x", ["1 bytes after", "'known'"]
    yield forged(buffer=buffer + bytes(8)), ["8 bytes after", "'known'"]
    yield forged(buffer=buffer[:-8]), ["'known'", "past the end"]
    yield _with_counts_missing(), ["'grams.counts'", "[1]"]
    yield from hostile_labels.of_tensors()
    yield from hostile_grown.of_tensors()
    large = with_value("recipe", hidden_size=4096, layers=16, cell="lstm")
    yield large, [DAMAGED, "'layer"]


def row_05() -> Iterator[Case]:
    """Numbers of a wrong kind, and wrong numbers."""
    for dtype in ("F64", "F16", "BF16", "I32", "f32", "", 4, None):
        yield forged(_change("layer0.b", dtype=dtype)), ["'layer0.b'"]
    for shape in ([3, 1], [1, 3], [4], []):
        yield forged(_change("layer0.b", shape=shape)), ["'layer0.b'", str(shape)]
    for value in (math.nan, math.inf, -math.inf):
        for name in MODEL.parameters.views:
            yield with_weight(name, value), [DAMAGED, repr(name), "finite"]
    data = with_weight("state.velocity", math.nan, MOMENTUM)
    yield data, ["'state.velocity'", "finite"]
    _, buffer = parts(DATA)
    first, last = buffer[-16:-8], buffer[-8:]
    yield forged(buffer=buffer[:-16] + last + last), ["'known'", "order"]
    yield forged(buffer=buffer[:-16] + last + first), ["'known'", "order"]
    for name, number, word in [
        ("grams.codes", 2**64 - 1, "holds what no name holds"),
        ("grams.codes", None, "not in order"),
        ("grams.counts", 0, "zero"),
    ]:
        yield _with_last_gram(name, number), [repr(name), word]
    yield from hostile_labels.of_numbers()
    yield from hostile_grown.of_numbers()


def row_06() -> Iterator[Case]:
    """Settings and figures that cannot be."""
    for setting, value in [
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
        ("tied", 1),
        ("no_such_setting", 1),
        ("__class__", "x"),
        ("x" * 100_000, 1),
    ]:
        yield with_value("recipe", **{setting: value}), [setting[:80]]
    for alphabet in [
        *("", "aa", "abcdeev", "ba", "\nab", "\x00ab", "\x1bab", "ab\x7f", "ab\x85"),
        *("ab\u2028", "ab\u202e", "ab\ud800", " ", " \u2003"),
    ]:
        yield with_text("alphabet", alphabet), [DAMAGED, "alphabet"]
    for other in (["a", "bc"], ["a", "b"], None, 5):  # so letters may not be two
        yield with_text("alphabet", other), ["holds other things than text"]
    letters = MODEL.vocabulary.alphabet
    for alphabet in (letters + "z", letters[:-1]):
        yield with_text("alphabet", alphabet), ["'layer0.Wax'"]
    for case in ("", "Title", "auto", "x" * 10_000, "\x1b", "__len__"):
        yield with_text("case", case), ["case"]
    for case in ("title Van", "upper van", "title van de", "title \x1b"):
        yield with_text("case", case), ["case"]
    for version in ("\x1b[2J", "\n", "x" * 10_000):
        yield with_text("charnames_version", version), ["charnames_version"]
    yield with_value("provenance", names=4), ["'known'"]  # fewer than the hashes
    for key, name, value in FIGURES:
        yield with_value(key, **{name: value}), [DAMAGED, name]
    yield with_value("provenance", dataset=...), ["dataset"]
    yield with_value("progress", seconds=...), ["seconds"]
    for key, name in [
        ("recipe", "learning_rate"),
        ("provenance", "loss"),
        ("progress", "seconds"),
    ]:
        yield forged(_too_large(key, name)), [name, "inf"]
    for key in [*parts(DATA)[0]["__metadata__"], "more"]:
        yield forged(_without_or_with(key)), []
    yield with_value("recipe", ngram=8), ["'grams.codes' is missing"]
    yield _with_huge_alphabet(), ["ngram", "possible with so many characters"]
    yield from hostile_labels.of_labels()
    yield from hostile_grown.of_settings()


FIGURES: list[tuple[str, str, Any]] = [
    ("provenance", "dataset", None),
    ("provenance", "dataset", 5),
    ("provenance", "dataset", "a\nb"),
    ("provenance", "dataset", "\x1b[2J"),
    ("provenance", "dataset", "\u202e"),
    ("provenance", "dataset", "\ud800"),
    ("provenance", "dataset", "x" * 100_000),
    ("provenance", "fingerprint", ""),
    ("provenance", "fingerprint", "0" * 63),
    ("provenance", "fingerprint", "0" * 63 + "G"),
    ("provenance", "fingerprint", "0" * 64 + "\n"),
    ("provenance", "names", 0),
    ("provenance", "names", 1.0),
    ("provenance", "names", True),
    ("provenance", "longest", 0),
    ("provenance", "longest", 2_001),
    ("provenance", "iterations", -1),
    ("provenance", "iterations", None),
    ("provenance", "loss", "inf"),
    ("provenance", "loss", None),
    ("provenance", "seed", -1),
    ("provenance", "seed", 0.5),
    ("provenance", "version", ["0"]),
    ("provenance", "version", "0\r\n"),
    ("provenance", "parent", None),
    ("provenance", "more", 1),
    ("progress", "lowest", None),
    ("progress", "lowest", "1"),
    ("progress", "best", "1"),
    ("progress", "best", True),
    ("progress", "best_iteration", -1),
    ("progress", "best_iteration", 0.5),
    ("progress", "ngram_weight", -0.1),
    ("progress", "ngram_weight", 1.1),
    ("progress", "held_out", "x"),
    ("progress", "held_out", None),
    ("progress", "seconds", -1.0),
    ("progress", "pass_loss", None),
    ("progress", "pass_loss", "0"),
    ("progress", "last_pass", "0"),
    ("progress", "last_pass", True),
]


def row_07() -> Iterator[Case]:
    """Whole in form, and not what was saved."""
    header, buffer = parts(DATA)
    header["__metadata__"]["alphabet"] = MODEL.vocabulary.alphabet.upper()
    yield joined(json.dumps(header).encode(), buffer), [DAMAGED, "checksum"]
    yield DATA[:-1] + bytes([DATA[-1] ^ 1]), [DAMAGED, "checksum"]


def row_08() -> Iterator[Case]:
    """Another version of the format, or no version."""
    for version in ("8", "10", "999999999"):
        words = [f"charnames 9.1.0 in format {version}", "newer charnames"]
        yield forged(_newer(version, "9.1.0")), words
    yield forged(_newer("8", "\x1b[2J\n" + "x" * 100_000)), ["\\x1b[2J\\n"]
    for version in ("", "0", "-1", "1.0", "01", "one", "²", "9" * 5000):
        yield with_text("format_version", version), [DAMAGED, "format_version"]


ROWS = [row_01, row_02, row_03, row_04, row_05, row_06, row_07, row_08]


def files() -> Iterator[bytes]:
    """All of them."""
    for row in ROWS:
        for data, _ in row():
            yield data


def cases(row: Callable[[], Iterator[Case]]) -> pytest.MarkDecorator:
    """A test of `data` and `words` with all files of the row."""
    params = [
        pytest.param(data, words, id=f"{ascii(' '.join(words))[1:60]}")
        for data, words in row()
    ]
    return pytest.mark.parametrize(("data", "words"), params)


def _filled(begin: str, end: str) -> bytes:
    """The header of the greatest length that takes the most memory to read, as lists
    within lists do, and a character that widens the rest.
    """
    lists = b"[" * 100 + b"]" * 100
    room = HEADER_LIMIT - len((begin + end).encode()) - len(lists)
    count = room // (len(lists) + 1)
    return begin.encode() + (lists + b",") * count + lists + end.encode()


def with_nested(key: str, name: str, depth: int) -> bytes:
    """Lists within lists in place of a setting or a figure."""
    text = json.loads(parts(DATA)[0]["__metadata__"][key])
    whole = json.dumps({**text, name: []})
    return with_text(key, whole.replace("[]", "[" * depth + "]" * depth))


def _rename(old: str, new: str) -> Edit:
    return lambda header: header.update({new: header.pop(old)})


def _change(name: str, **values: Any) -> Edit:
    return lambda header: header[name].update(values)


def _shift(name: str, start: int, end: int) -> Edit:
    def edit(header: dict[str, Any]) -> None:
        offsets = header[name]["data_offsets"]
        header[name]["data_offsets"] = [offsets[0] + start, offsets[1] + end]

    return edit


def _swap(header: dict[str, Any]) -> None:
    """The bytes of one weight stand where those of another should."""
    a, b = header["layer0.b"], header["output.by"]
    a["data_offsets"], b["data_offsets"] = b["data_offsets"], a["data_offsets"]


def _too_large(key: str, name: str) -> Edit:
    """A number past what a float can be."""

    def edit(header: dict[str, Any]) -> None:
        text = header["__metadata__"][key]
        text = re.sub(rf'("{name}": ?)[^,}}]*', r"\g<1>1e999", text)
        header["__metadata__"][key] = text

    return edit


def _without_or_with(key: str) -> Edit:
    def edit(header: dict[str, Any]) -> None:
        if header["__metadata__"].pop(key, None) is None:
            header["__metadata__"][key] = "x"

    return edit


def _newer(version: str, writer: str) -> Edit:
    def edit(header: dict[str, Any]) -> None:
        texts = header["__metadata__"]
        texts.update(format_version=version, charnames_version=writer, new="x")
        texts.pop("recipe")
        header["new"] = header.pop("known")

    return edit


def _with_last_gram(name: str, number: int | None) -> bytes:
    """The file of GRAMS with that as the last code or count; None: the one before."""
    header, buffer = parts(GRAMS)
    end = header[name]["data_offsets"][1]
    width = 8 if name == "grams.codes" else 4
    before = buffer[end - 2 * width : end - width]
    new = before if number is None else number.to_bytes(width, "little")
    return forged(buffer=buffer[: end - width] + new + buffer[end:], data=GRAMS)


def _with_counts_missing() -> bytes:
    """Fewer counts than n-grams, and no byte too many."""
    header, buffer = parts(GRAMS)
    start, end = header["grams.counts"]["data_offsets"]
    edit = _change("grams.counts", shape=[1], data_offsets=[start, start + 4])
    return forged(edit, buffer[: start - end + 4], GRAMS)


def _with_huge_alphabet() -> bytes:
    alphabet = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
    recipe = json.loads(parts(DATA)[0]["__metadata__"]["recipe"]) | {"ngram": 8}
    return forged(
        lambda header: header["__metadata__"].update(
            alphabet=alphabet, recipe=json.dumps(recipe)
        )
    )
