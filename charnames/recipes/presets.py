"""The modern recipe: settings that were found to do best, by the size of the list."""

from __future__ import annotations

import math
from collections.abc import Collection, Sized
from itertools import islice
from typing import Any

# The settings that do not depend on the list.
_GENERATOR: dict[str, Any] = {
    "embedding_size": 48,
    "start": "scaled",
    "optimizer": "adamw",
    "schedule": "linear",
    "warm_up": 50,
    "clip": 0.0,
    "checkpoint_every": 100,
}

LONG_LIST = 100_000  # symbols
_PASSES, _FEWEST, _MOST = 16, 4_000, 30_000  # through a long list; iterations

# Those that do, by how many symbols the list has less than. Chosen on names held out
# of parts of two lists, which tests/benchmarks/README.md names.
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

# A label tells much of a name, and takes longer to learn. Chosen on surnames held out.
_LABELLED = {"dropout": 0.4, "embedding_dropout": 0.1, "recurrent_dropout": 0.2}

# A classifier's settings, whatever it reads.
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

# Those that depend on what it reads, and how often it goes through the list. Chosen on
# folds of surnames, and of sentences, that no figure is reported of.
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
_REPORTS = 20  # checkpoints in all


def generator_settings(
    names: Collection[Sized], limited: bool, labelled: bool
) -> dict[str, Any]:
    """The settings for writing names like these, or for writing them by label.

    The fewer symbols they have (their characters and an end marker for each name), the
    smaller the network and the more is done against learning by heart. A long list
    with a time limit trains for all of it; a short one is done sooner.
    """
    symbols = len(names) + sum(map(len, names))
    chosen = next(tier for most, tier in MODERN_TIERS if symbols < most)
    if symbols >= LONG_LIST:
        passes = _PASSES * len(names) // chosen["batch_size"]
        iterations = min(max(passes, _FEWEST), _MOST)
        chosen = {**chosen, "iterations": 10**9 if limited else iterations}
    elif labelled:
        chosen = {**chosen, **_LABELLED, "iterations": 2 * chosen["iterations"]}
    return {**_GENERATOR, **chosen}


def classifier_settings(examples: Collection[Sized], unit: str) -> dict[str, Any]:
    """The settings for telling the labels of texts, read by that unit, or of sequences
    of numbers like these.

    A short list is gone through more often than others, and a long one less.
    """
    of_texts = all(isinstance(one, str) for one in islice(examples, 1))
    read = unit if of_texts else "number"
    passes, chosen = _CLASSIFIERS.get(read, _CLASSIFIERS["character"])
    updates = passes * len(examples) // _CLASSIFIER["batch_size"]
    every = min(max(updates, _LEAST_UPDATES), _MOST_UPDATES) // _REPORTS
    of_list = {"iterations": every * _REPORTS, "checkpoint_every": every}
    return {**_CLASSIFIER, **chosen, **of_list}
