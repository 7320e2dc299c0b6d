"""Experiments with models of names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from charnames.data.name_list import NameList
from charnames.encoding.letter_case import MOST_MARKED
from charnames.evaluation.language_model import measured_loss
from charnames.evaluation.samples import novel_and_distinct
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
from charnames.models.language_model import Model
from charnames.nn.array_types import Mask
from charnames.prediction.scoring import encode_name
from charnames.recipes.recipe import Recipe
from charnames.training.holdout import hold_out_names
from charnames.training.language_model import Checkpoint, train


class Generating(ExperimentTask):
    """Models of names, by the loss on names that they have not learned."""

    name = "generate"
    contest = Contest(
        (
            Figure("nats_per_symbol", "nats per symbol", is_share=False),
            Figure("novel", "novel"),
            Figure("distinct", "distinct"),
        ),
        "nats_per_symbol",
        largest=False,
    )
    objective = Objective("held-out nats per symbol")
    in_folds = True
    most_odd = MOST_MARKED

    def hold_out(
        self, examples: AnyExamples, share: float, seed: int, style: str
    ) -> Mask:
        """A share of the distinct names."""
        assert isinstance(examples, NameList)
        return hold_out_names(examples, share, seed, style)

    def train(
        self, examples: AnyExamples, recipe: Recipe, seed: int, spelling: Spelling
    ) -> Iterator[Checkpoint]:
        """Train a model of names, with the alphabet of the whole list."""
        assert isinstance(examples, NameList)
        style, alphabet = spelling
        return train(examples, recipe, seed=seed, case=style, alphabet=alphabet)

    def check(self, learned: AnyExamples, measured: AnyExamples) -> None:
        """Any names can be measured."""

    def figures(
        self, model: Trained, learned: AnyExamples, measured: AnyExamples
    ) -> tuple[dict[str, float], float]:
        """The loss, which counts by its symbols, and shares of sampled names."""
        assert isinstance(model, Model) and isinstance(measured, NameList)
        nats, symbols = measured_loss(model, measured)
        novel, distinct = novel_and_distinct(model, model.provenance.seed)
        figures = {"nats_per_symbol": nats / symbols}
        return {**figures, "novel": novel, "distinct": distinct}, symbols

    def losses(self, model: Trained, measured: AnyExamples) -> Losses:
        """The loss of each distinct name, in nats, and its number of symbols."""
        assert isinstance(model, Model) and isinstance(measured, NameList)
        encoded = [
            encode_name(name, model.vocabulary, model.case)
            for name in dict.fromkeys(measured)
        ]
        sequences = model.vocabulary.sequences(name.symbols for name in encoded)
        nats = model.predictor().name_losses(sequences)
        return Losses(nats.astype(np.float64), sequences.lengths.astype(np.float64))

    def search_space(self, recipe: Recipe) -> Space:
        """The n-gram model and the whole words that are mixed in."""
        space: dict[str, Range | Choices] = {"ngram": Range(3, 7, whole=True)}
        if not recipe.fit_ngram_weight:
            space["ngram_weight"] = Range(0.0, 0.7)
        if recipe.word_weight:
            space["word_weight"] = Range(0.0, 0.9)
        return space
