"""Writes many names side by side, symbol by symbol."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from charnames.generation.choice import Ids, Rows
from charnames.generation.name_form import NameForm
from charnames.nn.batching import END
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Predictor

# Picks the next symbols (n,): after t characters, for the n names that go on, from the
# logits (V, U) of their rows and from n uniform numbers in [0, 1).
Chooser = Callable[[int, Rows, Array, Array], Ids]


class Writer:
    """Writes names with a predictor, many side by side."""

    def __init__(self, predictor: Predictor, form: NameForm) -> None:
        self._predictor, self._not_first = predictor, form.not_first()

    def draw(
        self, rng: np.random.Generator, count: int, choose: Chooser, steps: int
    ) -> Ids:
        """`count` names as ids, (count, L), padded with the end marker.

        L is the length of the longest with its end marker, at most `steps`.

        `choose` picks every symbol by one uniform number a step and name. Names that
        have ended leave the batch, and names with the same beginning share a row.
        """
        columns = []
        names, blends = Rows.sharing(
            np.arange(count), self._predictor.blends.draw(count, rng)
        )
        symbols, memory = np.full(len(blends), END), self._predictor.start(blends)
        with np.errstate(all="ignore"):  # `choose` sees to what overflows
            for t in range(steps):
                z, memory = self._predictor.step(symbols, memory)
                if t == 0:
                    z[self._not_first] = -np.inf
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
