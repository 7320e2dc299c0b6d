"""Comparisons of architectures, each trained with several seeds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charnames.data.pairs import PairList
from charnames.experiments.examples import AnyExamples
from charnames.experiments.executors import Executor
from charnames.experiments.runs import ComparisonLists, Run, RunResult
from charnames.experiments.tasks.base import Contest
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.recipes.grown import count_symbols

# Names with fewer symbols are measured in folds, by default.
_SHORT_LIST = 20_000
_FOLDS = 5

# The 97.5 % quantiles of Student's t for 1, 2, ... degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


@dataclass
class Compared:
    """An architecture and its trials: one for each seed, or for each of its folds.

    within_noise: whether its difference from the best architecture is so small that
    chance can explain it; None for the best, and where one pair of trials is too few to
    tell.
    """

    architecture: str
    trials: list[RunResult] = field(default_factory=list)
    within_noise: bool | None = None

    def of_seeds(self, figure: str) -> list[float]:
        """A figure for each seed: the mean over its folds, by their weights."""
        seeds: dict[int, list[RunResult]] = {}
        for trial in self.trials:
            seeds.setdefault(trial.seed, []).append(trial)
        return [
            sum(trial.figures[figure] * trial.weight for trial in trials)
            / sum(trial.weight for trial in trials)
            for trials in seeds.values()
        ]

    def mean(self, figure: str) -> float:
        """The mean of a figure over the seeds."""
        return statistics.fmean(self.of_seeds(figure))

    def deviation(self, figure: str) -> float | None:
        """The sample standard deviation over the seeds; None for one seed."""
        values = self.of_seeds(figure)
        return statistics.stdev(values) if len(values) > 1 else None


def default_test(task: str, examples: AnyExamples, share: float) -> float | int:
    """What to measure on: folds of a short list of names, a share of other lists."""
    if not EXPERIMENT_TASKS[task].in_folds or isinstance(examples, PairList):
        return share
    return _FOLDS if count_symbols(examples) < _SHORT_LIST else share


def compare(
    lists: ComparisonLists,
    architectures: Mapping[str, Mapping[str, Any]],
    seeds: Sequence[int],
    executor: Executor,
) -> Generator[RunResult]:
    """Train each architecture with each seed. Yield trials in the order they finish.

    architectures: settings by name, which replace those of the lists' base. executor:
    where the runs are done; the results do not depend on it.

    Raises CharnamesError for lists or settings that do not fit, before the first run,
    and if a run fails.
    """
    runs = [
        Run(name, settings, seed, fold)
        for seed in seeds
        for fold in range(lists.folds)
        for name, settings in architectures.items()
    ]
    for run in runs[: len(architectures)]:
        lists.check(run)
    return executor.side_by_side(ComparisonLists.trial, lists, runs)


def rank_architectures(
    trials: Iterable[RunResult], contest: Contest, overlap: float = 0.0
) -> list[Compared]:
    """The architectures by the mean of the contest's objective, the best first.

    overlap: see `is_noise`.
    """
    compared: dict[str, Compared] = {}
    for trial in sorted(trials, key=lambda trial: trial[:3]):
        name = trial.architecture
        compared.setdefault(name, Compared(name)).trials.append(trial)
    objective = contest.objective
    ranking = sorted(
        compared.values(),
        key=lambda entry: entry.mean(objective),
        reverse=contest.largest,
    )
    for other in ranking[1:]:
        pairs = _differences(ranking[0], other, objective)
        other.within_noise = is_noise(pairs, overlap)
    return ranking


def _differences(first: Compared, second: Compared, figure: str) -> list[float]:
    """The differences of a figure between trials of the same seed and fold."""
    others = {(trial.seed, trial.fold): trial for trial in second.trials}
    return [
        trial.figures[figure] - others[trial.seed, trial.fold].figures[figure]
        for trial in first.trials
        if (trial.seed, trial.fold) in others
    ]


def is_noise(differences: Sequence[float], overlap: float) -> bool | None:
    """Whether the mean of paired differences is not significant at 5 %; None for fewer
    than two of them.

    overlap: the number of measured examples divided by that of learned ones; 0 for a
    test list of its own. Trials
    that are drawn from one list learn much the same, so that their spread is too small
    by about this much: the corrected resampled t-test (Nadeau and Bengio 2003).
    """
    count = len(differences)
    if count < 2:
        return None
    variance = statistics.variance(differences) * (1 / count + overlap)
    mean = abs(statistics.fmean(differences))
    return mean <= _quantile(count - 1) * math.sqrt(variance)


def _quantile(degrees: int) -> float:
    """The 97.5 % quantile of Student's t (Abramowitz and Stegun 1964, 26.7.5)."""
    if degrees <= len(_T):
        return _T[degrees - 1]
    return 1.95996 + 2.3723 / degrees + 2.8224 / degrees**2
