"""Baseline: the update of `vowels.py` in PyTorch, on packed sequences."""

import math

import torch
import vowels
from throughput import CLIP
from throughput_torch import CELLS, adamw
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from charnames.nn.batching import Packed
from charnames.nn.networks.shape import Shape


class Batch:
    """The tensors of a batch."""

    def __init__(self, batch: Packed) -> None:
        inputs, sizes = torch.from_numpy(batch.inputs), torch.tensor(batch.sizes)
        self.packed = PackedSequence(inputs, sizes)
        self.labels = torch.from_numpy(batch.labels)
        self.lengths = torch.tensor(batch.lengths().tolist())[:, None]


class Step:
    """PyTorch's update; starts from the weights that `vowels.Step` starts from."""

    def __init__(self, shape: Shape) -> None:
        start = vowels.Step(shape).network.parameters
        sizes = [shape.vector_size, *(shape.directions * H for H in shape.sizes)]
        self.layers = nn.ModuleList(
            CELLS[shape.cell](D, H, bidirectional=shape.bidirectional)
            for D, H in zip(sizes, shape.sizes, strict=False)
        )
        self.linear = nn.Linear(sizes[-1], shape.classes)
        self.parameters = [*self.layers.parameters(), *self.linear.parameters()]
        with torch.no_grad():
            for parameter, value in zip(
                self.parameters, _values(shape, start.views), strict=True
            ):
                parameter.copy_(value)
        self.optimizer = adamw(self.parameters)

    def __call__(self, batch: Batch) -> float:
        x = batch.packed
        for layer in self.layers:
            x = layer(x)[0]
        p = pad_packed_sequence(x)[0].sum(0) / batch.lengths
        loss = cross_entropy(self.linear(p), batch.labels)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimizer.step()
        return loss.item() * len(batch.labels)


def _values(shape: Shape, start):
    """Our weights in PyTorch's order: for each layer and direction four of them."""
    for i, _ in enumerate(shape.sizes):
        inputs, biases = (
            torch.from_numpy(start[f"layer{i}.{name}"]).chunk(shape.directions)
            for name in ("Wax", "b")
        )
        for name, Wax, b in zip(shape.cells(i), inputs, biases, strict=True):
            second = torch.zeros_like(b)  # PyTorch has two biases
            if shape.cell == "gru":
                second[-len(b) // 3 :] = torch.from_numpy(start[f"{name}.c"])
            yield from (Wax, torch.from_numpy(start[f"{name}.Waa"]), b, second)
    yield from (torch.from_numpy(start[f"output.{name}"]) for name in ("Wya", "by"))


def same(shape: Shape, batch: Packed) -> bool:
    """Whether ours and this begin at the same loss."""
    ours, other = vowels.Step(shape)(batch), Step(shape)(Batch(batch))
    return math.isclose(ours, other, rel_tol=1e-5)
