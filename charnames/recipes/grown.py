"""The settings of runs that start from the base model, or from another model.

They were chosen on folds of elements, movies, and six lists of kinds that the measuring
variant of the base model has not seen; charnames/pretrained/README.md says which.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sized
from typing import Any

from charnames.encoding.list_form import SEVERAL_WORDS

# How names are sampled by default. Chosen by judging samples of seven lists of names
# blind; see tests/benchmarks/README.md.
SAMPLING: dict[str, Any] = {"temperature": 0.65, "min_p": 0.05, "best_of": 4}

# How a run goes through the list, in batches, and what it ends with.
RUN: dict[str, Any] = {"state": "zero", "order": "each-pass", "keep": "last"}

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
    "fit_ngram_weight": True,
    **RUN,
    **SAMPLING,
}
_ANCHORED = 10_000  # symbols, times the anchor
_ANCHORS = (20.0, 50.0)  # the least and the most, for fewer than 10,000 symbols
_LOOSE = (10_000, 5.0)  # from that many symbols on, that anchor
_MOST_FROM_BASE = 20_000  # symbols; longer lists need the base model less
_FEWEST_GROWN, _MOST_GROWN = 50, 200  # iterations
# The weights of whole words where most names have several: the first chosen by the loss
# on folds of movies, the second by judging samples of five such lists blind.
_WORD_WEIGHT, _SAMPLING_WORD_WEIGHT = 0.1, 0.75
_BASE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
_KNOWN_SHARE = 0.9  # of the letters, for the base model to help


def base_helps(names: Collection[Sized]) -> bool:
    """Whether the list is short and in the scripts that the base model knows."""
    if count_symbols(names) >= _MOST_FROM_BASE:
        return False
    letters = [c for name in names for c in _text(name) if c.isalpha()]
    known = sum(unicodedata.name(c, "").startswith(_BASE_SCRIPTS) for c in letters)
    return known >= _KNOWN_SHARE * len(letters)


def grown_settings(names: Collection[Sized]) -> dict[str, Any]:
    """The settings for a run from another model's weights.

    The fewer symbols the list has, the closer the weights are held to those of the
    start, and the shorter the run. Whole words of the list are a component of the
    mixture if most names have several.
    """
    symbols = count_symbols(names)
    anchor = min(max(_ANCHORED / max(symbols, 1), _ANCHORS[0]), _ANCHORS[1])
    if symbols >= _LOOSE[0]:
        anchor = _LOOSE[1]
    iterations = min(max(len(names), _FEWEST_GROWN), _MOST_GROWN)
    words = sum(len(_text(name).split()) for name in names)
    several = words >= SEVERAL_WORDS * len(names) > 0
    return {
        **_GROWN,
        "anchor": anchor,
        "iterations": iterations,
        "checkpoint_every": max(1, iterations // 5),
        "word_weight": _WORD_WEIGHT if several else 0.0,
        "sampling_word_weight": _SAMPLING_WORD_WEIGHT if several else 0.0,
    }


def count_symbols(names: Collection[Sized]) -> int:
    """The characters of the names, and an end marker for each."""
    return len(names) + sum(map(len, names))


def _text(name: Sized) -> str:
    return name if isinstance(name, str) else ""
