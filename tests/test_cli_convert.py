"""charnames convert, and what else the command line does with converters."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from charnames import load_converter, read_pairs
from tests.conftest import CommandLine, Inside
from tests.processes import PATIENCE, killed
from tests.terminals import on_terminal

LETTERS = dict(zip("абвгдежзик", "abvgdezyik", strict=True))
PAIRS = "".join(
    f"{a}{b}{c}\t{LETTERS[a]}{LETTERS[b]}{LETTERS[c]}\n"
    for i, a in enumerate(LETTERS)
    for j, b in enumerate(LETTERS)
    for c in [list(LETTERS)[(3 * i + j) % 10]]
)
WAVES = "".join(
    json.dumps({"sequence": [[float(c == "a")]] * 3, "text": c}) + "\n"
    for c in "abababab"
)
QUICK = (
    *("--hidden-size", 32, "--embedding-size", 16, "--seed", 1, "--ngram", 3),
    *("--learning-rate", 0.02, "--dropout", 0),
)


@pytest.fixture(scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    line = CommandLine(tmp_path_factory.mktemp("converters"))
    (line.folder / "letters.tsv").write_text(PAIRS)
    (line.folder / "waves.jsonl").write_text(WAVES)
    task = ("--task", "convert", "--iterations", 100, "--checkpoint-every", 50)
    line("train", "-d", "waves.jsonl", *task, *QUICK, "-o", "waves")
    line("train", "-d", "letters.tsv", *task, *QUICK, "--held-out", 0.1)
    yield line.folder


@pytest.fixture
def convert(
    tmp_path: Path,
    _folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Inside:
    """The command line, in this process, in a home with the converters
    letters-converter and waves; the first was trained last.
    """
    shutil.copytree(_folder, tmp_path, dirs_exist_ok=True)
    return Inside(tmp_path, monkeypatch, capfd)


# Training


def test_a_converter_is_trained_and_reported(cli: CommandLine) -> None:
    (cli.folder / "letters.tsv").write_text(PAIRS)
    done = cli(
        *("train", "--task", "convert", "-d", "letters.tsv", "--held-out", 0.2),
        *("--iterations", 20, "--checkpoint-every", 10, "--json", *QUICK),
    )
    start, *checkpoints, end = map(json.loads, done.out.splitlines())
    assert (start["names"], start["labels"]) == (100, {})
    assert start["alphabet"] == " ".join(sorted(LETTERS))
    assert [c["iteration"] for c in checkpoints] == [0, 10, 20]
    assert all(0 <= c["held_out"] <= c["network_alone"] <= 1 for c in checkpoints)
    assert end["model"].endswith("letters-converter.safetensors")
    assert "letters.tsv: 100 pairs" in done.err
    assert "next: charnames convert -m letters-converter" in done.err
    assert "% of the sources wrong" in done.err
    assert load_converter(end["model"]).provenance.iterations == 20


def test_a_run_is_resumed(convert: Inside) -> None:
    convert("train", "--resume", "letters-converter", "--iterations", 101, "-q")
    path = convert.models / "letters-converter.safetensors"
    assert load_converter(path).provenance.iterations == 101


def test_a_list_of_pairs_is_no_list_of_names(cli: CommandLine) -> None:
    done = cli("train", "-d", "cyrillic", status=1)
    assert "cyrillic: is a list of pairs; learn it with --task convert" in done.err


@pytest.mark.parametrize(
    "text,words",
    [
        ("ab\n", "bad.tsv, line 1: has no tab"),
        ("ab;AB\n", "a tab and a label; save a table as text with tabs, without its"),
        ("a\tb\n\tc\n", "bad.tsv, line 2: the source is empty"),
        ("a\tb\na\tb\tc\n", "bad.tsv, line 2: has 2 tabs"),
        ("", "bad.tsv: there is no pair in it"),
    ],
)
def test_bad_pairs_get_one_line(cli: CommandLine, text: str, words: str) -> None:
    (cli.folder / "bad.tsv").write_text(text)
    done = cli("train", "--task", "convert", "-d", "bad.tsv", status=1)
    assert done.err.startswith("charnames: error: ") and words in done.err
    assert done.err.count("\n") == 1


def test_pairs_of_standard_input_are_called_so(cli: CommandLine) -> None:
    words = ["train", "--task", "convert", "-d", "-", "-o", "./m"]
    error = cli(*words, input="ab\n", status=1).err
    assert error.startswith("charnames: error: standard input, line 1: has no tab")
    data = "a\tb\nb\ta\n"
    done = cli(*words, "--iterations", 1, input=data)
    assert "standard input: 2 pairs" in done.err
    more = ["train", "--resume", "./m", "--iterations", 2]
    assert "give them again, with -d -" in cli(*more, status=2).err
    cli(*more, "-d", "-", input=data)


@pytest.mark.parametrize("held_out", [(), ("--held-out", "0.5")])
def test_a_target_longer_than_its_frames_gets_file_and_line(
    cli: CommandLine, held_out: tuple[str, ...]
) -> None:
    whole = "".join(f"ab{letter}\t{letter}\n" for letter in "cdefghij")
    (cli.folder / "whole.tsv").write_text(whole)
    (cli.folder / "long.tsv").write_text(f"abc\tc\n\na\tbbb\n\nb\tccc\n{whole}")
    done = cli(
        *("train", "--task", "convert", "--decoder", "ctc", "--seed", 1, "-q"),
        *("-d", "whole.tsv", "-d", "long.tsv", *held_out),
        status=1,
    )
    assert re.fullmatch(
        r"charnames: error: long.tsv, line [35]: its target needs 5 frames, and its "
        r"source has 2; leave it out, or give texts more frames with --upsample\n",
        done.err,
    )


def test_a_target_longer_than_its_sequence_gets_file_and_line(cli: CommandLine) -> None:
    (cli.folder / "long.jsonl").write_text(
        '{"sequence": [[1, 2]], "text": "a"}\n{"sequence": [[3, 4]], "text": "bc"}\n'
    )
    done = cli(
        *("train", "--task", "convert", "--decoder", "ctc", "-d", "long.jsonl", "-q"),
        status=1,
    )
    assert done.err == (
        "charnames: error: long.jsonl, line 2: its target needs 2 frames, and its "
        "source has 1; leave it out\n"
    )


def test_pairs_in_another_encoding(cli: CommandLine) -> None:
    (cli.folder / "x.tsv").write_bytes("Анна\tAnna\nИван\tIvan\n".encode("cp1251"))
    quick = ("--task", "convert", "--iterations", 1, "--seed", 1, "-q")
    assert "not UTF-8" in cli("train", "-d", "x.tsv", *quick, status=1).err
    cli("train", "-d", "x.tsv", "--encoding", "cp1251", *quick)
    assert " а в и н" in cli("info").out
    against = ("--against", "x.tsv", "--encoding", "cp1251")
    assert "2 pairs, 2 sources" in cli("evaluate", "-m", "x-converter", *against).out
    piped = cli(
        *("train", "-d", "-", "--encoding", "cp1251", "-o", "piped", *quick),
        input=(cli.folder / "x.tsv").read_bytes(),
    )
    assert piped.err == ""


def test_pairs_are_counted_as_pairs(cli: CommandLine) -> None:
    quick = ("--task", "convert", "--iterations", 1, "--seed", 1, "-q")
    for folder, pairs in (("a", "a\tb\nc\td\n"), ("b", "a\tb\n")):
        (cli.folder / folder).mkdir()
        (cli.folder / folder / "x.tsv").write_text(pairs)
    cli("train", "-d", "a/x.tsv", *quick)
    assert "dataset                        a/x.tsv: 2 pairs of" in cli("info").out
    done = cli("train", "-d", "b/x.tsv", *quick)
    assert "was a model of another list (a/x.tsv: 2 pairs), which is kept" in done.err
    assert "a/x.tsv: 2 pairs of" in cli("info", "x-converter-previous").out


def test_sequences_of_other_sizes_get_one_line(cli: CommandLine) -> None:
    (cli.folder / "mixed.jsonl").write_text(
        '{"sequence": [[1, 2]], "text": "a"}\n{"sequence": [[1]], "text": "b"}\n'
    )
    done = cli("train", "--task", "convert", "-d", "mixed.jsonl", status=1)
    assert "mixed.jsonl, line 2: has vectors of 1 numbers" in done.err


# Converting


def test_names_are_converted_a_line_each(convert: Inside) -> None:
    done = convert("convert", "баг", "где", "иии")
    assert done.out == "bag\ngde\niii\n"
    assert done.err == "model: letters-converter\n"


def test_lines_of_standard_input_are_converted(convert: Inside) -> None:
    done = convert("convert", "-m", "letters-converter", input="баг\n\nгде\n")
    lines = done.out.split("\n")
    assert (lines[0], lines[2], lines[3:]) == ("bag", "gde", [""])


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ("letters-converter", ["абв", "гд", "", "жзи"]),
        ("waves", [json.dumps({"sequence": [[x]] * 3}) for x in (0.0, 1.0, 0.4, 0.9)]),
    ],
)
def test_a_line_is_answered_before_the_next_one_comes(
    convert: Inside, model: str, lines: list[str]
) -> None:
    words = ("convert", "-m", model, "--json")
    data = "".join(f"{line}\n" for line in lines).encode()
    reading, writing = os.pipe()
    with killed(convert.start(*words, stdin=reading)) as child:
        os.close(reading)
        assert child.stdout
        answers, sent = b"", 0
        for end in (i for i, byte in enumerate(data) if byte == ord("\n")):
            os.write(writing, data[sent : end + 3])  # with a part of the next line
            sent = end + 3
            while answers.count(b"\n") < data[:sent].count(b"\n"):
                assert select.select([child.stdout], [], [], PATIENCE)[0]
                answers += os.read(child.stdout.fileno(), 2**16)
        os.close(writing)
        assert child.wait(PATIENCE) == 0
    assert answers.decode() == convert(*words, input=data).out
    assert answers.count(b"\n") == len(lines)


def test_lines_before_one_that_cannot_be_read_are_answered(convert: Inside) -> None:
    done = convert("convert", input="баг\nгде\n".encode() + b"\xff\n", status=1)
    assert done.out == "bag\ngde\n"
    assert "standard input, line 3: not UTF-8" in done.err


def test_a_typed_line_is_converted_at_once(convert: Inside) -> None:
    expected = convert("convert", "абв").out.strip()
    typed: list[tuple[str, str | int]] = [("waiting", "абв\n"), (expected, "\x04")]
    seen = on_terminal(convert, "convert", typed=typed)
    assert seen.status == 0 and expected in seen.raw


def test_more_targets_are_printed_with_probabilities(convert: Inside) -> None:
    fields = convert("convert", "баг", "--top", 2).out.rstrip("\n").split("\t")
    assert fields[0] == "bag"
    assert len(fields) == 4
    assert 1 >= float(fields[1]) >= float(fields[3]) >= 0.0001
    few = convert("convert", "баг", "--cover", 0.01).out.split("\t")
    assert len(few) == 2
    many = convert("convert", "баг", "--cover", 1).out.split("\t")
    assert len(many) > 4
    both = convert("convert", "баг", "--cover", 1, "--top", 2).out.split("\t")
    assert len(both) == 4


def test_a_line_does_not_depend_on_the_others(convert: Inside) -> None:
    names = [line.split("\t")[0] for line in PAIRS.splitlines()] + ["б", "абвгдежз"]
    lines = convert("convert", "--top", 3, *names).out.splitlines()
    for i in (0, 41, 99, 100, 101):
        assert convert("convert", "--top", 3, names[i]).out == lines[i] + "\n"


def test_json_has_the_attention(convert: Inside) -> None:
    done = convert("convert", "--json", "--top", 2, "баг", "бqг")
    first, second = map(json.loads, done.out.splitlines())
    assert (first["name"], first["target"], first["unknown"]) == ("баг", "bag", None)
    assert first["top"][0] == ["bag", first["probability"]]
    assert len(first["top"]) == 2
    assert [len(row) for row in first["attention"]] == [4, 4, 4]
    assert second["unknown"] == ["q"]
    assert "symbols that the model does not know: q" in done.err


def test_a_blank_that_the_model_does_not_know_is_told(convert: Inside) -> None:
    done = convert("convert", "баг бq")
    assert "symbols that the model does not know: ' ' q" in done.err


def test_an_alignment_is_drawn(convert: Inside) -> None:
    lines = convert("convert", "баг", "--show-alignment").out.splitlines()
    assert lines[0] == "bag"
    assert lines[1].split() == ["б", "а", "г"]
    assert [line[0] for line in lines[2:]] == ["b", "a", "g"]
    assert all(set(line[1:]) & set("░▒▓█") for line in lines[2:])


def test_sequences_of_numbers_are_converted(convert: Inside) -> None:
    done = convert("convert", "-m", "waves", input='{"sequence": [[1], [1], [1]]}\n')
    assert len(done.out.splitlines()) == 1
    done = convert("convert", "-m", "waves", "a", status=2)
    assert "give them on standard input" in done.err


def test_a_label_that_there_is_not_gets_one_line(convert: Inside) -> None:
    done = convert("convert", "баг", "--label", "x", status=1)
    assert "label: the model learned pairs without labels" in done.err


def test_without_a_converter_it_says_how_to_train_one(cli: CommandLine) -> None:
    done = cli("convert", "баг", status=1)
    assert "charnames train --task convert --dataset cyrillic" in done.err


def test_other_models_are_refused(trained: CommandLine) -> None:
    done = trained("convert", "-m", "elements", "баг", status=1)
    assert "a model of names, which converts nothing" in done.err


def test_other_commands_refuse_a_converter(convert: Inside) -> None:
    done = convert("sample", "-m", "letters-converter", status=1)
    assert "charnames convert" in done.err
    assert convert("sample", "-n", 1, "--seed", 1).err.startswith("model: elements")


# Measuring and describing


def test_errors_are_counted(convert: Inside) -> None:
    (convert.folder / "test.tsv").write_text("баг\tbag\nгде\tno\nгде\tgde\nддд\tx\n")
    done = convert("evaluate", "--against", "test.tsv", "--json")
    record = json.loads(done.out)
    assert (record["pairs"], record["sources"]) == (4, 3)
    assert record["word_error_rate"] == pytest.approx(1 / 3)
    assert set(record["network"]) == set(record["joint_ngram"])
    text = convert("evaluate", "--against", "test.tsv").out
    assert "its joint n-gram alone" in text


def test_a_converter_is_described(convert: Inside) -> None:
    text = convert("info", "letters-converter").out
    assert "100 pairs" in text
    assert f"10 of sources: {' '.join(sorted(LETTERS))}" in text
    assert "a converter" in convert("models").out
    record = json.loads(convert("info", "waves", "--json").out)
    assert record["alphabet"] is None
    assert record["recipe"]["attention"] == "general"


def test_the_list_that_comes_along_is_printed(cli: CommandLine) -> None:
    lines = cli("datasets", "cyrillic").out.splitlines()
    pairs = read_pairs("cyrillic")
    assert len(lines) == len(pairs)
    assert lines[0] == "\t".join(
        (pairs.sources[0], pairs.targets[0], pairs.labels[0])  # type: ignore[arg-type,index]
    )
    assert f"{len(pairs)} pairs" in cli("datasets").out
    record = json.loads(cli("datasets", "cyrillic", "--json").out.splitlines()[0])
    assert list(record) == ["source", "target", "label"]


# The other direction, and what the network attends to


def test_the_other_direction(cli: CommandLine) -> None:
    """--reverse learns to write the sources; lists stand as they stood."""
    (cli.folder / "letters.tsv").write_text(PAIRS)
    words = ["train", "--task", "convert", "-d", "letters.tsv", "--reverse", *QUICK]
    cli(*words, "--iterations", 100, "--held-out", 0.1, "-o", "./back", "-q")
    assert cli("convert", "-m", "./back", "dab", "kig").out == "даб\nкиг\n"
    model = load_converter(cli.folder / "back")
    assert model.alphabet == " ".join(sorted(LETTERS.values()))
    done = cli("evaluate", "-m", "./back", "--against", "letters.tsv", "--json")
    assert json.loads(done.out)["word_error_rate"] < 0.1
    assert "100 of the 100 pairs" in done.err
    cli("train", "--resume", "./back", "-d", "letters.tsv", "--iterations", 110, "-q")


def test_numbers_cannot_be_written(cli: CommandLine) -> None:
    (cli.folder / "waves.jsonl").write_text(WAVES)
    words = ["train", "--task", "convert", "-d", "waves.jsonl", "--reverse"]
    assert "numbers cannot be written" in cli(*words, status=1).err


def test_json_has_the_symbols_that_attention_is_between(convert: Inside) -> None:
    (record,) = map(json.loads, convert("convert", "--json", "дав").out.splitlines())
    source, target = record["symbols"]
    assert (source, target) == (["", *"дав"], [*"dav"])
    assert [len(row) for row in record["attention"]] == [4, 4, 4]
