"""The modern recipe: the best known settings, by task and by the size of the list.

The settings of generators were chosen on held-out names of parts of two lists, those of
classifiers on folds of surnames and of sentences that no figure is reported of; see
tests/benchmarks/README.md. Those of converters stand in converter_presets.py.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sized
from itertools import islice
from typing import Any

from charnames.recipes.converter_presets import converter_settings
from charnames.recipes.grown import (
    RUN,
    SAMPLING,
    base_helps,
    count_symbols,
    grown_settings,
)

NETWORK = ("cell", "hidden_size", "layers", "embedding_size", "tied")  # settings

# The settings of generators from random weights that do not depend on the list.
_GENERATOR: dict[str, Any] = {
    "embedding_size": 48,
    "start": "scaled",
    "optimizer": "adamw",
    "schedule": "linear",
    "warm_up": 50,
    "clip": 0.0,
    "checkpoint_every": 100,
    **RUN,
    **SAMPLING,
}

LONG_LIST = 100_000  # symbols
_LONG_LIST_PASSES = 16
_LEAST_ITERATIONS, _MOST_ITERATIONS = 4_000, 30_000  # for a long list

# The settings that do, each with the number of symbols that a list must stay below.
MODERN_TIERS: tuple[tuple[float, dict[str, Any]], ...] = (
    (
        2_500,
        {
            "cell": "gru",
            "hidden_size": 64,
            "batch_size": 32,
            "iterations": 500,
            "learning_rate": 0.015,
            "dropout": 0.5,
            "embedding_dropout": 0.4,
            "recurrent_dropout": 0.4,
            "weight_decay": 1.0,
            "average": 0.98,
            "ngram": 5,
            "ngram_weight": 0.35,
        },
    ),
    (
        20_000,
        {
            "cell": "lstm",
            "hidden_size": 128,
            "batch_size": 32,
            "iterations": 1_200,
            "learning_rate": 0.006,
            "dropout": 0.6,
            "embedding_dropout": 0.2,
            "recurrent_dropout": 0.3,
            "weight_decay": 0.1,
            "average": 0.99,
            "ngram": 6,
            "ngram_weight": 0.4,
        },
    ),
    (
        LONG_LIST,
        {
            "cell": "lstm",
            "hidden_size": 160,
            "batch_size": 64,
            "iterations": 4_000,
            "learning_rate": 0.01,
            "dropout": 0.4,
            "embedding_dropout": 0.1,
            "recurrent_dropout": 0.2,
            "weight_decay": 0.1,
            "average": 0.995,
            "ngram": 6,
            "ngram_weight": 0.3,
        },
    ),
    (
        math.inf,
        {
            "cell": "gru",
            "hidden_size": 256,
            "batch_size": 128,
            "learning_rate": 0.01,
            "dropout": 0.4,
            "recurrent_dropout": 0.15,
            "weight_decay": 0.1,
            "average": 0.999,
            "ngram": 6,
            "ngram_weight": 0.3,
            "checkpoint_every": 200,
        },
    ),
)

# For names with labels, which take longer to learn. Chosen on held-out surnames.
_LABELLED = {"dropout": 0.4, "embedding_dropout": 0.1, "recurrent_dropout": 0.2}

# The settings of classifiers that do not depend on their inputs.
_CLASSIFIER: dict[str, Any] = {
    "cell": "lstm",
    "start": "scaled",
    "bidirectional": True,
    "pooling": "mean",
    "batch_size": 32,
    "optimizer": "adamw",
    "schedule": "linear",
    "warm_up": 50,
    "clip": 1.0,
    "clip_by": "norm",
    "samples": 0,
}

# For each kind of input: passes through the list, and settings that depend on it.
_CLASSIFIERS: dict[str, tuple[int, dict[str, Any]]] = {
    "character": (
        27,
        {
            "pooling": "max",
            "hidden_size": 128,
            "embedding_size": 64,
            "learning_rate": 0.01,
            "dropout": 0.5,
            "embedding_dropout": 0.3,
            "recurrent_dropout": 0.3,
            "weight_decay": 0.1,
            "average": 0.995,
            "ngram": 5,
            "ngram_weight": 0.65,
        },
    ),
    "word": (
        6,
        {
            "hidden_size": 64,
            "embedding_size": 64,
            "learning_rate": 0.004,
            "dropout": 0.5,
            "embedding_dropout": 0.5,
            "recurrent_dropout": 0.2,
            "weight_decay": 0.1,
            "average": 0.98,
            "ngram": 2,
            "ngram_weight": 0.65,
        },
    ),
    "number": (
        40,
        {
            "hidden_size": 64,
            "learning_rate": 0.004,
            "dropout": 0.3,
            "weight_decay": 0.01,
            "average": 0.98,
        },
    ),
}
_LEAST_UPDATES, _MOST_UPDATES = 200, 20_000
_CHECKPOINTS = 20  # of a classifier's run


def generator_settings(
    names: Collection[Sized], requested: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings for a generator of names like these.

    requested: the settings that are given. The run starts from the base model unless
    they say otherwise, or have a network of their own, or the list is long or in other
    scripts than the base model's.
    """
    parent = requested.get("init_from")
    if parent is None:
        own_network = not requested.keys().isdisjoint((*NETWORK, "start"))
        parent = "none" if own_network or not base_helps(names) else "base"
    if parent == "none":
        return _settings_from_scratch(names, requested)
    settings = {**grown_settings(names), "init_from": parent}
    if "ngram_weight" in requested:
        settings["fit_ngram_weight"] = False
    return settings


def _settings_from_scratch(
    names: Collection[Sized], requested: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings for a run from random weights.

    requested: the settings that are given, of which the time limit counts. The fewer
    symbols the list has (characters, and an end marker for each name), the smaller the
    network and the stronger the regularisation. A long list with a time limit trains
    until that; a short list ends sooner.
    """
    limited = bool(requested.get("time_limit"))
    labelled = bool(getattr(names, "labels", None))
    symbols = count_symbols(names)
    chosen = next(tier for most, tier in MODERN_TIERS if symbols < most)
    if symbols >= LONG_LIST:
        updates = _LONG_LIST_PASSES * len(names) // chosen["batch_size"]
        iterations = min(max(updates, _LEAST_ITERATIONS), _MOST_ITERATIONS)
        chosen = {**chosen, "iterations": 10**9 if limited else iterations}
    elif labelled:
        chosen = {**chosen, **_LABELLED, "iterations": 2 * chosen["iterations"]}
    return {**_GENERATOR, **chosen}


def classifier_settings(
    examples: Collection[Sized], requested: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings for a classifier of texts or of sequences of numbers like these.

    requested: the settings that are given, of which the unit of texts counts, and
    whether the weight of n-grams is one of them. A run makes at least 200 and at most
    20,000 updates, so that a short list is passed through more often than a long one.
    """
    texts = all(isinstance(example, str) for example in islice(examples, 1))
    kind = requested.get("unit", "character") if texts else "number"
    if kind not in tuple(_CLASSIFIERS):  # the recipe refuses it, with a message
        kind = "character"
    passes, chosen = _CLASSIFIERS[kind]
    updates = passes * len(examples) // _CLASSIFIER["batch_size"]
    every = min(max(updates, _LEAST_UPDATES), _MOST_UPDATES) // _CHECKPOINTS
    length = {"iterations": every * _CHECKPOINTS, "checkpoint_every": every}
    fitted = {"fit_ngram_weight": texts and "ngram_weight" not in requested}
    return {**_CLASSIFIER, **chosen, **length, **fitted}


# The modern recipe of each task, from its examples and the settings that are given.
MODERN = {
    "generate": generator_settings,
    "classify": classifier_settings,
    "convert": converter_settings,
}
