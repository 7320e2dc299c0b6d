"""Gradients of networks against central differences, a line of an array at a time.

A step goes along a whole row or column of a weight, each entry of it by another amount:
an entry whose gradient is wrong shows in its row and in its column, and there are far
fewer of these than of entries. The cells themselves are checked entry by entry, in
test_cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from charnames.nn.gradient_check import numerical_gradient, relative_error

Floats = NDArray[np.floating]

STEP = 3e-5  # smaller ones are lost in rounding


def error_of(gradient: Floats, loss: Callable[[], float], array: Floats) -> float:
    """|a - b| / |a + b| of the derivatives along all lines of `array`, which `loss`
    reads; NaN, which is below no tolerance, where all are zero.
    """
    pairs = [
        ((gradient * along).sum(), _derivative(loss, array, along))
        for along in _lines(array.shape)
    ]
    a, b = np.array(pairs).T
    return relative_error(a, b)


def _derivative(loss: Callable[[], float], array: Floats, along: Floats) -> float:
    start, distance = array.copy(), np.zeros(1)

    def loss_at_distance() -> float:
        array[:] = start + distance * along
        return loss()

    (derivative,) = numerical_gradient(loss_at_distance, distance, STEP)
    array[:] = start
    return float(derivative)


def _lines(shape: tuple[int, ...]) -> Iterator[Floats]:
    """For each row and column a direction that lies in it; of a vector, each entry."""
    amounts = np.random.default_rng(3).uniform(0.5, 1.5, shape)
    for axis, length in enumerate(shape):
        for k in range(length):
            along = np.zeros(shape)
            place = (slice(None),) * axis + (k,)
            along[place] = amounts[place]
            yield along
