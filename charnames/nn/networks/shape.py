"""The settings that determine the name and shape of every weight of a network."""

from __future__ import annotations

from typing import NamedTuple

from charnames.nn.cells import CELLS
from charnames.nn.layers.inputs import Dense, LabelInput, Lookup
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.parameters import Shapes


class Shape(NamedTuple):
    """The settings that determine the name and shape of every weight.

    V: number of symbols. cell: a key of CELLS. sizes: hidden units of each layer, the
    lowest first. embedding_size: 0 for one-hot inputs. tied: the output layer uses the
    embeddings as its weights. vector_size: width of the input vectors; 0 if the inputs
    are symbols. labels: number of labels that a sequence can have as a further input,
    or 0. classes: number of classes of a classifier, or of symbols that CTC writes; 0
    for a language model. bidirectional: each layer has a second cell, which reads each
    sequence from its end. unknown: the last symbol stands for every unknown one, and
    is read in the place of others now and then while training.
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
    unknown: bool = False

    @property
    def directions(self) -> int:
        """The number of directions in which each layer reads, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def state_size(self) -> int:
        """The numbers in the hidden states of all layers for one sequence."""
        return self.directions * len(CELLS[self.cell].STATES) * sum(self.sizes)

    def cells(self, layer: int) -> list[str]:
        """The names of a layer's cells, with which those of their weights begin."""
        names = [f"layer{layer}", f"layer{layer}.reverse"]
        return names[: self.directions]

    @property
    def width(self) -> int:
        """How many numbers a step the topmost layer hands up."""
        return self.directions * self.sizes[-1]

    def gates(self, name: str) -> tuple[str, ...]:
        """The gates whose units stack on axis 0 of a layer's Wax and b.

        name: of that weight.
        """
        return CELLS[self.cell].GATES * self.directions

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are stored."""
        outputs = self.classes or self.V
        return {
            **self.recurrent(),
            **SoftmaxOutput.shapes(outputs, self.width, self.tied),
        }

    def recurrent(self) -> Shapes:
        """The weights of all layers but the output.

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
