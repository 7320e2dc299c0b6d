"""Experiments with converters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from charnames.data.pairs import PairList
from charnames.encoding.labels import label_ids
from charnames.encoding.letter_case import KEEP, encode
from charnames.evaluation.converter import measure
from charnames.experiments.examples import AnyExamples, Spelling
from charnames.experiments.tasks.base import (
    Contest,
    ExperimentTask,
    Figure,
    Losses,
    Objective,
)
from charnames.experiments.tuning.space import Range, Space
from charnames.models.base import Trained
from charnames.models.converter import Converter
from charnames.nn.array_types import Mask
from charnames.recipes.recipe import Recipe
from charnames.training.converter import ConverterCheckpoint, train_converter
from charnames.training.holdout import hold_out_pairs


class Converting(ExperimentTask):
    """Converters, by the share of sources that they convert wrongly."""

    name = "convert"
    contest = Contest(
        (
            Figure("word_error_rate", "words wrong"),
            Figure("symbol_error_rate", "symbols wrong"),
        ),
        "word_error_rate",
        largest=False,
    )
    objective = Objective("held-out word error rate")

    def hold_out(
        self, examples: AnyExamples, share: float, seed: int, style: str
    ) -> Mask:
        """A share of the distinct sources, in which letter case counts."""
        assert isinstance(examples, PairList)
        return hold_out_pairs(examples, share, seed, KEEP)

    def train(
        self, examples: AnyExamples, recipe: Recipe, seed: int, spelling: Spelling
    ) -> Iterator[ConverterCheckpoint]:
        """Train a converter, which chooses the case style of its own targets."""
        assert isinstance(examples, PairList)
        return train_converter(examples, recipe, seed=seed)

    def check(self, learned: AnyExamples, measured: AnyExamples) -> None:
        """The measured labels have to be among those learned."""
        assert isinstance(learned, PairList) and isinstance(measured, PairList)
        train_converter(learned, held_out=measured)  # checks; trains nothing

    def figures(
        self, model: Trained, learned: AnyExamples, measured: AnyExamples
    ) -> tuple[dict[str, float], float]:
        """The rates of wrong words and of wrong symbols."""
        assert isinstance(model, Converter) and isinstance(measured, PairList)
        errors = measure(model, measured).converter
        return {
            "word_error_rate": errors.word_error_rate,
            "symbol_error_rate": errors.symbol_error_rate,
        }, 1

    def losses(self, model: Trained, measured: AnyExamples) -> Losses:
        """1 for each distinct source whose most probable target is none of its own,
        else 0.
        """
        assert isinstance(model, Converter) and isinstance(measured, PairList)
        pairs = measured.reversed() if model.recipe.reverse else measured
        first, texts = pairs.by_source()
        some = pairs.chosen(first)
        blend = None
        if model.labels:
            one_hot = np.eye(len(model.labels), dtype=np.float32)
            blend = one_hot[label_ids(some, model.labels)]
        results = model.conversion_model().convert(
            model.read(list(some.sources)), blend=blend
        )
        wrong = [
            hypotheses[0].ids
            not in {
                tuple(model.target.encode(encode(t, model.case)).tolist()) for t in own
            }
            for hypotheses, own in zip(results, texts, strict=True)
        ]
        return Losses(np.array(wrong, np.float64), np.ones(len(wrong)))

    def search_space(self, recipe: Recipe) -> Space:
        """Label smoothing, and the joint n-gram model that is mixed in."""
        return {
            "label_smoothing": Range(0.0, 0.2),
            "ngram": Range(3, 7, whole=True),
            "ngram_weight": Range(0.0, 0.6),
        }
