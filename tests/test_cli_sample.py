"""charnames sample: names, and what decides which."""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames.evaluation.nearest import Nearest
from charnames.generation import novelty

if TYPE_CHECKING:
    from conftest import CommandLine


def test_ten_names_from_the_model_trained_last(inside: CommandLine) -> None:
    done = inside("sample", "--seed", 7)
    model = charnames.load(inside.models / "elements.safetensors")
    assert done.out.splitlines() == list(model.sample(10, seed=7))
    assert done.err == "model: elements\n"


def test_the_model_trained_last_is_the_newest(here: CommandLine) -> None:
    words = ["--iterations", 2, "--hidden-size", 4, "-q"]
    for name in ("elements", "movies"):
        here("train", "-d", name, *words)
    assert here("sample", "-n", 0, "--seed", 1).err == "model: movies\n"
    os.utime(here.models / "elements.safetensors")
    assert here("sample", "-n", 0, "--seed", 1).err == "model: elements\n"
    assert here("info").out.split()[1] == "elements"


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
    model = charnames.load(inside.models / "elements.safetensors")
    nats = [score.nats for score in model.score(names)]
    assert [json.loads(line) for line in lines] == [
        {"name": name, "nats": n, "known": False}
        for name, n in zip(names, nats, strict=True)
    ]


def test_json_with_the_nearest_name_of_a_list(inside: CommandLine) -> None:
    (inside.folder / "mine.txt").write_text("HELIUM\nNeon\nArgon\n")
    for words in (["-n", 5], ["--best", 5]):
        words = ["sample", *words, "--seed", 1, "--json", "-m", "elements"]
        plain = [json.loads(line) for line in inside(*words).out.splitlines()]
        words += ["--nearest", "mine.txt", "--max-length", 8]
        records = [json.loads(line) for line in inside(*words).out.splitlines()]
        assert list(plain[0]) == ["name", "nats", "known"]
        assert [list(record) for record in records] == [
            [*plain[0], "nearest", "edits"]
        ] * 5
        assert {record["nearest"] for record in records} <= {"HELIUM", "Neon", "Argon"}
    done = inside("sample", "-n", 3, "--nearest", "mine.txt", "-m", "elements")
    for line in done.out.splitlines():
        name, nearest, edits = line.split("\t")
        assert Nearest([nearest], str.lower)(name) == (nearest, int(edits))
    done = inside("sample", "--json", "--nearest", "none.txt", status=1)
    assert done.out == "" and done.err.startswith("charnames: error: none.txt: ")


def test_the_nearest_name_is_found_whatever_its_case(inside: CommandLine) -> None:
    names = inside("sample", "-n", 9, "--seed", 1).out
    (inside.folder / "mine.txt").write_text(f"zzzzzzzz\n{names.upper()}")
    words = ["sample", "-n", 9, "--seed", 1, "--json", "--nearest", "mine.txt"]
    records = [json.loads(line) for line in inside(*words).out.splitlines()]
    assert [record["nearest"] for record in records] == names.upper().splitlines()


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
    done = inside(
        "sample",
        "-n",
        50,
        "--temperature",
        0,
        "-q",
        "--known",
        "--repeats",
        "--any-form",
    )
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


# Control


def test_new_and_distinct_names_are_the_default(inside: CommandLine) -> None:
    names = inside("sample", "-n", 300, "--seed", 1).out.splitlines()
    learned = set(inside("datasets", "elements").out.splitlines())
    assert len(set(names)) == 300 and not learned & set(names)


def test_every_constraint_together(inside: CommandLine) -> None:
    words = ["--prefix", "BA", "--suffix", "m", "--contains", "i", "--match", "?a*"]
    words += ["--min-length", 5, "--max-length", 9, "--top-k", 9, "--top-p", 0.99]
    names = inside("sample", "-n", 20, "-q", *words).out.splitlines()
    assert len(names) == 20
    for name in names:
        assert name[:2] == "Ba" and name[-1] == "m" and "i" in name[1:]
        assert 5 <= len(name) <= 9


def test_a_blocklist(inside: CommandLine) -> None:
    names = inside("sample", "-n", 50, "--seed", 1).out.splitlines()
    (inside.folder / "block.txt").write_text("\n".join(names[:9]).upper())
    words = ["sample", "-n", 41, "--seed", 1, "--avoid", "block.txt"]
    assert inside(*words).out.splitlines() == names[9:]
    within = inside(*words, "--avoid-within").out.splitlines()
    assert not any(b.lower() in name.lower() for name in within for b in names[:9])
    done = inside("sample", "--avoid-within", status=2)
    assert done.out == "" and "give one with --avoid" in done.err


def test_fault_29_when_the_supply_runs_dry(inside: CommandLine) -> None:
    words = ["sample", "-n", 100, "--max-length", 1, "--seed", 1, "-m", "elements"]
    done = inside(*words, status=1)
    names = done.out.splitlines()
    assert 0 < len(names) < 26 and len(set(names)) == len(names)
    start = f"charnames: error: only {len(names)} of 100 names were found in "
    assert done.err.startswith(start) and len(done.err.splitlines()) == 1


def test_fault_29_when_names_become_too_rare(
    inside: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = novelty.TryLimits(fruitless=2**16, period=2**13, rare=2)
    monkeypatch.setattr(novelty, "LAST", soon)
    done = inside("sample", "-n", 10**9, "--max-length", 3, "--seed", 1, status=1)
    names = done.out.splitlines()
    assert 1000 < len(names) < 15_000 and len(set(names)) == len(names)
    assert f"error: only {len(names):,} of 1,000,000,000 names were found" in done.err


def test_names_appear_as_they_are_found(trained: CommandLine) -> None:
    words = ["sample", "-n", 10**6, "--max-length", 2, "--seed", 1]
    with trained.start(*words) as running:
        assert running.stdout and running.stdout.readline()
        assert running.poll() is None  # looking for more than the 600 there can be
        running.terminate()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prefix", "Qq7"], "prefix: "),
        (["--min-length", 9, "--max-length", 3], "min_length 9 and max_length 3"),
        (["--match", "a[0-9]"], "match "),
        (["--top-k", 0], "top_k: 0"),
        (["--top-p", 1.5], "top_p: 1.5"),
        (["--min-p", 0], "min_p: 0.0"),
    ],
)
def test_fault_29_what_no_name_can_meet(
    inside: CommandLine, words: list[object], message: str
) -> None:
    done = inside("sample", *words, status=1)
    assert done.out == "" and len(done.err.splitlines()) == 1
    assert done.err.startswith("charnames: error: ") and message in done.err


def test_the_highest_min_p_is_greedy(inside: CommandLine) -> None:
    words = ["sample", "-m", "elements", "-n", 1, "--known", "--seed", 1, "--any-form"]
    greedy = inside(*words, "--temperature", 0).out
    assert inside(*words, "--min-p", 1).out == greedy
    assert inside(*words).out != greedy


def test_the_best_names_with_their_bits(inside: CommandLine) -> None:
    done = inside("sample", "--best", 9, "--prefix", "b", "-m", "elements")
    model = charnames.load(inside.models / "elements.safetensors")
    ranked = list(model.best(9, prefix="b"))
    bits = [entry.nats / math.log(2) for entry in ranked]
    lines = [f"{b:8.3f}  {entry.name}" for b, entry in zip(bits, ranked, strict=True)]
    assert (done.out.splitlines(), done.err) == (lines, "")
    words = ["sample", "--best", 9, "--prefix", "b", "--json"]
    records = [json.loads(line) for line in inside(*words).out.splitlines()]
    assert [record["name"] for record in records] == [entry.name for entry in ranked]
    done = inside("sample", "--best", 9, "--temperature", 2, status=2)
    assert done.out == "" and "--temperature is for sampled names" in done.err
    done = inside("sample", "--best", 9, "--jobs", 2, status=2)
    assert done.out == "" and "--jobs is for sampled names" in done.err
    done = inside("sample", "--best", 99, "--max-length", 1, "-q", status=1)
    assert 0 < len(done.out.splitlines()) < 26 and "there are only" in done.err
