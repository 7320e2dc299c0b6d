"""A seed gives the same again: other processes, other counts, other hashing."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import charnames
from tests.conftest import CommandLine

TRAIN = "train --iterations 2 --checkpoint-every 1 --seed 7 --json -q -d titles.txt"
SAMPLE = ["sample", "--seed", "3"]
RECIPES = ["classic", "modern"]
WANTED: list[list[str]] = [
    [],
    ["--prefix", "a", "--max-length", "9"],
    ["--temperature", "2", "--repeats"],
]
SEEDS_OF_HASHES = ["0", "1", "random"]

# Runs several commands in one process, and prints a line of a dot after each. The base
# model is fitted to a list in few steps.
COMMANDS = """
import json, sys
from charnames.cli import main
from charnames.training import warm_start
warm_start._FITTING_STEPS = 10
for words in json.loads(sys.argv[1]):
    try:
        main(words)
    except SystemExit as ended:
        assert not ended.code, words
    print(".", flush=True)
"""


@pytest.fixture(scope="module")
def line(
    tmp_path_factory: pytest.TempPathFactory, _trained: Path
) -> Iterator[CommandLine]:
    """A home with a model called elements, and a list."""
    line = CommandLine(tmp_path_factory.mktemp("same"))
    line.models.mkdir(parents=True)
    shutil.copy(_trained, line.models)
    # Of several words each, and short, since the base model is large.
    titles = [n for n in charnames.read_names("movies") if " " in n and len(n) < 9]
    (line.folder / "titles.txt").write_text("\n".join(titles[:6]))
    yield line


@pytest.fixture(scope="module")
def printed(line: CommandLine) -> list[list[str]]:
    """What a process for each way of hashing prints: reports of both recipes, names."""
    outputs = []
    for number in SEEDS_OF_HASHES:
        commands = [
            [*TRAIN.split(), "--recipe", recipe, "-o", f"./{recipe}{number}"]
            for recipe in RECIPES
        ]
        commands += [[*SAMPLE, *wanted, "-n", "1000"] for wanted in WANTED]
        line.words = [sys.executable, "-c", COMMANDS]
        env = {"PYTHONHASHSEED": number, "OPENBLAS_NUM_THREADS": "1"}
        out = line(json.dumps(commands), **env).out
        outputs.append(out.split(".\n"))
    return outputs


def events(lines: str) -> list[dict[str, Any]]:
    """What a run reports, but for the time that it took and the file that it wrote."""
    records = [json.loads(line) for line in lines.splitlines()]
    return [
        {k: v for k, v in e.items() if k not in ("seconds", "model")} for e in records
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_training_is_the_same_in_another_process(
    line: CommandLine, printed: list[list[str]], recipe: str
) -> None:
    reports = [events(out[RECIPES.index(recipe)]) for out in printed]
    assert len(reports[0]) == 5 and reports[0] == reports[1] == reports[2]
    models = [charnames.load(line.folder / f"{recipe}{n}") for n in SEEDS_OF_HASHES]
    for model in models[1:]:
        assert np.array_equal(model.parameters.values, models[0].parameters.values)
        assert model.state.keys() == models[0].state.keys()
        for name, array in model.state.items():
            assert np.array_equal(array, models[0].state[name])


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_names_are_the_same_in_another_process_and_of_another_count(
    inside: CommandLine, printed: list[list[str]], wanted: list[str]
) -> None:
    many = [out[len(RECIPES) + WANTED.index(wanted)] for out in printed]
    assert many[0].count("\n") == 1000 and many[0] == many[1] == many[2]
    for count in (1, 10):
        few = inside(*SAMPLE, *wanted, "-n", count).out
        assert few == "".join(many[0].splitlines(keepends=True)[:count])
