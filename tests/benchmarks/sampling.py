"""Sampling from the included models: names, and the products they cannot do without."""

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np

from charnames.models.language_model import Model
from charnames.nn.batching import SymbolIds
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Memory, Predictor

COUNT = 200


def names(model: Model) -> list[str]:
    """The first names of a seed."""
    return list(model.sample(COUNT, seed=1))


def rows(model: Model) -> list[int]:
    """How many beginnings of names each step of sampling these reads."""
    sizes: list[int] = []
    step = Predictor.step

    def counted(
        predictor: Predictor, ids: SymbolIds, memory: Memory
    ) -> tuple[Array, Memory]:
        sizes.append(len(ids))
        return step(predictor, ids, memory)

    with patch.object(Predictor, "step", counted):
        names(model)
    return sizes


class Products:
    """The matrix products of these steps with Waa and Wya, and nothing else."""

    def __init__(self, model: Model, sizes: Sequence[int]) -> None:
        (H,) = model.shape.sizes
        weights = model.parameters
        self.Waa, self.Wya = weights["layer0.Waa"], weights["output.Wya"]
        self.states = [np.full((n, H), 0.1, np.float32) for n in sizes]

    def __call__(self) -> None:
        for a in self.states:
            self.Waa.dot(a.T)
            self.Wya.dot(a.T)
