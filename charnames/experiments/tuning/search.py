"""The search: its trials, and the final measurement of the best of them."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from charnames.errors import TrainingError
from charnames.experiments.executors import Executor
from charnames.experiments.tasks.base import Losses
from charnames.experiments.tuning.trials import (
    FinalRun,
    Outcome,
    Search,
    Trial,
    run_trial,
    unseen_losses,
)
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.experiments.tuning.study import Study

SEEDS = 3  # of the final runs of both recipes


def run_search(
    search: Search, study: Study, trials: int, deadline: float, executor: Executor
) -> Generator[Outcome]:
    """Run trials until the study has that many, or until the deadline. Yield the
    outcome of each, in the order they finish.

    trials: of all processes that share the study, poor and failed ones included.
    deadline: in seconds of `time.time`. executor: with one job the trials run in this
    process, and the same seed gives the same trials.
    Raises TrainingError if the first trial fails, and as the executor does.
    """

    def requested() -> Iterator[Trial]:
        while time.time() < deadline:
            if len(study.outcomes()) + study.running >= trials:
                return
            yield study.ask(deadline)

    if executor == Executor(1):
        outcomes = (run_trial(search, trial) for trial in requested())
    else:
        outcomes = executor.side_by_side(run_trial, search, requested())
    try:
        with closing(outcomes):  # an exception ends the other processes, too
            for outcome in outcomes:
                study.tell(outcome)
                if outcome.state == "failed" and not outcome.number:
                    raise TrainingError(f"the first trial failed: {outcome.error}")
                yield outcome
    finally:
        study.abandon()


def best_of(outcomes: Iterable[Outcome]) -> Outcome | None:
    """The complete trial with the lowest loss, the first of equals, or None."""
    complete = [outcome for outcome in outcomes if outcome.state == "complete"]
    return min(complete, key=lambda outcome: outcome.loss, default=None)


@dataclass(frozen=True)
class Comparison:
    """The losses of two recipes on examples that no trial saw, for each of some seeds.

    difference: how much lower the mean loss of the tuned recipe is. error: the standard
    error of that, paired over the examples, each with its mean over the seeds.
    """

    preset: Sequence[Losses]
    tuned: Sequence[Losses]

    @property
    def difference(self) -> float:
        """The mean loss of the preset less that of the tuned recipe."""
        return mean_loss(self.preset) - mean_loss(self.tuned)

    @property
    def error(self) -> float:
        """The standard error of a ratio of sums over examples (Cochran 1977, 2.11)."""
        counts = self.preset[0].counts
        N = len(counts)
        if N < 2:
            return math.inf
        before, after = (
            sum(losses.totals for losses in side) / len(side)
            for side in (self.preset, self.tuned)
        )
        residuals = before - after - self.difference * counts
        variance = float((residuals**2).sum()) * N / (N - 1)
        return math.sqrt(variance) / float(counts.sum())


def mean_loss(runs: Sequence[Losses]) -> float:
    """The mean over runs of their mean losses."""
    return statistics.fmean(losses.mean for losses in runs)


def compare_recipes(
    search: Search, preset: Recipe, tuned: Recipe, executor: Executor
) -> Comparison:
    """Train two recipes with some seeds, and measure them on the examples that no trial
    saw. Raises what training raises.
    """
    seeds = range(search.seed, search.seed + SEEDS)
    runs = [FinalRun(recipe, seed) for recipe in (preset, tuned) for seed in seeds]
    results = list(executor.in_order(partial(unseen_losses, search), runs))
    return Comparison(results[:SEEDS], results[SEEDS:])
