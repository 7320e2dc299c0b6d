r"""The decoder of an encoder-decoder, one symbol at a time, as a search needs it.

Weights do not change while targets are searched, so what a step needs of them is
arranged once (see StepStack). Of each source step h_s, what every step would compute
again is computed once as well. With Wc as the columns of the readout's Wax that read
the context,

    z_ts = (Wha^T a_t) . h_s = a_t . (Wha h_s)                  keys    Wha h_s
    Wc c_t + b = sum_s alpha_ts (Wc h_s + b)                    values  Wc h_s + b

since the weights alpha_ts sum to 1 over s.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import SymbolIds, one_step
from charnames.nn.layers.attention import attention_weights
from charnames.nn.layers.inputs import Dense
from charnames.nn.networks.encoder_decoder import EncoderDecoder, Source
from charnames.nn.networks.stack import State
from charnames.nn.networks.step_stack import StepStack
from charnames.nn.parameters import Array


class StepDecoder:
    """The decoder of a network, with the weights that it has when this is made."""

    def __init__(self, network: EncoderDecoder) -> None:
        self.network = network
        self.decoder, self.readout = network.decoder, network.readout
        self.decoder_steps = StepStack(self.decoder)
        self.readout_steps = StepStack(self.readout)
        dense, H = self.readout.input, network.shape.decoder.width
        assert isinstance(dense, Dense)
        gates = len(dense.Wax) // dense.H
        blocks = dense.Wax.reshape(gates, dense.H, -1).transpose(0, 2, 1)
        self.Wsx = np.ascontiguousarray(blocks[:, :H])  # (gates, H, H)
        self.Wcx, self.b = np.ascontiguousarray(dense.Wax[:, H:].T), dense.b
        self.output_Wya = np.ascontiguousarray(network.output.Wya.T)  # (H, V)

    def start(self, source: Source, blend: Array | None = None) -> Decoding:
        """The empty beginnings of targets, one for each of the N sources.

        blend: of labels (N, K), for a network that has labels.
        """
        return Decoding(self, source, blend)


class Decoding:
    """B beginnings of a target for each of N sources, and the states that they led to.

    States are working arrays of the decoder's cells, so one decoding at a time goes on.
    """

    def __init__(
        self, decoder: StepDecoder, source: Source, blend: Array | None
    ) -> None:
        self.decoder, network = decoder, decoder.network
        N, _, E = source.h.shape
        self.states: State = source.start
        self.readout_states: State = decoder.readout.initial_state(N)
        self.label: Array | None = None  # (gates, N, 1, H)
        if decoder.decoder.label and blend is not None:
            label = np.zeros_like(decoder.decoder_steps.inputs(np.zeros(N, np.intp)))
            decoder.decoder.label.forward(label, one_step(N), blend)
            self.label = label[:, :, None]
        h = source.h if network.attention else source.p[:, None]
        values = h.reshape(-1, E).dot(decoder.Wcx)
        values += decoder.b
        self.values = values.reshape(N, h.shape[1], -1)  # (N, S, G), (N, 1, G) of p
        self.keys, self.mask = None, source.mask
        if network.attention:
            keys = network.attention.keys(source.h)
            self.keys = keys.transpose(0, 2, 1)  # (N, H, S)

    def step(self, ids: SymbolIds) -> tuple[Array, Array]:
        """One symbol further: ids (N B,), the B of the first source first -> logits
        (N B, V), and what each beginning attends to, (N B, S).
        """
        decoder = self.decoder
        N, S = self.mask.shape
        x = decoder.decoder_steps.inputs(ids)
        if self.label is not None:
            by_source = x.reshape(len(x), N, -1, x.shape[2])
            by_source += self.label
        s, self.states = decoder.decoder_steps.forward(x, self.states)

        if self.keys is None:
            alpha, read = np.zeros((len(ids), S), s.dtype), self.values
        else:
            weights = attention_weights(
                s.reshape(N, -1, s.shape[1]) @ self.keys, self.mask
            )
            alpha, read = weights.reshape(-1, S), weights @ self.values
        x = np.matmul(s, decoder.Wsx)  # (gates, N B, H)
        gates, _, H = x.shape
        by_source = x.reshape(gates, N, -1, H)
        by_source += read.reshape(N, -1, gates, H).transpose(2, 0, 1, 3)
        a, self.readout_states = decoder.readout_steps.forward(x, self.readout_states)
        z = a.dot(decoder.output_Wya)
        z += decoder.network.output.by
        return z, alpha

    def keep(self, rows: SymbolIds) -> None:
        """Go on with the beginnings of these rows, (N B,), equally many of each source;
        a row may come several times.
        """
        self.states, self.readout_states = (
            [tuple(a[rows] for a in layer) for layer in states]
            for states in (self.states, self.readout_states)
        )
