"""The runs of a comparison: what each learns and is measured on, for every task."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.errors import CharnamesError, LossRising
from charnames.evaluation.language_model import CrossValidation
from charnames.experiments.examples import AnyExamples, Spelling, chosen
from charnames.experiments.tasks.base import AnyCheckpoint
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.recipes.recipe import RECIPES, Recipe
from charnames.recipes.recipe_file import RecipeChoice


class Run(NamedTuple):
    """An architecture with its settings, a seed, and the number of the fold measured:
    0 where there are no folds.
    """

    architecture: str
    settings: Mapping[str, Any]
    seed: int
    fold: int


class RunResult(NamedTuple):
    """The result of a run.

    figures: by their names, those of the task, and the seconds that training took.
    weight: by how much they count in a mean over folds. parameters: the number of
    weights.
    """

    architecture: str
    seed: int
    fold: int
    figures: Mapping[str, float]
    weight: float
    parameters: int


@dataclass(frozen=True)
class ComparisonLists:
    """What all runs share.

    test: the examples to measure on; or the share of `examples` to hold out for it,
    drawn anew for each seed; or, of names, the number of folds. base: what the settings
    of an architecture are added to.
    """

    task: str
    examples: AnyExamples
    test: AnyExamples | float | int
    base: RecipeChoice

    @property
    def folds(self) -> int:
        """The number of runs of an architecture with one seed."""
        return self.test if isinstance(self.test, int) else 1

    @property
    def overlap(self) -> float:
        """The number of measured examples divided by that of learned ones, if both are
        drawn from one list; else 0.
        """
        if isinstance(self.test, int):
            return 1 / (self.test - 1)
        return self.test / (1 - self.test) if isinstance(self.test, float) else 0.0

    def split(self, seed: int, fold: int) -> tuple[AnyExamples, AnyExamples]:
        """The examples that a run learns, and those that it is measured on.

        Raises ListError for too few of them.
        """
        examples, test = self.examples, self.test
        if not isinstance(test, int | float):
            return examples, test
        style = Spelling.of(examples, EXPERIMENT_TASKS[self.task].most_odd).style
        if isinstance(test, int):
            assert isinstance(examples, NameList)
            return CrossValidation(examples, test, seed, style).split(fold)
        out = EXPERIMENT_TASKS[self.task].hold_out(examples, test, seed, style)
        return (
            chosen(examples, np.flatnonzero(~out).tolist()),
            chosen(examples, np.flatnonzero(out).tolist()),
        )

    def check(self, run: Run) -> None:
        """Raise CharnamesError if the run cannot begin."""
        learned, measured = self.split(run.seed, run.fold)
        EXPERIMENT_TASKS[self.task].check(learned, measured)
        with _errors_of(run):
            self._checkpoints(run, learned)

    def trial(self, run: Run) -> RunResult:
        """Do a run, and measure it."""
        learned, measured = self.split(run.seed, run.fold)
        with _errors_of(run), warnings.catch_warnings():
            warnings.simplefilter("ignore", LossRising)  # the figures show it
            *_, last = self._checkpoints(run, learned)
            task = EXPERIMENT_TASKS[self.task]
            figures, weight = task.figures(last.model, learned, measured)
        figures["seconds"] = last.seconds
        parameters = last.model.parameters.values.size
        return RunResult(
            run.architecture, run.seed, run.fold, figures, weight, parameters
        )

    def _checkpoints(self, run: Run, learned: AnyExamples) -> Iterator[AnyCheckpoint]:
        """The checkpoints of a run, which starts when the first one is requested."""
        size = learned.targets if isinstance(learned, PairList) else learned
        settings = {**self.base.settings, **run.settings, "task": self.task}
        recipe = Recipe.named(self.base.preset or RECIPES[1], size, **settings)
        task, seed = EXPERIMENT_TASKS[self.task], run.seed + run.fold
        spelling = Spelling.of(self.examples, task.most_odd)
        return task.train(learned, recipe, seed, spelling)


@contextmanager
def _errors_of(run: Run) -> Iterator[None]:
    """Begin the message of an error with the run."""
    try:
        yield
    except CharnamesError as error:
        raise type(error)(f"{run.architecture}, seed {run.seed}: {error}") from None
