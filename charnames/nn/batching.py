"""Sequences of different lengths, packed: time-major, longest first, no padding.

Three names, `Ada`, `Bo` and `Eve`, with the end marker as `.`, become

    step     0      1      2      3
    inputs   ...    A E B  d v o  a e        sizes 3 3 3 2
    targets  A E B  d v o  a e .  . .

The end marker, id 0, stands before a name as well: it is what the network reads
when there is nothing yet to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.nn.parameters import Array

Ids = NDArray[np.intp]
Symbols = NDArray[np.integer]
Inputs = NDArray[Any]  # symbols, or real vectors

END = 0


_FIRST: Ids = np.zeros(1, np.intp)
_NONE: Ids = np.zeros(0, np.intp)


class Sequences:
    """Many sequences of symbol ids in one flat array, an end marker round each.

    `ids` is `. A d a . B o . E v e .`; sequence i starts at the end marker
    `starts[i]` and has `lengths[i]` steps, the one that predicts its end included.
    labels: the number of each one's label, (N,), or none.
    """

    def __init__(self, ids: Symbols, labels: Ids = _NONE) -> None:
        self.ids = ids
        self.labels = labels
        ends = np.flatnonzero(ids == END)
        self.starts: Ids = ends[:-1]
        self.lengths: Ids = np.diff(ends)

    def __len__(self) -> int:
        return len(self.lengths)

    def labelled(self, labels: Ids) -> Sequences:
        """The same sequences with labels (N,)."""
        return Sequences(self.ids, labels)

    def chosen(self, numbers: Ids) -> Sequences:
        """Those of the numbers, in that order."""
        parts = [self.ids[:1]]
        for start, length in zip(
            self.starts[numbers], self.lengths[numbers], strict=True
        ):
            parts.append(self.ids[start + 1 : start + 1 + length])
        labels = self.labels[numbers] if len(self.labels) else _NONE
        return Sequences(np.concatenate(parts), labels)

    def read(self, rows: Ids) -> tuple[Inputs, Symbols]:
        """What a network reads at those places, and what comes next."""
        return self.ids[rows], self.ids[rows + 1]


class Vectors:
    """Many sequences of real vectors, one after another: `values` (rows, D).

    Sequence i starts at row `starts[i]` and has `lengths[i]` steps. labels: as those of
    Sequences.
    """

    def __init__(self, values: Array, lengths: Ids, labels: Ids = _NONE) -> None:
        self.values = values
        self.labels = labels
        self.lengths = lengths
        self.starts: Ids = np.cumsum(lengths) - lengths

    def __len__(self) -> int:
        return len(self.lengths)

    def labelled(self, labels: Ids) -> Vectors:
        """The same sequences with labels (N,)."""
        return Vectors(self.values, self.lengths, labels)

    def chosen(self, numbers: Ids) -> Vectors:
        """Those of the numbers, in that order."""
        parts = [
            self.values[start : start + length]
            for start, length in zip(
                self.starts[numbers], self.lengths[numbers], strict=True
            )
        ]
        labels = self.labels[numbers] if len(self.labels) else _NONE
        return Vectors(np.concatenate(parts), self.lengths[numbers], labels)

    def read(self, rows: Ids) -> tuple[Inputs, Symbols]:
        """What a network reads at those places; no symbol comes next."""
        return self.values[rows], _NONE


class Packed(NamedTuple):
    """A batch of N sequences in M rows: the rows of step 0, then of step 1, ...

    inputs: ids (M,), or real vectors (M, D). targets: ids, (M,). sizes: for
    each step t the n_t sequences that still run, never rising. order: (N,), where
    packed sequence j stood before. labels: the number of each one's label, (N,).
    """

    inputs: Inputs
    targets: Symbols
    sizes: Sequence[int]
    order: Ids
    labels: Ids = _NONE

    def steps(self, rows: Array) -> list[Array]:
        """(M, ...) -> for each step its rows, (n_t, ...), as views."""
        if self.sizes[0] == self.sizes[-1]:
            return list(rows.reshape(len(self.sizes), -1, *rows.shape[1:]))
        views, start = [], 0
        for size in self.sizes:
            views.append(rows[start : start + size])
            start += size
        return views

    def gate_steps(self, gates: Array) -> list[Array]:
        """(gates, M, H) -> for each step its rows, (gates, n_t, H), as views."""
        views, start = [], 0
        for size in self.sizes:
            views.append(gates[:, start : start + size])
            start += size
        return views

    def carried(self, steps: list[Array]) -> list[Array]:
        """What `steps` gave -> for each step but the last, its rows (n_{t+1}, ...)
        that belong to sequences which still run in the next, as views.
        """
        if self.sizes[0] == self.sizes[-1]:
            return steps[:-1]
        return [rows[:size] for rows, size in zip(steps, self.sizes[1:], strict=False)]

    def previous(self, states: Array) -> Array:
        """(N + M, ...) -> (M, ...): for each row, the state that it started from.

        `states` begins with the N initial states, and goes on with those of the M rows.
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
        """How many steps each packed sequence has, (N,)."""
        sizes = np.array(self.sizes)
        fewer = np.bincount(sizes, minlength=sizes[0] + 1)  # steps of just so many
        lengths: Ids = np.cumsum(fewer[::-1])[::-1][1:]
        return lengths

    def ends(self) -> Ids:
        """The row of each packed sequence's last step, (N,)."""
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes
        rows: Ids = starts[self.lengths() - 1] + np.arange(sizes[0])
        return rows

    def backwards(self) -> Ids:
        """The rows of each sequence from its end, in the places of those from its
        start, (M,): an order that undoes itself.
        """
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes
        step = np.repeat(np.arange(len(sizes)), sizes)
        sequence = np.arange(len(step)) - starts[step]
        rows: Ids = starts[self.lengths()[sequence] - 1 - step] + sequence
        return rows

    def per_sequence(self, rows: Array) -> Array:
        """(M,) -> (N,): the rows of each sequence added up, in the callers' order."""
        total = np.zeros(self.sizes[0], rows.dtype)
        start = 0
        for size in self.sizes:
            total[:size] += rows[start : start + size]
            start += size
        result = np.empty_like(total)
        result[self.order] = total
        return result


def pack(sequences: Sequences | Vectors, chosen: Sequence[int] | Ids) -> Packed:
    """The sequences numbered `chosen`, (N,), as one packed batch."""
    labelled = len(sequences.labels) > 0
    if len(chosen) == 1 and isinstance(sequences, Sequences):  # it lies packed already
        start, steps = sequences.starts[chosen[0]], int(sequences.lengths[chosen[0]])
        ids = sequences.ids[start : start + steps + 1]
        labels = sequences.labels[chosen] if labelled else _NONE
        return Packed(ids[:-1], ids[1:], (1,) * steps, _FIRST, labels)
    lengths = sequences.lengths[chosen]
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    step = np.arange(lengths[0])[:, None]
    running = step < lengths
    rows = (sequences.starts[chosen][order] + step)[running]
    sizes = np.count_nonzero(running, axis=1).tolist()
    labels = sequences.labels[chosen][order] if labelled else _NONE
    return Packed(*sequences.read(rows), sizes, order, labels)
