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

from charnames.nn.activations import by_gate
from charnames.nn.batching import Packed
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class RNNCache(NamedTuple):
    """The arrays of `forward` that `backward` reads."""

    states: Array  # (N + M, H): a0, then a
    Waa: Array  # (H, H): dropped columns are zero
    started: bool  # from an initial state, not from zero


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
        self.is_fixed = False
        self.buffers = Buffers(self.Waa.dtype)

    def recurrent(self) -> Array:
        """The recurrent weights, transposed and contiguous, (H, H)."""
        recurrent: Array = by_gate(self.Waa)[0]
        return recurrent

    def forward(
        self,
        x: Array,
        initial: tuple[Array, ...] | None,
        batch: Packed,
        mask: Array | None = None,
        recurrent: Array | None = None,
    ) -> tuple[tuple[Array, ...], RNNCache]:
        """x (1, M, H), initial (a0 (N, H),) -> (a (M, H),) and the cache."""
        x = x[0]
        N, (M, H) = batch.sizes[0], x.shape
        states = self.buffers("states", N + M, H)
        states[:N] = initial[0] if initial else 0
        a = states[N:]
        a[:] = x  # x_t becomes u_t, and then a_t, where it stands
        Waa = self.Waa if mask is None else self.Waa * mask
        if recurrent is None:
            recurrent = by_gate(Waa)[0] if 1 < N < M else Waa.T
        a_steps = self._steps("states", batch, N)
        if initial:
            previous = [states[:N], *batch.continuing(a_steps)]
        else:
            np.tanh(a[:N], a[:N])
            previous, a_steps = batch.continuing(a_steps), a_steps[1:]
        add, tanh = np.add, np.tanh  # looked up once: steps of one name are short
        buffer = product = self.buffers("product", N, H)
        for a_t, a_before in zip(a_steps, previous, strict=True):
            if len(product) != len(a_t):
                product = buffer[: len(a_t)]
            a_before.dot(recurrent, product)
            add(a_t, product, a_t)
            tanh(a_t, a_t)
        return (a,), RNNCache(states, Waa, bool(initial))

    def backward(
        self,
        da: Array,
        cache: RNNCache,
        batch: Packed,
        mask: Array | None = None,
    ) -> tuple[Array, tuple[Array, ...] | None]:
        """da (M, H) -> dx (M, H) and (da0 (N, H),); writes dWaa."""
        states, Waa, started = cache
        N, (M, H) = batch.sizes[0], da.shape
        slope = np.square(states[N:], self.buffers("slope", M, H))
        np.subtract(1, slope, slope)  # 1 - a^2
        du = np.multiply(da, slope, self.buffers("du", M, H))
        du_steps, slopes = self._steps("du", batch), self._steps("slope", batch)
        backwards = map(
            reversed,
            (du_steps[1:], batch.continuing(du_steps), batch.continuing(slopes)),
        )
        add, multiply = np.add, np.multiply
        buffer = da_next = self.buffers("product", N, H)
        for du_next, du_t, slope_t in zip(*backwards, strict=True):
            if len(da_next) != len(du_next):
                da_next = buffer[: len(du_next)]
            du_next.dot(Waa, da_next)
            multiply(da_next, slope_t, da_next)
            add(du_t, da_next, du_t)
        if not self.is_fixed:
            begin = 0 if started else N  # the state before an earlier row is zero
            du[begin:].T.dot(batch.previous(states)[begin:], self.dWaa)
            if mask is not None:
                self.dWaa *= mask
        return du, (du[:N].dot(Waa),) if started else None

    def _steps(self, name: str, batch: Packed, start: int = 0) -> list[Array]:
        """The rows of each step, (n_t, H), in the buffer of that name from `start`."""
        if batch.sizes[0] == 1:
            return self.buffers.rows(name)[start : start + len(batch.sizes)]
        return batch.steps(
            self.buffers(name, start + len(batch.inputs), len(self.Waa))[start:]
        )
