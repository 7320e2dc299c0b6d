"""Training a model of names, as a generator of checkpoints."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from charnames.data.names import NameList, as_name_list
from charnames.encoding.hashes import name_hashes
from charnames.encoding.labels import counted_labels
from charnames.encoding.letter_case import AUTO, detect_case, fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError, ListError
from charnames.generation.sampler import draw_some
from charnames.model_file.description import Progress, Provenance
from charnames.models.language_model import Model
from charnames.nn.batching import Sequences
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.nn.networks.language_model import Network
from charnames.prediction.ngram import NGram, count_grams, fitting_order
from charnames.prediction.predictor import best_weight
from charnames.random_streams import Stream, fresh_seed, generator
from charnames.recipes.network import network_shape
from charnames.recipes.recipe import Recipe
from charnames.training.holdout import Mask, hold_out_names, split
from charnames.training.loop import Measurement, Watch, training_loop
from charnames.training.resume import (
    check_resumable,
    check_unfinished,
    continued_recipe,
)
from charnames.training.state import TrainingState, improved
from charnames.training.warm_start import inherit_weights


@dataclass(frozen=True)
class Checkpoint:
    """A run as it stands after `iteration` updates.

    loss: the smoothed loss per name, in nats. names: drawn from the weights as they
    are. held_out: the loss per symbol on the names held out, in nats, or None; gap: how
    much more the network alone loses there than on as many names learned, or None.
    seconds: of training so far. model: to sample from, save and resume; with names
    held out, its weights are the best so far.
    """

    iteration: int
    loss: float
    names: tuple[str, ...]
    held_out: float | None
    gap: float | None
    seconds: float
    model: Model


def train(
    names: Iterable[str],
    recipe: Recipe | None = None,
    *,
    seed: int | None = None,
    case: str = AUTO,
    alphabet: str = "",
    held_out: Iterable[str] | None = None,
    resume: Model | None = None,
    init_from: Model | None = None,
    watch: Watch | None = None,
) -> Iterator[Checkpoint]:
    """Learn the names; a Checkpoint before the first update, every
    `recipe.checkpoint_every` updates, and after the last.

    recipe: the textbook's unless told. seed: of everything random; one that nobody
    chose unless told. case: "keep", a style, or "auto" to fold away a case that can be
    put back. alphabet: characters to know beside those of the names. held_out: names
    to measure on and not to learn from, beside the share of the list that the recipe
    holds out. resume: go on with the run that this model is a checkpoint of, exactly;
    `recipe` may then say how far, and what to report. init_from: start from this
    model's weights, with its network in place of the recipe's; characters that both
    alphabets have keep what was learned of them, others start afresh. watch: called
    after each update with the iteration and the smoothed loss, to show how far it is;
    it should be quick.

    Raises ListError or TrainingError before training, for a list or a resumption that
    cannot be; TrainingError while training, where the loss is no longer a number.
    Warns LossRising, once, where it stands at ten times the lowest that it has been.
    """
    names = as_name_list(names)
    others = None if held_out is None else as_name_list(held_out)
    if resume:
        model = _resumed(names, others, recipe, resume)
    else:
        seed = fresh_seed() if seed is None else operator.index(seed)
        recipe = recipe or Recipe()
        if init_from:
            recipe = recipe.with_network_of(init_from.recipe)
        model = _untrained(names, others, recipe, seed, case, alphabet)
        if init_from:
            inherit_weights(model, init_from)
    training, measured = split_names(names, others, model)
    if model.recipe.ngram and not resume:
        order = fitting_order(training, len(model.vocabulary), model.recipe.ngram)
        model = replace(model, recipe=replace(model.recipe, ngram=order))
    ngram = None
    if model.recipe.ngram:
        V = len(model.vocabulary)
        grams = count_grams(training, V, model.recipe.ngram)
        model = replace(model, grams=grams)
        ngram = NGram(grams, V) if measured else None
    held_out_loss = _HeldOutLoss(measured, training, ngram) if measured else None
    state = TrainingState(model)
    if resume:
        check_unfinished(state)
    checkpoints = training_loop(
        state,
        Network(model.shape, state.parameters),
        training,
        partial(_measure, held_out=held_out_loss),
        watch,
        resumed=bool(resume),
    )
    return (_checkpoint(*checkpoint) for checkpoint in checkpoints)


def _untrained(
    names: NameList,
    others: NameList | None,
    recipe: Recipe,
    seed: int,
    case: str,
    alphabet: str,
) -> Model:
    """The model that a run with that seed begins with."""
    style = detect_case(names)[0] if case == AUTO else case
    folded = [fold(name, style) for name in names]
    vocabulary = Vocabulary.of([*folded, fold(alphabet, style)])
    labels = counted_labels(names)
    if labels:  # an n-gram model would write names as if there were none
        recipe = replace(recipe, ngram=0)
    shape = network_shape(recipe, len(vocabulary), len(labels))
    loss = 7 * math.log(len(vocabulary))
    return Model(
        recipe=recipe,
        parameters=INITIALIZERS[recipe.start](shape, generator(seed, Stream.WEIGHTS)),
        provenance=Provenance.at_start(names, max(map(len, folded)), loss, seed),
        progress=Progress(
            lowest=loss,
            ngram_weight=recipe.ngram_weight if recipe.ngram else 0.0,
            held_out=others.fingerprint if others else "",
        ),
        known=np.unique(name_hashes(folded)),
        labels=labels,
        vocabulary=vocabulary,
        case=style,
    )


def _resumed(
    names: NameList, others: NameList | None, recipe: Recipe | None, model: Model
) -> Model:
    """The model to go on with, towards what `recipe` says."""
    check_resumable(names, others, model)
    recipe = recipe or model.recipe
    if recipe.ngram:  # what was asked may not have fitted
        recipe = replace(recipe, ngram=model.recipe.ngram)
    return replace(model, recipe=continued_recipe(model.recipe, recipe))


def split_names(
    names: NameList, others: NameList | None, model: Model
) -> tuple[Sequences, Sequences | None]:
    """The names to learn from, and those to measure on if any, with labels.

    others: names to measure on beside the share that the model's recipe holds out.
    Raises ListError for too few names to hold out that share, or names to measure on
    with a character outside the alphabet.
    """

    def choose() -> Mask:
        share, seed = model.recipe.held_out, model.provenance.seed
        return hold_out_names(names, share, seed, model.case)

    def encode(part: list[str]) -> Sequences:
        return model.vocabulary.sequences(fold(name, model.case) for name in part)

    try:
        return split(names, others, model, choose, encode)
    except AlphabetError as error:
        raise ListError(
            f"{others.source if others else names.source}: {error}, so no name with it "
            "can be measured on; leave those out"
        ) from None


class _Figures(NamedTuple):
    """What a checkpoint of a model of names reports."""

    names: tuple[str, ...]
    held_out: float | None
    gap: float | None


class _HeldOutLoss:
    """Measures a model on held-out names, and its gap to names that it learned.

    learned_ngram: the n-gram model of the learned names that is mixed in, if any.
    """

    def __init__(
        self, held_out: Sequences, training: Sequences, learned_ngram: NGram | None
    ) -> None:
        self.held_out = held_out
        # As many learned names as there are held out, at even distances.
        every = max(1, len(training) // len(held_out))
        self.compared = training.chosen(np.arange(0, len(training), every))
        self.by_ngram = learned_ngram.predicted(held_out) if learned_ngram else None

    def measure(self, network: Network) -> tuple[float, float, float]:
        """The loss of the mixture in nats per symbol, the share of the n-gram model
        that makes it lowest, and by how much the network alone loses more than on
        learned names.
        """
        losses = network.all_losses(self.held_out).astype(np.float64)
        learned = network.all_losses(self.compared)
        loss = float(losses.mean())
        gap = loss - float(learned.mean(dtype=np.float64))
        weight = 0.0
        if self.by_ngram is not None:
            weight, loss = best_weight(np.exp(-losses), self.by_ngram)
        return loss, weight, gap


def _measure(model: Model, held_out: _HeldOutLoss | None) -> Measurement[_Figures]:
    """The held-out loss of a model in training, and names sampled from it."""
    iteration = model.provenance.iterations
    loss = gap = best = None
    if held_out:
        network = Network(model.shape, model.parameters)
        loss, weight, gap = held_out.measure(network)
        best = improved(model.progress, loss, iteration, weight)
    sampled = replace(model, progress=best or model.progress)
    names = draw_some(
        sampled.predictor(),
        sampled.form,
        model.recipe.samples,
        generator(model.provenance.seed, Stream.REPORT, iteration),
    )
    return Measurement(_Figures(tuple(names), loss, gap), best)


def _checkpoint(model: Model, figures: _Figures) -> Checkpoint:
    provenance, seconds = model.provenance, model.progress.seconds
    return Checkpoint(provenance.iterations, provenance.loss, *figures, seconds, model)
