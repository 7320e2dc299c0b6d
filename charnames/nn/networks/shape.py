"""What decides the shapes of a network's weights."""

from __future__ import annotations

from dataclasses import dataclass

from charnames.nn.cells import CELLS
from charnames.nn.layers.inputs import Dense, LabelInput, Lookup
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.parameters import Shapes


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
            shapes |= Dense.shapes(f"layer{layer}", G, D) if D else self._inputs(G)
            for part in self.cells(layer):
                for name, shape in cell.shapes(H).items():
                    shapes[f"{part}.{name}"] = shape
            D = self.directions * H
        shapes |= SoftmaxOutput.shapes(self.classes or self.V, D, self.tied)
        return shapes

    def _inputs(self, G: int) -> Shapes:
        """The weights that feed the lowest layer's G units."""
        if self.vector_size:
            shapes = Dense.shapes("layer0", G, self.vector_size)
        else:
            shapes = Lookup.shapes(self.V, G, self.embedding_size)
        return (
            {**shapes, **LabelInput.shapes(G, self.labels)} if self.labels else shapes
        )
