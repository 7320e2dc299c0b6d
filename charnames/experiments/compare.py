"""Comparisons of classifier architectures, each trained with several seeds."""

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

from charnames.data.name_list import NameList
from charnames.data.sequences import SequenceList
from charnames.encoding.letter_case import KEEP, detect_case
from charnames.errors import CharnamesError, LossRising
from charnames.evaluation.classifier import judge
from charnames.experiments.executors import Executor
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.holdout import Examples, hold_out_by_label


class Trial(NamedTuple):
    """The result of one run.

    training, test: the accuracy on the learned examples and on the test examples.
    parameters: the number of weights. seconds: training time.
    """

    architecture: str
    seed: int
    training: float
    test: float
    parameters: int
    seconds: float


@dataclass
class Compared:
    """An architecture and its trials, one for each seed."""

    architecture: str
    trials: list[Trial] = field(default_factory=list)

    def mean(self, figure: str) -> float:
        """The mean of a figure over the seeds. figure: a field of Trial."""
        return statistics.fmean(getattr(trial, figure) for trial in self.trials)

    def deviation(self, figure: str) -> float | None:
        """The sample standard deviation over the seeds; None for one seed."""
        values = [getattr(trial, figure) for trial in self.trials]
        return statistics.stdev(values) if len(values) > 1 else None


class _Task(NamedTuple):
    """A run: an architecture with its settings, and a seed."""

    architecture: str
    settings: Mapping[str, Any]
    seed: int


class _Lists(NamedTuple):
    """The examples of all runs, and the test examples or the share to hold out."""

    examples: Examples
    test: Examples | float


def compare(
    examples: Examples,
    architectures: Mapping[str, Mapping[str, Any]],
    test: Examples | float,
    seeds: Sequence[int],
    executor: Executor,
) -> Generator[Trial]:
    """Train each architecture with each seed. Yield trials in the order they finish.

    architectures: settings by name, which replace those of the modern recipe for
    classifiers. test: the test examples, or the share of each label's examples to hold
    out for testing, drawn anew for each seed. executor: where the runs are done; the
    results do not depend on it.

    Raises CharnamesError for lists or settings that do not fit, before the first run,
    and if a run fails.
    """
    tasks = [
        _Task(name, settings, seed)
        for seed in seeds
        for name, settings in architectures.items()
    ]
    lists = _Lists(examples, test)
    learned, measured = _split(lists, seeds[0])
    train_classifier(learned, held_out=measured)  # checks the lists; trains nothing
    for task in tasks[: len(architectures)]:
        with _errors_of(task):
            _checkpoints(task, learned)
    return executor.side_by_side(_trial, lists, tasks)


def ranked(trials: Iterable[Trial]) -> list[Compared]:
    """The architectures by their mean test accuracy, the best first."""
    compared: dict[str, Compared] = {}
    for trial in sorted(trials):
        name = trial.architecture
        compared.setdefault(name, Compared(name)).trials.append(trial)
    return sorted(compared.values(), key=lambda entry: -entry.mean("test"))


def _trial(lists: _Lists, task: _Task) -> Trial:
    """Do one run and measure it."""
    learned, test = _split(lists, task.seed)
    with _errors_of(task), warnings.catch_warnings():
        warnings.simplefilter("ignore", LossRising)  # the accuracies show it
        *_, last = _checkpoints(task, learned)
    model = last.model
    return Trial(
        architecture=task.architecture,
        seed=task.seed,
        training=judge(model, learned).accuracy,
        test=judge(model, test).accuracy,
        parameters=model.parameters.values.size,
        seconds=last.seconds,
    )


def _checkpoints(task: _Task, learned: Examples) -> Iterator[ClassifierCheckpoint]:
    """The checkpoints of a run, which starts when the first one is requested."""
    recipe = Recipe.modern(learned, **task.settings, task="classify")
    return train_classifier(learned, recipe, seed=task.seed)


@contextmanager
def _errors_of(task: _Task) -> Iterator[None]:
    """Begin the message of an error with the run."""
    try:
        yield
    except CharnamesError as error:
        raise type(error)(f"{task.architecture}, seed {task.seed}: {error}") from None


def _split(lists: _Lists, seed: int) -> tuple[Examples, Examples]:
    """The examples that a run learns, and its test examples."""
    examples, test = lists
    if not isinstance(test, float):
        return examples, test
    style = detect_case(examples)[0] if isinstance(examples, NameList) else KEEP
    held_out = hold_out_by_label(examples, test, seed, style)
    return _part(examples, ~held_out), _part(examples, held_out)


def _part(examples: Examples, mask: NDArray[np.bool_]) -> Examples:
    """The examples where `mask` (N,) is true, with their labels."""
    labels = list(compress(examples.labels or (), mask))
    if isinstance(examples, NameList):
        return NameList(compress(examples, mask), examples.source, labels)
    return SequenceList(compress(examples, mask), examples.source, labels)
