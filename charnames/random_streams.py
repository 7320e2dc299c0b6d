"""Random streams: one for each purpose of a seed, so that nothing depends on order.

A stream is a function of the seed, its purpose and its number alone. Therefore the
state of a run's randomness is its seed and its step, and an exact resumption has no
generator's state to keep.
"""

from __future__ import annotations

import secrets
from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers is for."""

    WEIGHTS = 0
    ORDER = 1
    REPORT = 2
    SAMPLE = 3
    DROPOUT = 4
    SPLIT = 5
    OUTLOOK = 6


def generator(seed: int, stream: Stream, number: int = 0) -> np.random.Generator:
    """The generator of that purpose and number."""
    return np.random.default_rng((seed, stream, number))


def fresh_seed() -> int:
    """A seed that nobody chose, short enough to type."""
    return secrets.randbelow(2**32)
