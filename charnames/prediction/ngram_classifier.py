r"""A classifier of texts by n-gram models: one for each label.

The label k of a text x gets the probability p(k | x), which is in proportion to
p(k) p(x | k)^t. Its prior p(k) is its share of the texts learned, and p(x | k) the
product over the symbols of interpolated Kneser-Ney estimates (see
charnames.prediction.ngram) from the label's own texts. Below the first symbol stands,
in place of the uniform distribution, the same estimate from the texts of all labels,
so that what a label has not shown is as probable as elsewhere.

The symbols of a text depend on one another more than n-grams tell, so that the product
is too sure of itself. The exponent t puts that right; it is fitted to texts that the
n-grams have not counted (see charnames.training.ngram_classifier).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Sequences
from charnames.prediction.ngram import Codes, Grams, count_grams
from charnames.prediction.sparse_ngram import SparseNGram

_LEAST_TEXTS = 1e-9  # of a label, so that its prior has a logarithm
DISCOUNT = 0.75  # of every count; a label has too few texts to estimate three
LARGEST_EXPONENT = 2.0
MOST_CODES = 2**63


def count_by_label(sequences: Sequences, V: int, K: int, order: int) -> Grams:
    """The n-grams of labelled sequences, of an order or the highest lower one whose
    codes fit into 63 bits. A code has the number of its label before its first symbol.
    """
    while order > 1 and K * V**order > MOST_CODES:
        order -= 1
    return count_grams(sequences, V, order, by_label=True)


class NGramClassifier:
    """The probabilities of K labels, from n-grams that `count_by_label` counted.

    exponent: t. balanced: whether all labels have the same prior.
    """

    def __init__(
        self, grams: Grams, V: int, K: int, exponent: float, balanced: bool = False
    ) -> None:
        self.exponent = exponent
        place = np.uint64(V**grams.order)  # of the label's number
        firsts = place * np.arange(K, dtype=np.uint64)
        bounds = [*np.searchsorted(grams.codes, firsts), len(grams.codes)]
        texts = np.ones(K)  # of each label, as many as end markers are predicted
        self.by_label: list[SparseNGram | None] = []
        for k, (first, end) in enumerate(pairwise(bounds)):
            codes, counts = grams.codes[first:end] % place, grams.counts[first:end]
            texts[k] = counts[codes % np.uint64(V) == END].sum()
            own = Grams(grams.order, codes, counts)
            self.by_label.append(SparseNGram(own, V, DISCOUNT) if len(codes) else None)
        self.all_labels = SparseNGram(_joined(grams, place), V, DISCOUNT)
        texts = np.ones(K) if balanced else np.maximum(texts, _LEAST_TEXTS)
        self.log_prior: Floats = np.log(texts / texts.sum())

    def log_likelihoods(self, sequences: Sequences) -> Floats:
        """ln p(x | k) of each of N texts for each label, (N, K), in nats."""
        symbols = sequences.ids[1:]
        histories = self.all_labels.histories(sequences)
        below = self.all_labels.probabilities(histories, symbols)
        first = sequences.starts - sequences.starts[0]
        columns = []
        for ngram in self.by_label:
            p = ngram.probabilities(histories, symbols, below) if ngram else below
            columns.append(np.add.reduceat(np.log(p), first))
        return np.column_stack(columns)

    def log_probabilities(self, sequences: Sequences) -> Floats:
        """ln p(k | x), (N, K)."""
        likelihoods = self.log_likelihoods(sequences)
        return log_normalized(self.exponent * likelihoods + self.log_prior)


def _joined(grams: Grams, place: np.uint64) -> Grams:
    """The n-grams of all labels together."""
    codes: Codes
    codes, where = np.unique(grams.codes % place, return_inverse=True)
    counts = np.bincount(where, grams.counts)
    return Grams(grams.order, codes, np.minimum(counts, 2**32 - 1).astype(np.uint32))


def log_normalized(scores: Floats) -> Floats:
    """Scores (N, K), less what makes the exponentials of every row sum to 1."""
    total: Floats = np.logaddexp.reduce(scores, axis=1)
    return scores - total[:, None]
