"""Several architectures of a classifier, each trained with several seeds."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.data.names import NameList
from charnames.data.sequences import SequenceList
from charnames.encoding.letter_case import KEEP, detect_case
from charnames.errors import CharnamesError, LossRising
from charnames.evaluation.classifier import judge
from charnames.experiments.workers import side_by_side
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.holdout import Examples, hold_out_by_label


class Trial(NamedTuple):
    """What one run came to: shares of the examples that it told right, of those that it
    learned and of the others; how many weights it has; the seconds that it trained.
    """

    architecture: str
    seed: int
    training: float
    test: float
    parameters: int
    seconds: float


@dataclass
class Compared:
    """An architecture and its trials, one a seed."""

    architecture: str
    trials: list[Trial] = field(default_factory=list)

    def mean(self, figure: str) -> float:
        """The mean of a Trial's figure over the seeds."""
        return statistics.fmean(getattr(trial, figure) for trial in self.trials)

    def deviation(self, figure: str) -> float | None:
        """The standard deviation of a sample; None for one seed."""
        values = [getattr(trial, figure) for trial in self.trials]
        return statistics.stdev(values) if len(values) > 1 else None


class _Task(NamedTuple):
    """A run to be."""

    architecture: str
    settings: Mapping[str, Any]
    seed: int


class _Lists(NamedTuple):
    """What all trials learn from, and are measured on: a list, or a share held out."""

    examples: Examples
    test: Examples | float


def compare(
    examples: Examples,
    architectures: Mapping[str, Mapping[str, Any]],
    test: Examples | float,
    seeds: Sequence[int],
    jobs: int,
) -> Generator[Trial]:
    """A trial of each architecture with each seed, as they are done, in so many
    processes side by side; what they come to does not depend on how many.

    architectures: settings by name, over those of the modern recipe for classifiers.
    test: what to measure on, or the share of the examples of each label to hold out for
    it, another one for each seed; neither is learned from.

    Raises CharnamesError before the first of them for what cannot be, and where one
    fails.
    """
    tasks = [
        _Task(name, settings, seed)
        for seed in seeds
        for name, settings in architectures.items()
    ]
    lists = _Lists(examples, test)
    learned, measured = _divided(lists, seeds[0])
    train_classifier(learned, held_out=measured)  # begun only: are the lists fit?
    for task in tasks[: len(architectures)]:
        with _named(task):
            _begun(task, learned)
    return side_by_side(_trial, lists, tasks, jobs)


def ranked(trials: Iterable[Trial]) -> list[Compared]:
    """The architectures, the best on what was not learned first."""
    found: dict[str, Compared] = {}
    for trial in sorted(trials):
        name = trial.architecture
        found.setdefault(name, Compared(name)).trials.append(trial)
    return sorted(found.values(), key=lambda one: -one.mean("test"))


def _trial(lists: _Lists, task: _Task) -> Trial:
    """Train, and measure."""
    learned, test = _divided(lists, task.seed)
    with _named(task), warnings.catch_warnings():
        warnings.simplefilter("ignore", LossRising)  # the figures will tell
        *_, last = _begun(task, learned)
    model = last.model
    return Trial(
        architecture=task.architecture,
        seed=task.seed,
        training=judge(model, learned).accuracy,
        test=judge(model, test).accuracy,
        parameters=model.parameters.values.size,
        seconds=last.seconds,
    )


def _begun(task: _Task, learned: Examples) -> Iterator[ClassifierCheckpoint]:
    """The checkpoints of a run, of which the first is still to come."""
    recipe = Recipe.modern(learned, **task.settings, task="classify")
    return train_classifier(learned, recipe, seed=task.seed)


@contextmanager
def _named(task: _Task) -> Iterator[None]:
    """What fails, with the run that it fails in."""
    try:
        yield
    except CharnamesError as error:
        raise type(error)(f"{task.architecture}, seed {task.seed}: {error}") from None


def _divided(lists: _Lists, seed: int) -> tuple[Examples, Examples]:
    """What a run learns from, and what it is measured on."""
    examples, test = lists
    if not isinstance(test, float):
        return examples, test
    style = detect_case(examples)[0] if isinstance(examples, NameList) else KEEP
    out = hold_out_by_label(examples, test, seed, style)
    return _part(examples, ~out), _part(examples, out)


def _part(examples: Examples, chosen: NDArray[np.bool_]) -> Examples:
    """Those chosen, with their labels."""
    labels = list(compress(examples.labels or (), chosen))
    if isinstance(examples, NameList):
        return NameList(compress(examples, chosen), examples.source, labels)
    return SequenceList(compress(examples, chosen), examples.source, labels)
