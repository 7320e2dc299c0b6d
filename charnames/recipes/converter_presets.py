"""The modern recipe of converters, by the number of pairs.

The settings were chosen on the dev parts of the lists in tests/benchmarks/README.md:
800 pairs of spellings and phonemes in each of ten languages, 9,600 names of cities in
katakana, and 110,000 English words and their phonemes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sized
from typing import Any

# The settings that do not depend on the list.
_CONVERTER: dict[str, Any] = {
    "cell": "gru",
    "start": "scaled",
    "bidirectional": True,
    "embedding_size": 64,
    "optimizer": "adamw",
    "learning_rate": 0.006,
    "schedule": "linear",
    "warm_up": 50,
    "clip": 1.0,
    "clip_by": "norm",
    "weight_decay": 0.1,
    "label_smoothing": 0.1,
    "samples": 0,
    "ngram": 6,
    "ngram_weight": 0.25,
}

LONG_LIST = 30_000  # pairs

# The settings that do, each with the number of pairs that a list must stay below, and
# how often a run passes through it.
CONVERTER_TIERS: tuple[tuple[float, int, dict[str, Any]], ...] = (
    (
        3_000,
        100,
        {
            "hidden_size": 128,
            "batch_size": 32,
            "dropout": 0.4,
            "embedding_dropout": 0.2,
            "recurrent_dropout": 0.2,
            "average": 0.995,
        },
    ),
    (
        LONG_LIST,
        60,
        {
            "hidden_size": 128,
            "batch_size": 64,
            "dropout": 0.25,
            "embedding_dropout": 0.1,
            "recurrent_dropout": 0.1,
            "average": 0.995,
        },
    ),
    (
        math.inf,
        20,
        {
            "hidden_size": 192,
            "batch_size": 128,
            "dropout": 0.2,
            "embedding_dropout": 0.05,
            "recurrent_dropout": 0.05,
            "average": 0.998,
        },
    ),
)
_LEAST_UPDATES, _MOST_UPDATES = 200, 30_000
_CHECKPOINTS = 20  # of a run


def converter_settings(
    pairs: Collection[Sized], requested: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings for a converter of pairs like these.

    requested: the settings that are given, of which the encoder, the decoder, the
    attention and the time limit count. The fewer pairs the list has, the stronger the
    regularisation. A run makes at least 200 and at most 30,000 updates; on a long list
    with a time limit it trains until that.
    """
    passes, chosen = next(
        (passes, tier) for most, passes, tier in CONVERTER_TIERS if len(pairs) < most
    )
    settings = {**_CONVERTER, **chosen}
    if requested.get("attention") == "dot" or requested.get("encoder") == "none":
        settings["bidirectional"] = False
    if requested.get("decoder") == "ctc":
        settings["label_smoothing"] = 0.0
    updates = passes * len(pairs) // settings["batch_size"]
    every = min(max(updates, _LEAST_UPDATES), _MOST_UPDATES) // _CHECKPOINTS
    limited = len(pairs) >= LONG_LIST and requested.get("time_limit")
    iterations = 10**9 if limited else every * _CHECKPOINTS
    return {**settings, "iterations": iterations, "checkpoint_every": every}
