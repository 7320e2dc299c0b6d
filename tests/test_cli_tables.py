"""Tables and several lists on the command line."""

from __future__ import annotations

import json

import pytest

import charnames
from tests.conftest import CommandLine

YEAR = "Emma,F,20\nOlivia,F,19\nNoah,M,18\nLiam,M,7\n"
SMALL = ["--iterations", 2, "--hidden-size", 4, "--seed", 1, "-o", "./m"]


@pytest.mark.parametrize(
    "words",
    [
        ["train", "-d", "elements", "-d"],
        ["train", "-d", "elements", "--held-out"],
        ["train", "--task", "classify", "-d"],
        ["sample", "--avoid"],
        ["sample", "--json", "--nearest"],
        ["evaluate", "-m", "elements", "--against"],
        ["evaluate", "--folds", 2, "-d"],
    ],
    ids=str,
)
def test_fault_32_a_table_for_any_option(
    inside: CommandLine, words: list[str | int]
) -> None:
    (inside.folder / "yob.txt").write_text(YEAR)
    done = inside(*words, "yob.txt", status=1)
    assert done.out == ""
    error = done.err.splitlines()[-1]
    assert error.startswith(
        "charnames: error: yob.txt, line 1: looks like a row of a table with 3 "
        "columns: 'Emma', 'F', '20'; say which column is which, such as --column 1"
    )


def test_a_table_is_trained_on_in_one_command(inside: CommandLine) -> None:
    (inside.folder / "yob.csv").write_text(f"name,sex,count\n{YEAR}")
    words = ["--column", "name", "--label-column", "sex", "--count-column", "count"]
    done = inside("train", "-d", "yob.csv", *words, *SMALL)
    assert "yob.csv: the first row is the header: name, sex, count\n" in done.err
    assert "yob.csv: 4 names that count 64 in all, 2 labels\n" in done.err
    model = charnames.load(inside.folder / "m")
    assert list(model.labels) == ["F", "M"] and model.provenance.names == 4
    more = ["--iterations", 4, "-q"]
    inside("train", "--resume", "./m", "-o", "./m", *more, status=1)
    inside("train", "--resume", "./m", "-o", "./m", *words, *more)
    assert charnames.load(inside.folder / "m").provenance.iterations == 4


def test_a_blocklist_with_counts_blocks(inside: CommandLine) -> None:
    words = ["sample", "-m", "elements", "-n", 5, "--seed", 1, "-q"]
    first, second, *_ = inside(*words).out.splitlines()
    (inside.folder / "a.csv").write_text(f"word,n\n{first},3\n")
    (inside.folder / "b.txt").write_text(f"{second}\n")
    columns = ["--column", "1"]
    out = inside(*words, "--avoid", "a.csv", "--avoid", "b.txt", *columns).out
    assert len(out.splitlines()) == 5 and not {first, second} & set(out.splitlines())


def test_the_nearest_name_is_of_the_column(inside: CommandLine) -> None:
    (inside.folder / "a.csv").write_text("Lithium,9000\nSodium,3\n")
    words = ["sample", "-m", "elements", "-n", 1, "-q", "--json", "--nearest", "a.csv"]
    assert json.loads(inside(*words, "--column", 1).out)["nearest"] in (
        "Lithium",
        "Sodium",
    )


def test_lists_are_joined_and_labelled_by_their_files(inside: CommandLine) -> None:
    for label, names in {"it": "Rossi\nVerdi\n", "fi": "Laine\nVirta\n"}.items():
        (inside.folder / f"{label}.txt").write_text(names)
    lists = ["-d", "./it.txt", "-d", "./fi.txt"]
    done = inside("train", *lists, *SMALL)
    assert done.err.splitlines()[:3] == [
        "./it.txt: 2 names",
        "./fi.txt: 2 names",
        "./it.txt, ./fi.txt: 4 names",
    ]
    for words in ([], ["--task", "classify"]):
        inside("train", *lists, "--label-from-file", *words, *SMALL)
        model = charnames.models.loading.load_any(inside.folder / "m")
        assert model.labels == {"fi": 2, "it": 2}
    inside("train", *lists, "-q", "--iterations", 1)
    assert "it-fi" in inside("models").out


def test_sequences_of_numbers_are_for_classifiers(inside: CommandLine) -> None:
    (inside.folder / "s.jsonl").write_text('{"label": "a", "sequence": [1, 2]}\n')
    for words in (["train", "-d"], ["sample", "--avoid"]):
        done = inside(*words, "s.jsonl", status=1)
        assert "s.jsonl: holds sequences of numbers" in done.err
        assert "add --task classify" in done.err
    (inside.folder / "ucr.tsv").write_text("1\t0.5\t0.25\n2\t0.5\t0.125\n")
    (inside.folder / "strokes.json").write_text('[{"label": "a"}]\n')
    for file in ("ucr.tsv", "strokes.json"):
        done = inside("train", "-d", file, "--task", "classify", status=1)
        assert ".jsonl and .ts files" in done.err


def test_a_format_that_cannot_be_is_wrong_usage(inside: CommandLine) -> None:
    for words in (["--encoding", "nope"], ["--delimiter", ";;"]):
        done = inside("train", "-d", "elements", *words, status=2)
        assert f"error: {words[0]}: '{words[1]}'" in done.err


def test_an_encoding_that_is_named(inside: CommandLine) -> None:
    (inside.folder / "l.txt").write_bytes("Léon\nZoé\nAda\n".encode("latin-1"))
    done = inside("train", "-d", "l.txt", *SMALL, status=1)
    assert "say --encoding cp1252" in done.err
    inside("train", "-d", "l.txt", "--encoding", "cp1252", *SMALL)
    assert "é" in charnames.load(inside.folder / "m").alphabet
