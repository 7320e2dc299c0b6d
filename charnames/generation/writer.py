"""Writes many names side by side, symbol by symbol."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from charnames.generation.name_form import NameForm
from charnames.generation.rows import Rows
from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Memory, Predictor

# Picks the next symbols (n,): at step t, for the n unfinished names, from the logits
# (V, U) of their rows and from n uniform numbers in [0, 1).
Chooser = Callable[[int, Rows, Array, Array], Ids]


class Writer:
    """Writes names with a predictor, many side by side."""

    def __init__(self, predictor: Predictor, form: NameForm) -> None:
        self._predictor, self._not_first = predictor, form.not_first()

    def draw(
        self,
        rng: np.random.Generator,
        count: int,
        choose: Chooser,
        steps: int,
        losses: Floats | None = None,
    ) -> Ids:
        """`count` names from their beginning, as `go_on` gives them.

        losses: (count,), to which the loss of each name is added; see `with_losses`.
        """

        def choose_first(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
            if t == 0:
                z[self._not_first] = -np.inf
            return choose(t, names, z, uniform)

        chooser: Chooser = choose_first
        if losses is not None:
            chooser = with_losses(chooser, losses)
        blends = self._predictor.blends.draw(count, rng)
        names, blends = Rows.sharing(np.arange(count), blends)
        symbols, memory = np.full(len(blends), END), self._predictor.start(blends)
        return self.go_on(rng, count, names, symbols, memory, chooser, steps)

    def go_on(
        self,
        rng: np.random.Generator,
        count: int,
        names: Rows,
        symbols: Ids,
        memory: Memory,
        choose: Chooser,
        steps: int,
    ) -> Ids:
        """What the unfinished ones of `count` names go on with, as ids, (count, L).

        Rows are padded with the end marker; L is at most `steps`. symbols (U,), memory:
        for each row, the last symbol and the memory before it is read. `choose` picks
        every symbol by one uniform number a step and name. Names that have ended leave
        the batch, and names with the same beginning share a row.
        """
        columns = []
        with np.errstate(all="ignore"):  # `choose` sees to what overflows
            for t in range(steps):
                z, memory = self._predictor.step(symbols, memory)
                uniform = rng.random(len(names.running), np.float32)
                ids = choose(t, names, z, uniform)
                column = np.full(count, END, np.intp)
                column[names.running] = ids
                columns.append(column)
                names, parent, symbols = names.after(ids, END, len(z))
                if not len(symbols):
                    break
                memory = memory.keep(parent)
        return np.stack(columns, axis=1)


def with_losses(choose: Chooser, losses: Floats) -> Chooser:
    """A chooser as the given one, which adds to `losses` (count,) the loss of every
    symbol that it picks, in nats.

    The losses are those of the predictor: no temperature, filter or constraint of the
    choice is in them.
    """

    def choose_and_add(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        log_p = z - np.maximum.reduce(z, axis=0)
        log_total = np.log(np.add.reduce(np.exp(log_p), axis=0))
        ids = choose(t, names, z, uniform)
        losses[names.running] += log_total[names.row] - log_p[ids, names.row]
        return ids

    return choose_and_add
