"""Gradients of networks against central differences, in random directions.

A step moves all entries of an array, each by another amount, so that a wrong entry
shows in the derivative along every direction: by as much as its error is of the length
of the gradient, as it would entry by entry. There are far fewer directions than
entries. The cells themselves are checked entry by entry, in test_cells. Only losses are
computed at the ends of a step: the backward pass of the recurrent layers, half of the
work, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Packed
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.networks.stack import Stack, StackGradients, Tape

Floats = NDArray[np.floating]

STEP = 3e-5  # smaller ones are lost in rounding
DIRECTIONS = 3
LENGTHS = {1: 1.0, 2: 3.0}  # of each, in a vector and in a matrix


class NoMasks(Masks):
    """Drops nothing, and notes the widths of the layers whose output it is to drop."""

    def __init__(self) -> None:
        super().__init__(Dropout(between=0.5), np.random.default_rng(0))
        self.widths: list[int] = []

    def between(self, a: Floats) -> None:
        self.widths.append(a.shape[1])


def error_of(gradient: Floats, loss: Callable[[], float], array: Floats) -> float:
    """|a - b| / |a + b| of the derivatives along directions of `array`, which `loss`
    reads; NaN, which is below no tolerance, where all are zero.
    """
    with patch.object(Stack, "backward", _no_gradients):
        pairs = [
            ((gradient * along).sum(), _derivative(loss, array, along))
            for along in _directions(array.shape)
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


def _directions(shape: tuple[int, ...]) -> Iterator[Floats]:
    """Directions in which each entry changes, some up and some down."""
    rng = np.random.default_rng(3)
    for _ in range(DIRECTIONS):
        along = rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)
        yield along * LENGTHS[len(shape)] / np.linalg.norm(along)
