"""`charnames tune`: what it prints and writes, and how it ends."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

import charnames
from charnames.models.loading import load_any
from charnames.recipes.recipe import Recipe
from tests.processes import PATIENCE, killed, until
from tests.terminals import on_terminal

if TYPE_CHECKING:
    from conftest import CommandLine, Inside

pytest.importorskip("optuna", reason="needs charnames[tune]")

SPACE = {
    "iterations": 12,
    "hidden_size": [3, 4, [3, 3]],
    "learning_rate": {"low": 0.001, "high": 0.1, "log": True},
}
NAMES = "".join(f"{x}{y}{z}\n" for x in "abc" for y in "dei" for z in "lno")


def prepared(line: CommandLine, **changes: object) -> CommandLine:
    (line.folder / "space.json").write_text(json.dumps({**SPACE, **changes}))
    (line.folder / "names.txt").write_text(NAMES)
    (line.folder / "base.json").write_text('{"iterations": 12, "hidden_size": 4}')
    return line


def words(*more: object, dataset: str = "names.txt", trials: int = 3) -> list[Any]:
    tune = ["tune", "-d", dataset, "--space", "space.json", "--trials", trials]
    return [*tune, "--recipe", "base.json", "-o", "best.json", *more]


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_recipe_is_one_that_train_and_evaluate_take(here: Inside) -> None:
    done = prepared(here)(*words("--json"))
    start, *trials, end = events(done.out)
    assert (start["folds"], start["unseen"], start["seed"]) == (5, 6, 0)
    assert [t["trial"] for t in trials] == [0, 1, 2]
    complete = [t for t in trials if t["state"] == "complete"]
    best = min(complete, key=lambda t: t["value"])
    assert end["best"] == best["trial"] and end["settings"] == best["settings"]
    assert trials[-1]["best"] == best["value"]
    assert end["folds"] == best["folds"] and len(best["folds"]) == 5
    assert end["unseen"]["examples"] == 6 and end["unseen"]["tuned"]["deviation"] > 0
    settings = json.loads((here.folder / "best.json").read_text())
    expected = Recipe.classic(iterations=12, **best["settings"])
    assert settings == json.loads(json.dumps(expected.settings()))
    here("train", "-d", "names.txt", "--recipe", "./best.json", "-o", "./m", "-q")
    trained = charnames.load(here.folder / "m").recipe
    assert dataclasses.replace(trained, min_edits=2) == expected
    folds = ["evaluate", "-d", "names.txt", "--folds", 2]
    assert here(*folds, "--recipe", "./best.json").out
    assert events(here(*words("--json")).out)[-1]["settings"] == end["settings"]


def test_the_recipe_as_toml_begins_with_the_report(here: Inside) -> None:
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")
    done = prepared(here)(*words()[:-1], "best.toml")
    lines = (here.folder / "best.toml").read_text().splitlines()
    report = [line[2:] for line in lines if line.startswith("#")]
    assert report == done.out.splitlines()
    assert report[0].split() == ["setting", "preset", "tuned", "mattered"]
    head = report.index("") + 1
    assert report[head].split("   ")[0] == "held-out nats per symbol"
    assert report[head + 2].startswith("on 6 that no trial saw ")
    assert report[-1].partition(" is better by ")[0] in (
        "the preset",
        "the tuned recipe",
    )
    here("train", "-d", "names.txt", "--recipe", "./best.toml", "-o", "./m", "-q")


def test_lines_for_trials_and_their_recipe_on_standard_output(here: Inside) -> None:
    done = prepared(here)(*words()[:-1], "-")
    assert "learning_rate = " in done.out
    lines = done.err.splitlines()
    assert lines[:4] == [
        "seed: 0",
        "names.txt: 27 names",
        "objective: held-out nats per symbol, mean of 5 folds of 21",
        "6 are left for the end",
    ]
    assert lines[4].startswith("trial 0   ") and "   1 of 3   0:0" in lines[4]
    assert "setting " in done.err and "\x1b" not in done.err
    quiet = prepared(here)(*words("-q"))
    assert quiet.err == ""


@pytest.mark.parametrize(
    ("task", "content", "objective"),
    [
        ("classify", [f"{n[0]}\t{n}" for n in NAMES.split()], "held-out accuracy"),
        ("convert", [f"{n}\t{n[::-1]}" for n in NAMES.split()], "held-out word error"),
    ],
)
def test_other_tasks(
    here: Inside, task: str, content: list[str], objective: str
) -> None:
    prepared(here, iterations=4)
    (here.folder / "list.txt").write_text("\n".join(content))
    small = {"recipe": "modern", "iterations": 4, "hidden_size": 4}
    (here.folder / "modern.json").write_text(json.dumps(small))
    more = ["--task", task, "--json", "--recipe", "modern.json", "-o", "best.json"]
    done = here(*words(dataset="list.txt", trials=2)[:-4], *more)
    start, *_, end = events(done.out)
    assert start["objective"].startswith(objective)
    assert end["unseen"]["examples"] >= 5
    here("train", "-d", "list.txt", "--recipe", "./best.json", "-o", "./m", "-q")
    assert load_any(here.folder / "m").recipe.task == task


def test_several_commands_share_a_study(cli: CommandLine) -> None:
    command = words("--study", "study", "--json", trials=6)
    processes = [prepared(cli).start(*command) for _ in range(2)]
    outs = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    trials = [e["trial"] for out in outs for e in events(out) if e["event"] == "trial"]
    assert len(set(trials)) == len(trials) >= 6
    ends = [events(out)[-1] for out in outs]
    assert all(end["trials"] >= 6 for end in ends)
    again = cli(*command)
    assert [e["event"] for e in events(again.out)] == ["start", "done"]
    assert "study: " in again.err and "trials are done already" in again.err


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_keeps_what_is_done(cli: CommandLine, jobs: int) -> None:
    prepared(cli, iterations=200, hidden_size=[3, 4, 5])
    command = words("--study", "study", "--jobs", jobs, trials=1_000)
    with killed(cli.start(*command)) as process:
        assert process.stderr
        until(lambda: "trial " in (process.stderr.readline() if process.stderr else ""))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, "")
    last = err.splitlines()[-1]
    assert last.startswith("charnames: interrupted; best.json has the best of ")
    assert last.endswith("; the same command goes on with the trials in study")
    kept = json.loads((cli.folder / "best.json").read_text())
    assert kept["iterations"] == 200
    (count,) = re.findall(r"has the best of (\d+) ", last)
    done = cli(*words("--study", "study", "--json", trials=int(count) + 2))
    assert f"study: {count} trials are done already" in done.err
    numbers = [e["trial"] for e in events(done.out) if e["event"] == "trial"]
    assert len(numbers) == 2 and 0 not in numbers
    assert events(done.out)[-1]["event"] == "done"


def test_ctrl_c_before_the_first_trial_is_done(cli: CommandLine) -> None:
    command = prepared(cli, iterations=10**7) and words("--study", "study")
    with killed(cli.start(*command)) as process:
        assert process.stderr
        until(
            lambda: "are left" in (process.stderr.readline() if process.stderr else "")
        )
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (130, "")
    line = "charnames: interrupted; no trial was done, so nothing is kept\n"
    assert err == line
    assert not (cli.folder / "best.json").exists()


def test_a_table_on_a_terminal(cli: CommandLine) -> None:
    prepared(cli)
    seen = on_terminal(cli, *words(trials=4), piped=True)
    assert seen.status == 0
    assert seen.out.startswith("setting ")
    assert "trial     value   seconds   settings" in seen.raw
    assert "4 of 4 trials" in seen.raw and "best   hidden_size" in seen.raw


@pytest.mark.parametrize(
    ("more", "status", "text"),
    [
        (["--trials", 0], 2, "--trials"),
        (["--jobs", 0], 2, "--jobs"),
        (["--time-limit", 0], 2, "--time-limit: give a time above 0"),
        (["--time-limit", "nan"], 2, "--time-limit: give a time above 0"),
        (["--time-limit", "soon"], 2, "'soon' is not a time"),
        (["-d", "-", "-d", "-"], 2, "standard input can be only one of the lists"),
        (["--study", "best.json"], 2, "--study: give a file of its own"),
        (["--study", "names.txt"], 1, "names.txt: is no journal of Optuna"),
        (["--study", "no/study"], 1, "no/study: cannot be opened (No such file"),
        (["-o", "-", "--json"], 2, "-o -: with --json, give the recipe a file"),
        (["-o", "no/best"], 1, "no/best: cannot be written (its folder does not"),
        (["-o", "names.txt"], 2, "-o/--output: the file is there already, and is no"),
        (["--space", "no.toml"], 1, "no.toml: No such file or directory"),
        (["--space", "names.txt"], 1, "names.txt: "),
        (["--recipe", "moden"], 2, "did you mean 'modern'?"),
        (["--recipe", "grown.json"], 2, "--recipe: starts from a model"),
        (["-d", "few.txt"], 1, "few.txt: 2 different examples are too few"),
        (["-d", "kinds.txt", "--task", "classify"], 1, "label 'x' has too few"),
    ],
)
def test_bad_options_get_a_line(
    here: Inside, more: list[Any], status: int, text: str
) -> None:
    prepared(here)
    (here.folder / "few.txt").write_text("Ada\nBo\n")
    (here.folder / "kinds.txt").write_text(
        "x\tAda\n" + "y\t" + "\ny\t".join(NAMES.split())
    )
    (here.folder / "grown.json").write_text('{"init_from": "model"}')
    default = {"-d": "names.txt", "--space": "space.json", "-o": "best.json"}
    given = [w for k, v in default.items() if k not in more for w in (k, v)]
    done = here("tune", *given, *more, status=status)
    assert done.out == ""
    error = next(line for line in done.err.splitlines() if "error: " in line)
    assert text in error
    assert not (here.folder / "best.json").exists()


def test_without_toml_the_recipe_is_json(
    here: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    done = prepared(here)(*words()[:-1], "best.toml", status=2)
    assert "train could not read the recipe here; give a name in .json" in done.err
    assert not (here.folder / "best.toml").exists()


def test_without_optuna_it_says_what_to_install(cli: CommandLine) -> None:
    prepared(cli)
    (cli.folder / "optuna.py").write_text("raise ImportError('no optuna here')\n")
    path = f"{cli.folder}:{cli.env['PYTHONPATH']}"
    done = cli(*words(), status=1, PYTHONPATH=path)
    assert done.err.splitlines()[-1] == (
        "charnames: error: settings are searched by Optuna (no optuna here); get it "
        "with: pip install 'charnames[tune]'"
    )


def test_a_limit_that_no_trial_keeps_is_one_line(cli: CommandLine) -> None:
    line = prepared(cli, iterations=10**7)
    done = line(*words("--time-limit", "0.1s"), status=1)
    assert done.err.splitlines()[-1] == (
        "charnames: error: no trial was completed, so there is no recipe to write; "
        "give more time, or a smaller space"
    )
    assert not (line.folder / "best.json").exists()
