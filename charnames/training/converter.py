"""Training a converter, as a generator of checkpoints."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.encoding.case_detection import detect_case
from charnames.encoding.labels import counted_labels, label_ids
from charnames.encoding.letter_case import AUTO, KEEP, encode, fold
from charnames.encoding.scaling import Scaling
from charnames.encoding.symbols import Symbols
from charnames.errors import ListError, TrainingError
from charnames.model_file.description import Lengths, Progress, Provenance
from charnames.models.converter import Converter
from charnames.nn.batching import Pairs, Sequences
from charnames.nn.layers.ctc import least_frames
from charnames.nn.networks.ensemble import Ensemble, EnsemblePairs
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.prediction.chunks import aligned
from charnames.prediction.joint_ngram import count_chunks
from charnames.random_streams import Stream, fresh_seed, generator
from charnames.recipes.network import converter_shape
from charnames.recipes.recipe import Recipe
from charnames.training.converter_warm_start import inherited, with_network_of
from charnames.training.gradients import GradientFigures
from charnames.training.held_out_errors import HeldOutErrors
from charnames.training.holdout import example_hashes, hold_out_pairs
from charnames.training.loop import Measurement, Watch, training_loop
from charnames.training.resume import (
    check_resumable,
    check_unfinished,
    continued_recipe,
)
from charnames.training.state import TrainingState, improved

UNKNOWN = 0.02  # of a source's symbols, read as the unknown one in training


@dataclass(frozen=True)
class ConverterCheckpoint:
    """A training run of a converter after `iteration` updates.

    loss: the smoothed loss, in nats per pair. held_out: the share of held-out sources
    whose likeliest target is wrong, of the mixture with the joint n-gram model if there
    is one; network_alone: of the network; both None without held-out pairs. seconds:
    training time so far. model: to convert with, save and resume; with held-out pairs
    its weights are the best so far, without any the current ones. gradients: of the
    updates since the checkpoint before; None at the start.
    """

    iteration: int
    loss: float
    held_out: float | None
    network_alone: float | None
    seconds: float
    model: Converter
    gradients: GradientFigures | None = None


def train_converter(
    pairs: PairList,
    recipe: Recipe | None = None,
    *,
    seed: int | None = None,
    case: str = AUTO,
    held_out: PairList | None = None,
    resume: Converter | None = None,
    init_from: Converter | None = None,
    watch: Watch | None = None,
) -> Iterator[ConverterCheckpoint]:
    """Train a converter. Yield a checkpoint before the first update, every
    `recipe.checkpoint_every` updates, and after the last update.

    recipe: by default the modern one for converters. With held-out pairs the best
    weights are those with which the network converts the fewest sources wrongly, and
    the joint n-gram model gets the weight in the mixture that is best for them.
    init_from: start from the weights of this converter, with its network. The other
    arguments are those of charnames.train.

    Raises ListError or TrainingError before training, for pairs that cannot be learned
    or a run that cannot be resumed, and TrainingError in training if the loss is no
    longer finite. Warns LossRising, once, as charnames.train does.
    """
    if (resume.recipe if resume else recipe or Recipe()).reverse:
        pairs = pairs.reversed()
        held_out = held_out.reversed() if held_out else None
    if resume:
        check_resumable(pairs, held_out, resume)
        settings = continued_recipe(resume.recipe, recipe or resume.recipe)
        model = replace(resume, recipe=settings)
    else:
        recipe = recipe or Recipe.modern(pairs.targets, task="convert")
        recipe = with_network_of(recipe, init_from)
        seed = fresh_seed() if seed is None else operator.index(seed)
        model = _untrained(pairs, held_out, recipe, seed, case)
        model = inherited(model, init_from) if init_from else model
    training, measured = _split(pairs, held_out, model)
    encoded = _encoded(training, model)
    if model.recipe.decoder == "ctc":
        _check_frames(training, encoded)
    if not resume:
        model = replace(model, longest=_longest(encoded))
        if model.recipe.ngram:
            model = _with_chunks(model, encoded)
    state = TrainingState(model, UNKNOWN)
    if resume:
        check_unfinished(state)
    errors = HeldOutErrors(measured, model) if measured else None
    checkpoints = training_loop(
        state,
        Ensemble(model.shape, state.parameters, model.recipe.label_smoothing),
        _for_members(encoded, model),
        partial(_measure, held_out=errors),
        watch,
        exploding=5 * _first_loss(model.target, pairs),
        resumed=bool(resume),
    )
    return (_checkpoint(*checkpoint) for checkpoint in checkpoints)


def _untrained(
    pairs: PairList, others: PairList | None, recipe: Recipe, seed: int, case: str
) -> Converter:
    """The converter at the start of a new run, before the joint n-gram model."""
    style = _style(pairs, recipe, case)
    source: Symbols | Scaling
    if isinstance(pairs.sources, NameList):
        if recipe.encoder == "none":
            raise ListError(
                f"{pairs.source}: texts need an encoder; without one, give sequences "
                "of vectors"
            )
        folded = (fold(text, style) for text in pairs.sources)
        source = Symbols.of(folded, recipe.source_unit)
    else:
        source = Scaling.fitted(pairs.sources, recipe.scale)
        recipe = replace(recipe, ngram=0)  # it reads symbols
    folded = (encode(text, style) for text in pairs.targets)
    target = Symbols.of(folded, recipe.target_unit)
    labels = counted_labels(pairs)
    shape = converter_shape(recipe, source, target, len(labels))
    loss = _first_loss(target, pairs)
    return Converter(
        recipe=recipe,
        parameters=INITIALIZERS[recipe.start](shape, generator(seed, Stream.WEIGHTS)),
        provenance=Provenance.at_start(pairs, max(map(len, pairs.sources)), loss, seed),
        progress=Progress(
            lowest=loss,
            ngram_weight=recipe.ngram_weight if recipe.ngram else 0.0,
            held_out=others.fingerprint if others else "",
        ),
        known=np.unique(example_hashes(pairs.sources, style)),
        labels=labels,
        case=style,
        source=source,
        target=target,
        longest=np.ones(1, np.uint32),
    )


def _first_loss(target: Symbols, pairs: PairList) -> float:
    """The smoothed loss before the first update: each symbol of the longest target one
    of all.
    """
    return math.log(len(target)) * max(map(len, pairs.targets))


def _style(pairs: PairList, recipe: Recipe, case: str) -> str:
    """The case style of the targets, from which both sides are folded."""
    if recipe.target_unit != "character" or case == KEEP:
        return KEEP
    return detect_case(pairs.targets)[0] if case == AUTO else case


def _split(
    pairs: PairList, others: PairList | None, model: Converter
) -> tuple[PairList, PairList | None]:
    """The pairs to learn from, and those to measure on if any."""
    if not model.recipe.held_out:
        return pairs, others
    if others:
        raise TrainingError(
            "held_out: give a share of the pairs or a list of its own, not both"
        )
    share, seed = model.recipe.held_out, model.provenance.seed
    out = hold_out_pairs(pairs, share, seed, model.case)
    return (
        pairs.chosen(np.flatnonzero(~out).tolist()),
        pairs.chosen(np.flatnonzero(out).tolist()),
    )


def _encoded(pairs: PairList, model: Converter) -> Pairs:
    """What the network learns from."""
    targets = model.target.sequences(encode(text, model.case) for text in pairs.targets)
    encoded = Pairs(model.read(list(pairs.sources)), targets)
    return encoded.labelled(label_ids(pairs, model.labels))


def _check_frames(pairs: PairList, encoded: Pairs) -> None:
    """Raise ListError for a target that needs more frames than its source has."""
    frames, targets = encoded.sources.lengths, encoded.targets
    reads_texts = isinstance(pairs.sources, NameList)
    more = ", or give texts more frames with --upsample" if reads_texts else ""
    for number, (start, steps) in enumerate(
        zip(targets.starts, targets.lengths, strict=True)
    ):
        needed = least_frames(targets.ids[start + 1 : start + steps])
        if needed > frames[number]:
            raise ListError(
                f"{pairs.place(number)}: its target needs {needed:,} frames, and its "
                f"source has {frames[number]:,}; leave it out{more}"
            )


def _longest(pairs: Pairs) -> Lengths:
    """How many symbols a target has at most, for sources of 0, 1, ... steps."""
    steps, symbols = pairs.sources.lengths, pairs.targets.lengths - 1
    longest = np.zeros(steps.max() + 1, np.uint32)
    np.maximum.at(longest, steps, symbols.astype(np.uint32))
    longest[: steps.min()] = longest[steps.min()]
    rising: Lengths = np.maximum.accumulate(np.maximum(longest, 1))
    return rising


def _with_chunks(model: Converter, pairs: Pairs) -> Converter:
    """The converter with its joint n-gram model, and its order in the recipe."""
    assert isinstance(pairs.sources, Sequences)
    sources, targets = (
        [
            side.ids[start + 1 : start + steps : repeat]
            for start, steps in zip(side.starts, side.lengths, strict=True)
        ]
        for side, repeat in (
            (pairs.sources, model.recipe.upsample),
            (pairs.targets, 1),
        )
    )
    chunks, cuts = aligned(sources, targets)
    grams = count_chunks(cuts, chunks, model.recipe.ngram)
    recipe = replace(model.recipe, ngram=grams.order)
    return replace(model, recipe=recipe, grams=grams, chunks=chunks)


def _for_members(pairs: Pairs, model: Converter) -> EnsemblePairs:
    """The pairs in an order for each network; that of the first is their own."""
    rng = generator(model.provenance.seed, Stream.ENSEMBLE)
    others = [rng.permutation(len(pairs)) for _ in range(1, model.recipe.members)]
    return EnsemblePairs(pairs, [np.arange(len(pairs)), *others])


class _Figures(NamedTuple):
    """What a checkpoint of a converter reports."""

    held_out: float | None
    network_alone: float | None


def _measure(model: Converter, held_out: HeldOutErrors | None) -> Measurement[_Figures]:
    """What a converter in training makes of held-out sources, if there are any."""
    if not held_out:
        return Measurement(_Figures(None, None), None)
    error, weight, alone = held_out.measure(model)
    best = improved(model.progress, alone, model.provenance.iterations, weight)
    return Measurement(_Figures(error, alone), best)


def _checkpoint(
    model: Converter, figures: _Figures, gradients: GradientFigures | None
) -> ConverterCheckpoint:
    provenance, seconds = model.provenance, model.progress.seconds
    return ConverterCheckpoint(
        provenance.iterations, provenance.loss, *figures, seconds, model, gradients
    )
