"""The recurrent part of every network: an input layer, and cells on top of one another.

A bidirectional layer (Schuster & Paliwal 1997) has two cells; the second reads each
sequence from its end. In a packed batch that is another order of the rows, and what a
row hands up is both cells' states side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from charnames.nn.batching import Inputs, Packed
from charnames.nn.cells import CELLS, Cell
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.inputs import Dense, Gather, LabelInput, Lookup
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Array, Parameters

State = list[tuple[Array, ...]]

MANY = 1_000  # symbols; of more than that a batch has but a part


class OneWay:
    """A layer's cell, which reads from the first step to the last."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        (self.cell,) = cells

    def forward(
        self, x: Array, initial: tuple[Array, ...], batch: Packed, masks: Masks | None
    ) -> tuple[Array, Any]:
        """x (gates, M, H), initial states (N, H) -> a (M, H) and a cache."""
        keep = masks.recurrent(x) if masks else None
        states, cache = self.cell.forward(x, initial, batch, keep)
        return states[0], cache

    def backward(self, da: Array, cache: Any, batch: Packed) -> Array:
        """da (M, H) -> dx (M, G). Uses up `da`."""
        return self.cell.backward(da, cache, batch)[0]


class BothWays:
    """Two cells of a layer, of which the second reads from the last step on back."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.forwards, self.reverse = map(OneWay, ([cell] for cell in cells))

    def forward(
        self, x: Array, initial: tuple[Array, ...], batch: Packed, masks: Masks | None
    ) -> tuple[Array, Any]:
        """x (2 gates, M, H), initial states (N, H) -> a (M, 2H) and a cache."""
        gates, rows = len(x) // 2, batch.backwards()
        a, cache = self.forwards.forward(x[:gates], initial, batch, masks)
        turned = x[gates:].take(rows, axis=1)
        a_reverse, cache_reverse = self.reverse.forward(turned, initial, batch, masks)
        both = np.concatenate([a, a_reverse.take(rows, axis=0)], axis=1)
        return both, (cache, cache_reverse, rows)

    def backward(self, da: Array, cache: Any, batch: Packed) -> Array:
        """da (M, 2H) -> dx (M, 2G)."""
        cache, cache_reverse, rows = cache
        H = da.shape[1] // 2
        dx = self.forwards.backward(da[:, :H].copy(), cache, batch)
        turned = da[:, H:].take(rows, axis=0)
        dx_reverse = self.reverse.backward(turned, cache_reverse, batch)
        return np.concatenate([dx, dx_reverse.take(rows, axis=0)], axis=1)


class Pass(NamedTuple):
    """What one layer leaves for its way back."""

    cache: Any  # the layer's own
    a: Array  # (M, D): handed up, dropped entries zero
    mask: Array | None  # on `a`; the topmost layer's is the output's affair


class Tape(NamedTuple):
    """What `Stack.forward` leaves for `Stack.backward`."""

    keep: Array | None  # the mask on the embeddings
    blend: Array | None  # (N, K): the labels that were read
    passes: list[Pass]


class Stack:
    """Input layer and cells of a shape, reading and writing weights and gradients.

    A layer of H units hands up D = H numbers a row, or 2H where it reads both ways.
    """

    def __init__(
        self, shape: Shape, weights: Parameters, gradients: Parameters
    ) -> None:
        self.shape = shape
        both = (weights, gradients)
        if shape.vector_size:
            self.input: Dense | Gather | Lookup = Dense(*both, "layer0")
        elif shape.embedding_size and shape.V > MANY:
            self.input = Gather(*both)
        else:
            self.input = Lookup(*both)
        self.label = LabelInput(*both) if shape.labels else None
        numbers = range(len(shape.sizes))
        self.dense = [Dense(*both, f"layer{i}") for i in numbers[1:]]
        self.cells = [
            [CELLS[shape.cell](*both, name) for name in shape.cells(i)] for i in numbers
        ]
        ways = BothWays if shape.bidirectional else OneWay
        self.layers = [ways(cells) for cells in self.cells]
        dtype = weights.values.dtype
        self._zeros = [np.zeros((1, H), dtype) for H in shape.sizes]

    def initial_state(self, N: int) -> State:
        """The zero state of N sequences: for each layer, arrays (N, H), to be read."""
        if len(self._zeros[0]) < N:
            self._zeros = [np.zeros((N, z.shape[1]), z.dtype) for z in self._zeros]
        return [
            (zeros[:N],) * len(cell.STATES)
            for zeros, (cell, *_) in zip(self._zeros, self.cells, strict=True)
        ]

    def forward(
        self, batch: Packed, masks: Masks | None, blend: Array | None = None
    ) -> tuple[Array, Tape]:
        """-> what the topmost layer hands up, (M, D), and the tape.

        blend: of labels (N, K), in place of the batch's own.
        """
        keep = (
            masks.embedding(self.shape.V, self.shape.embedding_size) if masks else None
        )
        x = self.input.forward(batch.inputs, keep)
        if self.label:
            if blend is None:
                blend = self.label.one_hot[batch.labels]
            self.label.forward(x, batch, blend)
        passes: list[Pass] = []
        state = self.initial_state(batch.sizes[0])
        for i, layer in enumerate(self.layers):
            if i:
                x = self.dense[i - 1].forward(passes[-1].a)
            a, cache = layer.forward(x, state[i], batch, masks)
            mask = None
            if masks and i + 1 < len(self.layers):
                mask = masks.between(a)
            passes.append(Pass(cache, a if mask is None else a * mask, mask))
        return a, Tape(keep, blend, passes)

    def backward(self, da: Array, tape: Tape, batch: Packed) -> Array | None:
        """da (M, D) -> dblend (N, K), the gradient of the blend of labels, or None
        without labels; writes the gradients of all weights but the output's. Uses up
        `da`.
        """
        dblend = None
        for i in reversed(range(len(self.layers))):
            dx = self.layers[i].backward(da, tape.passes[i].cache, batch)
            if i:
                below = tape.passes[i - 1]
                da = self.dense[i - 1].backward(dx, below.a)
                if below.mask is not None:
                    da *= below.mask
        if self.label and tape.blend is not None:
            dblend = self.label.backward(dx, batch, tape.blend)
        self.input.backward(dx, batch.inputs, tape.keep)
        return dblend

    def step(
        self, inputs: Inputs, state: State, blend: Array | None = None
    ) -> tuple[Array, State]:
        """One symbol further, for N sequences: inputs (N,) or (N, D), the state before,
        the blend of labels (N, K) -> what the topmost layer hands up, the state after.
        """
        N = len(inputs)
        batch = Packed(inputs, inputs, (N,), np.arange(N))
        x = self.input.forward(inputs)
        if self.label and blend is not None:
            self.label.forward(x, batch, blend)
        after: State = []
        for i, (cell,) in enumerate(self.cells):
            if i:
                x = self.dense[i - 1].forward(after[-1][0])
            states, _ = cell.forward(x, state[i], batch)
            after.append(states)
        return after[-1][0], after
