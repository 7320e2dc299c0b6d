"""The part that every network has: an input layer, and layers of cells on top of it.

A bidirectional layer (Schuster & Paliwal 1997) has two cells; the second reads each
sequence from its end. In a packed batch that is another order of the rows, and the
output of a row is the states of both cells side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from charnames.nn.batching import Ids, Inputs, Packed
from charnames.nn.cells import CELLS, Cell
from charnames.nn.layers.inputs import Dense, Gather, LabelInput, Lookup
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Array, Parameters

if TYPE_CHECKING:
    from charnames.nn.layers.dropout import Masks

State = list[tuple[Array, ...]]

LOOKUP_SYMBOLS = 1_000  # with more than these, a batch holds few of the symbols


class CellPass(NamedTuple):
    """What the backward pass of a cell needs from its forward pass."""

    cache: Any  # the named tuple of the cell's own module
    mask: Array | None  # (H,), on the state that the recurrent product reads
    states: tuple[Array, ...]  # (M, H) each: the states after each row
    rows: Ids | None = None  # (M,), the order in which it read the rows; None as packed


class OneWay:
    """A layer of one cell, which reads each sequence from its start."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        (self.cell,) = cells

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...] | None,
        batch: Packed,
        masks: Masks | None,
    ) -> tuple[Array, list[CellPass]]:
        """x (gates, M, H), initial states (N, H) or None for zeros -> a (M, H), the
        pass of the cell.
        """
        mask = masks.recurrent(x) if masks else None
        states, cache = self.cell.forward(x, initial, batch, mask)
        return states[0], [CellPass(cache, mask, states)]

    def backward(
        self, da: Array, passes: list[CellPass], batch: Packed
    ) -> tuple[Array, tuple[Array, ...] | None]:
        """da (M, H) -> dx (M, G) and those of the initial states, None if these were
        zero. Overwrites `da`.
        """
        (cell_pass,) = passes
        return self.cell.backward(da, cell_pass.cache, batch, cell_pass.mask)


class BothWays:
    """A layer of two cells, of which the second reads each sequence from its end."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.ahead, self.reverse = (OneWay([cell]) for cell in cells)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...] | None,
        batch: Packed,
        masks: Masks | None,
    ) -> tuple[Array, list[CellPass]]:
        """x (2 gates, M, H), initial states (N, H) -> a (M, 2H), the two passes."""
        gates, rows = len(x) // 2, batch.reversed_rows()
        a, passes = self.ahead.forward(x[:gates], initial, batch, masks)
        x_reverse = x[gates:].take(rows, axis=1)
        a_reverse, passes_reverse = self.reverse.forward(
            x_reverse, initial, batch, masks
        )
        both = np.concatenate([a, a_reverse.take(rows, axis=0)], axis=1)
        return both, [*passes, passes_reverse[0]._replace(rows=rows)]

    def backward(
        self, da: Array, passes: list[CellPass], batch: Packed
    ) -> tuple[Array, tuple[Array, ...] | None]:
        """da (M, 2H) -> dx (M, 2G) and dinitial; both cells share the states."""
        H, rows = da.shape[1] // 2, passes[1].rows
        assert rows is not None
        dx, dinitial = self.ahead.backward(da[:, :H].copy(), passes[:1], batch)
        da_reverse = da[:, H:].take(rows, axis=0)
        dx_reverse, more = self.reverse.backward(da_reverse, passes[1:], batch)
        dx = np.concatenate([dx, dx_reverse.take(rows, axis=0)], axis=1)
        if not dinitial or not more:
            return dx, None
        return dx, tuple(a + b for a, b in zip(dinitial, more, strict=True))


class LayerPass(NamedTuple):
    """What the backward pass of a layer needs from its forward pass."""

    cells: list[CellPass]
    a: Array  # (M, D): the output, with dropped entries zero
    mask: Array | None  # (M, D), on `a`; the network itself masks the topmost layer


class Tape(NamedTuple):
    """What `Stack.backward` needs from `Stack.forward`."""

    inputs: Inputs  # (M,) or (M, D), as they were read
    embedding_mask: Array | None  # (V, D)
    blend: Array | None  # (N, K): the labels of the sequences
    layers: list[LayerPass]


class StackGradients(NamedTuple):
    """The gradients of the inputs of a stack.

    inputs: (M, D) for real vectors, None for symbols. initial: of the initial states,
    empty if they were zero. blend: of the blend of labels, (N, K), None without labels.
    """

    inputs: Array | None
    initial: State
    blend: Array | None


class Stack:
    """The input layer and the layers of cells that a shape describes.

    Weights are views of `weights`, and `backward` writes to views of `gradients`. The
    output of a layer of H units has the width D = H, or 2H if it is bidirectional.
    """

    def __init__(
        self, shape: Shape, weights: Parameters, gradients: Parameters
    ) -> None:
        self.shape = shape
        both = (weights, gradients)
        if shape.vector_size:
            self.input: Dense | Gather | Lookup = Dense(*both, "layer0")
        elif shape.embedding_size and shape.V > LOOKUP_SYMBOLS:
            self.input = Gather(*both)
        else:
            self.input = Lookup(*both)
        self.label = LabelInput(*both) if shape.labels else None
        numbers = range(len(shape.sizes))
        self.dense = [Dense(*both, f"layer{i}") for i in numbers[1:]]
        self.cells = [
            [CELLS[shape.cell](*both, name) for name in shape.cells(i)] for i in numbers
        ]
        layer = BothWays if shape.bidirectional else OneWay
        self.layers = [layer(cells) for cells in self.cells]
        dtype = weights.values.dtype
        self._zeros = [np.zeros((1, H), dtype) for H in shape.sizes]

    def initial_state(self, N: int) -> State:
        """Zeros as the state of N sequences: read-only arrays (N, H) for each layer."""
        if len(self._zeros[0]) < N:
            self._zeros = [np.zeros((N, z.shape[1]), z.dtype) for z in self._zeros]
        return [
            (zeros[:N],) * len(cell.STATES)
            for zeros, (cell, *_) in zip(self._zeros, self.cells, strict=True)
        ]

    def forward(
        self,
        batch: Packed,
        masks: Masks | None,
        blend: Array | None = None,
        initial: State | None = None,
    ) -> tuple[Array, Tape]:
        """The output of the topmost layer, (M, D), and the tape.

        blend: a blend of labels (N, K) that replaces the labels of the batch. initial:
        the initial states, zero by default.
        """
        V, D = self.shape.V, self.shape.embedding_size
        embedding_mask = masks.embedding(V, D) if masks else None
        inputs = batch.inputs
        if masks and self.shape.unknown:
            inputs = masks.symbols(inputs, V - 1)
        x = self.input.forward(inputs, embedding_mask)
        if self.label:
            if blend is None:
                blend = self.label.one_hot[batch.labels]
            self.label.forward(x, batch, blend)
        passes: list[LayerPass] = []
        for i, layer in enumerate(self.layers):
            if i:
                x = self.dense[i - 1].forward(passes[-1].a)
            state = None if initial is None else initial[i]
            a, cells = layer.forward(x, state, batch, masks)
            mask = None
            if masks and i + 1 < len(self.layers):
                mask = masks.between(a)
            passes.append(LayerPass(cells, a if mask is None else a * mask, mask))
        return a, Tape(inputs, embedding_mask, blend, passes)

    def backward(self, da: Array, tape: Tape, batch: Packed) -> StackGradients:
        """da (M, D) -> the gradients of the inputs.

        Writes the gradients of all weights, except those of the output layer.
        Overwrites `da`.
        """
        dblend = None
        dinitial: State = []
        for i in reversed(range(len(self.layers))):
            dx, dstates = self.layers[i].backward(da, tape.layers[i].cells, batch)
            if dstates:
                dinitial.insert(0, dstates)
            if i:
                below = tape.layers[i - 1]
                da = self.dense[i - 1].backward(dx, below.a)
                if below.mask is not None:
                    da *= below.mask
        if self.label and tape.blend is not None:
            dblend = self.label.backward(dx, batch, tape.blend)
        dinputs = None
        if isinstance(self.input, Dense):
            dinputs = self.input.backward(dx, tape.inputs)
        else:
            self.input.backward(dx, tape.inputs, tape.embedding_mask)
        return StackGradients(dinputs, dinitial, dblend)
