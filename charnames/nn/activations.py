"""Nonlinearities that NumPy lacks, in place."""

import numpy as np

from charnames.nn.parameters import Array


def sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)) in place, as (tanh(u / 2) + 1) / 2: cannot overflow."""
    u *= 0.5
    np.tanh(u, out=u)
    u *= 0.5
    u += 0.5
    return u
