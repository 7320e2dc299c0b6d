r"""A joint n-gram model of pairs (Bisani & Ney 2008): an n-gram model over chunks.

The probability of a pair is that of the chunks that it is cut into, one after the
other, p(x, y) = sum over the ways to cut it of prod_k p(c_k | c_1 ... c_{k-1}), with
interpolated Kneser-Ney estimates (see charnames.prediction.ngram). To convert a source
x, a beam goes through its letters from left to right, and keeps of all beginnings that
have come equally far the likeliest. What the ends that are left spell, divided by their
sum, is p(y | x).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids, Sequences, SymbolIds
from charnames.prediction.candidates import Candidate, TargetIds, ranked
from charnames.prediction.chunks import CHUNK_LENGTH, Chunks
from charnames.prediction.ngram import Grams, count_grams, largest_order
from charnames.prediction.sparse_ngram import NGramStates, SparseNGram

JOINT_BEAM = 32  # beginnings that are kept of each source, after each of its letters
_SKIPPED = -15.0  # log probability of a letter that becomes nothing, seen so or not


def count_chunks(cuts: Sequence[Ids], chunks: Chunks, order: int) -> Grams:
    """The n-grams of the chunks that pairs were cut into, of an order or the highest
    lower one whose codes fit into 64 bits. Chunk c is symbol c + 1.
    """
    V = len(chunks) + 1
    ids = np.concatenate(
        [[END], *(np.append(cut + 1, END) for cut in cuts if len(cut))]
    )
    return count_grams(Sequences(ids), V, min(order, largest_order(V)))


class _Beginnings(NamedTuple):
    """Beginnings of targets, all of which have read as many letters of their source.

    source: which one (n,). score: log probability. state: of the n-gram model.
    """

    source: Ids
    score: Floats
    state: Ids
    place: Ids  # among all beginnings

    @property
    def size(self) -> int:
        """How many there are, n."""
        return len(self.source)

    def rows(self, chosen: NDArray[np.bool_] | Ids) -> _Beginnings:
        """Those of these rows."""
        source, score, state, place = self
        return _Beginnings(source[chosen], score[chosen], state[chosen], place[chosen])


class JointNGram:
    """A joint n-gram model, from the n-grams of its chunks."""

    def __init__(self, grams: Grams, chunks: Chunks) -> None:
        self.ngram = SparseNGram(grams, len(chunks) + 1)
        self.states = NGramStates(self.ngram)
        # (C + 1, CHUNK_LENGTH): the symbols of each chunk, and none in the last row.
        self.symbols = np.pad(
            chunks.ids[:, CHUNK_LENGTH:].astype(np.intp), ((0, 1), (0, 0))
        )
        # For a number of letters: the codes of letters in order, and whose chunks.
        letters = chunks.ids[:, :CHUNK_LENGTH].astype(np.int64)
        count = np.count_nonzero(letters, axis=1)
        self.by_letters = []
        for size in range(CHUNK_LENGTH + 1):
            rows = np.flatnonzero(count == size)
            codes = _code(letters[rows, :size])
            order = np.argsort(codes, kind="stable")
            self.by_letters.append((codes[order], rows[order]))
        # Of each state, the log probability of its likeliest chunk without letters.
        self.insertions = self.by_letters[0][1] + 1
        self.best_insertion = np.full(len(self.states.history), np.nan)

    def convert(
        self, sources: Sequence[SymbolIds], beam: int = JOINT_BEAM
    ) -> list[list[Candidate]]:
        """What each source (I,) may become, the likeliest first, at most `beam`.

        The sources have the same length. Letters that no chunk has become nothing.
        """
        x = np.array(sources, np.int64).reshape(len(sources), -1)
        N, length = x.shape
        trail: list[tuple[Ids, Ids]] = []  # of all beginnings: the last, and the chunk
        waiting: list[list[_Beginnings]] = [[] for _ in range(length + 1)]
        numbers = np.arange(N)
        start = self.states.of(np.zeros(N, np.uint64))
        trail.append((np.full(N, -1), np.full(N, -1)))
        waiting[0].append(_Beginnings(numbers, np.zeros(N), start, numbers))
        size = N
        for i in range(length + 1):
            here = _best(waiting[i], beam)
            none = np.zeros((N, 0), np.int64)
            inserted = self._extended(self._inserting(here, beam), none, trail, size)
            size += inserted.size
            here = _best([here, inserted], beam)
            for a in range(1, min(CHUNK_LENGTH, length - i) + 1):
                letters = x[:, i : i + a]
                further = self._extended(here, letters, trail, size)
                size += further.size
                waiting[i + a].append(further)
            if i < length:
                trail.append((here.place, np.full(here.size, -1)))
                place = np.arange(size, size + here.size)
                skipped = here._replace(score=here.score + _SKIPPED, place=place)
                size += here.size
                waiting[i + 1].append(skipped)
        log_p, _ = self.states.read(here.state, np.full(here.size, END))
        return self._spelled(here._replace(score=here.score + log_p), trail, N)

    def _inserting(self, here: _Beginnings, beam: int) -> _Beginnings:
        """The beginnings of which one with a chunk without letters can be among the
        `beam` likeliest. Those of a source stand side by side, the likeliest first.
        """
        new = np.unique(here.state[np.isnan(self.best_insertion[here.state])])
        if len(new) and len(self.insertions):
            histories = self.states.history[new].repeat(len(self.insertions))
            symbols = np.tile(self.insertions, len(new))
            p = self.ngram.probabilities(histories, symbols).reshape(len(new), -1)
            self.best_insertion[new] = np.log(p.max(axis=1))
        last = np.searchsorted(here.source, here.source) + beam - 1
        is_full = last < np.searchsorted(here.source, here.source, side="right")
        least = np.full(here.size, -np.inf)
        least[is_full] = here.score[last[is_full]]
        return here.rows(here.score + self.best_insertion[here.state] > least)

    def _extended(
        self,
        here: _Beginnings,
        letters: NDArray[np.int64],
        trail: list[tuple[Ids, Ids]],
        size: int,
    ) -> _Beginnings:
        """The beginnings with each chunk of the next letters (N, a) of their source."""
        codes, rows = self.by_letters[letters.shape[1]]
        wanted = _code(letters)
        first = np.searchsorted(codes, wanted)
        count = np.searchsorted(codes, wanted, side="right") - first
        first, count = first[here.source], count[here.source]
        parent = np.repeat(np.arange(here.size), count)
        offset = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count)
        chunk = rows[first[parent] + offset]
        log_p, after = self.states.read(here.state[parent], chunk + 1)
        trail.append((here.place[parent], chunk))
        return _Beginnings(
            here.source[parent],
            here.score[parent] + log_p,
            after,
            np.arange(size, size + len(parent)),
        )

    def _spelled(
        self, ends: _Beginnings, trail: list[tuple[Ids, Ids]], N: int
    ) -> list[list[Candidate]]:
        """What the ends of each source spell, and their shares of the sum."""
        last, chunk = (np.concatenate(parts) for parts in zip(*trail, strict=True))
        sums: list[dict[TargetIds, float]] = [{} for _ in range(N)]
        top = np.full(N, -np.inf)
        np.maximum.at(top, ends.source, ends.score)
        weights = np.exp(ends.score - top[ends.source])
        place, cuts = ends.place, []
        while (place >= 0).any():
            cuts.append(np.where(place >= 0, chunk[place], -1))
            place = np.where(place >= 0, last[place], -1)
        written = self.symbols[np.stack(cuts[::-1], axis=1)].reshape(ends.size, -1)
        stops = np.cumsum(np.count_nonzero(written, axis=1)).tolist()
        symbols = written[written > 0].tolist()
        starts = [0, *stops[:-1]]
        for n, start, stop, weight in zip(
            ends.source.tolist(), starts, stops, weights.tolist(), strict=True
        ):
            target = tuple(symbols[start:stop])
            sums[n][target] = sums[n].get(target, 0.0) + weight
        whole = [sum(shares.values()) for shares in sums]
        return [
            ranked({ids: weight / total for ids, weight in shares.items()})
            for shares, total in zip(sums, whole, strict=True)
        ]


def _code(letters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Letters (n, a) as one number each, (n,)."""
    code = np.zeros(len(letters), np.int64)
    for column in letters.T:
        code = (code << 16) + column
    return code


def _best(parts: Sequence[_Beginnings], beam: int) -> _Beginnings:
    """The likeliest of each source, at most `beam`; of equals, the first ones."""
    merged = _Beginnings(*map(np.concatenate, zip(*parts, strict=True)))
    order = np.lexsort((-merged.score, merged.source))
    source = merged.source[order]
    first = np.searchsorted(source, source)
    kept = order[np.arange(len(order)) - first < beam]
    return merged.rows(kept)
