"""Training, as a generator of checkpoints: whoever iterates prints, saves, stops."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from charnames import __version__
from charnames.errors import AlphabetError, ListError, TrainingError
from charnames.model import (
    Model,
    Progress,
    Provenance,
    name_hashes,
    network_shape,
    state_names,
)
from charnames.names import NameList, as_name_list
from charnames.ngram import fitting_order
from charnames.nn.batching import END, Sequences
from charnames.nn.network import STARTS
from charnames.recipe import Recipe
from charnames.run import Checkpoint, Run
from charnames.seeds import Stream, fresh_seed, generator
from charnames.vocabulary import AUTO, Vocabulary, detect_case, fold


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
    alphabets have keep what was learned of them, others start afresh.

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
            _inherit(model, init_from)
    training, measured = split(names, others, model)
    if model.recipe.ngram and not resume:
        order = fitting_order(training, len(model.vocabulary), model.recipe.ngram)
        model = replace(model, recipe=replace(model.recipe, ngram=order))
    run = Run(model, training, measured)
    if resume and run.finished:
        raise TrainingError(
            f"the run has had its {run.finished}; to go on, ask for more than that"
        )
    return _checkpoints(run, from_start=resume is None)


def _checkpoints(run: Run, from_start: bool) -> Iterator[Checkpoint]:
    if from_start:
        yield run.checkpoint()
    while not run.finished:
        run.advance()
        yield run.checkpoint()


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
    loss = 7 * math.log(len(vocabulary))
    start = STARTS[recipe.start]
    return Model(
        vocabulary,
        style,
        recipe,
        start(network_shape(recipe, len(vocabulary)), generator(seed, Stream.WEIGHTS)),
        Provenance(
            dataset=names.source,
            fingerprint=names.fingerprint,
            names=len(names),
            longest=max(map(len, folded)),
            iterations=0,
            loss=loss,
            seed=seed,
            version=__version__,
        ),
        Progress(
            lowest=loss,
            ngram_weight=recipe.ngram_weight if recipe.ngram else 0.0,
            held_out=others.fingerprint if others else "",
        ),
        np.unique(name_hashes(folded)),
    )


def _inherit(model: Model, parent: Model) -> None:
    """Write the parent's weights over the model's, but for characters new to it."""
    known = {c: j for j, c in enumerate(parent.vocabulary.alphabet, END + 1)}
    pairs = [(END, END)]
    for i, character in enumerate(model.vocabulary.alphabet, END + 1):
        if character in known:
            pairs.append((i, known[character]))
    here, there = np.array(pairs).T
    one_hot = not model.recipe.embedding_size
    for name, view in model.parameters.views.items():
        inherited = parent.parameters[name]
        if name in ("embedding", "output.Wya", "output.by"):
            view[here] = inherited[there]
        elif name == "layer0.Wax" and one_hot:
            view[:, here] = inherited[:, there]
        else:
            view[:] = inherited


def _resumed(
    names: NameList, others: NameList | None, recipe: Recipe | None, model: Model
) -> Model:
    """The model to go on with, towards what `recipe` says."""
    if names.fingerprint != model.provenance.fingerprint:
        raise TrainingError(
            f"{names.source}: not the list that the model learned "
            f"({model.provenance.dataset}), or changed since; resume with that list, "
            "or start a new model from these weights with --init-from"
        )
    if (others.fingerprint if others else "") != model.progress.held_out:
        raise TrainingError(
            "the names held out are not those that the run began with; resume with them"
        )
    if not model.state.keys() >= set(state_names(model.recipe, model.progress)):
        raise TrainingError(
            "the model was kept without what resuming it takes (--slim); start a new "
            "one from its weights with --init-from"
        )
    recipe = recipe or model.recipe
    if recipe.ngram and model.recipe.ngram:  # what was asked may not have fitted
        recipe = replace(recipe, ngram=model.recipe.ngram)
    free = {"iterations", "time_limit", "patience", "checkpoint_every", "samples"}
    for name, value in recipe.settings().items():
        if name not in free and value != model.recipe.settings()[name]:
            raise TrainingError(f"{name}: a resumed run keeps the one it began with")
    return replace(model, recipe=recipe)


def split(
    names: NameList, others: NameList | None, model: Model
) -> tuple[Sequences, Sequences | None]:
    """The names to learn from, and those to measure on if any.

    A share held out is one of the distinct names: no copy of a name that is measured
    on is learned from.
    """
    folded = [fold(name, model.case) for name in names]
    measured = [fold(name, model.case) for name in others or ()]
    share = model.recipe.held_out
    if share:
        distinct = sorted(set(folded))
        count = round(share * len(distinct)) or 1
        if count >= len(distinct):
            raise ListError(
                f"{names.source}: {len(distinct)} different names are too few to hold "
                f"out {share:g} of them; hold out less"
            )
        rng = generator(model.provenance.seed, Stream.SPLIT)
        taken = {distinct[i] for i in rng.permutation(len(distinct))[:count]}
        measured += [name for name in folded if name in taken]
        folded = [name for name in folded if name not in taken]
    encode = model.vocabulary.sequences
    try:
        return encode(folded), encode(measured) if measured else None
    except AlphabetError as error:
        raise ListError(
            f"{others.source if others else names.source}: {error}, so no name with it "
            "can be measured on; leave those out"
        ) from None
