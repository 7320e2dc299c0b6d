"""What the gated cells share: the sigmoid, and recurrent weights arranged by gate."""

import numpy as np

from charnames.nn.parameters import Array


def sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)), computed in place as (tanh(u / 2) + 1) / 2: no overflow."""
    u *= 0.5
    np.tanh(u, out=u)
    u *= 0.5
    u += 0.5
    return u


def by_gate(Waa: Array, steps: int) -> Array:
    """The recurrent weights (gates * H, H) as (gates, H, H), each block transposed.

    States (n, H) multiplied by it give the input of every gate, (gates, n, H). For
    several steps the result is a contiguous copy, with which a product takes a sixth
    less time; for one step the copy would take longer than most products.
    """
    H = Waa.shape[1]
    blocks = Waa.reshape(-1, H, H).transpose(0, 2, 1)
    return blocks if steps == 1 else np.ascontiguousarray(blocks)
