"""What experiments need of a task: how it is trained, measured and searched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import MOST_EXCEPTIONS
from charnames.experiments.examples import AnyExamples, Spelling
from charnames.experiments.tuning.space import Space
from charnames.models.base import Trained
from charnames.nn.array_types import Mask
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint
from charnames.training.converter import ConverterCheckpoint
from charnames.training.language_model import Checkpoint

AnyCheckpoint = Checkpoint | ClassifierCheckpoint | ConverterCheckpoint


class Figure(NamedTuple):
    """A figure of a comparison. is_share: whether it is shown in per cent."""

    name: str
    heading: str
    is_share: bool = True

    def text(self, value: float) -> str:
        """A value of the figure."""
        return f"{value:.1%}" if self.is_share else f"{value:.3f}"


class Contest(NamedTuple):
    """What architectures for a task are compared by.

    objective: the name of the figure that decides. largest: whether the largest is
    best.
    """

    figures: tuple[Figure, ...]
    objective: str
    largest: bool


@dataclass(frozen=True)
class Objective:
    """What a search makes as small as possible, or as large.

    text: what it is called. maximized: whether it is 1 minus the loss, and large is
    good.
    """

    text: str
    maximized: bool = False

    def value(self, loss: float) -> float:
        """The figure that is shown for a loss."""
        return 1 - loss if self.maximized else loss


class Losses(NamedTuple):
    """The loss of each measured example, (N,), and by how much it counts, (N,).

    For names, these are nats and predicted symbols; for others, 1 for each example that
    is wrong, and 1 for each.
    """

    totals: NDArray[np.float64]
    counts: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The summed losses divided by the summed counts."""
        return float(self.totals.sum() / self.counts.sum())


class ExperimentTask(ABC):
    """How models of a task are trained and measured in experiments.

    name: as in `Recipe.task`. contest: what architectures are compared by. objective:
    what a search makes better. stratified: whether each part of a list has its share
    of each label. in_folds: whether a short list is measured in folds. most_odd: the
    share of texts that may differ from a case style.
    """

    name: ClassVar[str]
    contest: ClassVar[Contest]
    objective: ClassVar[Objective]
    stratified: ClassVar[bool] = False
    in_folds: ClassVar[bool] = False
    most_odd: ClassVar[float] = MOST_EXCEPTIONS

    @abstractmethod
    def hold_out(
        self, examples: AnyExamples, share: float, seed: int, style: str
    ) -> Mask:
        """Which examples to hold out, (N,). Raises ListError for too few of them."""

    @abstractmethod
    def train(
        self, examples: AnyExamples, recipe: Recipe, seed: int, spelling: Spelling
    ) -> Iterator[AnyCheckpoint]:
        """Train a recipe. Raises ListError and TrainingError."""

    @abstractmethod
    def check(self, learned: AnyExamples, measured: AnyExamples) -> None:
        """Raise ListError if models of the one list cannot be measured on the other."""

    @abstractmethod
    def figures(
        self, model: Trained, learned: AnyExamples, measured: AnyExamples
    ) -> tuple[dict[str, float], float]:
        """The figures of the contest, and how much they count in a mean over folds."""

    @abstractmethod
    def losses(self, model: Trained, measured: AnyExamples) -> Losses:
        """The losses of a model on examples that it has not learned.

        Raises ListError for a label that it has not learned.
        """

    @abstractmethod
    def search_space(self, recipe: Recipe) -> Space:
        """The settings to search that only recipes of this task have."""
