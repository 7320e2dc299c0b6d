"""Options: which there are, where their values come from, what JSON they promise."""

from __future__ import annotations

import hashlib
import json
from importlib import import_module
from typing import TYPE_CHECKING

import click
import pytest
from click.core import ParameterSource

from charnames.cli import COMMANDS, program
from charnames.cli.options.command import ENVIRONMENT, Option
from charnames.cli.options.number_types import Duration, HeldOut, Seed, Sizes
from charnames.cli.options.recipe_settings import value_text
from charnames.cli.options.recipe_type import RecipeType
from charnames.cli.options.types import Dataset, ModelFile, OneOf, ParentModel
from charnames.cli.terminal.console import Console
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from conftest import CommandLine

# What scripts of users rely on. There may be more, never less.
HABITS = "-h --help -q --quiet -v --verbose --no-color --no-progress --debug"
OPTIONS = {
    "train": "-d --dataset -o --output --force --recipe --cell --hidden-size --layers "
    "--embedding-size --iterations --batch-size --optimizer --learning-rate --clip "
    "--clip-by --dropout --weight-decay --checkpoint-every --samples --held-out "
    "--patience --time-limit --seed --resume --init-from --json",
    "sample": "-m --model -n --count --temperature --top-k --top-p --min-p --prefix "
    "--suffix --contains --match --min-length --max-length --novel --known "
    "--unique --repeats --avoid --avoid-within --best --seed --json -o --output",
    "evaluate": "-m --model --against --folds --dataset --recipe --seed --json",
    "score": "-m --model --json",
    "info": "-m --model --json",
    "datasets": "--json",
}


def command_of(name: str) -> click.Command:
    command: click.Command = import_module(f"charnames.cli.commands.{name}").command
    return command


def context(name: str, args: list[str]) -> click.Context:
    """As `charnames NAME ARGS` has it when its options are read."""
    above = click.Context(
        program, info_name="charnames", obj=Console(), auto_envvar_prefix=ENVIRONMENT
    )
    return command_of(name).make_context(name, args, parent=above)


def options_of(name: str) -> list[click.Option]:
    """All but --help, for which the environment is nothing."""
    params = command_of(name).params
    return [p for p in params if isinstance(p, click.Option) and p.name != "help"]


def some_value(option: click.Option) -> str:
    """One that the option takes."""
    if option.is_flag:
        return "1"
    if isinstance(option.type, OneOf):
        return option.type.choices[-1]
    kinds = {Dataset: "elements", ModelFile: "elements", Seed: "7", Duration: "3m"}
    kinds |= {ParentModel: "none", RecipeType: "modern"}
    kinds |= {HeldOut: "0.2", type(click.INT): "3", type(click.FLOAT): "0.5"}
    kinds |= {Sizes: "64,32", click.IntRange: "3", click.FloatRange: "0.5"}
    return kinds.get(type(option.type), "text")


def needed(name: str, but: click.Option) -> list[str]:
    """Words for the options that the command does not do without, but for that one."""
    return [
        word
        for option in options_of(name)
        if option.required and option is not but
        for word in (option.opts[0], some_value(option))
    ]


@pytest.mark.parametrize("name", OPTIONS)
def test_the_options_are_called_as_promised(name: str) -> None:
    with context(name, []) as ctx:
        params = command_of(name).get_params(ctx)
    there = {text for param in params for text in (*param.opts, *param.secondary_opts)}
    assert set(f"{OPTIONS[name]} {HABITS}".split()) - there == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_environment_sets_every_option(
    trained: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", trained.env["XDG_DATA_HOME"])
    for option in options_of(name):
        value, called = some_value(option), max(option.opts, key=len)
        others = needed(name, option)
        variable = called.lstrip("-").replace("-", "_").upper()
        assert isinstance(option, Option)
        shared = [ENVIRONMENT] if option.is_shared else []
        for prefix in (*shared, f"{ENVIRONMENT}_{name.upper()}"):
            with monkeypatch.context() as here:
                here.setenv(f"{prefix}_{variable}", value)
                source = context(name, [*others]).get_parameter_source(str(option.name))
                assert source is ParameterSource.ENVIRONMENT, (prefix, called)
                words = [called] if option.is_flag else [called, value]
                words += others
                source = context(name, words).get_parameter_source(str(option.name))
                assert source is ParameterSource.COMMANDLINE, called


@pytest.mark.parametrize(
    ("variable", "value", "novel"),
    [
        ("CHARNAMES_NOVEL", "0", False),
        ("CHARNAMES_KNOWN", "1", False),
        ("CHARNAMES_SAMPLE_KNOWN", "yes", False),
        ("CHARNAMES_KNOWN", "no", True),
    ],
)
def test_the_environment_turns_a_switch_both_ways(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, novel: bool
) -> None:
    monkeypatch.setenv(variable, value)
    assert context("sample", []).params["novel"] == novel
    assert context("sample", ["--novel"]).params["novel"]
    assert not context("sample", ["--known"]).params["novel"]


def test_a_switch_in_the_environment_is_named_where_it_is_wrong(
    inside: CommandLine,
) -> None:
    done = inside("sample", status=2, CHARNAMES_KNOWN="maybe")
    assert "--novel (as set in the environment): 'maybe'" in done.err


# One value each: given twice, either could be meant.
TWICE = [
    ["sample", "-n", "1", "--count", "2"],
    ["sample", "--suffix", "a", "--suffix", "b"],
    ["sample", "--nearest", "elements", "--nearest", "movies"],
    ["sample", "--novel", "--known"],
    ["sample", "-m", "elements", "-m", "elements"],
    ["train", "--held-out", "elements", "--held-out", "movies"],
    ["train", "--column", "1", "--column", "2"],
    ["train", "-d", "elements", "--seed", "1", "--seed", "1"],
    ["evaluate", "--against", "elements", "--against", "movies"],
    ["plot", "-o", "a.png", "-o", "b.png"],
]


@pytest.mark.parametrize("words", TWICE, ids=" ".join)
def test_one_value_given_twice_is_wrong_usage(
    inside: CommandLine, words: list[str]
) -> None:
    done = inside(*words, status=2)
    assert done.out == "" and ": is given twice; give it once\n" in done.err


def test_what_is_no_single_value_may_be_given_again(inside: CommandLine) -> None:
    once = inside("sample", "--seed", "1", "--json")
    env = {"CHARNAMES_SEED": "2"}
    assert inside("sample", "--seed", "1", "--json", "--json", "-q", **env).out == (
        once.out
    )


def headings_of(text: str) -> dict[str, list[str]]:
    """A help text's headings, and the options below each."""
    headings: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            options = headings[line[:-1]] = []
        elif headings and line.startswith("  -"):
            options.append(line.split()[0].rstrip(","))
    return headings


def test_options_stand_under_headings(inside: CommandLine) -> None:
    headings = headings_of(inside("train", "--help").out)
    assert list(headings) == [
        "What to learn",
        "Network",
        "Training",
        "Stopping",
        "Output",
        "General",
    ]
    assert (
        headings["What to learn"][0] == "-d"
        and "--held-out" in headings["What to learn"]
    )
    assert headings["Network"][:2] == ["--cell", "--hidden-size"]
    assert headings["Training"][:2] == ["--recipe", "--iterations"]
    assert {"--patience", "--time-limit"} <= set(headings["Stopping"])
    assert headings["Output"][0] == "-o" and headings["General"][-1] == "-h"
    headings = headings_of(inside("sample", "--help").out)
    assert list(headings) == [
        "What to write",
        "Constraints",
        "Choice of characters",
        "Choice of names",
        "Novelty",
        "Output",
        "General",
    ]
    assert [*headings_of(inside("evaluate", "--help").out)][:2] == [
        "What to measure",
        "Network",
    ]
    assert list(headings_of(inside("score", "--help").out)) == ["Options"]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_each_option_once(inside: CommandLine, name: str) -> None:
    headings = headings_of(inside(name, "--help").out)
    listed = [flag for options in headings.values() for flag in options]
    params = command_of(name).params
    there = [p.opts[0] for p in params if isinstance(p, click.Option)]
    assert sorted(listed) == sorted(there)


def test_the_help_of_a_setting_tells_its_defaults(inside: CommandLine) -> None:
    text = " ".join(inside("train", "--help").out.split())
    recipes = [
        Recipe.classic(),
        Recipe.modern(["a"], init_from="none"),
        Recipe.modern([], task="classify"),
        Recipe.modern([], task="convert"),
    ]
    for name in ("clip", "optimizer", "samples", "clip_by"):
        classic, modern, classifier, converter = (
            value_text(getattr(r, name)) for r in recipes
        )
        shown = classic
        if modern != classic:
            shown = f"classic: {classic}; modern: {modern}"
        if classifier != modern:
            shown += f"; classify: {classifier}"
        if converter != modern:
            shown += f"; convert: {converter}"
        assert f"[{shown}]" in text.partition(f"--{name.replace('_', '-')} ")[2][:200]
    assert "modern: 48; classify: 64 or 0; " in text  # of numbers there is none
    evaluate = " ".join(inside("evaluate", "--help").out.split())
    assert "[classic: 5; modern: 0]" in evaluate and "classify:" not in evaluate


def test_help_and_version_are_for_the_command_line_alone(inside: CommandLine) -> None:
    env = {"CHARNAMES_VERSION": "0.1.0", "CHARNAMES_HELP": "1"}
    assert len(inside("sample", "-q", **env).out.splitlines()) == 10


# Each command's first keys, in their order; more may follow.
JSON = {
    "sample -n 2": "name nats known",
    "sample --best 2": "name nats known",
    "score Neon": "name nats bits_per_symbol unknown",
    "info": "file bytes version recipe alphabet case parameters weights iterations",
    "datasets": "dataset names",
    "datasets movies": "name",
    "evaluate --against elements": "nats_per_symbol bits_per_symbol perplexity",
}


@pytest.mark.parametrize("line", JSON)
def test_json_is_an_object_a_line_with_keys_that_help_tells(
    inside: CommandLine, line: str
) -> None:
    words = line.split()
    done = inside(*words, "--json", "-v")
    help_text = inside(words[0], "--help").out
    promised = JSON[line].split()
    for text in done.out.splitlines():
        record = json.loads(text, parse_constant=pytest.fail)
        assert list(record)[: len(promised)] == promised
        assert [key for key in record if key not in help_text] == []


def test_a_seed_may_be_a_text(inside: CommandLine) -> None:
    def names(*seed: str, **env: str) -> str:
        return inside("sample", "-q", "-n", 3, *seed, **env).out

    assert names("--seed", "Ada") == names("--seed", "Ada") != names("--seed", "Bob")
    assert names("--seed", "Zoe\u0308") == names("--seed", "Zo\u00eb")
    assert names("--seed", "Ada") == names(CHARNAMES_SEED="Ada")
    assert names("--seed", "07") == names("--seed", "7")
    digest = int(hashlib.sha256(b"2026-11-25").hexdigest()[:8], 16)
    assert names("--seed", "2026-11-25") == names("--seed", str(digest))


@pytest.mark.parametrize("seed", ["9" * 5000, "1" + "0" * 19, "-1", "1.5", "1e5", ""])
def test_a_seed_that_is_another_number_is_wrong_usage(
    inside: CommandLine, seed: str
) -> None:
    done = inside("sample", f"--seed={seed}", status=2)
    first = done.err.splitlines()[0]
    assert "is not a whole number from 0 to 2**63 - 1, and no text" in first
    assert len(first) < 200


def test_labels_in_the_environment_stand_on_lines(learned: CommandLine) -> None:
    words = ["sample", "-m", "kinds", "-n", 1, "--known", "--repeats"]
    done = learned(*words, status=1, CHARNAMES_LABEL="New Land")
    assert "no 'New Land'; there are ab, xy" in done.err
    learned(*words, CHARNAMES_LABEL="ab\nxy:2")
