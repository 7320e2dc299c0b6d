"""Sequences of different lengths, packed: time-major, longest first, no padding.

Three names, `Ada`, `Bo` and `Eve`, with the end marker as `.`, become

    step     0      1      2      3
    inputs   ...    A E B  d v o  a e        sizes 3 3 3 2
    targets  A E B  d v o  a e .  . .

The end marker, id 0, also stands before each name: the network reads it as the first
input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from charnames.nn.parameters import Array

Ids = NDArray[np.intp]
SymbolIds = NDArray[np.integer]
Inputs = NDArray[Any]  # symbols, or real vectors
Weights = NDArray[np.float64]

Scalar = TypeVar("Scalar", bound=np.generic)

END = 0  # the id of the end marker
EVALUATION_BATCH = 256  # sequences a batch: large enough for fast products

_NUMBER_ZERO: Ids = np.zeros(1, np.intp)
_NO_IDS: Ids = np.zeros(0, np.intp)
_NO_WEIGHTS: Weights = np.zeros(0)


class Sequences:
    """N sequences of symbol ids in one flat array, with end markers between them.

    `ids` is `. A d a . B o . E v e .`; sequence i starts at the end marker
    `ids[starts[i]]` and has `lengths[i]` steps, of which the last predicts its end.
    labels: the label number of each sequence, (N,); (0,) without labels. weights: how
    much each sequence counts in training, (N,); (0,) where all count the same.
    """

    def __init__(
        self, ids: SymbolIds, labels: Ids = _NO_IDS, weights: Weights = _NO_WEIGHTS
    ) -> None:
        self.ids = ids
        self.labels = labels
        self.weights = weights
        ends = np.flatnonzero(ids == END)
        self.starts: Ids = ends[:-1]
        self.lengths: Ids = np.diff(ends)

    def __len__(self) -> int:
        return len(self.lengths)

    def labelled(self, labels: Ids) -> Sequences:
        """The same sequences with labels (N,)."""
        return Sequences(self.ids, labels, self.weights)

    def weighted(self, weights: Weights) -> Sequences:
        """The same sequences with weights (N,)."""
        return Sequences(self.ids, self.labels, weights)

    def chosen(self, numbers: Ids) -> Sequences:
        """The sequences of these numbers (their positions), in the order given."""
        parts = [self.ids[:1]]
        for start, length in zip(
            self.starts[numbers], self.lengths[numbers], strict=True
        ):
            parts.append(self.ids[start + 1 : start + 1 + length])
        labels = self.labels[numbers] if len(self.labels) else _NO_IDS
        weights = self.weights[numbers] if len(self.weights) else _NO_WEIGHTS
        return Sequences(np.concatenate(parts), labels, weights)

    def pack(self, chosen: Sequence[int] | Ids) -> Packed:
        """The sequences of the numbers `chosen`, (N,), as one packed batch."""
        return pack(self, chosen)

    def inputs_and_targets(self, rows: Ids) -> tuple[Inputs, SymbolIds]:
        """The symbols at these rows of `ids`, and the symbols that follow them."""
        return self.ids[rows], self.ids[rows + 1]


class VectorSequences:
    """N sequences of real vectors in one array `values`, (sum of lengths, D).

    Sequence i starts at row `starts[i]` and has `lengths[i]` steps. labels: as for
    Sequences.
    """

    def __init__(self, values: Array, lengths: Ids, labels: Ids = _NO_IDS) -> None:
        self.values = values
        self.labels = labels
        self.lengths = lengths
        self.starts: Ids = np.cumsum(lengths) - lengths

    def __len__(self) -> int:
        return len(self.lengths)

    def labelled(self, labels: Ids) -> VectorSequences:
        """The same sequences with labels (N,)."""
        return VectorSequences(self.values, self.lengths, labels)

    def chosen(self, numbers: Ids) -> VectorSequences:
        """The sequences of these numbers (their positions), in the order given."""
        parts = [
            self.values[start : start + length]
            for start, length in zip(
                self.starts[numbers], self.lengths[numbers], strict=True
            )
        ]
        labels = self.labels[numbers] if len(self.labels) else _NO_IDS
        return VectorSequences(np.concatenate(parts), self.lengths[numbers], labels)

    def pack(self, chosen: Sequence[int] | Ids) -> Packed:
        """The sequences of the numbers `chosen`, (N,), as one packed batch."""
        return pack(self, chosen)

    def inputs_and_targets(self, rows: Ids) -> tuple[Inputs, SymbolIds]:
        """The vectors at these rows of `values`, and no targets."""
        return self.values[rows], _NO_IDS


class Packed(NamedTuple):
    """A batch of N sequences in M rows: the rows of step 0, then of step 1, ...

    inputs: ids (M,), or real vectors (M, D). targets: ids (M,), or (0,) for vectors.
    sizes: for each step t the number n_t of sequences that have such a step, never
    increasing. order: (N,), the position of packed sequence j in what was packed.
    labels: the label number of each packed sequence, (N,); (0,) without labels.
    """

    inputs: Inputs
    targets: SymbolIds
    sizes: Sequence[int]
    order: Ids
    labels: Ids = _NO_IDS

    def steps(self, rows: Array) -> list[Array]:
        """Split rows (M, ...) by step: for each step a view (n_t, ...)."""
        if self.sizes[0] == self.sizes[-1]:
            return list(rows.reshape(len(self.sizes), -1, *rows.shape[1:]))
        views, start = [], 0
        for size in self.sizes:
            views.append(rows[start : start + size])
            start += size
        return views

    def gate_steps(self, gates: Array) -> list[Array]:
        """Split gates (gates, M, H) by step: for each step a view (gates, n_t, H)."""
        views, start = [], 0
        for size in self.sizes:
            views.append(gates[:, start : start + size])
            start += size
        return views

    def continuing(self, steps: list[Array]) -> list[Array]:
        """The rows of sequences that have a next step, for each step but the last.

        `steps` are arrays (n_t, ...), as from the method `steps`; the result are views
        (n_{t+1}, ...) of them.
        """
        if self.sizes[0] == self.sizes[-1]:
            return steps[:-1]
        return [rows[:size] for rows, size in zip(steps, self.sizes[1:], strict=False)]

    def previous(self, states: Array) -> Array:
        """For each row the state before it, (M, ...).

        states: (N + M, ...), the N initial states and then the state after each row.
        """
        first, total = self.sizes[0], len(self.inputs)
        if first == self.sizes[-1]:
            return states[:total]
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes + first
        before = np.concatenate(((0,), starts[:-1]))
        rows = np.arange(total) + np.repeat(before - starts + first, sizes)
        previous: Array = states.take(rows, axis=0)
        return previous

    def lengths(self) -> Ids:
        """The number of steps of each packed sequence, (N,)."""
        sizes = np.array(self.sizes)
        # A sequence j has the steps with more than j sequences.
        steps_by_size = np.bincount(sizes, minlength=sizes[0] + 1)
        lengths: Ids = np.cumsum(steps_by_size[::-1])[::-1][1:]
        return lengths

    def last_rows(self) -> Ids:
        """The row of each packed sequence's last step, (N,)."""
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes
        rows: Ids = starts[self.lengths() - 1] + np.arange(sizes[0])
        return rows

    def reversed_rows(self) -> Ids:
        """The order of rows (M,) that reverses each sequence; it is its own inverse."""
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes
        step = np.repeat(np.arange(len(sizes)), sizes)
        sequence = np.arange(len(step)) - starts[step]
        rows: Ids = starts[self.lengths()[sequence] - 1 - step] + sequence
        return rows

    def places(self) -> tuple[Ids, Ids]:
        """Of each row the number of its sequence, where it stood before, and the step,
        (M,) each.
        """
        sizes = np.array(self.sizes)
        step = np.repeat(np.arange(len(sizes)), sizes)
        starts = np.cumsum(sizes) - sizes
        return self.order[np.arange(len(step)) - starts[step]], step

    def padded(self, rows: NDArray[Scalar]) -> NDArray[Scalar]:
        """(M, D) -> (N, T, D), the sequences where they stood before; zeros behind the
        end of each.
        """
        N, T = self.sizes[0], len(self.sizes)
        result: NDArray[Scalar] = np.zeros((N, T, *rows.shape[1:]), rows.dtype)
        result[self.places()] = rows
        return result

    def per_sequence(self, rows: Array) -> Array:
        """The sum of each sequence's rows (M,), as (N,) in the order before packing."""
        total = np.zeros(self.sizes[0], rows.dtype)
        start = 0
        for size in self.sizes:
            total[:size] += rows[start : start + size]
            start += size
        result = np.empty_like(total)
        result[self.order] = total
        return result


def pack(sequences: Sequences | VectorSequences, chosen: Sequence[int] | Ids) -> Packed:
    """The sequences of the numbers `chosen`, (N,), as one packed batch."""
    labelled = len(sequences.labels) > 0
    if len(chosen) == 1 and isinstance(sequences, Sequences):  # a slice is packed
        start, steps = sequences.starts[chosen[0]], int(sequences.lengths[chosen[0]])
        ids = sequences.ids[start : start + steps + 1]
        labels = sequences.labels[chosen] if labelled else _NO_IDS
        return Packed(ids[:-1], ids[1:], (1,) * steps, _NUMBER_ZERO, labels)
    lengths = sequences.lengths[chosen]
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    step = np.arange(lengths[0])[:, None]
    running = step < lengths
    rows = (sequences.starts[chosen][order] + step)[running]
    sizes = np.count_nonzero(running, axis=1).tolist()
    labels = sequences.labels[chosen][order] if labelled else _NO_IDS
    return Packed(*sequences.inputs_and_targets(rows), sizes, order, labels)


def one_step(N: int) -> Packed:
    """A batch of N sequences of one step, of which no layer reads the symbols."""
    rows = np.arange(N)
    return Packed(rows, rows, (N,), rows)


class Pairs:
    """Many pairs of a source and a target sequence, numbered alike."""

    def __init__(
        self, sources: Sequences | VectorSequences, targets: Sequences
    ) -> None:
        self.sources, self.targets = sources, targets

    def __len__(self) -> int:
        return len(self.targets)

    def labelled(self, labels: Ids) -> Pairs:
        """The same pairs with labels (N,), which both sides read."""
        return Pairs(self.sources.labelled(labels), self.targets.labelled(labels))

    def chosen(self, numbers: Ids) -> Pairs:
        """The pairs of these numbers, in that order."""
        return Pairs(self.sources.chosen(numbers), self.targets.chosen(numbers))

    def pack(self, chosen: Sequence[int] | Ids) -> PackedPairs:
        """The pairs of the numbers `chosen`, (N,), as one batch."""
        return PackedPairs(self.sources.pack(chosen), self.targets.pack(chosen))


class PackedPairs(NamedTuple):
    """A batch of N pairs: sources and targets, each packed in an order of its own."""

    source: Packed
    target: Packed
