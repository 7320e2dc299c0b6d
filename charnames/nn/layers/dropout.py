"""Dropout (Srivastava et al. 2014): entries left out at random while training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charnames.nn.parameters import Array


@dataclass(frozen=True)
class Dropout:
    """The share that is left out while training; what stays is scaled up for it.

    embedding: of the embeddings' entries, alike for the whole batch; between: of what
    each layer hands up, to the output layer too; recurrent: of what the recurrent
    product reads, alike at every step and for the whole batch.
    """

    embedding: float = 0.0
    between: float = 0.0
    recurrent: float = 0.0


class Masks:
    """Draws dropout masks: 0 where dropped, 1 / (1 - share) elsewhere."""

    def __init__(self, dropout: Dropout, rng: np.random.Generator) -> None:
        self.dropout = dropout
        self.rng = rng

    def draw(self, share: float, shape: tuple[int, ...]) -> Array | None:
        """A mask of `shape`, or None where nothing is to be dropped."""
        if not share:
            return None
        mask = (self.rng.random(shape, np.float32) >= share).astype(np.float32)
        mask *= 1 / (1 - share)
        return mask

    def embedding(self, V: int, D: int) -> Array | None:
        """A mask (V, D) on the embeddings."""
        return self.draw(self.dropout.embedding, (V, D))

    def between(self, a: Array) -> Array | None:
        """A mask on what a layer hands up."""
        return self.draw(self.dropout.between, a.shape)

    def recurrent(self, x: Array) -> Array | None:
        """A mask (H,) on what the recurrent product of x (gates, M, H) reads."""
        return self.draw(self.dropout.recurrent, x.shape[2:])
