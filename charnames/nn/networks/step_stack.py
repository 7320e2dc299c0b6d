"""The layers of a network, one step at a time, as sampling and searching read them.

Weights do not change while names are written, so what a step needs of them is arranged
once: recurrent weights by gate, with which the products of few rows take two thirds of
the time, and a table of the inputs of all symbols.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Inputs, one_step
from charnames.nn.layers.inputs import Lookup
from charnames.nn.networks.stack import Stack, State
from charnames.nn.parameters import Array


class StepStack:
    """A stack that reads in one direction, with the weights that it has when this is
    made.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.recurrent = [cell.recurrent() for (cell,) in stack.cells]
        self.table: Array | None = None
        if isinstance(stack.input, Lookup):
            symbols = np.arange(stack.shape.V)
            self.table = stack.input.forward(symbols).copy()  # (gates, V, H)

    def inputs(self, inputs: Inputs) -> Array:
        """What the lowest layer reads of symbols (N,) or vectors (N, D), without
        labels: x (gates, N, H).
        """
        if self.table is None:
            return self.stack.input.forward(inputs)
        return self.table.take(inputs, axis=1)

    def forward(self, x: Array, state: State) -> tuple[Array, State]:
        """x (gates, N, H), states of the step before, (N, H) for each layer -> the
        output of the topmost layer (N, D), and the new states.

        Overwrites `x`. The next call overwrites the arrays that are returned.
        """
        batch = one_step(x.shape[1])
        after: State = []
        for i, ((cell,), recurrent) in enumerate(
            zip(self.stack.cells, self.recurrent, strict=True)
        ):
            if i:
                x = self.stack.dense[i - 1].forward(after[-1][0])
            states, _ = cell.forward(x, state[i], batch, recurrent=recurrent)
            after.append(states)
        return after[-1][0], after
