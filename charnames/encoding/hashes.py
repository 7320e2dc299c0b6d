"""Hashes of names, by which a model recognises the names that it learned."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

NO_HASHES: Hashes = np.empty(0, np.uint64)


def name_hashes(names: Iterable[str]) -> Hashes:
    """A 64-bit BLAKE2b hash of each folded name, in order, (N,)."""
    digests = bytearray()  # a list of digests would take seven times the memory
    for name in names:
        digests += blake2b(name.encode(), digest_size=8).digest()
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def contains(sorted_hashes: Hashes, hashes: Hashes) -> NDArray[np.bool_]:
    """Whether each of `hashes` (N,) is among the sorted ones, (N,)."""
    if not len(sorted_hashes):
        return np.zeros(len(hashes), np.bool_)
    places = np.searchsorted(sorted_hashes, hashes)
    same: NDArray[np.bool_] = sorted_hashes.take(places, mode="clip") == hashes
    return same
