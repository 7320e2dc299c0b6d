"""Scaling of real vectors by constants that are stored with a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charnames.errors import ListError, RecipeError

SCALES = ("none", "standard", "unit")
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Scaling:
    """The map (vector - shift) * factor, with D constants each.

    Raises RecipeError if there are not as many shifts as factors, if one is not finite,
    or if a factor is not positive.
    """

    shift: tuple[float, ...]
    factor: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.shift or len(self.shift) != len(self.factor):
            raise RecipeError("scaling: needs a shift and a factor for each number")
        if not all(map(math.isfinite, self.shift + self.factor)):
            raise RecipeError("scaling: holds a value that is not finite")
        if min(self.factor) <= 0:
            raise RecipeError("scaling: holds a factor that is not positive")

    @classmethod
    def fitted(cls, sequences: Sequence[NDArray[np.float32]], how: str) -> Scaling:
        """The scaling for the vectors of one or more sequences, (T, D) each.

        how: "standard" scales each dimension to mean 0 and standard deviation 1, "unit"
        to the interval from 0 to 1, and "none" not at all. A constant dimension becomes
        0. Raises RecipeError for any other value.
        """
        rows = np.concatenate(sequences)  # (rows, D)
        size = rows.shape[1]
        if how == "none":
            return cls((0.0,) * size, (1.0,) * size)
        low = rows.min(axis=0).astype(np.float64)
        if how == "standard":  # in float64, equal float32 have a deviation of exactly 0
            shift = rows.mean(axis=0, dtype=np.float64)
            spread = rows.std(axis=0, dtype=np.float64)
        elif how == "unit":
            shift, spread = low, rows.max(axis=0) - low
        else:
            raise RecipeError(f"scale: {how!r} is none of {', '.join(SCALES)}")
        spread[spread == 0] = 1
        return cls(tuple(shift.tolist()), tuple((1 / spread).tolist()))

    def applied(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(T, D) -> (T, D), limited to the range of float32.

        Raises ListError if the vectors have another width than the constants.
        """
        if vectors.shape[1] != len(self.shift):
            raise ListError(
                f"the vectors hold {vectors.shape[1]:,} numbers, "
                f"and the model reads {len(self.shift):,}"
            )
        scaled = (vectors.astype(np.float64) - self.shift) * self.factor
        return scaled.clip(-_LARGEST, _LARGEST).astype(np.float32)
