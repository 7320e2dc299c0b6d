r"""The vanilla recurrent cell (Elman 1990), and its derivative, derived.

The graph of one step. Wax v_t + b, for the input v_t, does not depend on the step
before; the layer below computes it for all steps at once, and it is x_t here:

    a_{t-1} --(Waa)--> + --> u_t --tanh--> a_t --> the layer above (da_t comes back)
                       ^                    |
                      x_t                   +----> step t+1 (da_next comes back)

Forward:

    u_t = x_t + Waa a_{t-1}
    a_t = tanh(u_t)

Backward. The loss depends on a_t through the layer above and through step t+1, so
its derivative with respect to a_t is the sum of both; and tanh' = 1 - tanh^2:

    du_t    = (da_t + da_next) * (1 - a_t^2)      da_next = Waa^T du_{t+1}, 0 at the end
    dWaa   += du_t a_{t-1}^T
    dx_t    = du_t                                so dWax += du_t v_t^T, db += du_t
    da_next = Waa^T du_t                          for step t-1; for t = 0 this is da0

In the code the n sequences of a step are rows, so Waa a is a @ Waa.T, and each sum over
t is one product over the rows of all steps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class RNNCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    Waa: Array  # (H, H): dropped columns are zero


class RNN:
    """a_t = tanh(x_t + Waa a_{t-1})."""

    GATES = ("hidden",)
    STATES = ("a",)

    @staticmethod
    def shapes(H: int) -> Shapes:
        """The weights of the cell; Wax (H, D) and b (H,) belong to the layer below."""
        return {"Waa": (H, H)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Waa, self.dWaa = weights[f"{name}.Waa"], gradients[f"{name}.Waa"]
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights, transposed and contiguous, (H, H)."""
        return np.ascontiguousarray(self.Waa.T)

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], RNNCache]:
        """x (1, M, H), initial (a0 (N, H),) -> (a (M, H),) and the cache."""
        (a0,), (x,) = initial, x
        N, H = a0.shape
        states = self.buffers("states", N + len(x), H)
        states[:N] = a0
        a = states[N:]
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None:
            recurrent = Waa.T
        a_steps = batch.steps(a)
        previous = [states[:N], *batch.continuing(a_steps)]
        for x_t, a_t, a_before in zip(batch.steps(x), a_steps, previous, strict=True):
            a_before.dot(recurrent, a_t)
            np.add(a_t, x_t, a_t)
            np.tanh(a_t, a_t)
        return (a,), RNNCache(states, Waa)

    def backward(
        self,
        da: Array,
        cache: tuple[Array, ...],
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...]]:
        """da (M, H) -> dx (M, H) and (da0 (N, H),); writes dWaa. Overwrites `da`."""
        states, Waa = cache
        N, H = batch.sizes[0], da.shape[1]
        slope = np.square(states[N:], self.buffers("slope", len(da), H))
        np.subtract(1, slope, slope)  # 1 - a^2
        du = np.multiply(da, slope, da)
        du_steps, slopes = batch.steps(du), batch.continuing(batch.steps(slope))
        steps = zip(du_steps[1:], batch.continuing(du_steps), slopes, strict=True)
        buffer = da_next = self.buffers("da_next", N, H)
        for du_next, du_t, slope_t in reversed(list(steps)):
            if len(da_next) != len(du_next):
                da_next = buffer[: len(du_next)]
            du_next.dot(Waa, da_next)
            np.multiply(da_next, slope_t, da_next)
            np.add(du_t, da_next, du_t)
        du.T.dot(batch.previous(states), self.dWaa)
        if mask is not None:
            self.dWaa *= mask
        return du, (du[:N].dot(Waa),)
