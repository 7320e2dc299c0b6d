"""The first minute: models that come along, how models are called, charnames models."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

import charnames
from charnames.cli import COMMANDS, program
from charnames.cli.commands.train import command as train
from charnames.cli.options.recipe_settings import SETTINGS
from charnames.errors import ModelFileError
from charnames.models.loading import BASE_FILE, load_base
from tests.processes import PATIENCE

if TYPE_CHECKING:
    from conftest import CommandLine

ROOT = Path(__file__).parents[1]
ALONG = ROOT / "charnames" / "pretrained"
NOTICE = (
    "model: elements, which comes with charnames; "
    "train one of your own with: charnames train --dataset FILE"
)
NOWHERE = {"HOME": None, "XDG_DATA_HOME": None}


def made() -> dict[str, dict[str, Any]]:
    """What `make models` asks of each model, by its file."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if "charnames train" in line]
    parent = click.Context(program, **program.context_settings)
    options = [
        train.make_context("train", shlex.split(line)[2:], parent).params
        for line in lines
        if "--slim" in line
    ]
    return {params["output"]: params for params in options}


MADE = made()


def test_every_model_that_comes_along_is_made_by_make() -> None:
    base = ALONG / "base.safetensors"  # `make base` takes an hour
    files = {str(p.relative_to(ROOT)) for p in ALONG.glob("*.safetensors") if p != base}
    assert files == set(MADE)
    assert {Path(file).stem for file in files} == {"elements", "movies"}


@pytest.mark.parametrize("file", MADE)
def test_it_is_what_make_would_make_of_it(file: str) -> None:
    options = MADE[file]
    (dataset,) = options["dataset"]
    names = charnames.read_names(dataset)
    given = {name: options[name] for name in SETTINGS if options[name] is not None}
    try:
        model = charnames.load(ROOT / file)
    except ModelFileError as error:
        pytest.fail(f"run `make models`: {error}")
    recipe = charnames.Recipe.named(options["recipe"].preset, names, **given)
    recipe = recipe.with_network_of(load_base().recipe)
    stale = "run `make models`"
    assert model.recipe == recipe, stale
    assert model.provenance.fingerprint == names.fingerprint, stale
    assert model.provenance.seed == options["seed"], stale
    assert model.provenance.iterations == recipe.iterations, stale
    assert model.state == {} and model.progress.seconds == 0
    assert os.path.getsize(ROOT / file) < 1.5 * os.path.getsize(BASE_FILE)


def test_names_right_after_installation(cli: CommandLine) -> None:
    done = cli("sample", "-n", 10)
    names = done.out.splitlines()
    assert len(set(names)) == 10
    assert not set(names) & set(charnames.read_names("elements"))
    notice, seed = done.err.splitlines()
    assert notice == NOTICE and seed.startswith("seed: ")
    quiet = cli("sample", "-n", 10, "-q", "--seed", seed.split()[1])
    assert (quiet.out, quiet.err) == (done.out, "")
    assert not cli.models.exists()


def test_the_user_s_own_come_before_those_that_come_along(inside: CommandLine) -> None:
    own = inside.models / "elements.safetensors"
    assert inside("sample", "-n", 0, "--seed", 1).err == "model: elements\n"
    assert json.loads(inside("info", "elements", "--json").out)["file"] == str(own)
    movies = inside("info", "movies").out.splitlines()
    assert movies[0].split(maxsplit=1)[1] == "movies, which comes with charnames"
    assert movies[1].split()[1] == f"{ALONG / 'movies.safetensors'},"
    along = inside("info", ALONG / "elements.safetensors").out
    assert along.split()[1] == f"{ALONG / 'elements.safetensors'},"
    own.unlink()
    for words in (["sample", "-n", 2], ["score", "Neonium"]):
        assert NOTICE in inside(*words).err
        named = inside(*words, "-m", "movies")
        assert named.out and "model:" not in named.err


def test_they_are_there_without_a_home(inside: CommandLine) -> None:
    assert inside("sample", "-n", 2, "--seed", 1, **NOWHERE).err == f"{NOTICE}\n"
    assert len(inside("models", **NOWHERE).out.splitlines()) == 2
    done = inside("sample", "-m", "xyz", status=2, **NOWHERE)
    assert "there is no model 'xyz'; the models are elements, movies\n" in done.err


def test_they_are_measured_as_any_other(cli: CommandLine) -> None:
    words = ["evaluate", "-m", "elements", "--against", "-", "--json"]
    done = cli(*words, input="Neonium\nCrypton\n")
    assert json.loads(done.out)["names"] == 2
    assert json.loads(done.out)["baselines"]["uniform"]


def contents() -> dict[Path, bytes]:
    """Every file of the folder, but for what Python compiles."""
    files = (path for path in ALONG.rglob("*") if path.is_file())
    return {p: p.read_bytes() for p in files if p.suffix != ".pyc"}


def test_a_run_starts_from_one_but_does_not_go_on_with_it(cli: CommandLine) -> None:
    before = contents()
    for model in ("movies", ALONG / "movies.safetensors"):
        done = cli("train", "--resume", model, status=2)
        assert f"--resume: '{model}' comes with charnames" in done.err
        assert f"--init-from {model}\n" in done.err
    words = ["train", "-d", "movies", "--init-from", "movies", "--iterations", 2]
    assert "keep their weights" in cli(*words).err
    assert charnames.load(cli.models / "movies.safetensors").provenance.iterations == 2
    assert contents() == before


# charnames train --slim

MODERN = ["train", "-d", "elements", "--recipe", "modern", "--seed", 3]
SHORT = ["--iterations", 4, "--hidden-size", 8]


def test_a_slim_model_is_small_and_the_same_from_every_run(inside: CommandLine) -> None:
    for path in ("./one", "./two"):
        inside(*MODERN, *SHORT, "--slim", "-o", path)
    inside(*MODERN, *SHORT, "-o", "./whole")
    first, two, whole = (
        (inside.folder / name).read_bytes() for name in ("one", "two", "whole")
    )
    assert first == two and 2 * len(first) < len(whole)
    out = inside("sample", "-m", "./whole", "--seed", 1).out
    assert inside("sample", "-m", "./one", "--seed", 1).out == out


def test_a_slim_model_is_not_resumed(inside: CommandLine) -> None:
    inside(*MODERN, *SHORT, "--slim", "-o", "./m")
    before = (inside.folder / "m").read_bytes()
    done = inside("train", "--resume", "./m", "--iterations", 8, status=1)
    assert done.out == "" and "(--slim); start a new one" in done.err
    assert (inside.folder / "m").read_bytes() == before


def test_a_run_that_was_stopped_is_slim_only_when_done(cli: CommandLine) -> None:
    line = f"{shlex.join(map(str, MODERN))} --slim -o ./m --hidden-size 8"
    child = cli.start(*shlex.split(line), "--checkpoint-every", 20)
    with child:
        assert child.stdout
        for _ in range(10):
            child.stdout.readline()
        child.terminate()
        _, err = child.communicate(timeout=PATIENCE)
    way_on = err.partition("go on with: ")[2].strip()
    assert way_on == "charnames train --resume ./m --slim"
    assert charnames.load(cli.folder / "m").state
    done = charnames.load(cli.folder / "m").provenance.iterations
    cli(*shlex.split(way_on)[1:], CHARNAMES_ITERATIONS=str(done + 1))
    assert not charnames.load(cli.folder / "m").state


# charnames models


def test_an_empty_folder_lists_what_comes_along(inside: CommandLine) -> None:
    shutil.rmtree(inside.models)
    done = inside("models")
    rows = [line.split(maxsplit=1) for line in done.out.splitlines()]
    assert [name for name, _ in rows] == ["elements", "movies"] and done.err == ""
    assert all(row.startswith("comes with charnames   loss ") for _, row in rows)
    assert rows[1][1].endswith(" 402 names of movies")


def test_models_are_listed_the_newest_first(inside: CommandLine) -> None:
    own = inside.models / "elements.safetensors"
    shutil.copy(own, inside.models / "older.safetensors")
    os.utime(own, (86_400 * 365, 86_400 * 365))
    os.utime(inside.models / "older.safetensors", (86_400 * 100, 86_400 * 100))
    (inside.models / "notes.txt").write_text("no model")
    (inside.models / ".safetensors").write_text("no name")
    done = inside("models", TZ="UTC")
    loss = charnames.load(own).provenance.loss
    elements, older, movies = done.out.splitlines()
    assert re.split("   +", elements) == [
        "elements",
        "1971-01-01 00:00",
        f"loss {loss:>6.2f}",
        "118 names of elements",
    ]
    assert older.startswith("older      1970-04-11 00:00")
    assert movies.startswith("movies     comes with charnames")
    records = [json.loads(line) for line in inside("models", "--json").out.splitlines()]
    assert [record["model"] for record in records] == ["elements", "older", "movies"]
    assert records[0]["trained"] == "1971-01-01T00:00:00+00:00"
    assert datetime.fromisoformat(records[0]["trained"]).timestamp() == 86_400 * 365
    assert records[0]["file"] == str(own) and records[0]["loss"] == loss
    assert [record["bundled"] for record in records] == [False, False, True]
    assert records[2]["trained"] is None and records[2]["dataset"] == "movies"
    help_text = inside("models", "--help").out
    assert all(f'"{key}"' in help_text for key in records[0])


def test_what_cannot_be_read_is_listed_with_the_reason(inside: CommandLine) -> None:
    (inside.models / "text.safetensors").write_text("no model")
    os.mkfifo(inside.models / "pipe.safetensors")
    (inside.models / "gone.safetensors").symlink_to("nowhere")
    done = inside("models")
    unread = {line.split()[0] for line in done.out.splitlines() if "cannot be" in line}
    assert unread == {"text", "pipe"} and len(done.out.splitlines()) == 4
    warnings = done.err.splitlines()
    assert len(warnings) == 2
    for line in warnings:
        assert line.startswith(f"charnames: warning: {inside.models}/")
    records = map(json.loads, inside("models", "--json").out.splitlines())
    assert {r["model"] for r in records if r["loss"] is None} == {"text", "pipe"}


# Completion, as each shell asks for it

ASKED = [
    ("sample -m", "el", ["elements"]),
    ("sample --model", "", ["elements", "mine", "movies"]),
    ("info", "m", ["mine", "movies"]),
    ("train --resume", "m", ["mine"]),
    ("train --init-from", "m", ["mine", "movies"]),
    ("train -o", "m", ["mine"]),
    ("train -d", "m", ["movies"]),
    ("evaluate --against", "e", ["elements"]),
    ("datasets", "", ["cyrillic", "elements", "movies", "surnames"]),
    ("mod", None, ["models"]),
]


@pytest.fixture
def two(inside: CommandLine) -> CommandLine:
    """In this process, with the models elements and mine."""
    shutil.copy(
        inside.models / "elements.safetensors", inside.models / "mine.safetensors"
    )
    return inside


@pytest.mark.parametrize(("words", "beginning", "expected"), ASKED)
def test_shells_complete_names(
    two: CommandLine, words: str, beginning: str | None, expected: list[str]
) -> None:
    if beginning is None:
        words, beginning = "", words
    given = ["charnames", *words.split()]
    at = {"COMP_WORDS": shlex.join([*given, beginning]), "COMP_CWORD": str(len(given))}
    bash = two(_CHARNAMES_COMPLETE="bash_complete", **at).out.splitlines()
    zsh = two(
        _CHARNAMES_COMPLETE="zsh_complete", **at
    ).out.split()  # as its script does
    at = {"COMP_WORDS": shlex.join(given), "COMP_CWORD": beginning}
    fish = two(_CHARNAMES_COMPLETE="fish_complete", **at).out.splitlines()
    result = [line.partition(",") for line in bash]
    assert sorted(word for kind, _, word in result if kind == "plain") == expected
    plain = [zsh[i + 1] for i in range(0, len(zsh), 3) if zsh[i] == "plain"]
    assert sorted(plain) == expected
    words_of_fish = [
        line.removeprefix("plain,") for line in fish if line[:5] == "plain"
    ]
    assert sorted(word.split("\t")[0] for word in words_of_fish) == expected


def test_shells_complete_labels_and_say_what_commands_do(learned: CommandLine) -> None:
    def completed(words: str, beginning: str) -> list[str]:
        at = {"COMP_WORDS": f"charnames {words}", "COMP_CWORD": beginning}
        out = learned(_CHARNAMES_COMPLETE="fish_complete", **at).out
        return [line for line in out.splitlines() if line]

    assert completed("sample -m kinds --label", "") == ["plain,ab", "plain,xy"]
    assert completed("sample -m kinds --label ab --label", "x") == ["plain,xy"]
    assert completed("sample -m ./none.safetensors --label", "") == []
    assert completed("", "mod") == [f"plain,models\t{COMMANDS['models']}"]


def test_bash_itself_completes(cli: CommandLine) -> None:
    line = (
        'eval "$(_CHARNAMES_COMPLETE=bash_source charnames)"; '
        "complete -p charnames; compopt() { echo compopt $*; }; "
        "COMP_WORDS=(charnames sample -m mov); COMP_CWORD=3; "
        '_charnames_completion charnames; echo "found ${COMPREPLY[*]}"'
    )
    registered, option, completed = cli.shell(line).out.splitlines()
    assert registered.endswith("-F _charnames_completion charnames")
    assert (option, completed) == ("compopt -o default", "found movies")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script(inside: CommandLine, shell: str) -> None:
    script = inside(_CHARNAMES_COMPLETE=f"{shell}_source").out
    assert f"_CHARNAMES_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_a_model_is_read_from_standard_input(inside: CommandLine, path: str) -> None:
    file = inside.models / "elements.safetensors"
    data = file.read_bytes()
    words = ["sample", "-n", 3, "--seed", 1]
    assert inside(*words, "-m", path, input=data).out == inside(*words).out
    assert inside("score", "-m", path, "Neon", input=data).out == (
        inside("score", "Neon").out
    )
    piped = inside("info", "-m", path, "--json", input=data).out
    record, expected = json.loads(piped), json.loads(inside("info", "--json").out)
    assert record.pop("file") == "-" and expected.pop("file")
    assert record == expected
    words = ["train", "-q", "-d", "movies", "--init-from", path, "--iterations", 1]
    inside(*words, input=data)
    line = "train -d elements --iterations 20 --hidden-size 8 -q --samples 0 -o -"
    reading, writing = os.pipe()
    with inside.start(*line.split(), stdout=writing) as train:
        os.close(writing)
        words = ["sample", "-q", "-m", path, "-n", 2, "--known"]
        with inside.start(*words, stdin=reading) as sample:
            os.close(reading)
            out, _ = sample.communicate(timeout=PATIENCE)
    assert (train.returncode, sample.returncode) == (0, 0)
    assert len(out.splitlines()) == 2


def test_what_is_no_model_on_standard_input(trained: CommandLine) -> None:
    data = (trained.models / "elements.safetensors").read_bytes()
    refusals = {
        b"": "the file is empty",
        b"no model at all": "it does not begin as one",
        data[:-1]: "it was cut short",
        data[:1000]: "standard input: not a charnames model",
        data + b"\n": "bytes after its end",
    }
    for given, expected in refusals.items():
        done = trained("sample", "-m", "-", input=given, status=1)
        assert done.out == "" and expected in done.err.splitlines()[-1]
        assert done.err.startswith("charnames: error: standard input: ")
    endless = trained.shell("yes | head -c 100000000 | charnames sample -m -", 1)
    assert "standard input: not a charnames model" in endless.err
    assert "closed" in trained.shell("charnames sample -m - <&-", 1).err
    for words in (
        ["score"],
        ["sample", "--avoid", "-"],
        ["evaluate", "--against", "-"],
    ):
        done = trained(*words, "-m", "-", input=data, status=2)
        assert done.out == "" and "standard input is the model" in done.err
    assert "no model '-'" in trained("train", "--resume", "-", status=2).err
