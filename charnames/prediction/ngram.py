r"""An n-gram model with interpolated Kneser-Ney smoothing, as a baseline and as a part
of the mixture that predicts.

Kneser & Ney 1995, with the three discounts of Chen & Goodman 1999. For a context c of
k symbols and its shorter form c' without the first,

    p(s | c) = max(n(c s) - D, 0) / n(c) + lambda(c) p(s | c')

where n(c) = sum_s n(c s), lambda(c) gives what the discounts took, and below the first
symbol stands the uniform distribution. In the longest contexts n counts how often c s
occurs; in shorter ones, how many different symbols stand before it (at the start of a
name, where nothing else can, how often it occurs again). D is D1, D2 or D3 as n(c s) is
1, 2 or more, estimated for each length from how many n-grams occur once, twice, ...

Every context is a node; a table gives each node's distribution, another the node that
a symbol leads to. So a step for many names is two gathers.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.errors import ModelFileError
from charnames.nn.batching import END, Sequences, SymbolIds
from charnames.nn.parameters import Array

Codes = NDArray[np.uint64]
Counts = NDArray[np.uint32]
Nodes = NDArray[np.int32]

MAX_ORDER = 7
MAX_ENTRIES = 2**25  # in each of the two tables: 128 MiB
_MAX_COUNT = 2.0**31  # of all n-grams together, as far as weights decide
_HELD_OUT = 2_000  # names at most, to choose the order and discounts by


class Grams(NamedTuple):
    """The n-grams of a list, each a number to the base V, sorted, and their counts."""

    order: int
    codes: Codes
    counts: Counts


def count_grams(
    sequences: Sequences, V: int, order: int, by_label: bool = False
) -> Grams:
    """All n-grams of an order, with `order - 1` end markers before every name.

    The n-grams of a name with weights count as often as `whole_weights` says. by_label:
    count those of each label apart; the label's number stands before the first symbol.
    """
    codes = gram_codes(sequences, V, order)
    if by_label:
        labels = np.repeat(sequences.labels, sequences.lengths).astype(np.uint64)
        codes += np.uint64(V**order) * labels
    times = np.zeros(0, np.uint64)
    if len(sequences.weights):
        times = np.repeat(whole_weights(sequences), sequences.lengths)
        rising = np.argsort(codes, kind="stable")
        codes, times = codes[rising], times[rising]
    else:
        codes.sort()
    first = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    if len(times):
        counts = np.add.reduceat(times, first)
    else:
        counts = np.diff(first, append=len(codes))
    return Grams(order, codes[first], counts.astype(np.uint32))


def gram_codes(sequences: Sequences, V: int, order: int) -> Codes:
    """The n-gram that ends with each of the M predicted symbols, (M,), in order."""
    ids = sequences.ids[1:]  # every symbol that is predicted
    codes: Codes = ids.astype(np.uint64)
    inside = np.ones(len(ids), bool)  # of the name, as far back as that
    for back in range(1, order):
        before = ids[:-back]
        inside[:back] = False
        inside[back:] &= before != END
        codes[back:] += np.uint64(V**back) * (before * inside[back:]).astype(np.uint64)
    return codes


def whole_weights(sequences: Sequences) -> NDArray[np.uint64]:
    """The weights of sequences as whole numbers from 1, (N,): the weights themselves if
    they are whole, otherwise multiples of the smallest, rounded; and all of them scaled
    down where the counts of n-grams would no longer fit 32 bits.
    """
    weights = sequences.weights
    if (weights != np.round(weights)).any():
        weights = weights / weights.min()
    largest = float((weights * sequences.lengths).sum())
    weights = weights * min(1.0, _MAX_COUNT / largest)
    return np.maximum(np.round(weights), 1).astype(np.uint64)


class NGram:
    """Interpolated Kneser-Ney over n-gram counts, as tables.

    probabilities: (nodes, V). following: (nodes, V), the node after each symbol.
    start: the node that a name begins in. discount: one for all counts, in place of the
    three estimated ones.

    Raises ModelFileError if the tables would have more than MAX_ENTRIES entries.
    """

    def __init__(self, grams: Grams, V: int, discount: float | None = None) -> None:
        levels = levels_of(grams, V)
        entries = _entries(levels, V)
        if entries > MAX_ENTRIES:
            raise ModelFileError(
                f"the n-gram model's tables have {entries:,} entries, more than the "
                f"{MAX_ENTRIES:,} that there is room for; use a lower order"
            )
        contexts = [contexts_of(codes, V) for codes, _ in levels]
        shorter = [_suffix(contexts, k, V) for k in range(1, len(contexts))]
        offsets = np.cumsum([0, *map(len, contexts)])
        # Both are filled in place, level by level, as a copy may not fit into memory.
        self.probabilities = np.full((offsets[-1], V), 1 / V, np.float32)
        self.following = np.zeros((offsets[-1], V), np.int32)
        tables = (self.probabilities, self.following)
        spans = [slice(*ends) for ends in pairwise(offsets.tolist())]
        for k, (codes, counts) in enumerate(levels):
            probabilities, following = (table[spans[k]] for table in tables)
            for table in tables if k else ():
                before = table[spans[k - 1]]
                before.take(shorter[k - 1], 0, table[spans[k]], mode="clip")
            _smooth(probabilities, contexts[k], codes, counts, discount)
            if k + 1 < len(contexts):
                _lead_on(following, contexts[k], contexts[k + 1], offsets[k + 1])
        self.start = int(offsets[min(1, len(levels) - 1)])  # the context of one marker

    def after(self, nodes: Nodes, ids: SymbolIds) -> Nodes:
        """nodes (N,), ids read there (N,) -> the next nodes (N,). The end marker, which
        stands before a name, stays at the node.
        """
        return np.where(ids == END, nodes, self.following[nodes, ids])

    def nodes(self, sequences: Sequences) -> Nodes:
        """The node that predicts each of the M symbols, (M,), in order."""
        first = sequences.starts - sequences.starts[0]
        nodes = np.empty(int(sequences.lengths.sum()), np.int32)
        now = np.full(len(sequences), self.start, np.int32)
        running = np.arange(len(sequences))
        for t in range(int(sequences.lengths.max())):
            running = running[sequences.lengths[running] > t]
            if t:
                symbols = sequences.ids[sequences.starts[running] + t]
                now[running] = self.following[now[running], symbols]
            nodes[first[running] + t] = now[running]
        return nodes

    def predicted(self, sequences: Sequences) -> NDArray[np.float64]:
        """The probability of each of the M predicted symbols, (M,), in order."""
        targets = sequences.ids[sequences.starts[0] + 1 :]
        rows = self.probabilities[self.nodes(sequences), targets]
        return rows.astype(np.float64)


def levels_of(grams: Grams, V: int) -> list[tuple[Codes, NDArray[np.float64]]]:
    """For contexts of 0, 1, ... symbols: the n-grams that continue them, with counts.

    One end marker before a name is context enough: an n-gram that begins with two is
    left to the length at which it begins with one.
    """
    base = np.uint64(V)
    codes = grams.codes
    raw: NDArray[np.float64] = grams.counts.astype(np.float64)
    counts: NDArray[np.float64] = raw
    levels = []
    for k in range(grams.order - 1, -1, -1):
        first = base ** np.uint64(k)  # the place value of the first symbol
        whole = codes >= first // base if k > 1 else np.ones(len(codes), bool)
        levels.append((codes[whole], counts[whole]))
        shorter, where = np.unique(codes % first, return_inverse=True)
        raw = np.bincount(where, raw).astype(np.float64)
        before = np.bincount(where).astype(np.float64)
        # Alone, without a context, an end marker is the one that ends a name.
        at_start = shorter < first // base if k > 1 else np.zeros(len(shorter), bool)
        codes, counts = shorter, np.where(at_start, raw, before)
    levels.reverse()
    while len(levels) > 1 and not len(levels[-1][0]):  # every name is shorter
        levels.pop()
    return levels


def _entries(levels: list[tuple[Codes, NDArray[np.float64]]], V: int) -> int:
    """The number of entries in each table for those n-grams."""
    return V * sum(len(contexts_of(codes, V)) for codes, _ in levels)


def contexts_of(codes: Codes, V: int) -> Codes:
    """The distinct contexts of sorted n-grams; np.unique would sort them again."""
    contexts = codes // np.uint64(V)
    new = np.ones(len(contexts), bool)
    new[1:] = contexts[1:] != contexts[:-1]
    return contexts[new]


def fitting_order(sequences: Sequences, V: int, order: int) -> int:
    """The order, or the highest lower one whose tables and codes fit their limits."""
    order = min(order, largest_order(V))
    while order > 1:
        levels = levels_of(count_grams(sequences, V, order), V)
        if _entries(levels, V) <= MAX_ENTRIES:
            break
        order -= 1
    return order


def _smooth(
    rows: Array,
    contexts: Codes,
    codes: Codes,
    counts: NDArray[np.float64],
    discount: float | None,
) -> None:
    """Turn rows p(s | c'), (contexts, V), into rows p(s | c), in place."""
    V = np.uint64(rows.shape[1])
    row = np.searchsorted(contexts, codes // V)
    taken = taken_of(counts, discount)
    total = np.bincount(row, counts)
    left = np.bincount(row, taken) / total
    np.multiply(rows, left[:, None], out=rows, casting="same_kind")
    rows[row, (codes % V).astype(np.intp)] += (counts - taken) / total[row]


def _lead_on(rows: Nodes, contexts: Codes, longer: Codes, offset: int) -> None:
    """Write into rows (contexts, V) the nodes of longer contexts, numbered from
    `offset`, for each symbol that leads to one.
    """
    V = np.uint64(rows.shape[1])
    row = np.searchsorted(contexts, longer // V)
    known = contexts.take(row, mode="clip") == longer // V
    symbols = (longer[known] % V).astype(np.intp)
    rows[row[known], symbols] = offset + np.flatnonzero(known)


def taken_of(
    counts: NDArray[np.float64], discount: float | None
) -> NDArray[np.float64]:
    """What is taken of each count: the one discount, or that estimated for it."""
    discounts = discounts_of(counts) if discount is None else [0, *(discount,) * 3]
    return np.take(discounts, np.minimum(counts, 3).astype(np.intp))


def discounts_of(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """0, D1, D2, D3 (Chen & Goodman 1999, equation 26), limited to sensible values, as
    a short list has too few n-grams of a count for the estimate.
    """
    n = [np.count_nonzero(counts == i) for i in range(5)]
    if not n[1]:
        return np.array([0, 0.5, 0.5, 0.5])
    y = n[1] / (n[1] + 2 * n[2])
    discounts = [0.0]
    for i in (1, 2, 3):
        d = i - (i + 1) * y * n[i + 1] / n[i] if n[i] else i * y
        discounts.append(min(max(d, 0.1), i - 0.05))
    return np.array(discounts)


def _suffix(contexts: list[Codes], k: int, V: int) -> NDArray[np.intp]:
    """For each context of k symbols, the position of the same without its first."""
    short = contexts[k] % np.uint64(V) ** np.uint64(k - 1)
    return np.searchsorted(contexts[k - 1], short)


def choose_ngram(sequences: Sequences, V: int, rng: np.random.Generator) -> NGram:
    """The n-gram model of these names, with the order and the discounts that have the
    lowest loss on a random tenth of the names, held out for this choice.
    """
    order = rng.permutation(len(sequences))
    held = max(1, min(len(order) // 10, _HELD_OUT))
    if held == len(order):
        return NGram(count_grams(sequences, V, 2), V)
    part, rest = sequences.chosen(order[held:]), sequences.chosen(order[:held])

    def loss(settings: tuple[int, float | None]) -> float:
        n, discount = settings
        ngram = NGram(count_grams(part, V, n), V, discount)
        return float(-np.log(ngram.predicted(rest)).mean())

    orders = range(1, fitting_order(sequences, V, MAX_ORDER) + 1)
    best_order = min(orders, key=lambda n: loss((n, None)))
    chosen = min(((best_order, d) for d in (None, 0.6, 0.75, 0.9)), key=loss)
    return NGram(count_grams(sequences, V, chosen[0]), V, chosen[1])


def largest_order(V: int) -> int:
    """The highest order whose n-grams in base V fit a 64-bit code, at most 7."""
    return min(MAX_ORDER, int(63 / np.log2(V)))
