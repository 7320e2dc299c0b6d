"""What the cells share: the sigmoid, and the product with the recurrent weights."""

import numpy as np

from charnames.nn.parameters import Array

STRIP = 16  # columns: 16 numbers in float32 are a line of the processor's cache
MANY_UNITS = 400


def sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)), computed in place as (tanh(u / 2) + 1) / 2: no overflow."""
    u *= 0.5
    np.tanh(u, out=u)
    u *= 0.5
    u += 0.5
    return u


def by_gate(Waa: Array) -> Array:
    """The recurrent weights (gates * H, H) as (gates, H, H), each block transposed:
    a contiguous copy, with which a product takes a sixth to a half less time.
    """
    H = Waa.shape[1]
    blocks = Waa.reshape(-1, H, H).transpose(0, 2, 1)
    # A strip at a time: each line that the processor's cache reads of a row is used up
    # before it is dropped, which with 512 units takes a quarter of the time.
    copy = np.empty_like(blocks, order="C")
    for start in range(0, H, STRIP):
        strip = slice(start, start + STRIP)
        copy[:, :, strip] = blocks[:, :, strip]
    return copy


def is_copy_worthwhile(N: int, M: int, H: int) -> bool:
    """Whether `by_gate` takes less time than it saves in the products of a batch of N
    sequences with M rows. It copies H * H numbers a gate; with many units, transposing
    M * H numbers of the products costs less until there are several times as many rows.
    """
    return 1 < N < M and (H < MANY_UNITS or M > 4 * H)


def gate_product(a: Array, Waa: Array, blocks: Array | None, scratch: Array) -> Array:
    """Waa a by gate, (gates, n, H), of states a (n, H).

    blocks: `by_gate(Waa)`, or None, with which the product is a transposed view.
    scratch: at least gates * n rows (H,), which the product is written to.
    """
    n, H = a.shape
    gates = len(Waa) // H
    out = scratch[: gates * n]
    if blocks is not None:
        return np.matmul(a, blocks, out.reshape(gates, n, H))
    product = Waa.dot(a.T, out.reshape(gates * H, n))
    return product.reshape(gates, H, n).transpose(0, 2, 1)
