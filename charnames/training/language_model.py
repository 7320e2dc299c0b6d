"""Training, as a generator of checkpoints: whoever iterates prints, saves, stops."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import compress

import numpy as np

from charnames.data.names import NameList, as_name_list
from charnames.encoding.hashes import name_hashes
from charnames.encoding.labels import counted_labels, label_ids
from charnames.encoding.letter_case import AUTO, detect_case, fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import AlphabetError, ListError
from charnames.models.base import Progress, Provenance
from charnames.models.language_model import Model
from charnames.nn.batching import Ids, Sequences
from charnames.nn.networks.shape import STARTS
from charnames.prediction.ngram import fitting_order
from charnames.random_streams import Stream, fresh_seed, generator
from charnames.recipes.network import network_shape
from charnames.recipes.recipe import Recipe
from charnames.training.loop import Watch
from charnames.training.name_run import Checkpoint, NameRun
from charnames.training.resume import check, continued


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
            _inherit(model, init_from)
    training, measured = split(names, others, model)
    if model.recipe.ngram and not resume:
        order = fitting_order(training, len(model.vocabulary), model.recipe.ngram)
        model = replace(model, recipe=replace(model.recipe, ngram=order))
    run = NameRun(model, training, measured)
    return run.resumed(watch) if resume else run.begun(watch)


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
        parameters=STARTS[recipe.start](shape, generator(seed, Stream.WEIGHTS)),
        provenance=Provenance.begun(names, max(map(len, folded)), loss, seed),
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


def _inherit(model: Model, parent: Model) -> None:
    """Write the parent's weights over the model's, but for what is new to it:
    characters, and labels.
    """
    marked = [["", *m.vocabulary.alphabet] for m in (model, parent)]
    here, there = _common(*marked)
    one_hot = not model.recipe.embedding_size
    for name, view in model.parameters.views.items():
        if name == "layer0.Wlx":
            ours, theirs = _common(list(model.labels), list(parent.labels))
            if len(theirs):
                view[:, ours] = parent.parameters[name][:, theirs]
            continue
        inherited = parent.parameters[name]
        if name in ("embedding", "output.Wya", "output.by"):
            view[here] = inherited[there]
        elif name == "layer0.Wax" and one_hot:
            view[:, here] = inherited[:, there]
        else:
            view[:] = inherited


def _common(ours: list[str], theirs: list[str]) -> tuple[Ids, Ids]:
    """Where what stands in both lists stands in the one and in the other."""
    places = {text: j for j, text in enumerate(theirs)}
    pairs = [(i, places[text]) for i, text in enumerate(ours) if text in places]
    found = np.array(pairs, np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _resumed(
    names: NameList, others: NameList | None, recipe: Recipe | None, model: Model
) -> Model:
    """The model to go on with, towards what `recipe` says."""
    check(names, others, model)
    recipe = recipe or model.recipe
    if recipe.ngram:  # what was asked may not have fitted
        recipe = replace(recipe, ngram=model.recipe.ngram)
    return replace(model, recipe=continued(model.recipe, recipe))


def split(
    names: NameList, others: NameList | None, model: Model
) -> tuple[Sequences, Sequences | None]:
    """The names to learn from, and those to measure on if any.

    A share held out is one of the distinct names: no copy of a name that is measured
    on is learned from.
    """
    folded = [fold(name, model.case) for name in names]
    measured = [fold(name, model.case) for name in others or ()]
    labels = label_ids(names, model.labels)
    others_labels = label_ids(others, model.labels) if others else labels[:0]
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
        out = np.array([name in taken for name in folded])
        measured += list(compress(folded, out))
        folded = list(compress(folded, ~out))
        if len(labels):
            others_labels = np.concatenate([others_labels, labels[out]])
            labels = labels[~out]
    encode = model.vocabulary.sequences
    try:
        learned = encode(folded).labelled(labels)
        return learned, encode(measured).labelled(others_labels) if measured else None
    except AlphabetError as error:
        raise ListError(
            f"{others.source if others else names.source}: {error}, so no name with it "
            "can be measured on; leave those out"
        ) from None
