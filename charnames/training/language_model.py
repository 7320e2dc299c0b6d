"""Training a model of names, as a generator of checkpoints."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from charnames.data.name_list import NameList, as_name_list
from charnames.encoding.case_detection import detect_case
from charnames.encoding.hashes import NO_HASHES, name_hashes
from charnames.encoding.labels import counted_labels
from charnames.encoding.letter_case import (
    AUTO,
    MARK,
    MOST_MARKED,
    encode,
    encode_list,
    fold,
)
from charnames.encoding.list_form import ListForm
from charnames.encoding.name_parts import part_hashes
from charnames.encoding.near_copies import near_hashes
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError, ListError
from charnames.model_file.description import Progress, Provenance
from charnames.models.language_model import Model
from charnames.nn.array_types import Mask
from charnames.nn.batching import Packed, Sequences
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.prediction.ngram import count_grams, fitting_order
from charnames.random_streams import Stream, fresh_seed, generator
from charnames.recipes.network import network_shape
from charnames.recipes.recipe import Recipe
from charnames.training.best_checkpoint import first_loss
from charnames.training.carried_state import CarryingNetwork
from charnames.training.fitting import encoded_word_pairs, fitting_recipe
from charnames.training.gradients import GradientFigures
from charnames.training.growing import grown, with_parent
from charnames.training.held_out_loss import HeldOutLoss
from charnames.training.holdout import hold_out_names, split_held_out
from charnames.training.loop import (
    Trainable,
    Watch,
    training_loop,
)
from charnames.training.measuring import NameFigures, measure
from charnames.training.ngram_weight import fitted_ngram_weight
from charnames.training.resume import (
    check_resumable,
    check_unfinished,
    continued_recipe,
)
from charnames.training.state import TrainingState
from charnames.training.untrained import exploding_loss


@dataclass(frozen=True)
class Checkpoint:
    """A training run after `iteration` updates.

    loss: the smoothed loss, in nats per name. names: sampled from the current weights.
    held_out: the loss on held-out names, in nats per symbol; learned: the loss of the
    network alone, without an n-gram model, on as many learned names; gap: how much
    higher that is on held-out names; all None without held-out names.
    seconds: training time so far. model: to sample from, save and resume; with held-out
    names its weights are those with the lowest loss on these so far; without any, those
    with the lowest smoothed loss so far, or the current ones, as `recipe.keep` says.
    gradients: of the updates since the checkpoint before; None at the start. mean_loss:
    of the network before the first update, measured on the learned names (on 1,000 of
    them where there are more), in nats per name; None at any other iteration.
    """

    iteration: int
    loss: float
    names: tuple[str, ...]
    held_out: float | None
    learned: float | None
    gap: float | None
    seconds: float
    model: Model
    gradients: GradientFigures | None = None
    mean_loss: float | None = None


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
    """Train a model of the names. Yield a Checkpoint before the first update, every
    `recipe.checkpoint_every` updates, and after the last update.

    recipe: the classic one by default. seed: random by default. case: "keep", a style
    to fold names from, or "auto" to fold a letter case that can be restored. alphabet:
    characters to know beside those of the names. held_out: names to measure on and not
    to learn, beside the share of the list that the recipe holds out. resume: continue
    exactly the run that this model is a checkpoint of; a recipe may then change its
    length and its reports. init_from: start from the weights of this model, with its
    network in place of the recipe's, and not from the model that the recipe says; see
    charnames.training.warm_start. watch: called after each update with the iteration
    and the smoothed loss; keep it fast.

    Raises ListError or TrainingError before training, for an unfit list or a run that
    cannot be resumed, and TrainingError in training if the loss is no longer finite.
    Warns LossRising, once, if the loss is ten times its lowest, or five times that of
    its start.
    """
    names = as_name_list(names)
    others = None if held_out is None else as_name_list(held_out)
    if resume:
        model = _resumed(names, others, recipe, resume)
    else:
        seed = fresh_seed() if seed is None else operator.index(seed)
        recipe, parent = with_parent(recipe or Recipe(), init_from)
        model = _untrained(names, others, recipe, seed, case, alphabet)
    training, measured = split_names(names, others, model)
    if not resume and parent:
        model = grown(model, parent, training)
    model = _with_ngrams(model, training, fit_weight=not resume)
    held_out_loss = HeldOutLoss(measured, training, model) if measured else None
    state = TrainingState(model)
    if resume:
        check_unfinished(state)
    checkpoints = training_loop(
        state,
        _trainable(state),
        training,
        partial(measure, held_out=held_out_loss, training=training),
        watch,
        exploding=exploding_loss(len(model.vocabulary), training),
        resumed=bool(resume),
    )
    return (_checkpoint(*checkpoint) for checkpoint in checkpoints)


def _trainable(state: TrainingState[Model]) -> Trainable[Packed]:
    """The network that trains the state's parameters."""
    network = LanguageModelNetwork(state.model.shape, state.parameters)
    if state.recipe.carries_state:
        return CarryingNetwork(network, state.carried)
    return network


def _untrained(
    names: NameList,
    others: NameList | None,
    recipe: Recipe,
    seed: int,
    case: str,
    alphabet: str,
) -> Model:
    """The model at the start of a new run."""
    style = detect_case(names, MOST_MARKED)[0] if case == AUTO else case
    folded = [fold(name, style) for name in names]
    encoded = encode_list(names, style)
    vocabulary = Vocabulary.of(
        [*encoded, *(encode(c, style, marks=False) for c in set(alphabet))]
    )
    longest = max(len(symbols) - symbols.count(MARK) for symbols in encoded)
    labels = counted_labels(names)
    recipe = fitting_recipe(recipe, folded, vocabulary.alphabet, bool(labels))
    shape = network_shape(recipe, len(vocabulary), len(labels))
    loss = first_loss(len(vocabulary))
    return Model(
        recipe=recipe,
        parameters=INITIALIZERS[recipe.start](shape, generator(seed, Stream.WEIGHTS)),
        provenance=Provenance.at_start(names, longest, loss, seed),
        progress=Progress(
            lowest=loss,
            ngram_weight=recipe.ngram_weight if recipe.ngram else 0.0,
            held_out=others.fingerprint if others else "",
        ),
        known=np.unique(name_hashes(folded)),
        labels=labels,
        vocabulary=vocabulary,
        case=style,
        list_form=ListForm.of(folded),
        words=encoded_word_pairs(encoded, vocabulary) if recipe.word_weight else None,
        near=near_hashes(folded) if recipe.min_edits > 1 else NO_HASHES,
        familiar=part_hashes(folded) if recipe.min_edits > 1 else NO_HASHES,
    )


def _with_ngrams(model: Model, training: Sequences, fit_weight: bool) -> Model:
    """The model with the n-grams of the names, and in its recipe their order: the
    requested one, or a lower one whose tables are small enough.

    fit_weight: whether to fit the weight of the n-gram model if the recipe says so.
    """
    if not model.recipe.ngram:
        return model
    V = len(model.vocabulary)
    order = fitting_order(training, V, model.recipe.ngram)
    recipe = replace(model.recipe, ngram=order)
    model = replace(model, recipe=recipe, grams=count_grams(training, V, order))
    if not fit_weight or not recipe.fit_ngram_weight:
        return model
    weight = fitted_ngram_weight(model, training)
    return replace(model, progress=model.progress._replace(ngram_weight=weight))


def _resumed(
    names: NameList, others: NameList | None, recipe: Recipe | None, model: Model
) -> Model:
    """The model to resume, with the settings of `recipe` that may change."""
    check_resumable(names, others, model)
    recipe = recipe or model.recipe
    if recipe.init_from != "none":
        recipe = recipe.with_network_of(model.recipe)
    if recipe.ngram:  # the order may have been lowered to fit
        recipe = replace(recipe, ngram=model.recipe.ngram)
    recipe = fitting_recipe(
        recipe,
        [fold(name, model.case) for name in names],
        model.alphabet,
        bool(model.labels),
    )
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

    def encoded(part: list[str]) -> Sequences:
        marks = model.vocabulary.mark is not None
        return model.vocabulary.sequences(
            encode(name, model.case, marks) for name in part
        )

    try:
        return split_held_out(names, others, model, choose, encoded)
    except AlphabetError as error:
        raise ListError(
            f"{others.source if others else names.source}: {error}, so no name with it "
            "can be measured on; leave those out"
        ) from None


def _checkpoint(
    model: Model, figures: NameFigures, gradients: GradientFigures | None
) -> Checkpoint:
    return Checkpoint(
        iteration=model.provenance.iterations,
        loss=model.provenance.loss,
        seconds=model.progress.seconds,
        model=model,
        gradients=gradients,
        **figures._asdict(),
    )
