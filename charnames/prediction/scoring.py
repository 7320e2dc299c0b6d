"""Scoring: how probable a model thinks names, or the true labels of examples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import encode
from charnames.encoding.vocabulary import Vocabulary
from charnames.io.blocks import blocks
from charnames.prediction.predictor import Predictor

BLOCK = 1_024  # names scored side by side


class Score(NamedTuple):
    """How probable a model thinks one name.

    nats: -ln(probability of the name and its end marker), or None if a character of the
    name is not in the alphabet; `unknown` is the first such character, or empty.
    symbols: how many symbols are predicted, the end marker included.
    """

    name: str
    nats: float | None
    symbols: int
    unknown: str

    @property
    def bits_per_symbol(self) -> float | None:
        """The mean loss per symbol, in bits."""
        return None if self.nats is None else self.nats / self.symbols / math.log(2)


class EncodedName(NamedTuple):
    """A name, its symbols, and the first that is not in an alphabet, or ""."""

    name: str
    symbols: str
    unknown: str


def encode_name(name: str, vocabulary: Vocabulary, case: str) -> EncodedName:
    """The name as a model with that vocabulary and case style spells it."""
    symbols = encode(name, case, vocabulary.mark is not None)
    unknown = next((c for c in symbols if c not in vocabulary.alphabet), "")
    return EncodedName(name, symbols, unknown)


def score(
    predictor: Predictor,
    vocabulary: Vocabulary,
    case: str,
    names: Iterable[str],
    block_size: int = BLOCK,
) -> Iterator[Score]:
    """A Score for each name, in order.

    case: the style that names are folded to. block_size: how many names are read before
    the first of them is scored.
    """
    for block in blocks(names, block_size):
        encoded = [encode_name(name, vocabulary, case) for name in block]
        known = [name.symbols for name in encoded if not name.unknown]
        losses = iter(predictor.name_losses(vocabulary.sequences(known)))
        for name in encoded:
            nats = None if name.unknown else float(next(losses))
            yield Score(name.name, nats, len(name.symbols) + 1, name.unknown)


def log_loss(
    true: NDArray[np.integer[Any]], probabilities: NDArray[np.floating[Any]]
) -> float:
    """The mean of -ln(probability of the true label), in nats per example.

    true: ids (N,); probabilities: (N, K). A probability of 0 counts as the smallest
    normal number of its type.
    """
    of_true = probabilities[np.arange(len(true)), true]
    return float(-np.log(np.maximum(of_true, np.finfo(of_true.dtype).tiny)).mean())
