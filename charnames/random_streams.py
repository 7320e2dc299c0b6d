"""Random streams: one for each purpose of a seed, so that their order does not matter.

A stream depends only on the seed, its purpose and its number. So the random state of a
training run is its seed and its iteration, and resuming it exactly needs no state of a
generator.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """The purpose of a stream of random numbers."""

    WEIGHTS = 0
    ORDER = 1
    REPORT = 2
    SAMPLE = 3
    DROPOUT = 4
    SPLIT = 5
    OUTLOOK = 6
    GROWTH = 7
    SEARCH = 8
    ENSEMBLE = 9


def generator(seed: int, stream: Stream, number: int = 0) -> np.random.Generator:
    """The generator for a purpose and a number, such as an iteration."""
    return np.random.default_rng((seed, stream, number))


def text_seed(text: str) -> int:
    """The seed that stands for a text, below 2**32: the first 32 bits of the SHA-256 of
    its NFC in UTF-8.
    """
    data = unicodedata.normalize("NFC", text).encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(data).digest()[:4], "big")


def fresh_seed() -> int:
    """A random seed, short enough to type."""
    return secrets.randbelow(2**32)
