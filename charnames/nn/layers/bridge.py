"""The bridge: from what was read of a source to the first states of a decoder."""

from __future__ import annotations

import numpy as np

from charnames.nn.parameters import Array, Parameters, Shapes


class Bridge:
    """a0 = tanh(Wap p + ba), for all states of the decoder at once.

    p is one vector of a whole source, D numbers. The states of all layers stand side by
    side in a0. Backward: du = da0 * (1 - a0^2), dWap = du^T p, dba = sum du, and
    dp = du Wap.
    """

    @staticmethod
    def shapes(states: int, D: int) -> Shapes:
        """The weights that form so many numbers of state from vectors of D."""
        return {"bridge.Wap": (states, D), "bridge.ba": (states,)}

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wap, self.dWap = weights["bridge.Wap"], gradients["bridge.Wap"]
        self.ba, self.dba = weights["bridge.ba"], gradients["bridge.ba"]

    def forward(self, p: Array) -> Array:
        """p (N, D) -> a0 (N, states)."""
        a0: Array = p.dot(self.Wap.T)
        a0 += self.ba
        np.tanh(a0, a0)
        return a0

    def backward(self, da0: Array, a0: Array, p: Array) -> Array:
        """da0 (N, states), a0 and p of `forward` -> dp (N, D); writes dWap, dba."""
        du = da0 * (1 - np.square(a0))
        du.T.dot(p, self.dWap)
        np.add.reduce(du, axis=0, out=self.dba)
        dp: Array = du.dot(self.Wap)
        return dp
