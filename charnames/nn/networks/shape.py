"""The settings that determine the name and shape of every weight of a network."""

from __future__ import annotations

from dataclasses import dataclass

from charnames.nn.cells import CELLS
from charnames.nn.layers.inputs import Dense, LabelInput, Lookup
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.parameters import Shapes


@dataclass(frozen=True)
class Shape:
    """The settings that determine the name and shape of every weight.

    V: number of symbols. cell: a key of CELLS. sizes: hidden units of each layer, the
    lowest first. embedding_size: 0 for one-hot inputs. tied: the output layer uses the
    embeddings as its weights. vector_size: width of the input vectors; 0 if the inputs
    are symbols. labels: number of labels that a sequence can have as a further input,
    or 0. classes: number of classes of a classifier; 0 for a language model.
    bidirectional: each layer has a second cell, which reads each sequence from its end.
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
        """The number of directions in which each layer reads, 1 or 2."""
        return 2 if self.bidirectional else 1

    def cells(self, layer: int) -> list[str]:
        """The names of a layer's cells, with which those of their weights begin."""
        names = [f"layer{layer}", f"layer{layer}.reverse"]
        return names[: self.directions]

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are stored.

        The two directions of a layer stack on axis 0 of Wax and b, forward first.
        """
        cell = CELLS[self.cell]
        shapes: dict[str, tuple[int, ...]] = {}
        D = 0  # the width of the output of the layer below
        for layer, H in enumerate(self.sizes):
            G = self.directions * len(cell.GATES) * H
            shapes |= Dense.shapes(f"layer{layer}", G, D) if D else self._inputs(G)
            for prefix in self.cells(layer):
                for name, shape in cell.shapes(H).items():
                    shapes[f"{prefix}.{name}"] = shape
            D = self.directions * H
        shapes |= SoftmaxOutput.shapes(self.classes or self.V, D, self.tied)
        return shapes

    def _inputs(self, G: int) -> Shapes:
        """The weights of the input layer, for an input of G numbers a row."""
        if self.vector_size:
            shapes = Dense.shapes("layer0", G, self.vector_size)
        else:
            shapes = Lookup.shapes(self.V, G, self.embedding_size)
        return (
            {**shapes, **LabelInput.shapes(G, self.labels)} if self.labels else shapes
        )
