"""The runs of a comparison: what each learns and is measured on, for every task."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.encoding.letter_case import KEEP, detect_case
from charnames.errors import CharnamesError, LossRising
from charnames.evaluation.classifier import judge
from charnames.evaluation.converter import measure
from charnames.evaluation.language_model import CrossValidation, measured_loss
from charnames.evaluation.samples import novel_and_distinct
from charnames.recipes.recipe import RECIPES, Recipe
from charnames.recipes.recipe_file import RecipeChoice
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.converter import ConverterCheckpoint, train_converter
from charnames.training.holdout import (
    Examples,
    hold_out_by_label,
    hold_out_names,
    hold_out_pairs,
)
from charnames.training.language_model import Checkpoint, train

AnyExamples = Examples | PairList
Checkpoints = Iterator[Checkpoint | ClassifierCheckpoint | ConverterCheckpoint]


class Run(NamedTuple):
    """An architecture with its settings, a seed, and the number of the fold measured:
    0 where there are no folds.
    """

    architecture: str
    settings: Mapping[str, Any]
    seed: int
    fold: int


class Trial(NamedTuple):
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
class Lists:
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
        """Measured examples by learned ones, where both are drawn from one list."""
        if isinstance(self.test, int):
            return 1 / (self.test - 1)
        return self.test / (1 - self.test) if isinstance(self.test, float) else 0.0

    def split(self, seed: int, fold: int) -> tuple[AnyExamples, AnyExamples]:
        """The examples that a run learns, and those that it is measured on.

        Raises ListError for too few of them.
        """
        examples, test = self.examples, self.test
        if isinstance(test, int):
            assert isinstance(examples, NameList)
            return self._folds(examples, test, seed).split(fold)
        if not isinstance(test, float):
            return examples, test
        style = _style(examples)
        if isinstance(examples, PairList):
            out = hold_out_pairs(examples, test, seed, style)
        elif self.task == "classify":
            out = hold_out_by_label(examples, test, seed, style)
        else:
            assert isinstance(examples, NameList)
            out = hold_out_names(examples, test, seed, style)
        return _part(examples, ~out), _part(examples, out)

    def check(self, run: Run) -> None:
        """Raise CharnamesError if the run cannot begin."""
        learned, measured = self.split(run.seed, run.fold)
        if isinstance(learned, PairList):
            assert isinstance(measured, PairList)
            train_converter(learned, held_out=measured)  # checks; trains nothing
        elif self.task == "classify":
            assert not isinstance(measured, PairList)
            train_classifier(learned, held_out=measured)
        with _errors_of(run):
            self._checkpoints(run, learned)

    def trial(self, run: Run) -> Trial:
        """Do a run, and measure it."""
        learned, measured = self.split(run.seed, run.fold)
        with _errors_of(run), warnings.catch_warnings():
            warnings.simplefilter("ignore", LossRising)  # the figures show it
            *_, last = self._checkpoints(run, learned)
            figures, weight = _figures(last, learned, measured)
        figures["seconds"] = last.seconds
        parameters = last.model.parameters.values.size
        return Trial(run.architecture, run.seed, run.fold, figures, weight, parameters)

    def _checkpoints(self, run: Run, learned: AnyExamples) -> Checkpoints:
        """The checkpoints of a run, which starts when the first one is requested."""
        size = learned.targets if isinstance(learned, PairList) else learned
        settings = {**self.base.settings, **run.settings, "task": self.task}
        recipe = Recipe.named(self.base.preset or RECIPES[1], size, **settings)
        seed = run.seed + run.fold
        if isinstance(learned, PairList):
            return train_converter(learned, recipe, seed=seed)
        if self.task == "classify":
            return train_classifier(learned, recipe, seed=seed)
        assert isinstance(learned, NameList) and isinstance(self.examples, NameList)
        all_names = self._folds(self.examples, self.folds, run.seed)
        return train(
            learned,
            recipe,
            seed=seed,
            case=all_names.style,
            alphabet=all_names.alphabet,
        )

    def _folds(self, names: NameList, folds: int, seed: int) -> CrossValidation:
        return CrossValidation(names, folds, seed, _style(names))


def _figures(
    last: Checkpoint | ClassifierCheckpoint | ConverterCheckpoint,
    learned: AnyExamples,
    measured: AnyExamples,
) -> tuple[dict[str, float], float]:
    """The figures of a trained model, and their weight."""
    if isinstance(last, Checkpoint):
        assert isinstance(measured, NameList)
        nats, symbols = measured_loss(last.model, measured)
        novel, distinct = novel_and_distinct(last.model, last.model.provenance.seed)
        figures = {"nats_per_symbol": nats / symbols}
        return {**figures, "novel": novel, "distinct": distinct}, symbols
    if isinstance(last, ConverterCheckpoint):
        assert isinstance(measured, PairList)
        errors = measure(last.model, measured).converter
        return {
            "word_error_rate": errors.word_error_rate,
            "symbol_error_rate": errors.symbol_error_rate,
        }, 1
    assert not isinstance(learned, PairList) and not isinstance(measured, PairList)
    return {
        "training": judge(last.model, learned).accuracy,
        "test": judge(last.model, measured).accuracy,
    }, 1


@contextmanager
def _errors_of(run: Run) -> Iterator[None]:
    """Begin the message of an error with the run."""
    try:
        yield
    except CharnamesError as error:
        raise type(error)(f"{run.architecture}, seed {run.seed}: {error}") from None


def _style(examples: AnyExamples) -> str:
    texts = examples.targets if isinstance(examples, PairList) else examples
    return detect_case(texts)[0] if isinstance(texts, NameList) else KEEP


def _part(examples: AnyExamples, mask: NDArray[np.bool_]) -> AnyExamples:
    """The examples where `mask` (N,) is true, with their labels."""
    rows: Sequence[int] = np.flatnonzero(mask).tolist()
    if isinstance(examples, PairList):
        return examples.chosen(rows)
    labels = list(compress(examples.labels or (), mask)) or None
    if isinstance(examples, SequenceList):
        return SequenceList(compress(examples, mask), examples.source, labels)
    part = examples.unlabelled(rows)
    part.labels = labels
    return part
