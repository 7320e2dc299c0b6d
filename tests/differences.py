"""Gradients held against central differences, a line of an array at a time.

A step goes along a whole row or column of a weight, each entry of it by another amount:
an entry whose gradient is wrong shows in its row and in its column, and there are far
fewer of these than of entries. The cells themselves are checked entry by entry, in
test_cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

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
    return float(np.linalg.norm(a - b) / np.linalg.norm(a + b))


def _derivative(loss: Callable[[], float], array: Floats, along: Floats) -> float:
    value = array.copy()
    array[:] = value + STEP * along
    above = loss()
    array[:] = value - STEP * along
    below = loss()
    array[:] = value
    return (above - below) / (2 * STEP)


def _lines(shape: tuple[int, ...]) -> Iterator[Floats]:
    """For each row and column a direction that lies in it; of a vector, each entry."""
    amounts = np.random.default_rng(3).uniform(0.5, 1.5, shape)
    for axis, length in enumerate(shape):
        for k in range(length):
            along = np.zeros(shape)
            place = (slice(None),) * axis + (k,)
            along[place] = amounts[place]
            yield along
