"""Work beyond bounds is refused before it is done: within a second, and 200 MB."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import charnames
from charnames.errors import SamplingError
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


MODEL = model_of(LETTERS)
MANY = model_of("".join(chr(0x4E00 + i) for i in range(3000)))

BEYOND: dict[str, Callable[[], Any]] = {
    "two automata": lambda: MODEL.sample(1, match="a*" * 450, contains="abc" * 300),
    "two patterns": lambda: MODEL.sample(1, match="*a?" * 300, contains="abc" * 300),
    "states by length": lambda: MODEL.sample(1, match="a*" * 200, contains="abe" * 90),
    "long text": lambda: MODEL.sample(1, contains="a" * 120_000),
    "long pattern": lambda: MODEL.sample(1, match="?" * 120_000),
    "long class": lambda: MODEL.sample(1, match=f"[{'a' * 120_000}]"),
    "long prefix": lambda: MODEL.sample(1, prefix="a" * 9_000),
    "names without end": lambda: list(MODEL.best(10**9)),
    "large alphabet": lambda: list(MANY.best(5, min_length=8)),
    "large automaton": lambda: MANY.sample(1, match="?*" * 700),
}


@pytest.mark.parametrize("case", BEYOND)
def test_fault_35_work_beyond_bounds_is_refused_at_once(case: str) -> None:
    began = time.process_time()
    with pytest.raises(SamplingError) as error:
        BEYOND[case]()
    assert time.process_time() - began < 3 * SECONDS  # on a busy machine
    assert len(str(error.value)) < 200


MEASURED = """
import contextlib
from charnames.errors import SamplingError
from tests.peaks import peak
from tests.test_work import BEYOND
before = peak()
for work in BEYOND.values():
    with contextlib.suppress(SamplingError):
        work()
print(peak() - before)
"""


def test_fault_35_work_beyond_bounds_takes_little_memory() -> None:
    words = [sys.executable, "-c", MEASURED]
    root = Path(charnames.__file__).parents[1]
    done = subprocess.run(words, cwd=root, check=True, capture_output=True)
    assert int(done.stdout) < BYTES
