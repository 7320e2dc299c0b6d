"""The task of classifying names, or sequences of numbers, by their labels."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import lists
from charnames.cli.inputs.lists import NUMBERS, ListSource
from charnames.cli.tasks.base import (
    EvaluationOutput,
    EvaluationRequest,
    ReportRequest,
    Task,
    TrainingInputs,
)
from charnames.cli.terminal.console import Console

if TYPE_CHECKING:
    from charnames.cli.tasks.base import AnyCheckpoint, AnyExamples
    from charnames.evaluation.classifier import ClassifierEvaluation
    from charnames.experiments.report.contents import Section
    from charnames.models.base import Trained
    from charnames.recipes.recipe import Recipe
    from charnames.training.classifier import ClassifierCheckpoint
    from charnames.training.holdout import Examples


class Classifying(Task):
    """Classifiers of names or of sequences of numbers."""

    name = "classify"
    default_recipe = "modern"
    model_suffix = "-classifier"
    model_noun = "a classifier"
    used_by = "classify"
    needs_labels = True
    loss_unit = "an example"
    held_out_figure = "{:.3f} an example"

    def read(
        self, console: Console, source: ListSource, labels: bool = True
    ) -> Examples:
        """Names with labels, or sequences of numbers from files with such a suffix."""
        if not source.datasets[0].lower().endswith(NUMBERS):
            return lists.read(console, source, labels=True)
        from charnames.data.sequences import SequenceList, read_sequences

        if source.form.is_table or source.form.column:
            raise click.UsageError("columns are of tables of names, not of sequences")
        parts = []
        for dataset in source.datasets:
            lists.await_writer(console, dataset)
            part = read_sequences(
                dataset,
                labels=not source.label_from_file,
                missing=source.form.missing or "error",
            )
            if source.label_from_file:
                part.labels = [lists.label_of(dataset)] * len(part)
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        return SequenceList(
            chain.from_iterable(parts),
            ", ".join(part.source for part in parts),
            list(chain.from_iterable(part.labels or () for part in parts)),
        )

    def case_style(
        self, console: Console, recipe: Recipe, examples: AnyExamples, case: str | None
    ) -> str:
        """The style of names; words and numbers keep theirs."""
        from charnames import NameList

        if recipe.unit == "word" or not isinstance(examples, NameList):
            return "keep"
        return lists.case_style(console, examples, case, marks=False)

    def train(
        self, inputs: TrainingInputs, watch: Callable[[int, float], object]
    ) -> Iterator[ClassifierCheckpoint]:
        """Train a classifier."""
        from charnames import Classifier
        from charnames.data.pairs import PairList
        from charnames.training.classifier import train_classifier

        assert not isinstance(inputs.examples, PairList)
        assert not isinstance(inputs.held_out, PairList)
        assert inputs.resume is None or isinstance(inputs.resume, Classifier)
        return train_classifier(
            inputs.examples,
            inputs.recipe,
            seed=inputs.seed,
            case=inputs.case,
            held_out=inputs.held_out,
            resume=inputs.resume,
            watch=watch,
        )

    def evaluate(
        self, console: Console, model: Trained, request: EvaluationRequest
    ) -> EvaluationOutput:
        """Compare the labels of a list with those that the classifier predicts."""
        from charnames.cli.tables import classifier

        evaluation, _ = self._measured(console, model, request.against)
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        return EvaluationOutput(
            classifier.record(evaluation),
            classifier.lines(evaluation, width, console.shaded),
        )

    def report_sections(
        self, console: Console, model: Trained, request: ReportRequest
    ) -> list[Section]:
        """The figures of each label, the confusion matrix, ROC curves."""
        from charnames.experiments.report.classifier import classifier_sections

        if not request.against:
            return classifier_sections(None)
        return classifier_sections(*self._measured(console, model, request.against))

    def _measured(
        self, console: Console, model: Trained, against: ListSource
    ) -> tuple[ClassifierEvaluation, int]:
        """The figures on a list, and how many of its examples the model learned."""
        from charnames import Classifier
        from charnames.evaluation.classifier import also_learned, measure

        assert isinstance(model, Classifier)
        examples = self.read(console, against)
        if learned := also_learned(model, examples):
            lists.warn_of_learned(console, learned, f"{len(examples):,} examples")
        return measure(model, examples), learned

    def alphabet_rows(self, model: Trained) -> dict[str, str]:
        """The characters, or the first of the words; nothing for numbers."""
        if model.alphabet is None:
            return {}
        if model.recipe.unit == "word":
            words = model.alphabet.split(" ")
            first = " ".join(words[:10])
            return {"words": f"{len(words):,} and the unknown one: {first} …"}
        text = f"{len(model.alphabet)} characters and the end marker"
        return {"alphabet": f"{text}: {model.alphabet}"}

    def checkpoint_line(self, checkpoint: AnyCheckpoint) -> str:
        """The loss per example and the accuracy, learned and held out."""
        checkpoint = _of_classifier(checkpoint)
        line = (
            f"iteration {checkpoint.iteration:,}   loss {checkpoint.loss:.3f}"
            f"   accuracy {checkpoint.accuracy:.1%}"
        )
        if checkpoint.held_out is not None:
            line += f"   held out {checkpoint.held_out:.3f}"
            line += f"   {checkpoint.held_out_accuracy:.1%}"
        return line

    def checkpoint_record(self, checkpoint: AnyCheckpoint) -> dict[str, object]:
        """The accuracies."""
        checkpoint = _of_classifier(checkpoint)
        return {
            "accuracy": checkpoint.accuracy,
            "held_out_accuracy": checkpoint.held_out_accuracy,
        }

    def learned_loss(self, checkpoint: AnyCheckpoint) -> float | None:
        """Per example, on all that is learned."""
        checkpoint = _of_classifier(checkpoint)
        return None if checkpoint.held_out is None else checkpoint.loss


def _of_classifier(checkpoint: AnyCheckpoint) -> ClassifierCheckpoint:
    from charnames.training.classifier import ClassifierCheckpoint

    assert isinstance(checkpoint, ClassifierCheckpoint)
    return checkpoint
