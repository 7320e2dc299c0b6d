"""The base model as a model file holds it: an ordinary model, which reads no points."""

from __future__ import annotations

from collections import Counter

import numpy as np

from charnames.encoding.hashes import name_hashes
from charnames.encoding.vocabulary import Vocabulary
from charnames.model_file.description import Progress, Provenance
from charnames.models.language_model import Model
from charnames.nn.parameters import Array, Parameters
from charnames.pretrained.base.lists.cleaning import TrainingLists, group
from charnames.pretrained.base.training import BaseSettings
from charnames.recipes.recipe import Recipe
from charnames.version import __version__

_LEAST_SPREAD = 1e-3  # added to the points' standard deviation
_FAMILIAR = 4  # lists that have a familiar name


def fold_points(parameters: Parameters, points: Array) -> tuple[Parameters, Array]:
    """The weights of a network that reads no points, and the directions, (G, R).

    The mean of the lists' points is folded into the first layer's bias. The directions
    are what leads from there to other lists: the columns of Wlx, scaled so that over
    the lists each coordinate has a standard deviation of about 1. So `b + directions @
    v`, with v standard normal, is a list such as the model learned. All numbers are
    rounded to float16.
    """
    lists = points[1:]
    mean, spread = lists.mean(axis=0), lists.std(axis=0) + _LEAST_SPREAD
    shapes = {n: shape for n, shape in parameters.shapes.items() if n != "layer0.Wlx"}
    weights = Parameters(shapes)
    for name, view in weights.views.items():
        view[:] = parameters[name]
    weights["layer0.b"][:] += parameters["layer0.Wlx"] @ mean
    weights.values[:] = _rounded(weights.values)
    return weights, _rounded(parameters["layer0.Wlx"] * spread)


def _rounded(values: Array) -> Array:
    """The values as float16 has them, in float32."""
    return values.astype(np.float16).astype(np.float32)


def familiar_names(lists: TrainingLists) -> set[str]:
    """Names and words that everybody knows: those of four lists or more, and titles."""
    counts = Counter(name for names in lists.lists.values() for name in set(names))
    titles = {
        name
        for label, names in lists.lists.items()
        if group(label) == "title"
        for name in names
    }
    return titles | {name for name, count in counts.items() if count >= _FAMILIAR}


def base_model(
    parameters: Parameters,
    points: Array,
    loss: float,
    lists: TrainingLists,
    settings: BaseSettings,
) -> Model:
    """The base model of a run: its weights, points and loss, in nats per name."""
    weights, directions = fold_points(parameters, points)
    names = [name for names in lists.lists.values() for name in names]
    return Model(
        recipe=_recipe(settings),
        parameters=weights,
        provenance=Provenance(
            dataset="base",
            fingerprint=lists.fingerprint,
            names=len(names),
            longest=max(map(len, names)),
            iterations=settings.iterations,
            loss=loss,
            seed=settings.seed,
            version=__version__,
        ),
        progress=Progress(lowest=loss),
        case="lower",
        # Hashes of all names would be seven times the weights. A file holds one hash
        # at least: that of the empty name, which no model writes.
        known=name_hashes([""]),
        vocabulary=Vocabulary(lists.alphabet),
        familiar=np.sort(name_hashes(sorted(familiar_names(lists)))),
        directions=directions,
    )


def _recipe(settings: BaseSettings) -> Recipe:
    """The settings of the run, as far as a recipe has them."""
    return Recipe(
        cell="gru",
        hidden_size=settings.hidden_size,
        embedding_size=settings.embedding_size,
        start="scaled",
        iterations=settings.iterations,
        batch_size=settings.batch_size,
        state="zero",
        order="each-pass",
        keep="last",
        held_out=settings.held_out,
        optimizer="adamw",
        learning_rate=settings.learning_rate,
        schedule="linear",
        warm_up=settings.warm_up,
        clip=settings.clip,
        clip_by="norm",
        dropout=settings.dropout,
        weight_decay=settings.weight_decay,
    )
