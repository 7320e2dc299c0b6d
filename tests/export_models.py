"""Small models of every kind, and Node.js, for the tests of exported modules."""

from __future__ import annotations

import atexit
import itertools
import json
import select
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import charnames
from charnames.data.names import built_in, read_names
from charnames.export.language_model import language_model_contents
from charnames.export.packing import packed
from charnames.export.precision import kept_weights
from charnames.models.language_model import Model
from charnames.nn.batching import END, Sequences
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests.processes import PATIENCE

JAVASCRIPT = Path(charnames.__file__).parent / "export" / "javascript"
NODE = shutil.which("node")

needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js (node)")


_NUMBERS = itertools.count()
# Runs scripts one after the other: reads the folder of each, and writes what it prints.
_RUNNER = """
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
const print = (reply) => process.stdout.write(`${JSON.stringify(reply)}\\n`);
for await (const folder of createInterface({ input: process.stdin })) {
  const lines = [];
  console.log = (line) => lines.push(line);
  process.chdir(folder);
  try {
    await import(pathToFileURL(`${folder}/script.mjs`));
    print({ lines });
  } catch (error) {
    print({ error: error.stack });
  }
}
"""


@cache
def _runner() -> subprocess.Popen[bytes]:
    """Node.js, which runs the scripts of all tests, and ends with them."""
    assert NODE
    pipe = subprocess.PIPE
    words = [NODE, "--preserve-symlinks", "--input-type=module", "--eval", _RUNNER]
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, bufsize=0)
    atexit.register(lambda: (process.kill(), process.communicate()))
    return process


def node(folder: Path, script: str, given: object = None) -> Any:
    """What a script prints as JSON; it finds `given` in the constant of that name."""
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    beginning = (
        'import { readFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync("given.json", "utf-8"));\n'
    )
    (folder / "script.mjs").write_text(beginning + script, encoding="utf-8")
    runner, run = _runner(), folder.with_name(f"{folder.name}-{next(_NUMBERS)}")
    assert runner.stdin and runner.stdout
    run.symlink_to(folder)  # a module is read again where it has another address
    runner.stdin.write(f"{run}\n".encode())
    reply = b""
    while not reply.endswith(b"\n"):
        assert select.select([runner.stdout], [], [], PATIENCE)[0], "it takes too long"
        reply += runner.stdout.read(1 << 20)
    ended = json.loads(reply)
    assert "error" not in ended, ended["error"]
    return json.loads("\n".join(ended["lines"]))


# Recipes of a few updates: what is compared does not depend on how good a model is.
_LITTLE: dict[str, Any] = {"iterations": 60, "batch_size": 16, "learning_rate": 0.01}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "rnn": ("elements", {"cell": "rnn", "hidden_size": 30}),
    "gru": ("elements", {"cell": "gru", "hidden_size": 24, "embedding_size": 7}),
    "lstm": ("elements", {"cell": "lstm", "hidden_size": (11, 19, 13)}),
    "tied": (
        "elements",
        {"cell": "gru", "hidden_size": 21, "embedding_size": 21, "tied": True},
    ),
    "labels": ("surnames", {"cell": "lstm", "hidden_size": 17, "embedding_size": 5}),
    "ngram": ("elements", {"cell": "gru", "hidden_size": 20, "ngram": 4}),
    "words": (
        "movies",
        {
            "cell": "gru",
            "hidden_size": 20,
            "ngram": 5,
            "word_weight": 0.3,
            "sampling_word_weight": 0.8,
        },
    ),
}


@cache
def model_of(kind: str) -> Model:
    """A model of that kind, its weights far from where they began."""
    dataset, settings = KINDS[kind]
    names = read_names(built_in()[dataset], labels=kind == "labels")
    optimizer = {"optimizer": "adamw", "clip_by": "norm", "state": "zero"}
    recipe = Recipe(**(_LITTLE | optimizer | settings))
    *_, last = train(names, recipe, seed=3)
    last.model.parameters.values[:] *= 1.7
    return last.model


def some_names(model: Model, count: int) -> list[str]:
    """Drawn names, repeats and known ones among them."""
    free: dict[str, Any] = {"novel": False, "unique": False, "any_form": True}
    names = [*model.sample(count, seed=5, temperature=1.2, min_edits=1, **free)]
    assert len(names) == count
    return names


def probabilities(model: Model, ids: list[list[int]], blend: int = 0) -> list[Any]:
    """The probability of each symbol at each step of names, (T, V) for each name."""
    predictor = model.predictor()
    rows: list[list[NDArray[np.floating]]] = [[] for _ in ids]
    running = np.arange(len(ids))
    memory = predictor.start(np.full(len(ids), blend))
    for t in range(max(map(len, ids)) + 1):
        symbols = [([END, *ids[name]])[t] for name in running]
        z, memory = predictor.step(np.array(symbols), memory)
        p = np.exp(z.astype(np.float64) - z.max(axis=0))
        for name, row in zip(running, (p / p.sum(axis=0)).T, strict=True):
            rows[name].append(row)
        going_on = np.array([len(ids[name]) > t for name in running])
        running, memory = running[going_on], memory.keep(going_on)
    return rows


def symbols_of(sequences: Sequences) -> list[list[int]]:
    """The ids of each sequence, without end markers."""
    return [
        sequences.ids[start + 1 : start + length].tolist()
        for start, length in zip(sequences.starts, sequences.lengths, strict=True)
    ]


def packed_model(model: Model, precision: str = "float32") -> str:
    """What a module holds of a model of names, as unpack.mjs reads it."""
    header, arrays = language_model_contents(model)
    return packed(header, {**kept_weights(model.parameters, precision), **arrays})


FEW = ["Ada", "Adan", "Nada", "Dana", "Anna", "Hanna", "Adah", "Nan", "Dan"]


def small_model(names: Sequence[str] = FEW, **settings: Any) -> Model:
    """A model of few names, so that most of what it draws is drawn often."""
    base = {"hidden_size": 8, "iterations": 40, "batch_size": 9, "learning_rate": 0.05}
    more = {"optimizer": "adamw", "state": "zero", "ngram": 3, "min_p": 0.05}
    *_, last = train(names, Recipe(**(base | more | settings)), seed=2)
    return last.model
