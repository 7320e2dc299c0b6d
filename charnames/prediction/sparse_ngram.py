"""The n-gram model of charnames.prediction.ngram for many symbols: of each context only
the n-grams that occur are kept, and looked up.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import Sequences, SymbolIds
from charnames.prediction.ngram import (
    Codes,
    Grams,
    contexts_of,
    gram_codes,
    levels_of,
    taken_of,
)


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
