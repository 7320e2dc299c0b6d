"""Labels on the command line: learned, told, written for, measured."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from charnames.encoding.labels import MAX_LABELS
from charnames.models import loading

if TYPE_CHECKING:
    from conftest import CommandLine, Ended

QUICK = ("--iterations", 60, "--checkpoint-every", 30, "--seed", 1)


def records(done: Ended) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


# train


def test_train_reports_losses_and_accuracies(learned: CommandLine) -> None:
    words = ["-d", "kinds.txt", "--task", "classify", "--held-out", 0.25, *QUICK]
    done = learned("train", *words)
    lines = done.out.splitlines()
    assert [line.split("   ")[0] for line in lines] == [
        "iteration 0",
        "iteration 30",
        "iteration 60",
    ]
    for line in lines:
        assert "   loss " in line and "   accuracy " in line and "   held out " in line
        assert line.count("%") == 2
    assert done.err.splitlines()[0] == "kinds.txt: 8 names, 2 labels"
    path = learned.models / "kinds-classifier.safetensors"
    assert done.err.splitlines()[-1] == (
        f"saved {path}; next: charnames classify -m kinds-classifier"
    )


def test_train_with_labels_says_how_to_ask_for_one(learned: CommandLine) -> None:
    words = ["-d", "kinds.txt", "--labels", "--iterations", 1, "-o", "./k.safetensors"]
    done = learned("train", *words)
    (last,) = done.err.splitlines()[-1:]
    assert last.endswith("next: charnames sample -m ./k.safetensors --label ab")


def test_train_json_has_accuracies(learned: CommandLine) -> None:
    words = ["-d", "waves.jsonl", "--task", "classify", "--held-out", 0.25, *QUICK]
    done = learned("train", *words, "--json")
    start, *checkpoints, end = records(done)
    assert start["labels"] == {"down": 4, "up": 4}
    assert start["alphabet"] is None
    for event in checkpoints:
        assert 0 <= event["accuracy"] <= 1
        assert 0 <= event["held_out_accuracy"] <= 1
        assert event["names"] == []
    assert end["model"].endswith("waves-classifier.safetensors")
    assert "8 sequences of vectors of 2 numbers, 2 labels" in done.err


def test_train_resumes_a_classifier(learned: CommandLine) -> None:
    done = learned("train", "--resume", "kinds-classifier", "--iterations", 90)
    assert done.out.startswith("iteration 90   loss ")
    path = learned.models / "kinds-classifier.safetensors"
    assert loading.load_classifier(path).provenance.iterations == 90


def test_train_resumes_names_with_their_labels(learned: CommandLine) -> None:
    learned("train", "--resume", "kinds", "--iterations", 90)
    model = loading.load(learned.models / "kinds.safetensors")
    assert (model.provenance.iterations, list(model.labels)) == (90, ["ab", "xy"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["-d", "elements", "--labels"], "elements"),
        (["-d", "elements", "--task", "classify"], "elements"),
        (["-d", "one.txt", "--task", "classify"], "has only the label 'a'"),
        (["-d", "mixed.jsonl", "--task", "classify"], "mixed.jsonl, line 2: "),
        (["-d", "nan.jsonl", "--task", "classify"], "nan.jsonl, line 1: "),
        (["-d", "empty.jsonl", "--task", "classify"], "empty.jsonl, line 1: "),
        (["-d", "kinds.txt", "--bidirectional"], "bidirectional: "),
        (["-d", "kinds.txt", "--unit", "word"], "unit: "),
    ],
)
def test_train_refuses_in_one_line(
    learned: CommandLine, words: list[str], text: str
) -> None:
    files = {
        "one.txt": "a\tAnna\na\tBob\n",
        "mixed.jsonl": '{"label": "a", "sequence": [[1, 2]]}\n'
        '{"label": "b", "sequence": [[1, 2, 3]]}\n',
        "nan.jsonl": '{"label": "a", "sequence": [[1, NaN]]}\n',
        "empty.jsonl": '{"label": "a", "sequence": []}\n',
    }
    for name, content in files.items():
        (learned.folder / name).write_text(content)
    done = learned("train", *words, "-o", "./new.safetensors", status=1)
    assert done.out == ""
    (line,) = (item for item in done.err.splitlines() if "error" in item)
    assert line.startswith("charnames: error: ")
    assert text in line
    assert not (learned.folder / "new.safetensors").exists()


# classify


def test_classify_prints_a_line_for_each(learned: CommandLine) -> None:
    done = learned("classify", "-m", "kinds-classifier", "Abba", "Yxx")
    assert done.err == ""
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [label for label, _ in rows] == ["ab", "xy"]
    assert all(0.5 < float(probability) <= 1 for _, probability in rows)


def test_classify_reads_lines(learned: CommandLine) -> None:
    done = learned("classify", "-m", "kinds-classifier", input="Abba\n\nYxx\r\n")
    labels = [line.split("\t")[0] for line in done.out.splitlines()]
    assert len(labels) == 3
    assert labels[::2] == ["ab", "xy"]


def test_names_before_one_that_cannot_be_read_are_classified(
    learned: CommandLine,
) -> None:
    done = learned("classify", "-q", input=b"Rossi\nMario\n\xff\nAnna\n", status=1)
    assert done.out == learned("classify", "-q", input="Rossi\nMario\n").out != ""


def test_classify_top(learned: CommandLine) -> None:
    done = learned("classify", "-m", "kinds-classifier", "--top", 3, "Abba")
    first, p, second, q = done.out.rstrip("\n").split("\t")
    assert (first, second) == ("ab", "xy")
    assert float(p) + float(q) == pytest.approx(1, abs=2e-4)


def test_classify_json(learned: CommandLine) -> None:
    words = ["classify", "-m", "kinds-classifier", "--json", "--top", 2, "Abba", "Yx?"]
    first, second = records(learned(*words))
    assert list(first) == ["name", "label", "probability", "top", "unknown"]
    assert first["top"][0] == ["ab", first["probability"]]
    assert sum(p for _, p in first["top"]) == pytest.approx(1)
    assert (first["unknown"], second["unknown"]) == (None, "?")


def test_classify_sequences(learned: CommandLine) -> None:
    lines = '{"sequence": [[0, 0.5], [2, 0.5]]}\n{"sequence": [[0, 0.5], [-2, 0.5]]}\n'
    done = learned("classify", "-m", "waves-classifier", input=lines)
    assert [line.split("\t")[0] for line in done.out.splitlines()] == ["up", "down"]
    done = learned("classify", "-m", "waves-classifier", "--json", input=lines)
    assert [list(record) for record in records(done)] == [
        ["label", "probability", "top", "unknown"]
    ] * 2
    wrong = '{"sequence": [[0, 0.5]]}\n{"sequence": [[1]]}\n'
    done = learned("classify", "-m", "waves-classifier", input=wrong, status=1)
    assert "the vectors hold 1 numbers" in done.err


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["classify", "-m", "kinds", "Anna"], 1, "a model of names"),
        (["sample", "-m", "kinds-classifier"], 1, "charnames classify"),
        (["score", "-m", "kinds-classifier", "Anna"], 1, "charnames classify"),
        (["classify", "-m", "waves-classifier", "Anna"], 2, "standard input"),
        (["classify", "-m", "kinds-classifier", "--top", "0", "Anna"], 2, "--top"),
    ],
)
def test_a_model_of_another_kind_is_refused(
    learned: CommandLine, words: list[str], status: int, text: str
) -> None:
    done = learned(*words, status=status)
    assert done.out == ""
    assert text in done.err


# sample --label


def test_sample_writes_names_of_a_label(learned: CommandLine) -> None:
    words = ["sample", "-m", "kinds", "-n", 8, "--seed", 1, "--known", "--repeats"]
    for label, letters in (("ab", "abn"), ("xy", "xy")):
        names = learned(*words, "--label", label).out.lower().split()
        assert len(names) == 8
        assert sum(c in letters for name in names for c in name) > 0.6 * len(
            "".join(names)
        )
    blend = learned(*words, "--label", "ab:0.7", "--label", "xy:0.3").out
    assert blend != learned(*words, "--label", "ab:0.1", "--label", "xy:0.9").out
    assert blend == learned(*words, "--label", "ab:7", "--label", "xy:3").out


@pytest.mark.parametrize(
    ("label", "status", "text"),
    [
        ("abc", 1, "no 'abc'; there are ab, xy; did you mean 'ab'?"),
        ("ab:much", 2, "'much' is not a weight"),
        ("ab:-1", 1, "the weight -1 of 'ab'"),
    ],
)
def test_sample_refuses_a_label(
    learned: CommandLine, label: str, status: int, text: str
) -> None:
    done = learned("sample", "-m", "kinds", "--label", label, status=status)
    assert done.out == ""
    assert text in done.err


# evaluate, info


def test_evaluate_measures_a_classifier(learned: CommandLine) -> None:
    words = ["evaluate", "-m", "kinds-classifier", "--against", "kinds.txt"]
    done = learned(*words)
    assert done.out.startswith("8 examples, 2 labels\naccuracy   ")
    assert "precision  recall" in done.out
    assert "8 of the 8 examples are in the list that the model learned" in done.err
    (result,) = records(learned(*words, "--json"))
    assert {"accuracy", "macro_f1", "auc", "confusion", "labels"} <= set(result)
    assert result["labels"] == ["ab", "xy"]


def test_texts_are_no_numbers(learned: CommandLine) -> None:
    """Where the labels would do."""
    texts, numbers = learned.folder / "updown.txt", learned.folder / "abxy.jsonl"
    texts.write_text("up\tAnna\ndown\tXyx\n")
    numbers.write_text('{"label": "ab", "sequence": [1]}\n')
    for model, file in (("waves-classifier", texts), ("kinds-classifier", numbers)):
        words = ["evaluate", "-m", model, "--against", file]
        assert "error: the classifier learned " in learned(*words, status=1).err


def test_evaluate_refuses_labels_that_it_does_not_know(learned: CommandLine) -> None:
    (learned.folder / "others.txt").write_text("ab\tAnna\nyz\tYz\n")
    words = ["evaluate", "-m", "kinds-classifier", "--against", "others.txt"]
    done = learned(*words, status=1)
    assert "others.txt: no label 'yz'; there are ab, xy" in done.err


def test_info_tells_of_labels(learned: CommandLine) -> None:
    rows = [
        line.split(maxsplit=1) for line in learned("info", "kinds").out.splitlines()
    ]
    assert ["labels", "ab 4, xy 4"] in rows
    of_numbers = learned("info", "waves-classifier").out
    assert "waves.jsonl: 8 sequences of at most 6 vectors\n" in of_numbers
    assert " nats an example, smoothed\n" in of_numbers
    (record,) = records(learned("info", "waves-classifier", "--json"))
    assert (record["alphabet"], record["labels"]) == (None, {"down": 4, "up": 4})
    assert "alphabet" not in of_numbers


# models


def test_the_default_model_is_one_that_can_do_it(learned: CommandLine) -> None:
    """Whichever was trained last, by its time: the other kind is passed over."""
    for number, name in enumerate(["kinds", "kinds-classifier", "waves-classifier"]):
        os.utime(learned.models / f"{name}.safetensors", (number, number))
    assert "model: kinds\n" in learned("sample", "-n", 2, "--known", "--repeats").err
    os.utime(learned.models / "kinds-classifier.safetensors", (9, 9))
    done = learned("classify", "xyx")
    assert done.err == "model: kinds-classifier\n"
    assert learned("evaluate", "--against", "kinds.txt").err.startswith(done.err)
    for path in learned.models.glob("*-classifier.safetensors"):
        path.unlink()
    done = learned("classify", "xyx", status=1)
    assert "train one with: charnames train --task classify" in done.err


def test_models_lists_classifiers(learned: CommandLine) -> None:
    done = learned("models", "--json")
    tasks = {record["model"]: record["task"] for record in records(done)}
    assert tasks["kinds"] == tasks["elements"] == "generate" and done.err == ""
    assert tasks["kinds-classifier"] == tasks["waves-classifier"] == "classify"
    lines = learned("models").out.splitlines()
    marked = {line.split()[0] for line in lines if line.endswith(", a classifier")}
    assert marked == {"kinds-classifier", "waves-classifier"}


def test_too_many_labels(learned: CommandLine) -> None:
    lines = (
        f"label{number}\tname{number}{letter}\n"
        for number in range(MAX_LABELS + 1)
        for letter in "ab"
    )
    (learned.folder / "many.txt").write_text("".join(lines))
    for words in (["--labels"], ["--task", "classify"]):
        done = learned("train", "-d", "many.txt", *words, status=1)
        assert "many.txt: has 1,001 labels; a model learns at most 1,000" in done.err


def test_a_label_with_a_blank_in_the_environment(inside: CommandLine) -> None:
    lines = "New Land\tanna\nNew Land\tbanab\nxy\tyxyy\nxy\tyyx\n"
    (inside.folder / "lands.txt").write_text(lines)
    words = ["train", "-q", "-d", "lands.txt", "--labels", "--iterations", 2]
    inside(*words, "--hidden-size", 4)
    words = ["sample", "-m", "lands", "-n", 5, "--seed", 1]
    expected = inside(*words, "--label", "New Land").out
    assert inside(*words, CHARNAMES_LABEL="New Land").out == expected
    blend = inside(*words, "--label", "New Land:2", "--label", "xy").out
    assert inside(*words, CHARNAMES_LABEL="New Land:2\nxy").out == blend


def test_no_label_for_what_is_not_known(learned: CommandLine) -> None:
    words = ["classify", "-m", "kinds-classifier", "--top", 2]
    done = learned(*words, "Abba", "123", "", "1a")
    first, second, third, last = done.out.splitlines()
    assert (second, third) == ("-", "-")
    assert first.count("\t") == last.count("\t") == 3
    assert done.err == (
        "charnames: warning: 2 of 4 names hold nothing that the model knows; the "
        'output has "-" for them\n'
    )
    (record,) = records(learned(*words, "--json", "1!"))
    assert record == {
        "name": "1!",
        "label": None,
        "probability": None,
        "top": [],
        "unknown": "1!",
    }


def test_no_label_for_a_text_of_no_known_word(learned: CommandLine) -> None:
    (learned.folder / "texts.txt").write_text(
        "good\ta fine film\ngood\ta fine play\nbad\tdull play\nbad\tdull film\n"
    )
    words = ["--task", "classify", "--unit", "word", "--iterations", 2, "-o", "./w"]
    learned("train", "-q", "-d", "texts.txt", *words)
    known, unknown = learned("classify", "-m", "./w", "a zebra", "zebra").out.split(
        "\n", 1
    )
    assert "\t" in known and unknown == "-\n"


@pytest.mark.parametrize("command", ["classify", "score"])
def test_an_argument_is_held_to_what_a_line_may_be(
    learned: CommandLine, command: str
) -> None:
    done = learned(command, "Anna", "a" * 100_000, status=1)
    assert "name 2: a name has at most 1,000 characters" in done.err.splitlines()[-1]
