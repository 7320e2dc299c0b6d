"""What a search measures: a loss for each task, example by example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.encoding.labels import label_ids
from charnames.encoding.letter_case import KEEP, detect_case, encode, encode_list
from charnames.experiments.runs import AnyExamples
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.converter import Converter
from charnames.models.language_model import Model
from charnames.prediction.scoring import encode_name
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import ClassifierCheckpoint, train_classifier
from charnames.training.converter import ConverterCheckpoint, train_converter
from charnames.training.language_model import Checkpoint, train


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


OBJECTIVES = {
    "generate": Objective("held-out nats per symbol"),
    "classify": Objective("held-out accuracy", maximized=True),
    "convert": Objective("held-out word error rate"),
}


class Losses(NamedTuple):
    """The loss of each measured example, (N,), and by how much it counts, (N,).

    For names, these are nats and predicted symbols; for others, 1 for each example that
    is wrong, and 1 for each.
    """

    totals: NDArray[np.float64]
    counts: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The summed losses by the summed counts."""
        return float(self.totals.sum() / self.counts.sum())


def style_of(examples: AnyExamples) -> str:
    """The case style that the texts of a list follow; "keep" for numbers."""
    texts = examples.targets if isinstance(examples, PairList) else examples
    return KEEP if isinstance(texts, SequenceList) else detect_case(texts)[0]


def alphabet_of(examples: AnyExamples, style: str) -> str:
    """The characters of all names, so that any part of the list can spell the rest."""
    if not isinstance(examples, NameList):
        return ""
    return "".join(sorted(set().union(*encode_list(examples, style))))


def checkpoints(
    learned: AnyExamples, recipe: Recipe, seed: int, style: str, alphabet: str
) -> Iterator[Checkpoint | ClassifierCheckpoint | ConverterCheckpoint]:
    """Train a recipe of any task; alphabet: of names. Raises what training raises."""
    if isinstance(learned, PairList):
        return train_converter(learned, recipe, seed=seed)
    if recipe.task == "classify":
        return train_classifier(learned, recipe, seed=seed, case=style)
    assert isinstance(learned, NameList)
    return train(learned, recipe, seed=seed, case=style, alphabet=alphabet)


def losses(model: Trained, measured: AnyExamples) -> Losses:
    """The losses of a model on examples that it has not learned.

    Raises ListError for a label that it has not learned.
    """
    if isinstance(model, Model):
        assert isinstance(measured, NameList)
        return _of_names(model, measured)
    if isinstance(model, Converter):
        assert isinstance(measured, PairList)
        wrong = _wrong_targets(model, measured)
    else:
        assert isinstance(model, Classifier) and not isinstance(measured, PairList)
        labels = label_ids(measured, model.labels)
        probabilities = model.network().probabilities(model.read(list(measured)))
        wrong = (probabilities.argmax(axis=1) != labels).astype(np.float64)
    return Losses(wrong, np.ones(len(wrong)))


def _of_names(model: Model, names: NameList) -> Losses:
    encoded = [
        encode_name(name, model.vocabulary, model.case) for name in dict.fromkeys(names)
    ]
    sequences = model.vocabulary.sequences(name.symbols for name in encoded)
    nats = model.predictor().name_losses(sequences)
    return Losses(nats.astype(np.float64), sequences.lengths.astype(np.float64))


def _wrong_targets(model: Converter, pairs: PairList) -> NDArray[np.float64]:
    """1 for each distinct source whose likeliest target is none of its own, else 0."""
    if model.recipe.reverse:
        pairs = pairs.reversed()
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
        not in {tuple(model.target.encode(encode(t, model.case)).tolist()) for t in own}
        for hypotheses, own in zip(results, texts, strict=True)
    ]
    return np.array(wrong, np.float64)
