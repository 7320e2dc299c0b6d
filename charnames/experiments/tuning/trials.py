"""The trials of a search. Each depends only on its arguments, so that it may run in any
process.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from charnames.errors import CharnamesError, LossRising
from charnames.experiments.examples import AnyExamples, Spelling, chosen
from charnames.experiments.tasks.base import ExperimentTask, Losses
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.experiments.tuning.splits import Split, split
from charnames.recipes.recipe import Recipe, settings_of

CHECKPOINTS = 5  # of a fold: how often a trial is measured


@dataclass(frozen=True)
class Search:
    """What all trials of a search share.

    preset, base: the recipe that is to be improved, by the name of a preset, and
    settings in place of its own, the task among them. fixed: settings of all trials in
    place of those. seed: of the split, and of the first fold; the other folds have
    those after it.
    """

    examples: AnyExamples
    split: Split
    preset: str
    base: Mapping[str, Any]
    fixed: Mapping[str, Any]
    seed: int
    spelling: Spelling

    @classmethod
    def of(
        cls,
        examples: AnyExamples,
        preset: str,
        base: Mapping[str, Any],
        fixed: Mapping[str, Any],
        seed: int,
    ) -> Search:
        """A search on a list. Raises ListError for one with too few examples."""
        task = EXPERIMENT_TASKS[base["task"]]
        spelling = Spelling.of(examples, task.most_odd)
        parts = split(examples, spelling.style, seed, task.stratified)
        return cls(examples, parts, preset, base, fixed, seed, spelling)

    @property
    def task(self) -> ExperimentTask:
        """The task of all trials."""
        return EXPERIMENT_TASKS[self.base["task"]]

    def base_recipe(self) -> Recipe:
        """The recipe that is to be improved, for the examples of the search."""
        return self._recipe({})

    def recipe(self, settings: Mapping[str, Any]) -> Recipe:
        """The recipe of a trial with these settings.

        Raises RecipeError for settings that do not go together.
        """
        return self._recipe({**self.fixed, **settings})

    def _recipe(self, settings: Mapping[str, Any]) -> Recipe:
        examples = chosen(self.examples, self.split.searched())
        return Recipe.named(self.preset, examples, **{**self.base, **settings})


class Trial(NamedTuple):
    """Settings to try.

    limits: for each step, the highest loss with which the trial goes on. deadline: in
    seconds of `time.time`, at which it ends.
    """

    number: int
    settings: Mapping[str, Any]
    limits: tuple[float, ...] = ()
    deadline: float = math.inf


class Outcome(NamedTuple):
    """The outcome of a trial.

    state: "complete", "pruned" as a poor one, "stopped" at the deadline, or "failed".
    steps: at each checkpoint, the mean loss of the folds so far. folds: the loss of
    each fold that is done. error: why it failed.
    """

    number: int
    settings: Mapping[str, Any]
    state: str
    steps: tuple[float, ...]
    folds: tuple[float, ...]
    seconds: float
    error: str = ""

    @property
    def loss(self) -> float:
        """The mean loss of the folds; infinite if the trial is not complete."""
        return self.steps[-1] if self.state == "complete" else math.inf


def run_trial(search: Search, trial: Trial) -> Outcome:
    """Measure a recipe on each fold in turn, after it has learned the others."""
    started = time.monotonic()
    steps: list[float] = []
    folds: list[float] = []
    state, error = "complete", ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LossRising)  # the losses show it
            for step, loss in _fold_losses(search, search.recipe(trial.settings)):
                mean = (sum(folds) + loss) / (len(folds) + 1)
                steps += [mean] * (step + 1 - len(steps))
                if step % CHECKPOINTS == CHECKPOINTS - 1:
                    folds.append(loss)
                if len(folds) < search.split.folds:
                    state = _state(trial, step, mean)
                if state != "complete":
                    break
    except CharnamesError as failure:
        state, error = "failed", str(failure)
    return Outcome(
        trial.number,
        trial.settings,
        state,
        tuple(steps),
        tuple(folds),
        time.monotonic() - started,
        error,
    )


def _state(trial: Trial, step: int, mean: float) -> str:
    """Whether a trial ends before its time."""
    if step < len(trial.limits) and mean > trial.limits[step]:
        return "pruned"
    return "stopped" if time.time() >= trial.deadline else "complete"


def _fold_losses(search: Search, recipe: Recipe) -> Iterator[tuple[int, float]]:
    """The number of a step, and the loss then; each fold has CHECKPOINTS steps, the
    last of which is always given.
    """
    for fold in range(search.split.folds):
        learned, measured = search.split.learned(fold), search.split.measured(fold)
        first = fold * CHECKPOINTS
        step, last = -1, first + CHECKPOINTS - 1
        for done, loss in _run(search, recipe, learned, measured, search.seed + fold):
            step = first + done - 1
            yield step, loss.mean
        if step < last:  # the run ended early
            yield last, loss.mean


class FinalRun(NamedTuple):
    """A recipe to train once more, and the seed."""

    recipe: Recipe
    seed: int


def unseen_losses(search: Search, run: FinalRun) -> Losses:
    """The losses on examples that no trial sees, of a recipe that learns all others.

    Raises what training raises.
    """
    learned, measured = search.split.searched(), search.split.unseen()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossRising)  # the losses show it
        *_, (_, loss) = _run(search, run.recipe, learned, measured, run.seed)
    return loss


def _run(
    search: Search, recipe: Recipe, learned: list[int], measured: list[int], seed: int
) -> Iterator[tuple[int, Losses]]:
    """At each checkpoint after the first update, the number of finished parts of the
    run, out of CHECKPOINTS, and the losses.
    """
    recipe = replace(recipe, samples=0)
    # Where a run keeps its best checkpoint, their number changes what it ends with.
    if "keep" not in settings_of(recipe.task) or recipe.keep == "last":
        every = max(1, math.ceil(recipe.iterations / CHECKPOINTS))
        recipe = replace(recipe, checkpoint_every=every)
    examples = chosen(search.examples, learned)
    others = chosen(search.examples, measured)
    task = search.task
    for checkpoint in task.train(examples, recipe, seed, search.spelling):
        if not recipe.iterations:
            yield CHECKPOINTS, task.losses(checkpoint.model, others)
        elif checkpoint.iteration:
            done = max(1, CHECKPOINTS * checkpoint.iteration // recipe.iterations)
            yield done, task.losses(checkpoint.model, others)
