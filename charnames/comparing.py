"""Several architectures of a classifier, each trained with several seeds."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

from charnames.classifying import (
    Examples,
    held_out_of,
    judge,
    labels_to_tell,
    train_classifier,
)
from charnames.errors import CharnamesError, LossRising
from charnames.labels import label_ids
from charnames.names import NameList
from charnames.recipe import Recipe
from charnames.sequences import SequenceList
from charnames.vocabulary import KEEP, detect_case
from charnames.workers import side_by_side


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
) -> Iterator[Trial]:
    """A trial of each architecture with each seed, as they are done, in so many
    processes side by side; what they come to does not depend on how many.

    architectures: settings by name, over those of the modern recipe for classifiers.
    test: what to measure on, or the share of the examples of each label to hold out for
    it, another one for each seed; neither is learned from.

    Raises CharnamesError for lists that cannot be, and where a run fails.
    """
    labels = labels_to_tell(examples)
    if isinstance(test, float):
        held_out_of(examples, test, seeds[0], _style(examples))
    else:
        label_ids(test, labels)
    tasks = [
        (name, dict(settings), seed)
        for seed in seeds
        for name, settings in architectures.items()
    ]
    return side_by_side(_trial, _Lists(examples, test), tasks, jobs)


def ranked(trials: Iterable[Trial]) -> list[Compared]:
    """The architectures, the best on what was not learned first."""
    found: dict[str, Compared] = {}
    for trial in sorted(trials):
        name = trial.architecture
        found.setdefault(name, Compared(name)).trials.append(trial)
    return sorted(found.values(), key=lambda one: -one.mean("test"))


def _trial(lists: _Lists, task: tuple[str, dict[str, Any], int]) -> Trial:
    """Train, and measure."""
    name, settings, seed = task
    learned, test = lists
    if isinstance(test, float):
        out = held_out_of(learned, test, seed, _style(learned)).tolist()
        test = _part(learned, out)
        learned = _part(learned, [not one for one in out])
    try:
        recipe = Recipe.modern(learned, **settings, task="classify")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LossRising)  # the figures will tell
            *_, last = train_classifier(learned, recipe, seed=seed)
    except CharnamesError as error:
        raise type(error)(f"{name}, seed {seed}: {error}") from None
    model = last.model
    return Trial(
        architecture=name,
        seed=seed,
        training=judge(model, learned).accuracy,
        test=judge(model, test).accuracy,
        parameters=model.parameters.values.size,
        seconds=last.seconds,
    )


def _style(examples: Examples) -> str:
    return detect_case(examples)[0] if isinstance(examples, NameList) else KEEP


def _part(examples: Examples, chosen: Sequence[bool]) -> Examples:
    """Those chosen, with their labels."""
    labels = list(compress(examples.labels or (), chosen))
    if isinstance(examples, NameList):
        return NameList(compress(examples, chosen), examples.source, labels)
    return SequenceList(compress(examples, chosen), examples.source, labels)
