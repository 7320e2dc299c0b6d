"""Lists on the command line: one line for what cannot be read, and nothing trained."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import charnames
from tests.conftest import CommandLine
from tests.processes import redirected

BAD: dict[str, tuple[bytes | Callable[[Path], None], str]] = {
    "fault_19 not UTF-8": (b"Ada\nL\xe9on\n", "line 2: not UTF-8 (byte 2"),
    "fault_19 a surrogate": (b"Ada\n\xed\xa0\x80b\n", "line 2: not UTF-8 (byte 1"),
    "fault_19 cut short": (b"Ada\nBo\xc3", "line 2: not UTF-8"),
    "fault_22 escape": (b"Ada\n\x1b[31mBo\n", "line 2: holds U+001B"),
    "fault_22 override": ("Ada\nBo\u202eb\n".encode(), "line 2: holds U+202E"),
    "fault_23 empty": (b"", "there is no name in it"),
    "fault_23 blank": (b"\xef\xbb\xbf\r\n \t\n", "there is no name in it"),
    "fault_24 10 MB": (
        b"Ada\n" + b"a" * 10_000_000,
        "line 2: a name has at most 1,000",
    ),
    "fault_25 binary": (b"\x89PNG\r\n\x1a\n" + bytes(64), "line 1: not UTF-8"),
    "fault_25 folder": (Path.mkdir, "Is a directory"),
    "fault_25 missing": (lambda path: None, "No such file"),
    "fault_25 dangling": (lambda path: path.symlink_to("nowhere"), "No such file"),
    "fault_25 loop": (lambda path: path.symlink_to(path), "symbolic links"),
}


@pytest.mark.parametrize(("made", "message"), BAD.values(), ids=BAD.keys())
def test_a_list_that_is_refused(
    inside: CommandLine, made: bytes | Callable[[Path], None], message: str
) -> None:
    path, model = inside.folder / "list.txt", inside.folder / "m.safetensors"
    shutil.copy(inside.models / "elements.safetensors", model)
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        made(path)
    before, files = model.read_bytes(), sorted(inside.folder.iterdir())
    for words in (["train", "-d"], ["evaluate", "--against"]):
        last = ["-o" if words[0] == "train" else "-m", "./m.safetensors"]
        done = inside(*words, "./list.txt", *last, status=1)
        assert done.out == ""
        assert done.err.startswith("charnames: error: ./list.txt")
        assert message in done.err and len(done.err.splitlines()) == 1
    assert model.read_bytes() == before
    assert sorted(inside.folder.iterdir()) == files


def test_fault_25_standard_input_closed(trained: CommandLine) -> None:
    for words in (
        ["train", "-d", "-"],
        ["score", "-m", "elements"],
        ["evaluate", "-m", "elements", "--against", "-"],
    ):
        process = trained.process(words, {})
        process["preexec_fn"] = partial(redirected, {0: None}, process["preexec_fn"])
        done = subprocess.run(capture_output=True, text=True, **process)
        assert done.returncode == 1
        assert done.stdout == "" and len(done.stderr.splitlines()) == 1
        assert "standard input is closed" in done.stderr


def test_bytes_that_are_no_text_in_an_argument(trained: CommandLine) -> None:
    """Python hands them on as lone surrogates, which no output can hold."""
    done = trained("sample", "--prefix", "\udcff", status=1)
    assert r"prefix: '\udcff'" in done.err and len(done.err.splitlines()) == 1
    done = trained.shell(r"charnames score $'a\xff'")
    assert r"'\udcff' is not in the alphabet" in done.out
    done = trained("train", "-d", "\udcff.txt", status=1)
    assert done.err.startswith(r"charnames: error: \udcff.txt: ")
    trained("train", "-d", "elements", "--iterations", 1, "-q", "-o", "./\udcff")
    assert b"\xff" in os.listdir(os.fsencode(trained.folder))


OTHERS = {
    "hebrew": ["אברהם", "יצחק", "שרה", "רבקה", "יוסף"],
    "arabic": ["محمد", "فاطمة", "علي", "زينب", "عمر"],
    "thai": ["สมชาย", "กิ่งแก้ว", "น้ำฝน", "มานี"],
    "chinese": ["北京", "上海", "廣州", "南京", "東京"],
    "emoji": ["👩‍💻", "👨‍👩‍👧", "🏳️‍🌈", "🇫🇷"],
}


@pytest.mark.parametrize("names", OTHERS.values(), ids=OTHERS.keys())
def test_other_scripts_come_out_as_they_went_in(
    inside: CommandLine, names: list[str]
) -> None:
    """Scripts without case, from right to left, with marks, with joiners."""
    path = inside.folder / "list.txt"
    path.write_text("\n".join(names), encoding="utf-8")
    words = ["--iterations", 1500, "--hidden-size", 40, "--seed", 1, "-q", "-o", "./m"]
    inside("train", "-d", "./list.txt", *words)
    assert charnames.load(inside.folder / "m").case == "keep"
    done = inside("sample", "-m", "./m", "-n", 200, "--known", "--repeats", "-q")
    result = done.out.removesuffix("\n").split("\n")
    assert len(result) == 200 and set("".join(result)) <= set("".join(names))
    assert set(names) & set(result)  # it has learned some by heart
