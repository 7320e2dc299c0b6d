"""The n-gram model of charnames.prediction.ngram for many symbols: of each context only
the n-grams that occur are kept, and looked up.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import Ids, Sequences, SymbolIds
from charnames.prediction.ngram import (
    Codes,
    Grams,
    contexts_of,
    gram_codes,
    levels_of,
    taken_of,
)

_PLACES = 20  # bits of the number of a place in the table of NGramStates
_HASH = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio (Knuth 1973)


class SparseNGram:
    """Interpolated Kneser-Ney over n-gram counts, as sorted codes.

    A history is the last `order - 1` symbols as one number to the base V; 0 at the
    start, which is end markers only. discount: one for all counts, in place of the
    three estimated ones.
    """

    def __init__(self, grams: Grams, V: int, discount: float | None = None) -> None:
        self.V = np.uint64(V)
        self.order = grams.order
        self.size = np.uint64(V ** (grams.order - 1))  # of all histories
        self.levels = []
        for codes, counts in levels_of(grams, V):
            contexts = contexts_of(codes, V)
            row = np.searchsorted(contexts, codes // self.V)
            taken = taken_of(counts, discount)
            total = np.bincount(row, counts)
            left = np.bincount(row, taken) / total  # lambda of each context
            kept = (counts - taken) / total[row]
            self.levels.append((codes, kept, contexts, left))

    def histories(self, sequences: Sequences) -> Codes:
        """The history of each of the M predicted symbols, (M,), in order."""
        return gram_codes(sequences, int(self.V), self.order) // self.V

    def probabilities(
        self, histories: Codes, symbols: SymbolIds, below: Floats | None = None
    ) -> Floats:
        """p(symbol | history) of each of M, (M,).

        below: the probability of each symbol, (M,), that stands below the shortest
        context, where it is not uniform.
        """
        p = np.full(len(symbols), 1 / float(self.V)) if below is None else below.copy()
        places = np.uint64(1)
        for codes, kept, contexts, left in self.levels:
            context = histories % places
            row = np.searchsorted(contexts, context)
            known = contexts.take(row, mode="clip") == context
            p *= np.where(known, left.take(row, mode="clip"), 1)
            code = context * self.V + symbols.astype(np.uint64)
            row = np.searchsorted(codes, code)
            known = codes.take(row, mode="clip") == code
            p += np.where(known, kept.take(row, mode="clip"), 0)
            places *= self.V
        return p

    def after(self, histories: Codes, symbols: SymbolIds) -> Codes:
        """The histories one symbol further, (M,)."""
        following: Codes = histories * self.V + symbols.astype(np.uint64)
        following %= self.size
        return following


class NGramStates:
    """The contexts that a sparse n-gram model knows, numbered as states.

    What follows a history depends on the longest known context at its end alone, so one
    state stands for many histories. What was looked up for a state and a symbol is kept
    in a table, in which each pair has one place and the latest pair keeps it.
    """

    def __init__(self, ngram: SparseNGram) -> None:
        self.ngram = ngram
        sizes = [len(contexts) for _, _, contexts, _ in ngram.levels]
        self.first = np.cumsum([0, *sizes])  # of the states of each level
        self.history = np.zeros(sum(sizes), np.uint64)  # one that leads to each state
        # At each place the number of the pair, counted from 1. Memory is taken by use.
        self.pair = np.zeros(1 << _PLACES, np.int64)
        self.log_p = np.zeros(1 << _PLACES)
        self.after = np.zeros(1 << _PLACES, np.intp)

    def of(self, histories: Codes) -> Ids:
        """The states of histories (M,), which are remembered for them."""
        states = np.zeros(len(histories), np.intp)  # that of no symbol
        places = np.uint64(1)
        for first, (_, _, contexts, _) in zip(
            self.first[1:], self.ngram.levels[1:], strict=False
        ):
            places *= self.ngram.V
            context = histories % places
            row = np.searchsorted(contexts, context)
            known = contexts.take(row, mode="clip") == context
            states[known] = first + row[known]
        self.history[states] = histories
        return states

    def read(self, states: Ids, symbols: Ids) -> tuple[Floats, Ids]:
        """The log probability of each symbol after its state, in nats, and the state
        that it leads to, (M,) each.
        """
        pair = states * int(self.ngram.V) + symbols + 1
        hashed = pair.astype(np.uint64) * _HASH
        place = (hashed >> np.uint64(64 - _PLACES)).astype(np.intp)
        log_p, after = self.log_p[place], self.after[place]
        new = np.flatnonzero(self.pair[place] != pair)
        if len(new):
            history, symbol, place = self.history[states[new]], symbols[new], place[new]
            log_p[new] = np.log(self.ngram.probabilities(history, symbol))
            after[new] = self.of(self.ngram.after(history, symbol))
            self.pair[place], self.log_p[place] = pair[new], log_p[new]
            self.after[place] = after[new]
        return log_p, after
