"""Chooses among the symbols that constraints allow, without looking ahead."""

from __future__ import annotations

import numpy as np

from charnames.generation.choice import Choice, finite, pick_finite
from charnames.generation.constraints.automaton import START
from charnames.generation.constraints.compiled import Compiled
from charnames.generation.rows import Rows
from charnames.nn.batching import Ids
from charnames.nn.parameters import Array

_LOWEST = np.float32(-1e30)  # in place of the logit -inf of a symbol that is allowed


class MaskedChooser:
    """Picks symbols for `count` names so that each can still meet the constraints.

    The names are more or less biased: one that begins well may be forced to a bad end.
    """

    def __init__(self, meet: Compiled, count: int, choice: Choice) -> None:
        self._meet, self._choice = meet, choice
        self._states = np.full(count, START, np.int32)
        self._lengths = np.zeros(count, np.intp)  # in characters

    def __call__(self, t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        """The next symbols (n,) of the names; see `Chooser`. Overwrites `z`."""
        states = self._states[names.first]
        allowed = self._meet.allowed(self._lengths[names.first], states)
        z = np.where(allowed, np.maximum(finite(z), _LOWEST), -np.inf)
        highest = z.max(axis=0)
        below = highest < 0  # the likeliest symbol is not allowed
        z[:, below] -= highest[below]
        choice = self._choice if t else self._choice.first
        ids = pick_finite(z, uniform, names.row, choice)
        following = self._meet.automaton.following
        self._states[names.running] = following[states[names.row], ids]
        self._lengths[names.running] += self._meet.size[ids]
        return ids
