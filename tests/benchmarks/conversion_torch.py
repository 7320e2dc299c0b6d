"""Baseline: an encoder-decoder's update of `conversion_speed.py` in eager PyTorch.

The same weights at the start, the same sizes, loss, clipping and AdamW. Sources and
targets are packed, which is faster than padded targets by 4 to 7 percent.
"""

from __future__ import annotations

import numpy as np
import throughput
import torch
from conversion_speed import SMOOTHING
from throughput import CLIP
from throughput_torch import adamw
from torch import nn
from torch.nn.functional import cross_entropy, embedding
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from charnames.nn.batching import PackedPairs
from charnames.nn.networks.compound_shapes import EncoderDecoderShape
from charnames.nn.networks.encoder_decoder import EncoderDecoder

torch.set_num_threads(1)


class Batch:
    """The tensors of a batch, packed. order: of the targets among the packed sources.
    sequence, step: of each row of the targets, (M,).
    """

    def __init__(self, batch: PackedPairs) -> None:
        source, target = batch
        place = np.argsort(source.order)  # of each source before packing, among packed
        self.order = torch.from_numpy(place[target.order])
        self.read, self.written, self.targets = (
            torch.from_numpy(ids).long()
            for ids in (source.inputs, target.inputs, target.targets)
        )
        self.read_sizes = torch.tensor(source.sizes)
        self.sizes = torch.tensor(target.sizes)
        rows = torch.arange(target.sizes[0]) < self.sizes[:, None]
        self.step, self.sequence = rows.nonzero(as_tuple=True)
        lengths = torch.from_numpy(source.lengths()[self.order])
        self.inside = torch.arange(len(source.sizes)) < lengths[:, None]  # (N, S)


class Step(nn.Module):
    """PyTorch's update; starts from the weights that `throughput.Step` starts from."""

    def __init__(self, shape: EncoderDecoderShape) -> None:
        super().__init__()
        (H,), E, D = shape.decoder.sizes, shape.width, shape.decoder.embedding_size
        start = throughput.Step(shape, EncoderDecoder).network.parameters.views
        weights = {k: torch.from_numpy(v.copy()) for k, v in start.items()}
        self.read = nn.Parameter(weights["encoder.embedding"])
        self.written = nn.Parameter(weights["decoder.embedding"])
        self.encoder = nn.GRU(D, H, bidirectional=True)
        self.bridge, self.query = nn.Linear(E, H), nn.Linear(H, E, bias=False)
        self.decoder, self.readout = nn.GRU(D, H), nn.GRU(H + E, H)
        self.output = nn.Linear(H, shape.V)
        values = [
            weights["bridge.Wap"],
            weights["bridge.ba"],
            weights["attention.Wha"].T,
        ]
        inner = [*self.bridge.parameters(), *self.query.parameters()]
        for name, rnn in (
            ("encoder", self.encoder),
            ("decoder", self.decoder),
            ("readout", self.readout),
        ):
            values += _of_gru(weights, name, H)
            inner += rnn.parameters()
        values += [weights["output.Wya"], weights["output.by"]]
        inner += self.output.parameters()
        with torch.no_grad():
            for parameter, value in zip(inner, values, strict=True):
                parameter.copy_(value)
        self.optimizer = adamw([*self.parameters()])

    def loss(self, batch: Batch) -> torch.Tensor:
        """The summed loss of the batch, in nats."""
        x = PackedSequence(embedding(batch.read, self.read), batch.read_sizes)
        encoded, ends = self.encoder(x)
        p = torch.cat([*ends], dim=1)[batch.order]
        h = pad_packed_sequence(encoded, batch_first=True)[0][batch.order]  # (N, S, E)
        start = torch.tanh(self.bridge(p))[None]
        y = PackedSequence(embedding(batch.written, self.written), batch.sizes)
        s = self.decoder(y, start)[0].data  # (M, H)
        q = PackedSequence(self.query(s), batch.sizes)
        z = pad_packed_sequence(q, batch_first=True)[0] @ h.transpose(1, 2)  # (N, T, S)
        alpha = z.masked_fill(~batch.inside[:, None], -torch.inf).softmax(dim=2)
        c = (alpha @ h)[batch.sequence, batch.step]  # (M, E)
        a = self.readout(PackedSequence(torch.cat([s, c], dim=1), batch.sizes))[0].data
        return cross_entropy(
            self.output(a), batch.targets, reduction="sum", label_smoothing=SMOOTHING
        )

    def __call__(self, batch: Batch) -> float:
        loss = self.loss(batch)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss / len(batch.inside))
        nn.utils.clip_grad_norm_(self.parameters(), CLIP)
        self.optimizer.step()
        return loss.item()


def _of_gru(weights: dict[str, torch.Tensor], name: str, H: int) -> list[torch.Tensor]:
    """The weights of a layer in PyTorch's order; PyTorch has two biases."""
    both = f"{name}.layer0.reverse.Waa" in weights
    Wax, b = weights[f"{name}.layer0.Wax"], weights[f"{name}.layer0.b"]
    values = []
    for k, way in enumerate(("", ".reverse")[: both + 1]):
        rows = slice(3 * H * k, 3 * H * (k + 1))
        second = torch.zeros(3 * H)
        second[2 * H :] = weights[f"{name}.layer0{way}.c"]
        values += [Wax[rows], weights[f"{name}.layer0{way}.Waa"], b[rows], second]
    return values
