"""charnames sample: names, and what decides which."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

import charnames

if TYPE_CHECKING:
    from conftest import CommandLine


def test_ten_names_from_the_model_trained_last(trained: CommandLine) -> None:
    done = trained("sample", "--seed", 7)
    model = charnames.load(trained.models / "elements.safetensors")
    assert done.out.splitlines() == list(model.sample(10, seed=7))
    assert done.err == "model: elements\n"


def test_the_model_trained_last_is_the_newest(cli: CommandLine) -> None:
    words = ["--iterations", 2, "--hidden-size", 4, "-q"]
    for name in ("elements", "movies"):
        cli("train", "-d", name, *words)
    assert cli("sample", "-n", 0, "--seed", 1).err == "model: movies\n"
    os.utime(cli.models / "elements.safetensors")
    assert cli("sample", "-n", 0, "--seed", 1).err == "model: elements\n"
    assert cli("info").out.split()[1] == "elements"


def test_no_model_yet(cli: CommandLine) -> None:
    for command in ("sample", "info"):
        done = cli(command, status=1)
        assert (done.out, done.err) == (
            "",
            "charnames: error: there is no model yet; train one with: "
            "charnames train --dataset elements\n",
        )


def test_no_names_are_asked_for(inside: CommandLine) -> None:
    assert inside("sample", "-n", 0, "--seed", 1).out == ""
    assert inside("sample", "-n", 0, "--json", "-q") == (0, "", "")


def test_few_names_are_the_head_of_many(inside: CommandLine) -> None:
    many = inside("sample", "-n", 3000, "--seed", 5).out
    assert inside("sample", "-n", 3000, "--seed", 5).out == many
    few = inside("sample", "-n", 1200, "--seed", 5).out
    assert len(few.splitlines()) == 1200 and many.startswith(few)
    assert inside("sample", "-n", 3000, "--seed", 6).out != many


def test_a_model_by_name_and_by_path(inside: CommandLine) -> None:
    path = inside.models / "elements.safetensors"
    (inside.folder / "here.safetensors").write_bytes(path.read_bytes())
    expected = inside("sample", "--seed", 1).out
    for model in ("elements", path, "here.safetensors", "./here.safetensors"):
        assert inside("sample", "-m", model, "--seed", 1) == (0, expected, "")


def test_json(inside: CommandLine) -> None:
    words = ["sample", "-n", 5, "--seed", 1]
    names = inside(*words).out.splitlines()
    lines = inside(*words, "--json").out.splitlines()
    assert [json.loads(line) for line in lines] == [{"name": name} for name in names]


def test_output_to_a_file(inside: CommandLine) -> None:
    words = ["sample", "-n", 3000, "--seed", 1]
    expected = inside(*words).out
    assert inside(*words, "-o", "names.txt").out == ""
    assert (inside.folder / "names.txt").read_bytes() == expected.encode()
    assert inside(*words, "-o", "-").out == expected
    full = inside(*words, "-o", "/dev/full", "-q", status=1)
    assert full.err.startswith("charnames: error: /dev/full: No space left on device")
    missing = inside(*words, "-o", "no/names.txt", "-q", status=1)
    assert missing.err.startswith("charnames: error: no/names.txt: No such file")


def test_a_bad_request_leaves_the_output_as_it_was(inside: CommandLine) -> None:
    (inside.folder / "names.txt").write_text("mine\n")
    inside("sample", "-o", "names.txt", "--temperature", "nan", status=1)
    assert (inside.folder / "names.txt").read_text() == "mine\n"


def test_longest(inside: CommandLine) -> None:
    names = inside("sample", "-n", 500, "--max-length", 4).out.splitlines()
    assert max(map(len, names)) == 4
    assert inside("sample", "--max-length", 0, status=1).out == ""


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1e9"])
def test_fault_30_a_temperature_that_cannot_be(inside: CommandLine, value: str) -> None:
    done = inside("sample", f"--temperature={value}", status=1)
    assert done.out == "" and len(done.err.splitlines()) == 1
    assert done.err.startswith("charnames: error: temperature: ")


def test_fault_30_temperature_zero_is_greedy(inside: CommandLine) -> None:
    done = inside("sample", "-n", 50, "--temperature", 0, "-q")
    assert len(set(done.out.splitlines())) == 1
    assert len(inside("sample", "-n", 5, "--temperature", 100).out.splitlines()) == 5


def test_fault_29_a_count_that_cannot_be(inside: CommandLine) -> None:
    done = inside("sample", "-n", -1, status=1)
    assert (done.out, len(done.err.splitlines())) == ("", 1)
    assert "count: -1" in done.err


@pytest.mark.parametrize("kind", ["text", "pickle", "empty", "folder", "fifo", "none"])
def test_a_file_that_is_no_model_is_one_line(inside: CommandLine, kind: str) -> None:
    path = inside.folder / "m.safetensors"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind != "none":
        content = {"text": b"Ada\n", "pickle": b"cos\nabort\n(tR.", "empty": b""}
        path.write_bytes(content[kind])
    for command in ("sample", "info"):
        done = inside(command, "-m", "m.safetensors", status=1)
        assert done.out == "" and len(done.err.splitlines()) == 1
        assert done.err.startswith("charnames: error: m.safetensors: ")
