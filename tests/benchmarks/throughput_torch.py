"""Baseline: the update of `throughput.py` in PyTorch, on packed or padded batches.

The same weights at the start, the same sizes, loss, clipping and AdamW.
"""

import math
from collections.abc import Callable

import throughput
import torch
from throughput import BETAS, CLIP, EPSILON, RATE, WEIGHT_DECAY
from torch import nn
from torch.nn.functional import cross_entropy, embedding
from torch.nn.utils.rnn import PackedSequence

from charnames.nn.batching import Packed
from charnames.nn.networks.shape import Shape

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {
    "rnn": nn.RNN,
    "gru": nn.GRU,
    "lstm": nn.LSTM,
}
NOTHING = -100  # a target that cross_entropy passes over

torch.set_num_threads(1)


class Batch:
    """The tensors of a batch: packed (M,) with its sizes, or padded (T, N)."""

    def __init__(self, batch: Packed, padded: bool) -> None:
        self.inputs = torch.from_numpy(batch.inputs).long()
        self.targets = torch.from_numpy(batch.targets).long()
        self.sizes = torch.tensor(batch.sizes)
        self.padded = padded
        if padded:
            running = torch.arange(batch.sizes[0]) < self.sizes[:, None]
            inputs, targets = torch.zeros((2, *running.shape), dtype=torch.long)
            inputs[running], targets[running] = self.inputs, self.targets
            self.inputs, self.targets = inputs, targets.masked_fill(~running, NOTHING)


def adamw(parameters: list[torch.Tensor]) -> torch.optim.AdamW:
    """The optimiser of `throughput.Step`."""
    return torch.optim.AdamW(
        parameters,
        lr=RATE,
        betas=BETAS,
        eps=EPSILON,
        weight_decay=WEIGHT_DECAY,
        fused=True,  # the fastest of its three kinds
    )


class Step:
    """PyTorch's update; starts from the weights that `throughput.Step` starts from."""

    def __init__(self, shape: Shape) -> None:
        start = throughput.Step(shape).network.parameters
        weights = {k: torch.from_numpy(v.copy()) for k, v in start.views.items()}
        self.embedding = weights["embedding"].requires_grad_()
        (H,) = shape.sizes
        self.rnn = CELLS[shape.cell](shape.embedding_size, H)
        self.linear = nn.Linear(H, shape.V)
        second = torch.zeros_like(weights["layer0.b"])  # PyTorch has two biases
        if shape.cell == "gru":
            second[2 * H :] = weights["layer0.c"]
        values = [weights[f"layer0.{name}"] for name in ("Wax", "Waa", "b")]
        values += [second, weights["output.Wya"], weights["output.by"]]
        inner = [*self.rnn.parameters(), *self.linear.parameters()]
        with torch.no_grad():
            for parameter, value in zip(inner, values, strict=True):
                parameter.copy_(value)
        self.parameters = [self.embedding, *inner]
        self.optimizer = adamw(self.parameters)

    def __call__(self, batch: Batch) -> float:
        x = embedding(batch.inputs, self.embedding)
        if batch.padded:
            a = self.rnn(x)[0].flatten(0, 1)
        else:
            a = self.rnn(PackedSequence(x, batch.sizes))[0].data
        loss = cross_entropy(
            self.linear(a),
            batch.targets.flatten(),
            ignore_index=NOTHING,
            reduction="sum",
        )
        self.optimizer.zero_grad()
        torch.autograd.backward(loss / batch.sizes[0])
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimizer.step()
        return loss.item()


def same(shape: Shape, batch: Packed) -> bool:
    """Whether ours, packed and padded begin at the same loss."""
    ours = throughput.Step(shape)(batch)
    others = [Step(shape)(Batch(batch, padded)) for padded in (False, True)]
    return all(math.isclose(ours, other, rel_tol=1e-5) for other in others)
