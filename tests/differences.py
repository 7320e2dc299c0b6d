"""Gradients of networks against central differences, a line of an array at a time.

A step goes along a whole row or column of a weight, each entry of it by another amount:
an entry whose gradient is wrong shows in its row and in its column, and there are far
fewer of these than of entries. The cells themselves are checked entry by entry, in
test_cells. Only losses are computed at the ends of a step: the backward pass of the
recurrent layers, half of the work, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Packed
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.networks.stack import Stack, StackGradients, Tape

Floats = NDArray[np.floating]

STEP = 3e-5  # smaller ones are lost in rounding


def error_of(gradient: Floats, loss: Callable[[], float], array: Floats) -> float:
    """|a - b| / |a + b| of the derivatives along all lines of `array`, which `loss`
    reads; NaN, which is below no tolerance, where all are zero.
    """
    with patch.object(Stack, "backward", _no_gradients):
        pairs = [
            ((gradient * along).sum(), _derivative(loss, array, along))
            for along in _lines(array.shape)
        ]
    a, b = np.array(pairs).T
    return relative_error(a, b)


def _no_gradients(
    stack: Stack, da: Floats, tape: Tape, batch: Packed
) -> StackGradients:
    """Zeros, in place of the backward pass."""
    inputs = np.zeros(batch.inputs.shape)
    return StackGradients(inputs, stack.initial_state(batch.sizes[0]), None)


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
