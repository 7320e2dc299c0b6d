"""All commands: help, version, slips, environment, completion, what they load."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames.cli import COMMANDS
from charnames.data import names as name_lists

if TYPE_CHECKING:
    from conftest import CommandLine

EVERY = [(), *((name,) for name in COMMANDS)]


def examples(text: str) -> list[str]:
    """The command lines in a help text."""
    block = text.partition("Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines()]


@pytest.mark.parametrize("command", EVERY, ids=lambda c: " ".join(c) or "charnames")
def test_help_goes_to_standard_output(
    inside: CommandLine, command: tuple[str, ...]
) -> None:
    long = inside(*command, "--help")
    assert long.err == ""
    assert long.out.startswith(f"Usage: {' '.join(['charnames', *command])} ")
    assert "-h, --help" in long.out and 2 <= len(examples(long.out)) <= 3
    assert inside(*command, "-h") == long


@pytest.fixture
def short_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every eighth line of the long built-in lists, for what runs in this process."""
    shorter = tmp_path / "lists" / "datasets"
    shorter.mkdir(parents=True)
    for path in (Path(charnames.__file__).parents[1] / "datasets").iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(lines[:: 8 if len(lines) > 500 else 1])
        (shorter / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(name_lists, "__file__", str(tmp_path / "lists" / "x" / "y"))


def test_examples_run_as_they_stand(here: CommandLine, short_lists: None) -> None:
    own = [("plot",), ("export",), ("report",)]  # they have tests of their own
    commands = [command for command in EVERY if command not in own]
    lines = [line for words in commands for line in examples(here(*words, "-h").out)]
    assert len(lines) >= 2 * len(commands)
    lines.sort(key=lambda line: "train" not in line)  # a newcomer has no model yet
    few = {"CHARNAMES_TRAIN_ITERATIONS": "10", "CHARNAMES_HIDDEN_SIZE": "20"}
    few |= {"CHARNAMES_EVALUATE_ITERATIONS": "1", "CHARNAMES_SEEDS": "1"}
    few |= {"CHARNAMES_COMPARE_JOBS": "1"}
    for line in (line.replace('"iterations": 40', '"iterations": 4') for line in lines):
        plain = line.startswith("charnames ") and not {*line} & {*"|<>"}
        run = here(*shlex.split(line)[1:], **few) if plain else here.shell(line, **few)
        assert run.out or line.endswith(".json"), line


def without_a_network(go_on: Callable[[], object]) -> None:
    """Go on in a child (preexec_fn), which reaches for no network."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event.startswith(("socket.", "urllib.")):
            raise RuntimeError(event)

    sys.addaudithook(hook)
    go_on()


def test_nothing_reaches_for_a_network(cli: CommandLine) -> None:
    (cli.folder / "names.txt").write_text("Ada\nGrace\nAlan\n")
    for words in (
        ("train", "-d", "names.txt", "--recipe", "modern", "--iterations", 2),
        ("sample", "-n", 2, "-q", "--known"),
        ("datasets", "elements"),
    ):
        process = cli.process(words, {})
        go_on = partial(without_a_network, process.pop("preexec_fn"))
        done = subprocess.run(capture_output=True, preexec_fn=go_on, **process)
        assert done.returncode == 0 and done.stdout, done.stderr
    with pytest.raises(subprocess.SubprocessError):
        subprocess.run(["true"], preexec_fn=partial(without_a_network, socket.socket))


def test_version(cli: CommandLine) -> None:
    assert cli("--version") == (0, f"charnames {charnames.__version__}\n", "")


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from charnames.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    heavy = {"numpy", "rich", "importlib.metadata", "charnames.recipes.recipe"}
    heavy |= {f"charnames.cli.commands.{name}" for name in COMMANDS}
    assert "charnames.cli.terminal.console" in loaded and not loaded & heavy


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        ({}, "1"),
        ({"OPENBLAS_NUM_THREADS": "2"}, "2"),
        ({"OMP_NUM_THREADS": "2"}, None),
    ],
)
def test_the_arithmetic_has_one_thread_unless_told(
    cli: CommandLine, given: dict[str, str], threads: str | None
) -> None:
    program = (
        "import os\n"
        "from charnames.cli import main\n"
        "try: main(['--version'])\n"
        "finally: print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    words = [*cli.words[:1], "-c", program]
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, **cli.settings(given)
    )
    assert done.stdout.splitlines()[1:] == [str(threads)]


LOADED = """
import json, sys
from importlib import import_module
from charnames.cli import COMMANDS
from charnames.data import names as name_lists
heavy = {}
for command in COMMANDS:
    before = {*sys.modules}
    import_module(f"charnames.cli.commands.{command}")
    heavy[command] = sorted({"numpy", "rich"} & ({*sys.modules} - before))
print(json.dumps(heavy))
"""


@cache
def heavy_imports_of_commands() -> dict[str, list[str]]:
    """What the module of each command loads, in a process of their own, in order."""
    words = [sys.executable, "-c", LOADED]
    done = subprocess.run(words, check=True, capture_output=True)
    heavy: dict[str, list[str]] = json.loads(done.stdout)
    return heavy


@pytest.mark.parametrize("command", COMMANDS)
def test_options_are_declared_without_numpy_or_rich(command: str) -> None:
    assert heavy_imports_of_commands()[command] == []


SLIPS = {
    "command": (["trian"], "no command 'trian'", "datasets", "did you mean 'train'?"),
    "option": (
        ["sample", "--temprature", "1"],
        "no option '--temprature'",
        "did you mean '--temperature'?",
        "--max-length",
    ),
    "beginning of an option": (["sample", "--temp", "1"], "mean '--temperature'?"),
    "initials of an option": (
        ["train", "--lr", "1"],
        "did you mean '--learning-rate'?",
    ),
    "option of other programs": (["train", "--epochs", "3"], "mean '--iterations'?"),
    "underscores": (["train", "--hidden_size", "3"], "did you mean '--hidden-size'?"),
    "help of a command": (["help", "train"], "did you mean 'charnames --help'?"),
    "version": (["version"], "did you mean 'charnames --version'?"),
    "pattern for a list": (
        ["sample", "--avoid", "Da*"],
        "echo 'Da*' | charnames sample --avoid -\n",
    ),
    "percent": (
        ["train", "-d", "elements", "--held-out", "10%"],
        "--held-out: '10%' is neither a share nor a file; write 0.1",
    ),
    "choice": (
        ["train", "-d", "elements", "--cell", "gruu"],
        "--cell: 'gruu' is none of rnn, gru, lstm",
        "did you mean 'gru'?",
    ),
    "capitals": (["train", "-d", "elements", "--cell", "GRU"], "did you mean 'gru'?"),
    "recipe": (["train", "--recipe", "moden"], "classic, modern", "mean 'modern'?"),
    "no option": (["train", "towns.txt"], "did you mean --dataset towns.txt?"),
    "no option for lists": (
        ["train", "towns.txt", "elements"],
        "did you mean --dataset towns.txt --dataset elements?",
    ),
    "no option for a model": (["sample", "elements"], "did you mean --model elements?"),
    "no option for a count": (["sample", "10"], "did you mean --count 10?"),
    "nothing that is taken": (["datasets", "movies", "b"], "extra argument (b)\n"),
    "built-in list": (
        ["datasets", "movie"],
        "elements, movies, surnames",
        "mean 'movies'?",
    ),
    "model": (
        ["sample", "-m", "element"],
        "-m/--model: there is no model 'element'; the models are elements",
        "did you mean 'elements'?",
    ),
    "list of no model": (
        ["sample", "-m", "surnames"],
        "to train one: charnames train --dataset surnames\n",
    ),
    "model that comes along": (["info", "movis"], "did you mean 'movies'?"),
    "model to go on with": (["train", "--resume", "elemnts"], "mean 'elements'?"),
    "no list": (["train"], "give a list of names", "elements, movies"),
    "no command": ([], "give a command", ", ".join(COMMANDS)),
    "number": (["sample", "-n", "ten"], "-n/--count: 'ten' is not a valid integer"),
    "seed": (["sample", "--seed", "-1"], "--seed: '-1' is not a whole number"),
    "no value": (["sample", "-n"], "'-n' requires an argument"),
    "two models": (["info", "elements", "-m", "./x"], "give one model"),
    "time": (["train", "--time-limit", "soon"], "--time-limit: 'soon' is not a time"),
    "no file to write": (["sample", "-o", ""], "-o/--output: give a file's name"),
    "no plot to write": (["plot", "-o", ""], "-o/--output: give a file's name"),
    "no report to plot": (["plot", "", "-o", "a.png"], "give the file of a report"),
    "no architectures": (
        ["compare", "-d", "surnames", "--architectures", ""],
        "--architectures: give a file's name",
    ),
    "help": (["sample", "--nope"], "\nTry 'charnames sample --help'.\n"),
    "names as a model": (["sample", "-o", "x.safetensors"], "-m for the model"),
}


def test_a_list_that_is_not_there(inside: CommandLine) -> None:
    (inside.folder / "towns.txt").write_text("Ulm\n")
    for words in (["train", "-d"], ["evaluate", "--against"], ["sample", "--avoid"]):
        done = inside(*words, "elemnts", status=1)
        assert done.out == "" and done.err.count("error") == 1
        assert "error: elemnts: no such file, and no built-in list" in done.err
        assert "elements, movies, surnames" in done.err
        assert done.err.endswith("did you mean 'elements'?\n")
        assert "mean 'towns.txt'?" in inside(*words, "towns", status=1).err


def test_an_address_is_no_file(inside: CommandLine) -> None:
    for words in (["train"], ["train", "--task", "convert"]):
        done = inside(*words, "-d", "https://names.test/a.txt", status=1)
        assert done.err == (
            "charnames: error: https://names.test/a.txt: is an address, and nothing is "
            "fetched from one; download the file and give its path\n"
        )


def test_an_option_unlike_all_others_has_no_suggestion(inside: CommandLine) -> None:
    for option in ("--label", "--start", "-t"):
        assert "did you mean" not in inside("score", option, "x", status=2).err


@pytest.mark.parametrize("slip", SLIPS)
def test_wrong_usage(inside: CommandLine, slip: str) -> None:
    words, *expected = SLIPS[slip]
    (inside.folder / "towns.txt").write_text("Ulm\n")
    done = inside(*words, status=2)
    assert done.out == ""
    assert done.err.count("charnames: error: ") == 1
    for text in expected:
        assert text in done.err


def test_flag_before_environment_before_default(inside: CommandLine) -> None:
    def count(*words: str, **env: str) -> int:
        return len(inside("sample", "-q", *words, **env).out.splitlines())

    assert count() == 10
    assert count(CHARNAMES_COUNT="3") == 3
    assert count(CHARNAMES_COUNT="3", CHARNAMES_SAMPLE_COUNT="4") == 4
    assert count("-n", "5", CHARNAMES_SAMPLE_COUNT="4") == 5
    assert count(CHARNAMES_COUNT="") == 10
    assert json.loads(inside("info", CHARNAMES_JSON="1").out)["seed"] == 1


def test_environment_is_named_where_it_is_wrong(inside: CommandLine) -> None:
    done = inside("sample", status=2, CHARNAMES_COUNT="many")
    assert "-n/--count (as set in the environment): 'many'" in done.err


def test_traceback_only_with_debug(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", "--hidden-size", "0"]
    plain = inside(*words, status=1)
    assert plain.out == ""
    assert (
        plain.err == "charnames: error: hidden_size: 0 is out of range (1 to 4,096)\n"
    )
    debug = inside(*words, "--debug", status=1)
    assert debug.err.startswith("Traceback") and debug.err.endswith(plain.err)
    assert inside("--debug", *words, status=1) == debug


def test_of_many_models_the_nearest_three_are_named(inside: CommandLine) -> None:
    for i in range(60):
        (inside.models / f"towns-{i}.safetensors").write_text("")
    line, _ = inside("sample", "-m", "element", status=2).err.splitlines()
    assert re.search(
        "the models are elements, [^ ]+, [^ ]+ and 59 more; did you mean 'elements'",
        line,
    )


@pytest.mark.parametrize(
    "env",
    [
        {"_CHARNAMES_COMPLETE": "bash_complete"},
        {"_CHARNAMES_COMPLETE": "zsh_complete", "COMP_WORDS": "charnames sa"},
        {"_CHARNAMES_COMPLETE": "fish_complete", "COMP_WORDS": "charnames sa"},
        {
            "_CHARNAMES_COMPLETE": "bash_complete",
            "COMP_WORDS": "charnames sa",
            "COMP_CWORD": "x",
        },
        {"_CHARNAMES_COMPLETE": "x"},
    ],
)
def test_a_completion_that_no_shell_asks_for(
    inside: CommandLine, env: dict[str, str]
) -> None:
    done = inside(status=2, **env)
    assert done.out == ""
    assert done.err.startswith("charnames: error: _CHARNAMES_COMPLETE")
    assert done.err.endswith("unset it\n") and len(done.err.splitlines()) == 1
