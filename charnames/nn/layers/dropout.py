"""Dropout (Srivastava et al. 2014): entries set to zero at random while training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.batching import END, SymbolIds
from charnames.nn.parameters import Array


class Dropout(NamedTuple):
    """Dropout rates: the probability with which an entry is set to zero in training.

    embedding: of the embeddings, with one mask for the whole batch. between: of the
    output of each layer, the topmost included. recurrent: of the state that the
    recurrent product reads, with one mask for all steps and the whole batch. symbols:
    of the symbols that are read, which the unknown symbol then stands in for.
    """

    embedding: float = 0.0
    between: float = 0.0
    recurrent: float = 0.0
    symbols: float = 0.0


class Masks:
    """Draws dropout masks: 0 for a dropped entry, 1 / (1 - rate) for any other."""

    def __init__(self, dropout: Dropout, rng: np.random.Generator) -> None:
        self.dropout = dropout
        self.rng = rng

    def draw(self, rate: float, shape: tuple[int, ...]) -> Array | None:
        """A mask of `shape`, or None if the rate is 0."""
        if not rate:
            return None
        mask = (self.rng.random(shape, np.float32) >= rate).astype(np.float32)
        mask *= 1 / (1 - rate)
        return mask

    def embedding(self, V: int, D: int) -> Array | None:
        """A mask (V, D) for the embeddings, or None."""
        return self.draw(self.dropout.embedding, (V, D))

    def between(self, a: Array) -> Array | None:
        """A mask for the output `a` of a layer, in its shape, or None."""
        return self.draw(self.dropout.between, a.shape)

    def recurrent(self, x: Array) -> Array | None:
        """A mask (H,) for the state of a cell with input x (gates, M, H), or None."""
        return self.draw(self.dropout.recurrent, x.shape[2:])

    def symbols(self, ids: SymbolIds, unknown: int) -> SymbolIds:
        """The ids (M,), of which some are replaced by that of the unknown symbol."""
        rate = self.dropout.symbols
        if not rate:
            return ids
        dropped = (self.rng.random(ids.shape, np.float32) < rate) & (ids != END)
        return np.where(dropped, unknown, ids)
