r"""Alignment of pairs: which letters of a source became which symbols of its target.

A pair is cut into chunks of at most 2 source letters and at most 2 target symbols, as
Bisani & Ney 2008 cut spellings and their pronunciations:

    Ж у к о в          Ж:Zh  у:u  к:k  о:o  в:v

No list says where the cuts are, so the probability p(c) of each chunk is estimated by
expectation-maximisation (Dempster, Laird & Rubin 1977). With x the source and y the
target, all ways to cut their first i letters and j symbols sum to

    alpha(i, j) = sum over chunks c of a letters and b symbols that end there
                  of p(c) alpha(i - a, j - b)

and beta(i, j) likewise those of what is left. Each pair then counts each chunk by its
share of the ways, alpha(i - a, j - b) p(c) beta(i, j) / alpha(I, J), and the new p(c)
are the counts, summed over the pairs and divided by their total. At the end each pair
is cut in its likeliest way.

A factor of g for each letter and each symbol scales all ways to cut a pair alike, and
so keeps long products in the range of a float.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, SymbolIds

CHUNK_LENGTH = 2  # letters or symbols in a chunk
CHUNK_IDS = 2 * CHUNK_LENGTH
# How many letters and symbols a chunk may have. Two of each would be learned by heart.
TYPES = ((1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (2, 0), (0, 2))
LONGEST_PAIR = 64  # letters or symbols of a pair that is cut
_PAIRS = 20_000  # to estimate from
_BLOCK = 400  # pairs side by side
_ITERATIONS = 12
_PRIOR = 1e-6  # the share of a chunk that was not counted


class Lattice(NamedTuple):
    """All chunks of a block of n pairs: for each type, (I + 1, J + 1, n) numbers of the
    chunks that end at i and j; 0 where there is none.
    """

    chunks: list[NDArray[np.int32]]
    lengths: tuple[Ids, Ids]  # of the sources and of the targets, (n,)


@dataclass(frozen=True)
class Chunks:
    """The distinct chunks of a list, (C, 4): two source letters and two target symbols,
    0 where there are fewer; in order. Ids of letters and symbols are above 0.
    """

    ids: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.ids)


def aligned(
    sources: Sequence[SymbolIds], targets: Sequence[SymbolIds]
) -> tuple[Chunks, list[Ids]]:
    """Cut each pair into chunks: the chunks that are used, and for each pair the rows
    of its own. A pair has none if it cannot be cut so, or if one side has more than
    LONGEST_PAIR symbols.

    sources, targets: ids above 0, (I,) and (J,) for each pair.
    """
    sizes = np.array([(len(x), len(y)) for x, y in zip(sources, targets, strict=True)])
    order = np.argsort(sizes.sum(axis=1), kind="stable")
    order = order[sizes[order].max(axis=1) <= LONGEST_PAIR]
    blocks = [order[i : i + _BLOCK] for i in range(0, len(order), _BLOCK)]
    tables = [_codes([sources[i] for i in b], [targets[i] for i in b]) for b in blocks]
    known = np.unique(np.concatenate([np.unique(c) for t in tables for c in t.chunks]))
    assert known[0] == 0  # of no chunk
    lattices = [
        Lattice([np.searchsorted(known, c).astype(np.int32) for c in t.chunks], t[1])
        for t in tables
    ]
    every = max(1, len(order) // _PAIRS)
    p = _estimated(lattices[::every], known)
    cuts: list[Ids] = [np.empty(0, np.intp)] * len(sizes)
    for block, lattice in zip(blocks, lattices, strict=True):
        for i, cut in zip(block, _best_cuts(lattice, p), strict=True):
            cuts[i] = cut
    used, rows = np.unique(np.concatenate(cuts), return_inverse=True)
    ends = np.cumsum([len(cut) for cut in cuts])[:-1]
    return Chunks(_unpacked(known[used])), np.split(rows, ends)


def _codes(sources: Sequence[SymbolIds], targets: Sequence[SymbolIds]) -> Lattice:
    """The lattice of a block, with a chunk's ids as one code in place of its number."""
    lengths = (
        np.array([len(x) for x in sources]),
        np.array([len(y) for y in targets]),
    )
    x, y = (
        np.zeros((n.max(initial=0) + 1, len(n)), np.uint64) for n in lengths
    )  # row 0 stands before the first
    for k, (source, target) in enumerate(zip(sources, targets, strict=True)):
        x[1 : len(source) + 1, k] = source
        y[1 : len(target) + 1, k] = target
    chunks = []
    for a, b in TYPES:
        left, right = _ending(x, a), _ending(y, b)
        codes = (left << np.uint64(32))[:, None] | right[None]
        # What is not wholly inside a pair has no code.
        inside = np.ones(codes.shape, bool)
        for part, size, axis in ((left, a, 0), (right, b, 1)):
            last = np.arange(len(part))[:, None]
            fits = (last >= size) & (last <= lengths[axis])
            inside &= fits[:, None] if axis == 0 else fits[None]
        chunks.append(np.where(inside, codes, 0))
    return Lattice(chunks, lengths)


def _ending(rows: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """The last `size` ids up to each row, as one number: 16 bits for each."""
    code = np.zeros_like(rows)
    for back in reversed(range(size)):
        shifted = np.zeros_like(rows)
        shifted[back:] = rows[: len(rows) - back]
        code = (code << np.uint64(16)) | shifted
    return code


def _unpacked(codes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Codes (C,) -> letters and symbols, (C, 4), the first of two first."""
    parts = [(codes >> np.uint64(16 * k)) & np.uint64(0xFFFF) for k in (3, 2, 1, 0)]
    ids = np.stack(parts, axis=1).astype(np.uint32)
    for side in (ids[:, :2], ids[:, 2:]):
        alone = side[:, 0] == 0
        side[alone] = side[alone][:, ::-1]
    return ids


def _estimated(lattices: Sequence[Lattice], known: NDArray[np.uint64]) -> Floats:
    """p of every chunk, scaled by g, (C,); p[0] is 0."""
    ids = _unpacked(known)
    size = np.count_nonzero(ids, axis=1)  # letters and symbols
    p = np.ones(len(known))  # at first, all ways to cut a pair are alike
    for _ in range(_ITERATIONS):
        p[0] = 0
        counts = np.zeros(len(p))
        for lattice in lattices:
            _count(lattice, p, counts)
        p = counts / counts.sum() + _PRIOR * 0.05**size
        mean = -(counts * np.log(np.maximum(p, 1e-300))).sum() / (counts * size).sum()
        p *= np.exp(mean * size)  # g
    p[0] = 0
    estimated: Floats = p
    return estimated


def _count(lattice: Lattice, p: Floats, counts: Floats) -> None:
    """Add the shares of all chunks in all ways to cut the pairs."""
    shape = lattice.chunks[0].shape  # (I + 1, J + 1, n)
    weights = [p[chunks] for chunks in lattice.chunks]
    alpha, beta = np.zeros(shape), np.zeros(shape)
    alpha[0, 0] = 1
    for i, j in np.ndindex(shape[:2]):
        for (a, b), weight in zip(TYPES, weights, strict=True):
            if i >= a and j >= b:
                alpha[i, j] += weight[i, j] * alpha[i - a, j - b]
    beta[(*lattice.lengths, np.arange(shape[2]))] = 1
    for i, j in reversed(list(np.ndindex(shape[:2]))):
        for (a, b), weight in zip(TYPES, weights, strict=True):
            if i >= a and j >= b:
                beta[i - a, j - b] += weight[i, j] * beta[i, j]
    whole = beta[0, 0]
    beta /= np.where((whole > 0) & np.isfinite(whole), whole, np.inf)
    for (a, b), weight, chunks in zip(TYPES, weights, lattice.chunks, strict=True):
        share = weight[a:, b:] * alpha[: shape[0] - a, : shape[1] - b] * beta[a:, b:]
        where = chunks[a:, b:]
        counts += np.bincount(where.ravel(), share.ravel(), len(counts))


def _best_cuts(lattice: Lattice, p: Floats) -> Iterator[Ids]:
    """The numbers of each pair's chunks in its likeliest way (Viterbi 1967)."""
    lengths, shape = lattice.lengths, lattice.chunks[0].shape
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    weights = [log_p[chunks] for chunks in lattice.chunks]
    best = np.full(shape, -np.inf)
    best[0, 0] = 0
    last = np.zeros(shape, np.int8)
    for i, j in np.ndindex(shape[:2]):
        for kind, ((a, b), weight) in enumerate(zip(TYPES, weights, strict=True)):
            if i >= a and j >= b:
                score = weight[i, j] + best[i - a, j - b]
                better = score > best[i, j]
                best[i, j][better] = score[better]
                last[i, j][better] = kind
    for k in range(shape[2]):
        i, j = int(lengths[0][k]), int(lengths[1][k])
        cut = []
        if np.isfinite(best[i, j, k]):
            while i or j:
                kind = last[i, j, k]
                cut.append(lattice.chunks[kind][i, j, k])
                i, j = i - TYPES[kind][0], j - TYPES[kind][1]
        yield np.array(cut[::-1], np.intp)
