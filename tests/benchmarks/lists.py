"""The lists that benchmarks learn: given ones, built-in ones, made-up ones."""

import os
from pathlib import Path

import numpy as np

from charnames.data.name_list import NameList
from charnames.data.names import read_names

VARIABLE = "CHARNAMES_BENCH_NAMES"
HOW = f"name a folder that holds train.txt and test.txt in {VARIABLE}"


def given(part: str) -> NameList | None:
    """The "train" or "test" names of the folder that CHARNAMES_BENCH_NAMES names."""
    folder = os.environ.get(VARIABLE)
    return read_names(Path(folder, f"{part}.txt")) if folder else None


def made_up(count: int = 30_000, seed: int = 0) -> NameList:
    """Random letters, as long as first names are: good for speed, not for losses."""
    rng = np.random.default_rng(seed)
    lengths = np.clip(np.rint(rng.normal(6.1, 1.4, count)), 2, 15).astype(int)
    letters = "".join(map(chr, rng.integers(ord("a"), ord("z") + 1, lengths.sum())))
    ends = np.cumsum(lengths)
    pairs = zip(ends - lengths, ends, strict=True)
    return NameList((letters[begin:end] for begin, end in pairs), "made-up names")
