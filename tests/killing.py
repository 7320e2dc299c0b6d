"""A training run that is killed at random moments, and gone on with each time."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import charnames
from charnames.models import loading
from charnames.recipes.recipe import Recipe
from tests.conftest import WITH_SEAM, CommandLine
from tests.modelfiles import timeless
from tests.processes import killed

EVERY = 5  # iterations between checkpoints
RECIPE = Recipe.modern(
    ["Ada"],
    hidden_size=16,
    batch_size=16,
    iterations=10**9,
    checkpoint_every=EVERY,
    samples=0,
    held_out=0.1,
)
OPTIONS = ("hidden_size", "batch_size", "iterations", "checkpoint_every", "samples")


class KilledRun:
    """A run in a folder of its own, in one process after the other."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.rng, self.path, self.output = rng, folder / "m-unfinished", folder / "m"
        self.cli, self.steps = CommandLine(folder / "home"), folder / "steps"
        self.iteration = -1

    def kill(self) -> str:
        """Go on with it up to a random moment: before or after the first checkpoint,
        with calls of the system as slow as most of the time goes into them, or not.

        The call of a write that it was killed before or in, or "" between two writes.
        """
        rng = self.rng
        slow = rng.choice([0.0, 0.001, 0.002])
        self.steps.write_text("")
        with killed(self._start(slow)) as process:
            assert process.stdout
            if rng.random() < 0.8:
                process.stdout.readline()
            time.sleep(0.12 * rng.random())
        assert process.returncode == -signal.SIGKILL
        self._check()
        return cut_short(self.steps.read_text().split())

    def left(self) -> list[int]:
        """The sizes of the files that were left beside the model."""
        return [p.stat().st_size for p in self.path.parent.glob(".m*.tmp")]

    def is_exact(self) -> bool:
        """Whether it is what a run that nobody killed has come to by now."""
        model = loading.load(self.path)
        names = charnames.read_names("elements")
        for checkpoint in charnames.train(names, RECIPE, seed=1):
            if checkpoint.iteration == model.provenance.iterations:
                return timeless(checkpoint.model) == timeless(model)
        return False

    def _start(self, delay: float) -> subprocess.Popen[str]:
        words = ["train", "--no-progress"]
        if self.path.exists():
            words += ["--resume", str(self.path)]
        else:
            words += ["-d", "elements", "--recipe", "modern", "--held-out", "0.1"]
            words += ["--seed", "1", "-o", str(self.output)]
            for name in OPTIONS:
                words += [f"--{name.replace('_', '-')}", str(getattr(RECIPE, name))]
        env = {"SEAM_STEPS": str(self.steps), "SEAM_DELAY": str(delay), **WITH_SEAM}
        return self.cli.start(*words, **env)

    def _check(self) -> None:
        """The file is whole, and no older than before; at most one is beside it."""
        assert len(self.left()) <= 1
        if self.iteration >= 0 or self.path.exists():
            iteration = loading.load(self.path).provenance.iterations
            assert iteration >= self.iteration
            assert iteration % EVERY == 0
            self.iteration = iteration


def cut_short(steps: list[str]) -> str:
    """The last step of the last write, if that was not finished.

    >>> cut_short("stat open listdir open flock".split())
    'flock'
    """
    if "listdir" not in steps:
        return ""
    write = steps[-1 - steps[::-1].index("listdir") :]
    return "" if {"link", "replace"} & {*write} and write[-1] == "close" else write[-1]
