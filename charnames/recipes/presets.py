"""The modern recipe: the best known settings, by task and by the size of the list.

The settings of generators were chosen on held-out names of parts of two lists, those of
classifiers on folds of surnames and of sentences that no figure is reported of; see
tests/benchmarks/README.md.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Mapping, Sized
from itertools import islice
from typing import Any

NETWORK = ("cell", "hidden_size", "layers", "embedding_size", "tied")  # settings

# How names are sampled by default. Chosen by reading samples of six lists of names.
_SAMPLING: dict[str, Any] = {"temperature": 0.6, "min_p": 0.05}

# The settings of generators from random weights that do not depend on the list.
_GENERATOR: dict[str, Any] = {
    "embedding_size": 48,
    "start": "scaled",
    "optimizer": "adamw",
    "schedule": "linear",
    "warm_up": 50,
    "clip": 0.0,
    "checkpoint_every": 100,
    **_SAMPLING,
}

# The settings of a run that starts from the base model's weights, or another model's.
# Chosen on folds of elements, movies, and six lists of kinds that the measuring base
# model had not seen; charnames/pretrained/README.md says which.
_GROWN: dict[str, Any] = {
    "start": "scaled",
    "optimizer": "adamw",
    "learning_rate": 0.002,
    "warm_up": 20,
    "clip": 0.0,
    "batch_size": 32,
    "dropout": 0.3,
    "embedding_dropout": 0.1,
    "recurrent_dropout": 0.2,
    "average": 0.98,
    "ngram": 5,
    "ngram_weight": 0.1,
    **_SAMPLING,
}
_ANCHORED = 20_000  # symbols, times the anchor
_ANCHORS = (20.0, 100.0)  # the least and the most, for fewer than 10,000 symbols
_LOOSE = (10_000, 5.0)  # from that many symbols on, that anchor
_MOST_FROM_BASE = 20_000  # symbols; longer lists need the base model less
_FEWEST_GROWN, _MOST_GROWN = 50, 200  # iterations
_WORD_WEIGHT = 0.75
_SEVERAL_WORDS = 1.5  # words a name, from which on a list is one of several words
_BASE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
_KNOWN_SHARE = 0.9  # of the letters, for the base model to help

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
        parent = "none" if own_network or not _base_helps(names) else "base"
    if parent == "none":
        return _settings_from_scratch(names, requested)
    return {**_grown_settings(names), "init_from": parent}


def _base_helps(names: Collection[Sized]) -> bool:
    """Whether the list is short and in the scripts that the base model knows."""
    if _symbols(names) >= _MOST_FROM_BASE:
        return False
    letters = [c for name in names for c in _text(name) if c.isalpha()]
    known = sum(unicodedata.name(c, "").startswith(_BASE_SCRIPTS) for c in letters)
    return known >= _KNOWN_SHARE * len(letters)


def _grown_settings(names: Collection[Sized]) -> dict[str, Any]:
    """The settings for a run from another model's weights.

    The fewer symbols the list has, the closer the weights are held to those of the
    start, and the shorter the run. Whole words of the list are a component of the
    mixture if most names have several.
    """
    symbols = _symbols(names)
    anchor = min(max(_ANCHORED / max(symbols, 1), _ANCHORS[0]), _ANCHORS[1])
    if symbols >= _LOOSE[0]:
        anchor = _LOOSE[1]
    iterations = min(max(len(names), _FEWEST_GROWN), _MOST_GROWN)
    words = sum(len(_text(name).split()) for name in names)
    several = words >= _SEVERAL_WORDS * len(names) > 0
    return {
        **_GROWN,
        "anchor": anchor,
        "iterations": iterations,
        "checkpoint_every": max(1, iterations // 5),
        "word_weight": _WORD_WEIGHT if several else 0.0,
    }


def _symbols(names: Collection[Sized]) -> int:
    """The characters of the names, and an end marker for each."""
    return len(names) + sum(map(len, names))


def _text(name: Sized) -> str:
    return name if isinstance(name, str) else ""


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
    symbols = _symbols(names)
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

    requested: the settings that are given, of which the unit of texts counts. A run
    makes at least 200 and at most 20,000 updates, so that a short list is passed
    through more often than a long one.
    """
    texts = all(isinstance(example, str) for example in islice(examples, 1))
    kind = requested.get("unit", "character") if texts else "number"
    if kind not in tuple(_CLASSIFIERS):  # the recipe refuses it, with a message
        kind = "character"
    passes, chosen = _CLASSIFIERS[kind]
    updates = passes * len(examples) // _CLASSIFIER["batch_size"]
    every = min(max(updates, _LEAST_UPDATES), _MOST_UPDATES) // _CHECKPOINTS
    length = {"iterations": every * _CHECKPOINTS, "checkpoint_every": every}
    return {**_CLASSIFIER, **chosen, **length}


# The modern recipe of each task, from its examples and the settings that are given.
MODERN = {"generate": generator_settings, "classify": classifier_settings}
