"""charnames evaluate: figures of a model, or of a recipe on a list."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import charnames

if TYPE_CHECKING:
    from conftest import CommandLine

PROMISED = "nats_per_symbol bits_per_symbol perplexity names also_learned "
PROMISED += "network_alone baselines novel distinct"
OTHERS = "Neonium\nCrypton\nArgon\nQuux\n"


@pytest.fixture
def others(inside: CommandLine) -> str:
    """New names, one that the model learned, and one that it cannot spell."""
    (inside.folder / "others.txt").write_text(OTHERS)
    return "others.txt"


def figures(out: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(out)
    return record


def test_a_table_and_what_is_said_beside_it(inside: CommandLine, others: str) -> None:
    done = inside("evaluate", "--against", others)
    record = figures(inside("evaluate", "--against", others, "--json", "-q").out)
    lines = done.out.splitlines()
    assert lines[0] == "3 names, 22 symbols"
    rows = {line[:22].strip(): line[22:].split() for line in lines}
    losses = {
        "the model": record["nats_per_symbol"],
        "its network alone": record["network_alone"],
        **{f"baseline {name}": loss for name, loss in record["baselines"].items()},
    }
    for name, loss in losses.items():
        row = [loss, loss / math.log(2), math.exp(loss)]
        assert [float(x) for x in rows[name]] == pytest.approx(row, abs=0.006)
    model, seed, learned, unknown = done.err.splitlines()
    assert (model, seed) == ("model: elements", "seed: 0")
    assert learned.startswith("charnames: warning: 1 of the 3 names is in the list")
    assert unknown.startswith("charnames: warning: 1 name was left out")


def test_json_is_one_object_of_the_keys_promised(
    inside: CommandLine, others: str
) -> None:
    done = inside("evaluate", "--against", others, "--json", "-q")
    (line,) = done.out.splitlines()
    record = figures(line)
    assert set(PROMISED.split()) <= set(record)
    assert (record["names"], record["also_learned"], record["unknown"]) == (3, 1, 1)
    nats = record["nats_per_symbol"]
    assert record["bits_per_symbol"] == pytest.approx(nats / math.log(2), rel=1e-12)
    assert record["perplexity"] == pytest.approx(math.exp(nats), rel=1e-12)
    assert record["baselines"]["uniform"] == pytest.approx(math.log(25), rel=1e-12)
    assert 0 <= record["novel"] <= 1 and 0 <= record["distinct"] <= 1


def test_new_names_are_told_apart_and_near_copies_counted(
    inside: CommandLine, others: str
) -> None:
    surnames = inside("datasets", "surnames").out.splitlines()[:400]
    (inside.folder / "surnames.txt").write_text("\n".join(surnames))
    words = ["evaluate", "-m", "elements", "-q", "--against"]
    record = figures(inside(*words, "surnames.txt", "--json").out)
    assert list(record)[-3:] == ["told_apart", "near_copies", "list_near_copies"]
    assert record["told_apart"] > 0.9
    assert record["near_copies"] == 0 < record["list_near_copies"] < 0.1
    out = inside(*words, "surnames.txt").out
    assert f"\ntold apart      {record['told_apart']:.3f} (area" in out
    share = f"{record['list_near_copies']:.1%}"
    assert f"\nnear-copies     0.0% of the new names, {share} of the list's\n" in out
    assert "\ntold apart      not measured; it takes 20" in inside(*words, others).out
    assert figures(inside(*words, others, "--json").out)["told_apart"] is None


def test_folds_give_the_same_keys_of_a_recipe(inside: CommandLine, others: str) -> None:
    model = figures(inside("evaluate", "--against", others, "--json", "-q").out)
    words = ["evaluate", "-d", "elements", "--folds", 2, "--iterations", 20, "--json"]
    done = inside(*words, "--hidden-size", 8)
    assert set(figures(done.out)) == set(model)
    assert figures(done.out)["names"] == 118 and figures(done.out)["also_learned"] == 0
    assert done.err.splitlines()[:2] == ["elements: 118 names", "seed: 0"]
    assert inside(*words, "--hidden-size", 8, "--seed", 0).out == done.out
    assert inside(*words, "--hidden-size", 8, "--seed", 1).out != done.out


def test_the_same_seed_gives_the_same_figures(inside: CommandLine, others: str) -> None:
    words = ["evaluate", "--against", others, "-m", "elements", "--json"]
    first = inside(*words)
    assert inside(*words, "--seed", 0).out == first.out
    other = inside(*words, "--seed", 1)
    assert other.out != first.out and "seed" not in other.err
    assert (
        figures(other.out)["nats_per_symbol"] == (figures(first.out)["nats_per_symbol"])
    )


def test_what_train_holds_out_evaluate_measures_alike(
    inside: CommandLine, others: str
) -> None:
    (inside.folder / others).write_text("Neonium\nArgon\n")
    words = ["train", "-d", "elements", "--held-out", others, "--json", "-o", "./m"]
    words += ["--iterations", 40, "--checkpoint-every", 20, "--samples", 0, "-q"]
    events = [json.loads(line) for line in inside(*words).out.splitlines()]
    best = min(e["held_out"] for e in events if e["event"] == "checkpoint")
    done = inside("evaluate", "-m", "./m", "--against", others, "--json", "-q")
    assert figures(done.out)["nats_per_symbol"] == pytest.approx(best, rel=1e-6)


def test_names_on_standard_input(trained: CommandLine) -> None:
    done = trained("evaluate", "--against", "-", "--json", "-q", input="Neonium\n")
    assert figures(done.out)["names"] == 1


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "say what to measure on: --against FILE, or --dataset LIST --folds N"),
        (["--folds", 2], 2, "--folds goes with -d/--dataset"),
        (["--folds", 2, "-d", "elements", "-m", "elements"], 2, "with no model"),
        (["--against", "elements", "--layers", 2], 2, "a model has its recipe"),
        (["--against", "elemnts"], 1, "did you mean 'elements'?"),
        (["--against", "none.txt"], 1, "none.txt"),
        (["--folds", 1, "-d", "elements"], 1, "cannot be split into 1 folds"),
        (["--against", "japanese.txt"], 1, "can be spelt in the model's alphabet"),
    ],
)
def test_what_cannot_be_measured_is_said(
    inside: CommandLine, words: list[object], status: int, message: str
) -> None:
    (inside.folder / "japanese.txt").write_text("東京\n")
    done = inside("evaluate", "-q", *words, status=status)
    assert done.out == "" and message in done.err
    assert done.err.count("charnames: error: ") == 1


def test_a_list_that_the_model_did_not_learn_is_refused(
    inside: CommandLine, others: str
) -> None:
    words = ["evaluate", "-m", "elements", "--against", others, "--json"]
    done = inside(*words, "-d", others, status=2)
    assert done.out == ""
    assert f"{others} is not the list that the model learned" in done.err
    assert all(figures(inside(*words, "-d", "elements").out)["baselines"].values())


def test_a_list_that_is_not_at_hand_leaves_its_baselines_empty(
    inside: CommandLine, others: str
) -> None:
    names = inside.folder / "names.txt"
    names.write_text("Neon\nArgon\n")
    inside("train", "-q", "-d", "names.txt", "--iterations", 2, "-o", "./m")
    words = ["evaluate", "-m", "./m", "--against", "names.txt", "--json"]
    names.rename(inside.folder / "moved.txt")
    words[4] = "moved.txt"
    done = inside(*words)
    assert (
        "names.txt is missing, so there are no baselines; give its path with -d"
        in done.err
    )
    baselines = figures(done.out)["baselines"]
    assert baselines["kneser_ney"] is None and baselines["unigram"] is None
    result = figures(inside(*words, "-d", "moved.txt").out)["baselines"]
    assert all(result.values())
    names.write_text("Krypton\n")
    done = inside(*words, "-q")
    assert done.err.startswith("charnames: warning: names.txt is not the list that")


def test_a_plain_list_is_the_baseline_beside_a_table(inside: CommandLine) -> None:
    (inside.folder / "names.txt").write_text("Neon\nArgon\nXenon\n")
    (inside.folder / "test.csv").write_text("name,place\nXeon,x\nAgon,y\n")
    inside("train", "-q", "-d", "names.txt", "--iterations", 2)
    done = inside("evaluate", "--against", "test.csv", "--column", "name", "--json")
    assert all(figures(done.out)["baselines"].values())
    assert "no baselines" not in done.err


@pytest.mark.parametrize(
    "line",
    [
        "evaluate --against",
        "report -o page.html --against",
        "sample --repeats --any-form --avoid names.csv --nearest",
    ],
)
def test_notices_of_a_list_that_is_read_twice_are_printed_once(
    inside: CommandLine, line: str
) -> None:
    words = line.split()
    if words[0] == "report":
        pytest.importorskip("jinja2")
    table = inside.folder / "names.csv"
    table.write_text("name,place\nNeon,x\nArgon,y\nXenon,z\n")
    inside("train", "-q", "-d", "names.csv", "--column", 1, "--iterations", 2)
    done = inside(*words, "names.csv", "--column", 1)
    assert done.err.count("names.csv: the first row is the header: name, place") == 1
    (inside.folder / "others.csv").write_text("name,place\nNargo,x\n")
    done = inside(*words, "others.csv", "--column", 1)
    for file in ("others.csv", "names.csv"):
        assert done.err.count(f"{file}: the first row is the header: name, place") == 1


def test_a_loss_that_no_perplexity_can_be_of(inside: CommandLine, others: str) -> None:
    path = inside.models / "elements.safetensors"
    model = charnames.load(path)
    model.parameters.values[:] *= np.float32(1e30)  # as after it diverged
    model.save(path)
    rows = inside("evaluate", "--against", others).out.splitlines()
    assert next(row for row in rows if row.startswith("the model ")).endswith(" inf")
    record = figures(inside("evaluate", "--against", others, "--json").out)
    assert record["perplexity"] is None and record["nats_per_symbol"] > 1e20
