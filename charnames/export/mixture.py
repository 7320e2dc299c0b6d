"""The components that a network is mixed with, as arrays without empty entries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.export.packing import Arrays
from charnames.prediction.ngram import Grams
from charnames.prediction.sparse_ngram import SparseNGram
from charnames.prediction.whole_words import WholeWords

Column = list[NDArray[Any]]


def ngram_arrays(grams: Grams, V: int) -> Arrays:
    """The n-gram model of those counts as `sparse_ngram_arrays` has it."""
    return sparse_ngram_arrays(SparseNGram(grams, V), "ngram")


def sparse_ngram_arrays(ngram: SparseNGram, model: str) -> Arrays:
    """The contexts of an n-gram model, shorter ones first, and their symbols.

    model: what the names of its arrays begin with. left, shorter, parent, last, sizes:
    for each context, the share that is left to the context without its first symbol,
    the number of that, of the context without its last symbol, that symbol, and how
    many symbols follow. symbols, kept: for each of these, the symbol and what is kept
    of its count.
    """
    columns: dict[str, Column] = {
        name: []
        for name in ("left", "shorter", "parent", "last", "sizes", "symbols", "kept")
    }
    before = np.zeros(1, np.uint64)  # the contexts that are a symbol shorter
    start = offset = 0  # of these, and of the contexts themselves
    base = ngram.V
    for length, level in enumerate(ngram.levels):
        codes, kept, contexts, left = level
        shorter = contexts % np.uint64(int(base) ** max(length - 1, 0))
        parent, last = np.divmod(contexts, base)
        rows = np.searchsorted(before, parent)
        known = before.take(rows, mode="clip") == parent
        columns["left"].append(left.astype(np.float32))
        columns["shorter"].append(start + np.searchsorted(before, shorter))
        columns["parent"].append(np.where(known, start + rows, 0))
        columns["last"].append(np.where(known, last, 0))
        columns["sizes"].append(np.bincount(np.searchsorted(contexts, codes // base)))
        columns["symbols"].append(codes % base)
        columns["kept"].append(kept.astype(np.float32))
        before, start, offset = contexts, offset, offset + len(contexts)
    return {f"{model}.{name}": _joined(parts) for name, parts in columns.items()}


def _joined(parts: Column) -> NDArray[Any]:
    array = np.concatenate(parts)
    return array if array.dtype == np.float32 else array.astype(np.uint32)


def word_arrays(words: WholeWords) -> Arrays:
    """The tries of the words of a list, node by node.

    sizes: how many symbols follow each node. symbols, counts, children: for each of
    these, the symbol, how many words go on with it, and the node after it, 0 for none.
    roots: (nodes, 3), where the next word begins.
    """
    node, symbol = np.nonzero((words.counts > 0) | (words.following > 0))
    arrays: dict[str, NDArray[Any]] = {
        "sizes": np.bincount(node, minlength=len(words.counts)),
        "symbols": symbol,
        "counts": words.counts[node, symbol],
        "children": words.following[node, symbol],
        "roots": words.roots,
    }
    return {f"words.{name}": array.astype(np.uint32) for name, array in arrays.items()}
