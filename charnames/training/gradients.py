"""Measuring the gradients of a run, and then clipping them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from charnames.nn.optimizers import clip
from charnames.nn.parameters import Array


@dataclass(frozen=True)
class GradientFigures:
    """The gradients of the updates since the checkpoint before, before clipping.

    norm: the mean of their Euclidean norms. largest: the largest absolute value of any
    of their elements. clipped: the share of the updates whose gradient was clipped.
    """

    norm: float
    largest: float
    clipped: float


class Clipper:
    """Clips the gradient of each update as the recipe says, and sums up what it was.

    gradients, threshold, by: as for `charnames.nn.optimizers.clip`.
    """

    def __init__(self, gradients: Array, threshold: float, by: str) -> None:
        self.gradients, self.threshold, self.by = gradients, threshold, by
        self._absolute = np.empty_like(gradients)
        self._updates = self._clipped = 0
        self._norms = self._largest = 0.0

    def clip(self) -> None:
        """Measure the gradients, and limit them in place."""
        gradients = self.gradients
        largest = float(np.maximum.reduce(np.absolute(gradients, self._absolute)))
        norm = math.sqrt(float(gradients.dot(gradients)))
        if math.isinf(norm):  # the sum of squares is too large for the dtype
            norm = float(np.linalg.norm(gradients.astype(np.float64)))
        measured = largest if self.by == "value" else norm
        # A norm that is not a number counts as above the threshold.
        is_clipped = bool(self.threshold) and not measured <= self.threshold
        if is_clipped:
            clip(gradients, self.threshold, self.by)
        self._updates += 1
        self._clipped += is_clipped
        self._norms += norm
        self._largest = max(self._largest, largest)

    def figures(self) -> GradientFigures | None:
        """The figures of the updates since the last call; None if there was none."""
        updates, clipped = self._updates, self._clipped
        if not updates:
            return None
        figures = GradientFigures(
            self._norms / updates, self._largest, clipped / updates
        )
        self._updates = self._clipped = 0
        self._norms = self._largest = 0.0
        return figures
