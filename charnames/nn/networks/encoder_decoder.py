r"""An encoder-decoder network: reads a source sequence, writes a target sequence.

    source --encoder--> h_1 ... h_S --pool, bridge--> the decoder's first states
                                 |
    y_{t-1} --decoder--> s_t --attention--> c_t
                                     [s_t; c_t] --readout--> a_t --output--> y_t

Sutskever, Vinyals & Le 2014; Cho et al. 2014. While training the decoder reads the true
y_{t-1} (teacher forcing), so its states s_t need no context, and run over all steps at
once; then all scores, weights and contexts are products over all steps. A second
recurrent layer, the readout, reads [s_t; c_t], so that what was attended to still
reaches later steps. Without attention every c_t is the pooled source.

Without an encoder, the vectors of the source are attended to as they are, and what the
bridge reads is their mean.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.array_types import Mask
from charnames.nn.batching import Packed, PackedPairs
from charnames.nn.layers.attention import Attention
from charnames.nn.layers.attention import Cache as AttentionCache
from charnames.nn.layers.bridge import Bridge
from charnames.nn.layers.dropout import Masks
from charnames.nn.layers.pooling import LastPool, MeanPool
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.compound_shapes import EncoderDecoderShape
from charnames.nn.networks.stack import Stack, State, Tape
from charnames.nn.parameters import Array, Parameters


class Source(NamedTuple):
    """Encoded sources, in the order in which they stood before they were packed."""

    h: Array  # (N, S, E)
    mask: Mask  # (N, S): false behind the end of each
    p: Array  # (N, E): each as one vector
    start: State  # the decoder's first states


class SourceTape(NamedTuple):
    """What the backward pass of the encoder needs from its forward pass."""

    tape: Tape | None  # the encoder's
    mask: Array | None  # of dropout, on the encoder's states (M, E)
    a0: Array  # (N, states): the bridge's


class EncoderDecoder:
    """The network of a shape, reading its weights from `parameters` as they are.

    smoothing: of labels, while training (see SoftmaxOutput).
    """

    def __init__(
        self,
        shape: EncoderDecoderShape,
        parameters: Parameters,
        smoothing: float = 0.0,
        gradients: Parameters | None = None,
    ) -> None:
        self.shape = shape
        self.parameters = parameters
        self.gradients = gradients or parameters.zeros_like()
        both = (self.parameters, self.gradients)
        stacks = {
            name: Stack(part, *(weights.part(name) for weights in both))
            for name, part in shape.stacks.items()
        }
        self.encoder = stacks.get("encoder")
        self.decoder, self.readout = stacks["decoder"], stacks["readout"]
        self.bridge = Bridge(*both)
        self.attention = None if shape.attention == "none" else Attention(*both)
        self.output = SoftmaxOutput(*both, smoothing)
        H = shape.source.sizes[-1] if shape.encoder else 0
        self.pool = LastPool(H) if shape.encoder else MeanPool(H)

    def encode(
        self,
        batch: Packed,
        masks: Masks | None = None,
        blend: Array | None = None,
    ) -> tuple[Source, SourceTape]:
        """Read the sources of a batch.

        blend: a blend of labels (N, K) that replaces the labels of the batch.
        """
        h, tape, mask = batch.inputs, None, None
        if self.encoder:
            h, tape = self.encoder.forward(batch, masks, blend)
            mask = masks.between(h) if masks else None
            if mask is not None:
                h = h * mask
        p = np.empty((batch.sizes[0], h.shape[1]), h.dtype)
        p[batch.order] = self.pool.forward(h, batch)
        a0 = self.bridge.forward(p)
        inside = batch.padded(np.ones(len(h), bool))
        source = Source(batch.padded(h), inside, p, self._states(a0))
        return source, SourceTape(tape, mask, a0)

    def loss_and_gradients(
        self, batch: PackedPairs, masks: Masks | None = None
    ) -> float:
        """The summed loss of the batch in nats; writes to `gradients` those of its mean
        over the N targets.
        """
        target = batch.target
        source, source_tape = self.encode(batch.source, masks)
        start = [tuple(a[target.order] for a in layer) for layer in source.start]
        s, tape = self.decoder.forward(target, masks, initial=start)
        s, s_mask = _dropped(s, masks)
        c, cache = self._contexts(s, source, target)
        joined = np.concatenate([s, c], axis=1)
        a, readout_tape = self.readout.forward(target._replace(inputs=joined), masks)
        a, a_mask = _dropped(a, masks)
        losses, y_hat = self.output.forward(a, target.targets)

        da = self.output.backward(y_hat, a, target.targets, 1 / target.sizes[0])
        if a_mask is not None:
            da *= a_mask
        read = target._replace(inputs=joined)
        djoined = self.readout.backward(da, readout_tape, read).inputs
        assert djoined is not None
        H = s.shape[1]
        ds, dh, dp = self._contexts_backward(djoined[:, H:], cache, source, target)
        ds += djoined[:, :H]
        if s_mask is not None:
            ds *= s_mask
        dstart = self.decoder.backward(ds, tape, target).initial
        da0 = np.empty_like(source_tape.a0)
        da0[target.order] = np.concatenate([d for layer in dstart for d in layer], 1)
        dp += self.bridge.backward(da0, source_tape.a0, source.p)
        self._encode_backward(dh, dp, source_tape, batch.source)
        return float(np.add.reduce(losses))

    def _states(self, a0: Array) -> State:
        """(N, states) -> for each layer of the decoder its states, (N, H) each."""
        states, end = [], 0
        for H, (cell, *_) in zip(
            self.shape.decoder.sizes, self.decoder.cells, strict=True
        ):
            layer = []
            for _ in cell.STATES:
                layer.append(np.ascontiguousarray(a0[:, end : end + H]))
                end += H
            states.append(tuple(layer))
        return states

    def _contexts(
        self, s: Array, source: Source, target: Packed
    ) -> tuple[Array, AttentionCache | None]:
        """The decoder's states (M, H) -> a context for each, (M, E)."""
        sequence, step = target.places()
        if self.attention is None:
            return source.p[sequence], None
        c, cache = self.attention.forward(target.padded(s), source.h, source.mask)
        return c[sequence, step], cache

    def _contexts_backward(
        self, dc: Array, cache: AttentionCache | None, source: Source, target: Packed
    ) -> tuple[Array, Array, Array]:
        """dc (M, E) -> ds (M, H), dh (N, S, E), dp (N, E)."""
        sequence, step = target.places()
        if self.attention is None or cache is None:
            dp = np.zeros_like(source.p)
            for dc_t in target.steps(dc):
                dp[target.order[: len(dc_t)]] += dc_t
            ds = np.zeros((len(dc), self.shape.decoder.width), dc.dtype)
            return ds, np.zeros_like(source.h), dp
        ds, dh = self.attention.backward(target.padded(dc), cache)
        return ds[sequence, step], dh, np.zeros_like(source.p)

    def _encode_backward(
        self, dh: Array, dp: Array, tape: SourceTape, batch: Packed
    ) -> None:
        """dh (N, S, E), dp (N, E); writes the encoder's gradients."""
        if not self.encoder or not tape.tape:
            return
        da = dh[batch.places()]
        da += self.pool.backward(dp[batch.order], batch)
        if tape.mask is not None:
            da *= tape.mask
        self.encoder.backward(da, tape.tape, batch)


def _dropped(a: Array, masks: Masks | None) -> tuple[Array, Array | None]:
    """The states after dropout, and the mask, None without dropout."""
    mask = masks.between(a) if masks else None
    return (a, None) if mask is None else (a * mask, mask)
