"""The parts of a list: those that trials learn and measure, and one for the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charnames.data.pairs import PairList
from charnames.encoding.labels import counted_labels, label_ids
from charnames.errors import ListError
from charnames.experiments.examples import AnyExamples
from charnames.nn.batching import Ids
from charnames.random_streams import Stream, generator
from charnames.recipes.grown import count_symbols
from charnames.training.holdout import example_hashes

_FINAL = -1
_FINAL_SHARE = 5  # a fifth of the distinct examples is for the end
_FOLDS = ((2_500, 5), (20_000, 3))  # the symbols that a list stays below, and its folds
_ONE_SPLIT = 5  # a fifth of a longer list is measured
_FEWEST, _FEWEST_OF_LABEL = 10, 3


@dataclass(frozen=True)
class Split:
    """The part that each example belongs to, (N,): a fold, or -1 for the end.

    folds: how many of the folds trials are measured on; 1 for a long list.
    """

    parts: NDArray[np.intp]
    folds: int

    def learned(self, fold: int) -> list[int]:
        """The examples that are learned when the fold is measured."""
        searched = self.parts != _FINAL
        return np.flatnonzero(searched & (self.parts != fold)).tolist()

    def measured(self, fold: int) -> list[int]:
        """The examples of the fold."""
        return np.flatnonzero(self.parts == fold).tolist()

    def searched(self) -> list[int]:
        """The examples that trials learn or are measured on."""
        return np.flatnonzero(self.parts != _FINAL).tolist()

    def unseen(self) -> list[int]:
        """The examples that no trial sees."""
        return self.measured(_FINAL)


def split(examples: AnyExamples, style: str, seed: int, stratified: bool) -> Split:
    """Split a list for a search. All copies of an example, as folded to the style, or
    all pairs of a source, are in one part.

    stratified: whether each part has its share of the examples of each label.
    Raises ListError for a list or a label with too few different examples.
    """
    inputs = examples.sources if isinstance(examples, PairList) else examples
    keys = example_hashes(inputs, style)
    distinct, first = np.unique(keys, return_index=True)
    if len(distinct) < _FEWEST:
        raise ListError(
            f"{examples.source}: {len(distinct)} different examples are too few for a "
            f"search; give {_FEWEST} or more"
        )
    labels = np.zeros(len(distinct), np.intp)
    if stratified:
        labels = _checked_labels(examples, first)
    final = _shares(labels, _FINAL_SHARE, seed, 0) == 0
    symbols = count_of_symbols(examples)
    folds = next((folds for most, folds in _FOLDS if symbols < most), 1)
    parts = np.full(len(distinct), _FINAL)
    parts[~final] = _shares(labels[~final], folds if folds > 1 else _ONE_SPLIT, seed, 1)
    return Split(parts[np.searchsorted(distinct, keys)], folds)


def _checked_labels(examples: AnyExamples, first: Ids) -> Ids:
    """The label of each distinct example, (D,). Raises ListError for too few."""
    labels = counted_labels(examples)
    ids = label_ids(examples, labels)[first]
    counts = np.bincount(ids, minlength=len(labels))
    for label, count in zip(labels, counts.tolist(), strict=True):
        if count < _FEWEST_OF_LABEL:
            raise ListError(
                f"{examples.source}: label {label!r} has too few different examples "
                f"for a search ({count}); give {_FEWEST_OF_LABEL} or more"
            )
    return ids


def _shares(labels: Ids, count: int, seed: int, number: int) -> Ids:
    """A random one of `count` parts for each example, (D,). They differ by one example
    at most, and by one of each label.
    """
    order = generator(seed, Stream.SPLIT, number).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    parts = np.empty(len(labels), np.intp)
    parts[order] = np.arange(len(labels)) % count
    return parts


def count_of_symbols(examples: AnyExamples) -> int:
    """The characters of names or targets or the vectors of sequences, and one for the
    end of each.
    """
    return count_symbols(
        examples.targets if isinstance(examples, PairList) else examples
    )
