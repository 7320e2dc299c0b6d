"""Real numbers brought to one scale, by constants that a model keeps."""

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
    """For each of the D numbers of a vector, what to take away and what to multiply by.

    Raises RecipeError for constants that are not as many of each, not finite, or
    factors that are not positive.
    """

    shift: tuple[float, ...]
    factor: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.shift or len(self.shift) != len(self.factor):
            raise RecipeError("scaling: needs a shift and a factor for each number")
        if not all(map(math.isfinite, self.shift + self.factor)):
            raise RecipeError("scaling: holds what is no number")
        if min(self.factor) <= 0:
            raise RecipeError("scaling: holds a factor that is not positive")

    @classmethod
    def fitted(cls, sequences: Sequence[NDArray[np.float32]], how: str) -> Scaling:
        """By the vectors of all sequences, (T, D) each, at least one.

        how: "standard" for mean 0 and standard deviation 1, "unit" for 0 to 1, "none"
        for numbers as they are. A number that is always the same becomes 0.
        """
        rows = np.concatenate(sequences)  # (rows, D)
        size = rows.shape[1]
        if how == "none":
            return cls((0.0,) * size, (1.0,) * size)
        low = rows.min(axis=0).astype(np.float64)
        if how == "standard":  # equal float32 add up exactly in float64: a spread of 0
            shift = rows.mean(axis=0, dtype=np.float64)
            spread = rows.std(axis=0, dtype=np.float64)
        elif how == "unit":
            shift, spread = low, rows.max(axis=0) - low
        else:
            raise RecipeError(f"scale: {how!r} is none of {', '.join(SCALES)}")
        spread[spread == 0] = 1
        return cls(tuple(shift.tolist()), tuple((1 / spread).tolist()))

    def applied(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(T, D) -> (T, D), held within what 32 bits can say.

        Raises ListError where D is another than that of the constants.
        """
        if vectors.shape[1] != len(self.shift):
            raise ListError(
                f"the vectors hold {vectors.shape[1]:,} numbers, "
                f"and the model reads {len(self.shift):,}"
            )
        scaled = (vectors.astype(np.float64) - self.shift) * self.factor
        return scaled.clip(-_LARGEST, _LARGEST).astype(np.float32)
