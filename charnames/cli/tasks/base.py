"""What the command line knows of a task: how it is read, trained and printed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from charnames.cli.inputs import model_folder
from charnames.cli.inputs.lists import ListSource
from charnames.cli.terminal.console import Console
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.data.pairs import PairList
    from charnames.experiments.report.contents import Section
    from charnames.models.base import Trained
    from charnames.training.classifier import ClassifierCheckpoint
    from charnames.training.converter import ConverterCheckpoint
    from charnames.training.holdout import Examples
    from charnames.training.language_model import Checkpoint

    AnyCheckpoint = Checkpoint | ClassifierCheckpoint | ConverterCheckpoint
    AnyExamples = Examples | PairList


@dataclass(frozen=True)
class TrainingInputs:
    """What a run is trained with.

    held_out: a list of its own to measure on. case: the style that names are folded
    from. resume: the model of the run to continue. init_from: the model whose weights
    a new run starts from.
    """

    examples: AnyExamples
    held_out: AnyExamples | None
    recipe: Recipe
    seed: int | None
    case: str
    resume: Trained | None
    init_from: Trained | None


@dataclass(frozen=True)
class EvaluationRequest:
    """What `evaluate` measures a model on: a list, with a seed for what is sampled.

    dataset: the list that the model learned, if it has moved.
    """

    against: ListSource
    dataset: ListSource | None
    seed: int | None


@dataclass(frozen=True)
class ReportRequest:
    """What `report` shows of a model: how it does on a list, if there is one, with a
    seed for what is sampled.

    dataset: the list that the model learned, if it has moved. form: how the files are
    written.
    """

    against: ListSource | None
    dataset: ListSource | None
    form: FileFormat
    seed: int


class EvaluationOutput(NamedTuple):
    """The figures of an evaluation, as a JSON object and as lines of text."""

    record: Mapping[str, object]
    lines: list[str]


class Task(ABC):
    """What a task reads, how it trains, and what is printed of it.

    name: as in `Recipe.task`. default_recipe: the recipe of a run that names none.
    model_suffix: what follows the list's name in the default name of a model.
    model_noun: what `models` calls such a model, empty for a model of names.
    used_by: the command that uses a trained model. needs_labels: whether all examples
    need labels. loss_unit: what the loss is a mean over. held_out_figure: the format of
    a figure on held-out examples.
    """

    name: ClassVar[str]
    default_recipe: ClassVar[str]
    model_suffix: ClassVar[str] = ""
    model_noun: ClassVar[str] = ""
    used_by: ClassVar[str]
    needs_labels: ClassVar[bool] = False
    loss_unit: ClassVar[str]
    held_out_figure: ClassVar[str]

    @abstractmethod
    def read(self, console: Console, source: ListSource, labels: bool) -> AnyExamples:
        """Read what is learned or measured; labels: whether labels are asked for.

        Raises ListError.
        """

    @abstractmethod
    def case_style(
        self, console: Console, recipe: Recipe, examples: AnyExamples, case: str | None
    ) -> str:
        """The case style to train with, which is printed; "keep" where the texts are
        not folded. case: that of --case.
        """

    @abstractmethod
    def train(
        self, inputs: TrainingInputs, watch: Callable[[int, float], object]
    ) -> Iterator[AnyCheckpoint]:
        """Train; `watch` is called after each update with its number and the loss.

        Raises ListError and TrainingError.
        """

    @abstractmethod
    def evaluate(
        self, console: Console, model: Trained, request: EvaluationRequest
    ) -> EvaluationOutput:
        """Measure a model of this task. Raises ListError."""

    @abstractmethod
    def report_sections(
        self, console: Console, model: Trained, request: ReportRequest
    ) -> list[Section]:
        """What a page about a model of this task says of its results.

        Raises ListError.
        """

    @abstractmethod
    def alphabet_rows(self, model: Trained) -> dict[str, str]:
        """What `info` says of the characters, words or symbols that a model knows."""

    @abstractmethod
    def checkpoint_line(self, checkpoint: AnyCheckpoint) -> str:
        """The line of a checkpoint in a text report."""

    @abstractmethod
    def checkpoint_record(self, checkpoint: AnyCheckpoint) -> dict[str, object]:
        """What a checkpoint's JSON event holds beside the keys that all tasks have."""

    @abstractmethod
    def learned_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """The loss on what is learned, a mean over the same unit as `held_out`, in
        nats; None if nothing is held out.
        """

    def inherited_line(self, parent: Trained, examples: AnyExamples, style: str) -> str:
        """What a run that starts from another model says of that, for examples that
        are folded from a case style.
        """
        return f"starts from the model of {model_folder.learned(parent)}"

    def measured_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """The mean loss measured before the first update, in nats, where the reported
        loss starts from another number; None at other checkpoints.
        """
        return None

    def names_of(self, checkpoint: AnyCheckpoint) -> tuple[str, ...]:
        """The names that a checkpoint shows, if this task generates names."""
        return ()
