"""What the cells share: the sigmoid, and recurrent weights arranged by gate."""

import numpy as np

from charnames.nn.parameters import Array

STRIP = 16  # columns: 16 numbers in float32 are a line of the processor's cache


def sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)), computed in place as (tanh(u / 2) + 1) / 2: no overflow."""
    u *= 0.5
    np.tanh(u, out=u)
    u *= 0.5
    u += 0.5
    return u


def by_gate(Waa: Array, copy: bool) -> Array:
    """The recurrent weights (gates * H, H) as (gates, H, H), each block transposed.

    States (n, H) multiplied by it give the input of every gate, (gates, n, H). With a
    contiguous copy a product of several rows takes a sixth to a half less time; for one
    step, or one row, the copy would take longer than it saves.
    """
    H = Waa.shape[1]
    blocks = Waa.reshape(-1, H, H).transpose(0, 2, 1)
    if not copy:
        return blocks
    # A strip at a time: each line that the processor's cache reads of a row is used up
    # before it is dropped, which with 512 units takes a quarter of the time.
    contiguous = np.empty_like(blocks, order="C")
    for start in range(0, H, STRIP):
        strip = slice(start, start + STRIP)
        contiguous[:, :, strip] = blocks[:, :, strip]
    return contiguous
