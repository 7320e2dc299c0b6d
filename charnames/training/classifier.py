"""Training a classifier, as a generator of checkpoints."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from charnames.data.name_list import NameList
from charnames.data.sequences import SequenceList
from charnames.encoding.case_detection import detect_case
from charnames.encoding.labels import counted_labels
from charnames.encoding.letter_case import AUTO, KEEP, fold
from charnames.encoding.readers import Reader
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.encoding.word_vocabulary import Words
from charnames.errors import ListError
from charnames.model_file.description import Progress, Provenance
from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats, Mask
from charnames.nn.batching import Ids, Sequences, VectorSequences
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.prediction.label_mixture import best_weight, mixed
from charnames.prediction.scoring import log_loss
from charnames.random_streams import Stream, fresh_seed, generator
from charnames.recipes.network import classifier_shape
from charnames.recipes.recipe import Recipe
from charnames.training.class_weights import trainable_network
from charnames.training.gradients import GradientFigures
from charnames.training.holdout import (
    Examples,
    example_hashes,
    hold_out_by_label,
    split_held_out,
)
from charnames.training.loop import Measurement, Watch, training_loop
from charnames.training.ngram_classifier import with_fitted_weight, with_ngrams
from charnames.training.resume import (
    check_resumable,
    check_unfinished,
    continued_recipe,
)
from charnames.training.state import TrainingState, improved


@dataclass(frozen=True)
class ClassifierCheckpoint:
    """A training run of a classifier after `iteration` updates.

    loss, accuracy: of the current weights on all examples that they learn from; losses
    are means, in nats per example. held_out, held_out_accuracy: the same on held-out
    examples, None without any. seconds: training time so far. model: to classify with,
    save and resume; with held-out examples its weights are the best so far, without any
    the current ones. gradients: of the updates since the checkpoint before; None at the
    start.
    """

    iteration: int
    loss: float
    accuracy: float
    held_out: float | None
    held_out_accuracy: float | None
    seconds: float
    model: Classifier
    gradients: GradientFigures | None = None


def train_classifier(
    examples: Examples,
    recipe: Recipe | None = None,
    *,
    seed: int | None = None,
    case: str = AUTO,
    held_out: Examples | None = None,
    resume: Classifier | None = None,
    watch: Watch | None = None,
) -> Iterator[ClassifierCheckpoint]:
    """Train a classifier. Yield a checkpoint before the first update, every
    `recipe.checkpoint_every` updates, and after the last update.

    recipe: by default the modern one for classifiers, of which the share to hold out is
    taken of each label's examples. The other arguments are those of charnames.train.

    Raises ListError or TrainingError before training, for a list with fewer than two
    labels or a run that cannot be resumed, and TrainingError in training if the loss is
    no longer finite. Warns LossRising, once, if the loss is ten times its lowest, or
    five times that of its start.
    """
    if resume:
        check_resumable(examples, held_out, resume)
        settings = continued_recipe(resume.recipe, recipe or resume.recipe)
        model = replace(resume, recipe=settings)
    else:
        recipe = recipe or Recipe.modern(examples, task="classify")
        seed = fresh_seed() if seed is None else operator.index(seed)
        model = _untrained(examples, held_out, recipe, seed, case)
    training, measured = split_examples(examples, held_out, model)
    if resume:
        check_unfinished(TrainingState(model))
    return _checkpoints(model, training, measured, watch, resumed=bool(resume))


def _checkpoints(
    model: Classifier,
    training: Sequences | VectorSequences,
    measured: Sequences | VectorSequences | None,
    watch: Watch | None,
    resumed: bool,
) -> Iterator[ClassifierCheckpoint]:
    """Train the classifier, with n-grams if its recipe asks for them."""
    if model.recipe.ngram and not resumed and isinstance(training, Sequences):
        model = with_ngrams(model, training)
        if model.recipe.fit_ngram_weight and measured is None:
            model = with_fitted_weight(model, training)
    state = TrainingState(model)
    checkpoints = training_loop(
        state,
        trainable_network(model, state.parameters, training.labels),
        training,
        partial(_measure, training=training, held_out=_held_out(measured, model)),
        watch,
        exploding=5 * math.log(len(model.labels)),
        resumed=resumed,
    )
    yield from (_checkpoint(*checkpoint) for checkpoint in checkpoints)


def _untrained(
    examples: Examples, others: Examples | None, recipe: Recipe, seed: int, case: str
) -> Classifier:
    """The classifier at the start of a new run."""
    labels = _labels_of(examples)
    style = KEEP
    if isinstance(examples, NameList) and recipe.unit == "character":
        style = detect_case(examples)[0] if case == AUTO else case
    reader = _reader(examples, recipe, style)
    if isinstance(reader, Scaling):
        recipe = replace(recipe, ngram=0)  # it counts symbols
    shape = classifier_shape(recipe, reader, len(labels))
    loss = math.log(len(labels))
    return Classifier(
        recipe=recipe,
        parameters=INITIALIZERS[recipe.start](shape, generator(seed, Stream.WEIGHTS)),
        provenance=Provenance.at_start(examples, max(map(len, examples)), loss, seed),
        progress=Progress(lowest=loss, held_out=others.fingerprint if others else ""),
        known=np.unique(example_hashes(examples, style)),
        labels=labels,
        reader=reader,
        case=style,
    )


def _labels_of(examples: Examples) -> dict[str, int]:
    """The labels of the examples, and how many have each. Raises ListError for fewer
    than two labels.
    """
    labels = counted_labels(examples)
    if len(labels) < 2:
        few = f"only the label {next(iter(labels))!r}" if labels else "no labels"
        raise ListError(
            f"{examples.source}: has {few}; a classifier needs two labels or more"
        )
    return labels


def _reader(examples: Examples, recipe: Recipe, style: str) -> Reader:
    """What turns the examples into numbers: a vocabulary, words or a scaling."""
    if isinstance(examples, SequenceList):
        return Scaling.fitted(examples, recipe.scale)
    if recipe.unit == "word":
        return Words.of(examples, recipe.max_vocabulary)
    return Vocabulary.of(fold(name, style) for name in examples)


def split_examples(
    examples: Examples, others: Examples | None, model: Classifier
) -> tuple[Sequences | VectorSequences, Sequences | VectorSequences | None]:
    """The examples to learn from, and those to measure on if any, with labels.

    others: examples to measure on beside the share that the model's recipe holds out.
    Raises ListError for a label with too few examples to hold out that share.
    """

    def choose() -> Mask:
        share, seed = model.recipe.held_out, model.provenance.seed
        return hold_out_by_label(examples, share, seed, model.case)

    return split_held_out(examples, others, model, choose, model.read)


class _HeldOut(NamedTuple):
    """Held-out examples, and what the n-grams make of them: the logarithms of the
    probabilities (N, K), None without n-grams.
    """

    examples: Sequences | VectorSequences
    ngram: Floats | None


def _held_out(
    measured: Sequences | VectorSequences | None, model: Classifier
) -> _HeldOut | None:
    if measured is None:
        return None
    ngram = model.mixture().ngram
    if ngram is None or not isinstance(measured, Sequences):
        return _HeldOut(measured, None)
    return _HeldOut(measured, ngram.log_probabilities(measured))


class _Figures(NamedTuple):
    """What a checkpoint of a classifier reports."""

    loss: float
    accuracy: float
    held_out: float | None
    held_out_accuracy: float | None


def _measure(
    model: Classifier,
    training: Sequences | VectorSequences,
    held_out: _HeldOut | None,
) -> Measurement[_Figures]:
    """The figures of a classifier in training: of its network on what it learns, and of
    the best mixture with the n-grams on what is held out if anything.
    """
    network = model.network()
    labels = training.labels
    learned = _loss_and_accuracy(labels, network.probabilities(training))
    if not held_out:
        return Measurement(_Figures(*learned, None, None), None)
    (measured, ngram), weight = held_out, 0.0
    probabilities = network.probabilities(measured)
    if ngram is not None:
        weight = best_weight(measured.labels, probabilities, ngram)
        probabilities = mixed(probabilities, ngram, weight)
    loss, accuracy = _loss_and_accuracy(measured.labels, probabilities)
    best = improved(model.progress, loss, model.provenance.iterations, weight)
    return Measurement(_Figures(*learned, loss, accuracy), best)


def _checkpoint(
    model: Classifier, figures: _Figures, gradients: GradientFigures | None
) -> ClassifierCheckpoint:
    iteration, seconds = model.provenance.iterations, model.progress.seconds
    return ClassifierCheckpoint(iteration, *figures, seconds, model, gradients)


def _loss_and_accuracy(labels: Ids, probabilities: Floats) -> tuple[float, float]:
    """The mean loss in nats per example, and the share with the right label first."""
    right = probabilities.argmax(axis=1) == labels
    return log_loss(labels, probabilities), float(right.mean())
