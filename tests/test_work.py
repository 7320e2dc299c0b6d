"""Work beyond bounds is refused before it is done: within a second, and 200 MB."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import charnames
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SECONDS = 1.0  # of one processor
BYTES = 200e6


def model_of(alphabet: str) -> Model:
    recipe = Recipe.from_settings({"hidden_size": 8, "iterations": 0})
    names = [alphabet[i : i + 4] for i in range(len(alphabet))]
    (start,) = train(names, recipe, seed=1, case="keep")
    return start.model


@functools.cache
def model() -> Model:
    return model_of(LETTERS)


@functools.cache
def model_of_many() -> Model:
    return model_of("".join(chr(0x4E00 + i) for i in range(3000)))


BEYOND: dict[str, Callable[[], Any]] = {
    "two automata": lambda: model().sample(1, match="a*" * 450, contains="abc" * 300),
    "two patterns": lambda: model().sample(1, match="*a?" * 300, contains="abc" * 300),
    "states by length": lambda: model().sample(
        1, match="a*" * 200, contains="abe" * 90
    ),
    "long text": lambda: model().sample(1, contains="a" * 120_000),
    "long pattern": lambda: model().sample(1, match="?" * 120_000),
    "long class": lambda: model().sample(1, match=f"[{'a' * 120_000}]"),
    "long prefix": lambda: model().sample(1, prefix="a" * 9_000),
    "names without end": lambda: list(model().best(10**9)),
    "large alphabet": lambda: list(model_of_many().best(5, min_length=8)),
    "large automaton": lambda: model_of_many().sample(1, match="?*" * 700),
}


MEASURED = """
import json, time
from charnames.errors import SamplingError
from tests.peaks import peak
from tests.test_work import BEYOND, model, model_of_many
model(), model_of_many()
errors, before = {}, peak()
for case, work in BEYOND.items():
    began = time.process_time()
    try:
        work()
    except SamplingError as error:
        errors[case] = str(error), time.process_time() - began
print(json.dumps([errors, peak() - before]))
"""


@functools.cache
def measured() -> tuple[dict[str, tuple[str, float]], int]:
    """The error of each case and how long it took, in a process of its own, and the
    memory that they all took.
    """
    words = [sys.executable, "-c", MEASURED]
    root = Path(charnames.__file__).parents[1]
    done = subprocess.run(words, cwd=root, check=True, capture_output=True)
    errors, memory = json.loads(done.stdout)
    return errors, memory


@pytest.mark.parametrize("case", BEYOND)
def test_fault_35_work_beyond_bounds_is_refused_at_once(case: str) -> None:
    error, seconds = measured()[0][case]
    assert seconds < 3 * SECONDS  # on a busy machine
    assert len(error) < 200


def test_fault_35_work_beyond_bounds_takes_little_memory() -> None:
    assert measured()[1] < BYTES
