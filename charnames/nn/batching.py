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


class Sequences:
    """Many sequences of symbol ids in one flat array, an end marker round each.

    `ids` is `. A d a . B o . E v e .`; sequence i starts at the end marker
    `starts[i]` and has `lengths[i]` steps, the one that predicts its end included.
    """

    def __init__(self, ids: Symbols) -> None:
        self.ids = ids
        ends = np.flatnonzero(ids == END)
        self.starts: Ids = ends[:-1]
        self.lengths: Ids = np.diff(ends)

    def __len__(self) -> int:
        return len(self.lengths)

    def chosen(self, numbers: Ids) -> Sequences:
        """Those of the numbers, in that order."""
        parts = [self.ids[:1]]
        for start, length in zip(
            self.starts[numbers], self.lengths[numbers], strict=True
        ):
            parts.append(self.ids[start + 1 : start + 1 + length])
        return Sequences(np.concatenate(parts))


class Packed(NamedTuple):
    """A batch of N sequences in M rows: the rows of step 0, then of step 1, ...

    inputs: ids (M,), or real vectors (M, D). targets: ids, (M,). sizes: for
    each step t the n_t sequences that still run, never rising. order: (N,), where
    packed sequence j stood before.
    """

    inputs: Inputs
    targets: Symbols
    sizes: Sequence[int]
    order: Ids

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
        first, total = self.sizes[0], len(self.targets)
        if first == self.sizes[-1]:
            return states[:total]
        sizes = np.array(self.sizes)
        starts = np.cumsum(sizes) - sizes + first
        before = np.concatenate(((0,), starts[:-1]))
        rows = np.arange(total) + np.repeat(before - starts + first, sizes)
        previous: Array = states.take(rows, axis=0)
        return previous

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


def pack(sequences: Sequences, chosen: Sequence[int] | Ids) -> Packed:
    """The sequences numbered `chosen`, (N,), as one packed batch."""
    if len(chosen) == 1:  # one sequence lies packed already
        start, steps = sequences.starts[chosen[0]], int(sequences.lengths[chosen[0]])
        ids = sequences.ids[start : start + steps + 1]
        return Packed(ids[:-1], ids[1:], (1,) * steps, _FIRST)
    lengths = sequences.lengths[chosen]
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    step = np.arange(lengths[0])[:, None]
    running = step < lengths
    rows = (sequences.starts[chosen][order] + step)[running]
    sizes = np.count_nonzero(running, axis=1).tolist()
    return Packed(sequences.ids[rows], sequences.ids[rows + 1], sizes, order)


_FIRST: Ids = np.zeros(1, np.intp)
