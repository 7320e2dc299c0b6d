"""`charnames compare`: its table, its figures, its ends, and what runs beneath it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from charnames.cli.tables.comparison import table
from charnames.data.name_list import NameList
from charnames.data.sequences import SequenceList
from charnames.errors import CharnamesError
from charnames.evaluation.classifier import also_learned, judge
from charnames.evaluation.metrics import Report
from charnames.experiments.compare import compare, is_noise, rank_architectures
from charnames.experiments.executors import Executor
from charnames.experiments.runs import ComparisonLists, RunResult
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.models.classifier import Classifier
from charnames.recipes.recipe_file import RecipeChoice
from tests.processes import (
    PATIENCE,
    is_in,
    killed,
    needs_proc,
    state,
    until,
    workers,
)
from tests.terminals import on_terminal

if TYPE_CHECKING:
    from conftest import CommandLine

SHAPES = {
    "hidden_size": 4,
    "iterations": 20,
    "architecture": [{"name": "[b]LSTM[/b]"}, {"name": "再帰", "cell": "rnn"}],
}
FOREVER = {
    "iterations": 10**9,
    "checkpoint_every": 10**9,
    "architecture": [{"name": "a"}],
}
KINDS = NameList(["ab", "ba", "xy", "yx"], "kinds", ["a", "a", "x", "x"])


def trial(name: str, seed: int, test: float) -> RunResult:
    figures = {"training": 1.0, "test": test, "seconds": 0.25}
    return RunResult(name, seed, 0, figures, 1, 1234)


TRIALS = [trial("a", 1, 0.5), trial("再帰", 0, 0.75), trial("a", 0, 0.5)]


def of(examples: Any, test: Any, task: str = "classify") -> ComparisonLists:
    """What runs of a task share."""
    return ComparisonLists(task, examples, test, RecipeChoice(None, {}))


class OneAfterTheOther(Executor):
    """In this process."""

    def side_by_side(
        self, work: Callable[[Any, Any], Any], shared: Any, tasks: Iterable[Any]
    ) -> Generator[Any]:
        return (work(shared, task) for task in tasks)


@pytest.fixture
def line(learned: CommandLine) -> CommandLine:
    """With a file of architectures, and one of those that would train for ever."""
    (learned.folder / "shapes.json").write_text(json.dumps(SHAPES))
    (learned.folder / "forever.json").write_text(json.dumps(FOREVER))
    return learned


def compare_words(dataset: str, *more: object, file: str = "shapes.json") -> list[Any]:
    return ["compare", "-d", dataset, "--architectures", file, *more]


# Figures


def test_the_best_on_what_was_not_learned_comes_first() -> None:
    first, second = rank_architectures(TRIALS, EXPERIMENT_TASKS["classify"].contest)
    assert (first.architecture, first.mean("test")) == ("再帰", 0.75)
    assert first.deviation("test") is None
    assert [entry.seed for entry in second.trials] == [0, 1]


def test_the_table() -> None:
    more = [*TRIALS, trial("a", 2, 0.56)]
    contest = EXPERIMENT_TASKS["classify"].contest
    assert table(rank_architectures(more, contest), contest) == [
        "architecture  parameters          training              test   seconds",
        "再帰               1,234            100.0%             75.0%       0.2",
        "a                  1,234     100.0% ± 0.0%      52.0% ± 3.5%       0.2",
    ]


def test_noise_is_what_a_paired_t_test_calls_so() -> None:
    assert is_noise([], 0) is is_noise([1.0], 0) is None
    # t = 0.25 / (0.0957 / 2) = 5.22, and 2.61 where as many are measured as learned
    # and a quarter, against 3.18 for three degrees of freedom
    differences = [0.1, 0.3, 0.3, 0.3]
    assert is_noise(differences, 0) is False
    assert is_noise(differences, 0.75) is True
    assert is_noise([-x for x in differences], 0) is False
    assert is_noise([0.1, -0.1, 0.05], 0) is True


def test_folds_count_by_their_symbols_and_pair_with_those_of_others() -> None:
    def fold(name: str, seed: int, fold: int, nats: float) -> RunResult:
        figures = {"nats_per_symbol": nats, "novel": 1.0, "distinct": 0.5}
        weight = 30.0 if fold else 10.0
        return RunResult(name, seed, fold, {**figures, "seconds": 1.0}, weight, 9)

    nats = [(0, 0, 1.0), (0, 1, 3.0), (1, 0, 1.2), (1, 1, 3.2)]
    trials = [fold("first", *values) for values in nats]
    trials += [fold("second", s, k, n + 0.1 + s / 100) for s, k, n in nats]
    trials += [fold("third", s, k, n + 1 - 1.9 * k) for s, k, n in nats]
    ranking = rank_architectures(trials, EXPERIMENT_TASKS["generate"].contest)
    assert [entry.architecture for entry in ranking] == ["third", "first", "second"]
    assert ranking[1].mean("nats_per_symbol") == pytest.approx(2.6)
    assert ranking[1].deviation("nats_per_symbol") == pytest.approx(0.2 / 2**0.5)
    assert [entry.within_noise for entry in ranking] == [None, True, True]
    ranking = rank_architectures(trials[:8], EXPERIMENT_TASKS["generate"].contest)
    assert [entry.within_noise for entry in ranking] == [None, False]


# What it does


def test_as_many_side_by_side_as_one_likes(line: CommandLine) -> None:
    words = compare_words("waves.jsonl", "--seeds", 2, "--json", "--held-out", 0.25)
    item, two = (line(*words, "--jobs", jobs) for jobs in (1, 2))
    first, second = (
        [json.loads(x) for x in done.out.splitlines()] for done in (item, two)
    )
    assert untimed(first) == untimed(second)
    assert {record["name"] for record in first} == {"[b]LSTM[/b]", "再帰"}
    (rnn,) = (record for record in first if record["name"] == "再帰")
    assert rnn["settings"] == {"hidden_size": 4, "iterations": 20, "cell": "rnn"}
    assert [run["seed"] for run in rnn["runs"]] == [0, 1]
    assert rnn["test"]["mean"] == sum(run["test"] for run in rnn["runs"]) / 2
    lines, plan, *runs = item.err.splitlines()
    assert lines == "waves.jsonl: 8 sequences of vectors of 2 numbers, 2 labels"
    assert plan == "4 runs, 1 side by side"
    assert [run.split("   ")[0] for run in runs] == [
        f"{k} of 4 runs" for k in (1, 2, 3, 4)
    ]
    assert runs[0].endswith(" left") and not runs[-1].endswith(" left")
    assert "4 runs, 2 side by side" in two.err


def untimed(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the seconds."""
    for record in records:
        for part in (record, *record["runs"]):
            del part["seconds"]
    return records


def test_runs_have_the_seeds_from_the_first_one_on(line: CommandLine) -> None:
    words = compare_words("kinds.txt", "--seeds", 2, "--json", "-q")
    first, second = (line(*words, "--seed", seed).out for seed in (5, 6))
    for out, seeds in ((first, [5, 6]), (second, [6, 7])):
        for record in map(json.loads, out.splitlines()):
            assert [run["seed"] for run in record["runs"]] == seeds
    shared = [
        {
            (record["name"], run["seed"], run["training"], run["test"])
            for record in map(json.loads, out.splitlines())
            for run in record["runs"]
        }
        for out in (first, second)
    ]
    assert len(shared[0] & shared[1]) == 2  # those of seed 6


def test_another_list_is_measured_on(line: CommandLine) -> None:
    (line.folder / "others.txt").write_text("ab\tAabb\nxy\tXxyy\nxy\tAnna\n")
    words = compare_words("kinds.txt", "--against", "others.txt", "--seeds", 1)
    done = line(*words, "--no-progress")
    assert done.err == "kinds.txt: 8 names, 2 labels\n"
    head, *rows = done.out.splitlines()
    assert head.split() == ["architecture", "parameters", "training", "test", "seconds"]
    assert sorted(row.split()[0] for row in rows) == ["[b]LSTM[/b]", "再帰"]
    assert {row.split()[3] for row in rows} <= {"0.0%", "33.3%", "66.7%", "100.0%"}


def test_names_are_compared_in_folds(line: CommandLine) -> None:
    """With the figures of `evaluate --folds`."""
    shapes = {"hidden_size": 4, "iterations": 9, "architecture": [{"name": "a"}]}
    (line.folder / "a.json").write_text(json.dumps(shapes))
    words = compare_words(
        "elements", "--folds", 2, "--seeds", 2, "--json", file="a.json"
    )
    done = line(*words, "--recipe", "classic", "--jobs", 2)
    assert "4 runs of 2 folds, 2 side by side" in done.err
    (record,) = map(json.loads, done.out.splitlines())
    words = ["evaluate", "-d", "elements", "--folds", 2, "--hidden-size", 4]
    words += ["--iterations", 9, "--seed", 0, "--json"]
    figures = json.loads(line(*words).out)
    first = [run for run in record["runs"] if run["seed"] == 0]
    assert [run["fold"] for run in first] == [0, 1]
    for name in ("novel", "distinct"):
        assert sum(run[name] for run in first) / 2 == pytest.approx(figures[name])
    low, high = sorted(run["nats_per_symbol"] for run in first)
    assert low < figures["nats_per_symbol"] < high
    assert record["parameters"] > 100 and record["within_noise"] is None


def test_pairs_are_compared_by_wrong_words(line: CommandLine) -> None:
    shapes = {"hidden_size": 4, "iterations": 2, "ngram": 0}
    shapes["architecture"] = [{"name": "a"}, {"name": "b", "cell": "lstm"}]
    (line.folder / "pairs.txt").write_text("ab\tAB\nba\tBA\naa\tAA\nbb\tBB\n")
    (line.folder / "a.json").write_text(json.dumps(shapes))
    words = compare_words("pairs.txt", "--task", "convert", "--seeds", 2, file="a.json")
    done = line(*words, "--held-out", 0.25, "--jobs", 1)
    head, *rows = done.out.splitlines()
    assert head.split()[2:] == ["words", "wrong", "symbols", "wrong", "seconds"]
    assert sorted(row.split()[0] for row in rows) == ["a", "b"]


def test_a_recipe_file_is_what_architectures_are_added_to(line: CommandLine) -> None:
    (line.folder / "base.json").write_text('{"iterations": 1, "hidden_size": 3}')
    shapes = {"architecture": [{"name": "3"}, {"name": "5", "hidden_size": 5}]}
    (line.folder / "a.json").write_text(json.dumps(shapes))
    words = compare_words("kinds.txt", "--seeds", 1, "--json", "-q", file="a.json")
    done = line(*words, "--recipe", "./base.json", "--task", "classify")
    sizes = {r["name"]: r["parameters"] for r in map(json.loads, done.out.splitlines())}
    assert 0 < sizes["3"] < sizes["5"] < 5000
    (line.folder / "base.json").write_text('{"hidden_sise": 3}')
    done = line(*words, "--recipe", "./base.json", status=1)
    assert "base.json: there is no setting 'hidden_sise'; did you mean" in done.err


def test_architectures_come_from_standard_input(line: CommandLine) -> None:
    shapes = json.dumps({"iterations": 1, "architecture": [{"name": "a"}]})
    words = compare_words("kinds.txt", "--seeds", 1, "-q", file="-")
    done = line(*words, input=shapes)
    assert done.err == "" and done.out.count("\n") == 2


def test_what_is_held_out_is_not_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[tuple[int, list[str], int]] = []

    def watched(model: Classifier, examples: NameList) -> Report:
        seed = model.provenance.seed
        judged.append((seed, list(examples), also_learned(model, examples)))
        return judge(model, examples)

    monkeypatch.setattr("charnames.experiments.tasks.classifier.judge", watched)
    small = {"iterations": 0, "hidden_size": 4}
    settings = {"a": small, "b": {**small, "held_out": 0.5}}
    names = [f"{x}{y}" for x in "ab" for y in "cdefghij"]
    kinds = NameList(names, "kinds", [name[0] for name in names])
    assert (
        len(list(compare(of(kinds, 0.25), settings, [1, 2], OneAfterTheOther(1)))) == 4
    )
    tests = set()
    for learned, test in zip(judged[::2], judged[1::2], strict=True):
        assert sorted(learned[1] + test[1]) == names
        assert (len(test[1]), test[2]) == (4, 0)
        tests.add((test[0], *test[1]))
    assert len(tests) == len({tuple(names) for _, *names in tests}) == 2


# What it refuses


@pytest.mark.parametrize(
    ("test", "settings", "message"),
    [
        (0.5, {"held_out": 0.5}, "^a, seed 7: kinds: label 'a' has too few different"),
        (0.8, {}, "^kinds: label 'a' has too few different examples to hold out 0.8"),
        (NameList(["ab"], "others"), {}, "^others: has no labels"),
        (
            NameList(["ab"], "others", ["b"]),
            {},
            "^others: no label 'b'; there are a, x",
        ),
        (
            SequenceList([[1]], "others", ["a"]),
            {},
            "^the classifier learned texts, and",
        ),
    ],
)
def test_no_run_begins_where_one_could_not(
    monkeypatch: pytest.MonkeyPatch, test: Any, settings: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(Executor, "side_by_side", pytest.fail)
    with pytest.raises(CharnamesError, match=message):
        compare(of(KINDS, test), {"b": {}, "a": settings}, [7, 8], Executor(1))


def test_a_run_that_fails_is_named_and_ends_the_others(line: CommandLine) -> None:
    wild = {"name": "wild", "optimizer": "sgd", "learning_rate": 1e300, "clip": 0}
    endless = FOREVER["architecture"]
    shapes = {**FOREVER, "architecture": [*endless, wild]}
    (line.folder / "wild.json").write_text(json.dumps(shapes))
    done = line(*compare_words("kinds.txt", "--jobs", 2, file="wild.json"), status=1)
    assert done.out == ""
    error = done.err.splitlines()[-1]
    assert error.startswith("charnames: error: wild, seed 0: the loss is no longer a ")


@pytest.mark.parametrize(
    ("more", "status", "text"),
    [
        (["--architectures", "none.json"], 1, "none.json: No such file or directory"),
        (
            ["--against", "kinds.txt", "--held-out", "0.1"],
            2,
            "--against or --held-out",
        ),
        (["--held-out", "0"], 2, "--held-out"),
        (["--held-out", "nan"], 2, "--held-out: nan is not a share"),
        (["--held-out", "inf"], 2, "--held-out"),
        (["--seeds", "0"], 2, "--seeds"),
        (["--jobs", "0"], 2, "--jobs"),
        (["-d", "-", "--architectures", "-"], 2, "standard input can be only one"),
        (["-d", "-", "--against", "-"], 2, "standard input can be only one"),
        (["--architectures", "-", "--against", "-"], 2, "standard input can be only"),
        (["-d", "elements", "--task", "classify"], 1, "elements"),
        (["--folds", "3"], 2, "--folds is for names"),
        (["--folds", "3"], 2, "which a list with labels is for; add --task generate"),
        (["--folds", "3", "--held-out", "0.1"], 2, "--held-out or --folds"),
        (["-d", "kinds.tx"], 1, "kinds.tx: no such file"),
    ],
)
def test_bad_options_get_a_line(
    line: CommandLine, more: list[str], status: int, text: str
) -> None:
    words = [] if "-d" in more else ["-d", "kinds.txt"]
    words += [] if "--architectures" in more else ["--architectures", "shapes.json"]
    done = line("compare", *words, *more, status=status)
    assert done.out == ""
    error = next(x for x in done.err.splitlines() if "error: " in x)
    assert text in error


# What runs beneath it


@needs_proc
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_it_ends_all(line: CommandLine, signum: signal.Signals) -> None:
    words = compare_words("kinds.txt", "--jobs", 2, file="forever.json")
    with killed(line.start(*words)) as process:
        until(lambda: len(workers(process.pid)) == 2)
        family = workers(process.pid)
        if signum == signal.SIGINT:  # as a terminal does, which sends it to all
            for worker in family:
                assert is_in("SigBlk", worker, signum)  # else it could end first
                os.kill(worker, signum)
        process.send_signal(signum)
        out, err = process.communicate(timeout=PATIENCE)
    until(lambda: not any(map(state, family)))
    assert out == ""
    last = err.splitlines()[2:]
    if signum == signal.SIGKILL:
        assert process.returncode == -signum
    else:
        word = "interrupted" if signum == signal.SIGINT else "terminated"
        assert (process.returncode, last) == (128 + signum, [f"charnames: {word}"])


@needs_proc
def test_a_worker_that_is_killed_is_an_error(line: CommandLine) -> None:
    words = compare_words("kinds.txt", "--jobs", 2, file="forever.json")
    with killed(line.start(*words)) as process:
        until(lambda: len(workers(process.pid)) == 2)
        family = workers(process.pid)
        os.kill(family[0], signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert "error: a process was killed before it was done; if memory ran out" in err
    assert not any(map(state, family))


def test_ctrl_c_on_a_terminal(line: CommandLine) -> None:
    quick = {"name": "quick", "iterations": 1}
    shapes = {**FOREVER, "architecture": [quick, *FOREVER["architecture"]]}
    (line.folder / "quick.json").write_text(json.dumps(shapes))
    words = compare_words("kinds.txt", "--jobs", 2, "--seeds", 1, file="quick.json")
    seen = on_terminal(line, *words, typed=[("1 of 2 runs", "\x03")])
    assert seen.status == 130
    after = seen.raw[seen.before :].partition("^C")[2]
    assert after.split() == ["charnames:", "interrupted"]
