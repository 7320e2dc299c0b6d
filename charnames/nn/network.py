"""Input layer, cells and output stacked: a loss and its gradients over a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from charnames.nn.batching import END, Inputs, Packed, Sequences, pack
from charnames.nn.cells import CELLS
from charnames.nn.layers import (
    Dense,
    Lookup,
    SoftmaxOutput,
    dense_shapes,
    lookup_shapes,
)
from charnames.nn.parameters import Array, Parameters, Shapes

State = list[tuple[Array, ...]]

_EVALUATED = 256  # sequences side by side: enough for fast products, little memory


@dataclass(frozen=True)
class Shape:
    """What decides the shapes of a network's weights.

    vector_size: above 0, the inputs are not symbols but real vectors of that width.
    """

    V: int
    cell: str
    hidden_size: int
    layers: int = 1
    embedding_size: int = 0
    tied: bool = False
    vector_size: int = 0

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are kept."""
        H = self.hidden_size
        cell = CELLS[self.cell]
        G = len(cell.GATES) * H
        if self.vector_size:
            shapes = dense_shapes("layer0", G, self.vector_size)
        else:
            shapes = lookup_shapes(self.V, G, self.embedding_size)
        for layer in range(self.layers):
            if layer:
                shapes |= dense_shapes(f"layer{layer}", G, H)
            for name, shape in cell.shapes(H).items():
                shapes[f"layer{layer}.{name}"] = shape
        if not self.tied:
            shapes["output.Wya"] = (self.V, H)
        shapes["output.by"] = (self.V,)
        return shapes


def textbook_start(shape: Shape, rng: np.random.Generator) -> Parameters:
    """Weights 0.01 x standard normal, biases zero."""
    parameters = Parameters(shape.parameters())
    for view in parameters.views.values():
        if view.ndim > 1:
            view[:] = 0.01 * rng.standard_normal(view.shape)
    return _with_zero_start(shape, parameters)


def scaled_start(shape: Shape, rng: np.random.Generator) -> Parameters:
    """Weights that keep the size of what passes through them.

    Recurrent blocks are orthogonal (Saxe, McClelland & Ganguli 2014), others normal
    with variance 1 / their inputs. What gates memory starts open: the LSTM's forget
    bias (Gers et al. 2000) and the GRU's update bias are 1.
    """
    parameters = Parameters(shape.parameters())
    H = shape.hidden_size
    gates = CELLS[shape.cell].GATES
    for name, view in parameters.views.items():
        if name.endswith(".Waa"):
            for block in view.reshape(-1, H, H):
                block[:] = np.linalg.qr(rng.standard_normal((H, H)))[0]
        elif name == "embedding":
            view[:] = 0.3 * rng.standard_normal(view.shape)
        elif view.ndim > 1:
            view[:] = rng.standard_normal(view.shape) / view.shape[1] ** 0.5
        elif name.endswith(".b"):
            for gate, block in zip(gates, view.reshape(-1, H), strict=True):
                block[:] = gate in ("forget", "update")
    return _with_zero_start(shape, parameters)


STARTS = {"textbook": textbook_start, "scaled": scaled_start}


def _with_zero_start(shape: Shape, parameters: Parameters) -> Parameters:
    """One-hot, the first input is the zero vector: see Lookup."""
    if not shape.embedding_size and not shape.vector_size:
        parameters["layer0.Wax"][:, END] = 0
    return parameters


@dataclass(frozen=True)
class Dropout:
    """The share that is left out while training; what stays is scaled up for it.

    embedding: of the embeddings' entries, alike for the whole batch; between: of what
    each layer hands up, to the output layer too; recurrent: of what the recurrent
    product reads, alike at every step and for the whole batch.
    """

    embedding: float = 0.0
    between: float = 0.0
    recurrent: float = 0.0


class Masks:
    """Draws dropout masks: 0 where dropped, 1 / (1 - share) elsewhere."""

    def __init__(self, dropout: Dropout, rng: np.random.Generator) -> None:
        self.dropout = dropout
        self.rng = rng

    def draw(self, share: float, shape: tuple[int, ...]) -> Array | None:
        """A mask of `shape`, or None where nothing is to be dropped."""
        if not share:
            return None
        mask = (self.rng.random(shape, np.float32) >= share).astype(np.float32)
        mask *= 1 / (1 - share)
        return mask


class Pass(NamedTuple):
    """What one layer leaves for its way back."""

    cache: Any  # the cell's own
    a: Array  # (M, H), handed up, dropped entries zero
    mask: Array | None


class Network:
    """The network of a shape, reading its weights from `parameters` as they are."""

    def __init__(self, shape: Shape, parameters: Parameters) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = parameters.zeros_like()
        both = (parameters, self.gradients)
        self.input = Dense(*both, "layer0") if shape.vector_size else Lookup(*both)
        self.dense = [Dense(*both, f"layer{i}") for i in range(1, shape.layers)]
        cell = CELLS[shape.cell]
        self.cells = [cell(*both, f"layer{i}") for i in range(shape.layers)]
        self.output = SoftmaxOutput(*both)
        self._zeros = np.zeros((1, shape.hidden_size), parameters.values.dtype)

    def initial_state(self, N: int) -> State:
        """The zero state of N sequences: for each layer, arrays (N, H), to be read."""
        if len(self._zeros) < N:
            self._zeros = np.zeros((N, self.shape.hidden_size), self._zeros.dtype)
        zeros = self._zeros[:N]
        return [(zeros,) * len(cell.STATES) for cell in self.cells]

    def losses(self, batch: Packed) -> Array:
        """The loss of each of the M predicted symbols, in nats, (M,)."""
        _, passes = self._forward(batch, None)
        losses, _ = self.output.forward(passes[-1].a, batch.targets)
        return losses

    def all_losses(self, sequences: Sequences) -> Array:
        """The loss of every predicted symbol in nats, in the order of `sequences`."""
        first = np.cumsum(sequences.lengths) - sequences.lengths
        found = np.empty(int(sequences.lengths.sum()), self.parameters.values.dtype)
        by_length = np.argsort(sequences.lengths, kind="stable")
        for start in range(0, len(sequences), _EVALUATED):
            chosen = by_length[start : start + _EVALUATED]
            batch = pack(sequences, chosen)
            row = 0
            losses = self.losses(batch)
            longest_first = first[chosen][batch.order]
            for t, size in enumerate(batch.sizes):
                found[longest_first[:size] + t] = losses[row : row + size]
                row += size
        return found

    def loss_and_gradients(self, batch: Packed, masks: Masks | None = None) -> float:
        """The summed loss of the batch in nats; writes to `gradients` those of its
        mean over the N sequences.
        """
        keep, passes = self._forward(batch, masks)
        a = passes[-1].a
        losses, y_hat = self.output.forward(a, batch.targets)
        da = self.output.backward(y_hat, a, batch.targets, 1 / batch.sizes[0])
        for i in reversed(range(len(self.cells))):
            cache, _, mask = passes[i]
            if mask is not None:
                da *= mask
            dx, _ = self.cells[i].backward(da, cache, batch)
            if i:
                da = self.dense[i - 1].backward(dx, passes[i - 1].a)
        self.input.backward(dx, batch.inputs, keep)
        return float(np.add.reduce(losses))

    def _forward(
        self, batch: Packed, masks: Masks | None
    ) -> tuple[Array | None, list[Pass]]:
        """-> the mask on the embeddings, and what each layer leaves."""
        keep = recurrent = mask = None
        shape = self.shape
        if masks:
            keep = masks.draw(masks.dropout.embedding, (shape.V, shape.embedding_size))
        x = self.input.forward(batch.inputs, keep)
        passes: list[Pass] = []
        state = self.initial_state(batch.sizes[0])
        for i, cell in enumerate(self.cells):
            if i:
                x = self.dense[i - 1].forward(passes[-1].a)
            if masks:
                recurrent = masks.draw(masks.dropout.recurrent, (shape.hidden_size,))
            states, cache = cell.forward(x, state[i], batch, recurrent)
            a = states[0]
            if masks:
                mask = masks.draw(masks.dropout.between, a.shape)
            passes.append(Pass(cache, a if mask is None else a * mask, mask))
        return keep, passes

    def step(self, ids: Inputs, state: State) -> tuple[Array, State]:
        """One symbol further: ids (N,), state -> logits (N, V), the state after it.

        What it returns stands in buffers that the next call writes over.
        """
        batch = Packed(ids, ids, (len(ids),), np.arange(len(ids)))
        x = self.input.forward(ids)
        after: State = []
        for i, cell in enumerate(self.cells):
            if i:
                x = self.dense[i - 1].forward(after[-1][0])
            states, _ = cell.forward(x, state[i], batch)
            after.append(states)
        return self.output.logits(after[-1][0]).T, after
