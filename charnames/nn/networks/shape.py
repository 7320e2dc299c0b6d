"""What decides the shapes of a network's weights, and what weights it starts with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from charnames.nn.batching import END
from charnames.nn.cells import CELLS
from charnames.nn.layers.inputs import dense_shapes, label_shapes, lookup_shapes
from charnames.nn.parameters import Parameters, Shapes


@dataclass(frozen=True)
class Shape:
    """What decides the shapes of a network's weights.

    V: the symbols that it reads, and writes unless it has classes. sizes: the hidden
    units of each layer, the lowest first. vector_size: above 0, the inputs are not
    symbols but real vectors of that width. labels: above 0, each sequence comes with
    one of so many labels as a further input. classes: above 0, a whole sequence gets
    one of so many. bidirectional: each layer also reads backwards.
    """

    V: int
    cell: str
    sizes: tuple[int, ...]
    embedding_size: int = 0
    tied: bool = False
    vector_size: int = 0
    labels: int = 0
    classes: int = 0
    bidirectional: bool = False

    @property
    def directions(self) -> int:
        """In how many directions each layer reads."""
        return 2 if self.bidirectional else 1

    def cells(self, layer: int) -> list[str]:
        """What the weights of a layer's cells are called after, forwards first."""
        names = [f"layer{layer}", f"layer{layer}.reverse"]
        return names[: self.directions]

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are kept.

        The directions of a layer stack on axis 0 of Wax and b, forwards first.
        """
        cell = CELLS[self.cell]
        shapes: dict[str, tuple[int, ...]] = {}
        D = 0  # what the layer below hands up
        for layer, H in enumerate(self.sizes):
            G = self.directions * len(cell.GATES) * H
            shapes |= dense_shapes(f"layer{layer}", G, D) if D else self._inputs(G)
            for part in self.cells(layer):
                for name, shape in cell.shapes(H).items():
                    shapes[f"{part}.{name}"] = shape
            D = self.directions * H
        if not self.tied:
            shapes["output.Wya"] = (self.classes or self.V, D)
        shapes["output.by"] = (self.classes or self.V,)
        return shapes

    def _inputs(self, G: int) -> dict[str, tuple[int, ...]]:
        """The weights that feed the lowest layer's G units."""
        if self.vector_size:
            shapes = dense_shapes("layer0", G, self.vector_size)
        else:
            shapes = lookup_shapes(self.V, G, self.embedding_size)
        return shapes | label_shapes(G, self.labels) if self.labels else shapes


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
    gates = CELLS[shape.cell].GATES * shape.directions
    for name, view in parameters.views.items():
        if name.endswith(".Waa"):
            H = view.shape[1]
            for block in view.reshape(-1, H, H):
                block[:] = np.linalg.qr(rng.standard_normal((H, H)))[0]
        elif name == "embedding":
            view[:] = 0.3 * rng.standard_normal(view.shape)
        elif view.ndim > 1:
            view[:] = rng.standard_normal(view.shape) / view.shape[1] ** 0.5
        elif name.endswith(".b"):
            for gate, block in zip(gates, np.split(view, len(gates)), strict=True):
                block[:] = gate in ("forget", "update")
    return _with_zero_start(shape, parameters)


STARTS = {"textbook": textbook_start, "scaled": scaled_start}


def _with_zero_start(shape: Shape, parameters: Parameters) -> Parameters:
    """One-hot, the first input is the zero vector: see Lookup."""
    if not shape.embedding_size and not shape.vector_size:
        parameters["layer0.Wax"][:, END] = 0
    return parameters
