"""The shapes of networks that are made of others."""

from __future__ import annotations

from dataclasses import dataclass

from charnames.nn.cells import CELLS
from charnames.nn.layers.attention import Attention
from charnames.nn.layers.bridge import Bridge
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Shapes


@dataclass(frozen=True)
class EncoderDecoderShape:
    """What decides the shapes of an encoder-decoder's weights.

    source: what is encoded, by a stack of layers; or, where it has no layers, vectors
    of its `vector_size` that are attended to as they are. decoder: of the V symbols
    that are written, in one layer or more. attention: "none", "dot" or "general", as
    in charnames.nn.layers.attention.
    """

    source: Shape
    decoder: Shape
    attention: str = "general"

    @property
    def V(self) -> int:
        """The symbols that it writes, the end marker included."""
        return self.decoder.V

    @property
    def encoder(self) -> Shape | None:
        """The encoder, or None where vectors are attended to as they are."""
        return self.source if self.source.sizes else None

    @property
    def width(self) -> int:
        """E, the numbers of one source step that are attended to."""
        return self.source.width if self.source.sizes else self.source.vector_size

    @property
    def readout(self) -> Shape:
        """The recurrent layer over the decoder's states and the contexts."""
        H = self.decoder.width
        return Shape(0, self.decoder.cell, (H,), vector_size=H + self.width)

    @property
    def stacks(self) -> dict[str, Shape]:
        """What its stacks of layers are called, and their shapes."""
        encoder = {"encoder": self.source} if self.source.sizes else {}
        return {**encoder, "decoder": self.decoder, "readout": self.readout}

    def gates(self, name: str) -> tuple[str, ...]:
        """As Shape.gates."""
        return self.stacks[name.split(".")[0]].gates(name)

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are kept."""
        shapes: dict[str, tuple[int, ...]] = {}
        for part, shape in self.stacks.items():
            for name, size in shape.recurrent().items():
                shapes[f"{part}.{name}"] = size
        states = len(CELLS[self.decoder.cell].STATES)
        H = self.decoder.width
        return {
            **shapes,
            **Bridge.shapes(states * sum(self.decoder.sizes), self.width),
            **Attention.shapes(self.attention, H, self.width),
            **SoftmaxOutput.shapes(self.V, H, tied=False),
        }


@dataclass(frozen=True)
class EnsembleShape:
    """The shape of an ensemble: `members` networks of one shape, each with weights of
    its own, whose names begin with that of the network.
    """

    member: Shape | EncoderDecoderShape
    members: int

    @property
    def names(self) -> list[str]:
        """What its networks are called."""
        return [f"member{number}" for number in range(self.members)]

    @property
    def V(self) -> int:
        """The symbols that it writes, the end marker included."""
        return self.member.V

    @property
    def stacks(self) -> dict[str, Shape]:
        """What the stacks of layers of all networks are called, and their shapes."""
        if isinstance(self.member, Shape):
            return dict.fromkeys(self.names, self.member)
        stacks = self.member.stacks.items()
        return {f"{name}.{part}": s for name in self.names for part, s in stacks}

    def gates(self, name: str) -> tuple[str, ...]:
        """As Shape.gates."""
        return self.member.gates(name.partition(".")[2])

    def parameters(self) -> Shapes:
        """The name and shape of every weight, in the order in which they are kept."""
        shapes = self.member.parameters().items()
        return {f"{name}.{part}": s for name in self.names for part, s in shapes}


AnyShape = Shape | EncoderDecoderShape | EnsembleShape
