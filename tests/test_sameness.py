"""A seed gives the same again: other processes, other counts, other hashing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import charnames
from tests.conftest import CommandLine

TRAIN = "train --iterations 2 --checkpoint-every 1 --seed 7 --json -q -o"
SEEDS_OF_HASHES = ["0", "1", "random"]


def events(lines: str) -> list[dict[str, Any]]:
    """What a run reports, but for the time that it took and the file that it wrote."""
    records = [json.loads(line) for line in lines.splitlines()]
    return [
        {k: v for k, v in e.items() if k not in ("seconds", "model")} for e in records
    ]


@pytest.mark.parametrize("recipe", ["classic", "modern"])
def test_training_is_the_same_in_another_process(cli: CommandLine, recipe: str) -> None:
    # Of several words each, and short, since the base model is large.
    titles = [n for n in charnames.read_names("movies") if " " in n and len(n) < 9]
    titles = titles[:6]
    (cli.folder / "titles.txt").write_text("\n".join(titles))
    words = ["-d", "titles.txt", "--recipe", recipe]
    ended = {
        number: cli(*TRAIN.split(), f"./m{number}", *words, PYTHONHASHSEED=number)
        for number in SEEDS_OF_HASHES
    }
    reports = [events(run.out) for run in ended.values()]
    assert len(reports[0]) == 5 and reports[0] == reports[1] == reports[2]
    models = [charnames.load(cli.folder / f"m{number}") for number in ended]
    for model in models[1:]:
        assert np.array_equal(model.parameters.values, models[0].parameters.values)
        assert model.state.keys() == models[0].state.keys()
        for name, array in model.state.items():
            assert np.array_equal(array, models[0].state[name])


@pytest.mark.parametrize(
    "wanted",
    [[], ["--prefix", "a", "--max-length", 9], ["--temperature", 2, "--repeats"]],
)
def test_names_are_the_same_in_another_process_and_of_another_count(
    inside: CommandLine, wanted: list[object]
) -> None:
    words = ["sample", "--seed", 3, *wanted]
    apart = CommandLine(inside.folder)
    many = [
        apart(*words, "-n", 1000, PYTHONHASHSEED=number).out
        for number in SEEDS_OF_HASHES
    ]
    assert many[0].count("\n") == 1000 and many[0] == many[1] == many[2]
    for count in (1, 10):
        few = inside(*words, "-n", count).out
        assert few == "".join(many[0].splitlines(keepends=True)[:count])
