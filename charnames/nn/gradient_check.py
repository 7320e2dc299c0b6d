"""Numerical gradients, for checking a backward pass.

    numerical = numerical_gradient(mean_loss, weights["layer0.Waa"])
    relative_error(gradients["layer0.Waa"], numerical)     # below 1e-7 in float64

charnames/README.md has an example that checks a whole network.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from charnames.nn.parameters import Array


def numerical_gradient(
    loss: Callable[[], float], array: Array, step: float = 1e-5
) -> Array:
    """The gradient of `loss` with respect to `array`, an array that `loss` reads.

    Each entry is a central difference, (loss(x + step) - loss(x - step)) / (2 step).
    Its error is of the order of step^2, plus rounding, so `array` should be float64.
    `array` is changed while `loss` runs, and restored. The gradient has its shape.

    >>> x = np.array([1.0, 3.0])
    >>> numerical_gradient(lambda: float(x @ x), x).round(6).tolist()
    [2.0, 6.0]
    """
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        value = array[index]
        array[index] = value + step
        above = loss()
        array[index] = value - step
        below = loss()
        array[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """|a - b| / |a + b| in Euclidean norms; NaN where `a` and `b` are both zero.

    >>> relative_error(np.array([3.0]), np.array([1.0]))
    0.5
    """
    return float(np.linalg.norm(a - b) / np.linalg.norm(a + b))
