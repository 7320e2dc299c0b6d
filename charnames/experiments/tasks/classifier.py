"""Experiments with classifiers of names or of sequences of numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from charnames.data.pairs import PairList
from charnames.encoding.labels import label_ids
from charnames.evaluation.classifier import judge
from charnames.experiments.examples import AnyExamples, Spelling
from charnames.experiments.tasks.base import (
    Contest,
    ExperimentTask,
    Figure,
    Losses,
    Objective,
)
from charnames.experiments.tuning.space import Choices, Range, Space
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.nn.array_types import Mask
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.holdout import hold_out_by_label


class Classifying(ExperimentTask):
    """Classifiers, by their accuracy."""

    name = "classify"
    contest = Contest(
        (Figure("training", "training"), Figure("test", "test")), "test", largest=True
    )
    objective = Objective("held-out accuracy", maximized=True)
    stratified = True

    def hold_out(
        self, examples: AnyExamples, share: float, seed: int, style: str
    ) -> Mask:
        """A share of the distinct examples of each label."""
        assert not isinstance(examples, PairList)
        return hold_out_by_label(examples, share, seed, style)

    def train(
        self, examples: AnyExamples, recipe: Recipe, seed: int, spelling: Spelling
    ) -> Iterator[ClassifierCheckpoint]:
        """Train a classifier."""
        assert not isinstance(examples, PairList)
        return train_classifier(examples, recipe, seed=seed, case=spelling.style)

    def check(self, learned: AnyExamples, measured: AnyExamples) -> None:
        """The measured labels have to be among those learned."""
        assert not isinstance(learned, PairList) and not isinstance(measured, PairList)
        train_classifier(learned, held_out=measured)  # checks; trains nothing

    def figures(
        self, model: Trained, learned: AnyExamples, measured: AnyExamples
    ) -> tuple[dict[str, float], float]:
        """The accuracy on what is learned and on what is measured."""
        assert isinstance(model, Classifier)
        assert not isinstance(learned, PairList) and not isinstance(measured, PairList)
        return {
            "training": judge(model, learned).accuracy,
            "test": judge(model, measured).accuracy,
        }, 1

    def losses(self, model: Trained, measured: AnyExamples) -> Losses:
        """1 for each example whose most probable label is not its own, else 0."""
        assert isinstance(model, Classifier) and not isinstance(measured, PairList)
        labels = label_ids(measured, model.labels)
        probabilities = model.mixture().probabilities(model.read(list(measured)))
        wrong = (probabilities.argmax(axis=1) != labels).astype(np.float64)
        return Losses(wrong, np.ones(len(wrong)))

    def search_space(self, recipe: Recipe) -> Space:
        """The pooling, the number of layers, and the weight of n-grams if any."""
        space: dict[str, Range | Choices] = {
            "pooling": Choices(("mean", "max")),
            "layers": Range(1, 2, whole=True),
        }
        if recipe.ngram and not recipe.fit_ngram_weight:
            space["ngram_weight"] = Range(0.0, 1.0)
        return space
