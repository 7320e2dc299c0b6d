"""Warm starts: what a new run inherits of another model, and how it fits the list.

A model that has `directions` is a base model: it learned from many lists at once, each
of which entered it as a point v in a space of R dimensions that moves the first layer's
bias, b + W v. Its `directions` W are scaled so that over its lists v has mean 0 and
variance 1 in every dimension. So a new list is first looked for among these points: v
is fitted with that Gaussian as its prior, beside the rows of characters that the base
does not know, while all other weights stand still. Then the run itself trains every
weight, and `Recipe.anchor` holds them near this start (Li, Grandvalet & Davoine 2018).
"""

from __future__ import annotations

import numpy as np

from charnames.encoding.hashes import NO_HASHES, Hashes
from charnames.models.language_model import Model
from charnames.nn.batching import Ids, Sequences, pack
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.optimizers import AdamW
from charnames.nn.parameters import Array, Parameters
from charnames.random_streams import Stream, generator
from charnames.training.inheritance import inherit_labels, inherit_symbols

_BY_SYMBOL = ("embedding", "output.Wya", "output.by")  # with a row for each symbol
_FITTING_STEPS = 60
_FITTING_RATE = 0.1  # of v, in its standard deviations
_NEW_ROWS_RATE = 0.02
_FITTING_BATCH = 64  # names
_FEW_FAMILIAR = 0.25  # of a list's names; of given names and surnames, most are


def inherit_weights(model: Model, parent: Model) -> None:
    """Write the parent's weights over those of the model, which has the same network.

    A character that the parent does not know starts near the one that it is made from,
    ạ near a, where the parent knows that. Other characters and labels that are new keep
    their random weights.
    """
    symbols = [["", *m.vocabulary.alphabet] for m in (model, parent)]  # "" ends a name
    one_hot = not model.recipe.embedding_size
    for name, view in model.parameters.views.items():
        if name not in parent.parameters.views:  # the parent has no labels
            continue
        inherited = parent.parameters[name]
        if name == "layer0.Wlx":  # a column for each label
            inherit_labels(view, inherited, list(model.labels), list(parent.labels))
        elif name in _BY_SYMBOL:
            inherit_symbols(view, inherited, *symbols)
        elif name == "layer0.Wax" and one_hot:  # a column for each symbol
            inherit_symbols(view.T, inherited.T, *symbols)
        else:
            view[:] = inherited


def unwanted_familiar_names(model: Model, parent: Model) -> Hashes:
    """The hashes of the parent's familiar names, which the model is to leave out; none
    of them if many names of the list are familiar themselves.
    """
    if np.isin(model.known, parent.familiar).mean() < _FEW_FAMILIAR:
        return parent.familiar
    return NO_HASHES


def fit_to_list(model: Model, parent: Model, training: Sequences) -> None:
    """Move the model, which has just inherited the base model's weights, to where the
    list lies among the lists that the base knows. Changes `model.parameters`.

    Labels of the list each get a point of their own beside the list's.
    """
    directions = parent.directions
    if directions is None:
        return
    network = LanguageModelNetwork(model.shape, model.parameters)
    for layer in network.stack.cells:
        for cell in layer:
            cell.is_fixed = True
    gradients, views = network.gradients, model.parameters.views
    K = len(model.labels)
    points = Parameters({"points": (directions.shape[1], 1 + K)})
    start = views["layer0.b"].copy()
    new = _unknown_positions(model, parent)
    by_symbol = [name for name in _BY_SYMBOL if name in views]
    rows = Parameters({name: (len(new), *views[name].shape[1:]) for name in by_symbol})
    for name, view in rows.views.items():
        view[:] = views[name][new]
    optimizers = [
        (AdamW(points, 0.0), _FITTING_RATE),
        (AdamW(rows, 0.0), _NEW_ROWS_RATE),
    ]
    for step in range(_FITTING_STEPS):
        rng = generator(model.provenance.seed, Stream.GROWTH, step)
        size = min(_FITTING_BATCH, len(training))
        chosen = rng.choice(len(training), size, replace=False)
        network.loss_and_gradients(pack(training, chosen))
        prior = points["points"] / len(training)
        by_point = directions.T @ _by_list_and_label(gradients, K)
        by_row = [gradients[name][new].ravel() for name in rows.views]
        updates = [(by_point + prior).ravel(), np.concatenate(by_row)]
        for (optimizer, rate), update in zip(optimizers, updates, strict=True):
            optimizer.update(update, rate * (1 - step / _FITTING_STEPS), step)
        moved = directions @ points["points"]
        views["layer0.b"][:] = start + moved[:, 0]
        if K:
            views["layer0.Wlx"][:] = moved[:, 1:]
        for name, view in rows.views.items():
            views[name][new] = view


def _by_list_and_label(gradients: Parameters, K: int) -> Array:
    """The gradients of the first layer's bias and of its K labels, (G, 1 + K)."""
    by_list = gradients["layer0.b"][:, None]
    return np.hstack([by_list, gradients["layer0.Wlx"]]) if K else by_list


def _unknown_positions(model: Model, parent: Model) -> Ids:
    """The ids of the model's characters that the parent does not know."""
    known = set(parent.vocabulary.alphabet)
    alphabet = model.vocabulary.alphabet
    return np.array([i for i, c in enumerate(alphabet, 1) if c not in known], np.intp)
