"""Names that meet constraints, as often as the model itself would write them.

At every step a mask leaves out the symbols from which nothing that is accepted can be
reached in time. That alone is biased: it makes much of names that begin well and are
then forced to a bad end. So the mask is weighted by a look ahead, how likely a chain of
bigrams drawn from the model would end well after each symbol; and what is still amiss
is put right by importance: a name's weight is how likely the model writes it over how
likely it was drawn, and a chunk gives names by their weights, as many as these are
worth (Kish 1965).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charnames.generation.choice import (
    Choice,
    Ids,
    Rows,
    finite,
    narrow,
    pick_by,
    weigh,
)
from charnames.generation.constraints.automaton import START, States
from charnames.generation.constraints.constraints import Compiled
from charnames.nn.batching import END
from charnames.nn.parameters import Array

_MAX_ENTRIES = 2**23  # of the look ahead: 32 MiB; with more, the mask is plain
_LEAST = 1e-3  # of the best symbol's outlook: what any that is allowed has
_TINY = 1e-30  # a sum below is formed again, in logarithms
_NONE = np.float32(-1e30)  # a logarithm that stands for that of zero


class Steering:
    """Where names may go: (t characters, state) -> the outlook of each symbol.

    bigrams: (V, V), the probability of each symbol after each; None for a plain mask.
    """

    def __init__(self, meet: Compiled, bigrams: Array | None = None) -> None:
        self.meet = meet
        self.table: Array | None = None
        if bigrams is not None:
            V, entries = len(bigrams), meet.automaton.following.size * (meet.most + 1)
            if entries <= _MAX_ENTRIES:
                self.table = _outlooks(meet, bigrams.astype(np.float64), V)

    def outlook(self, t: int, states: States) -> Array:
        """Of names of t characters in states (N,): (V, N), 0 where none may go."""
        if self.table is None:
            return self.meet.allowed(t, states).astype(np.float32)
        outlook: Array = self.table[t].take(states, axis=1)
        return outlook


def _outlooks(meet: Compiled, bigrams: NDArray[np.float64], V: int) -> Array:
    """-> (most + 1, V, Q), the largest of each state 1.

    `ahead` (Q, V) is the logarithm of the probability that the chain, in that state and
    with that symbol as the last, ends well: backward messages.
    """
    following = meet.automaton.following
    Q, symbols = len(following), np.arange(V)
    table = np.zeros((meet.most + 1, V, Q), np.float32)
    ahead = np.full((Q, V), -np.inf)
    with np.errstate(divide="ignore"):
        for t in range(meet.most, -1, -1):
            allowed = meet.reach[t + 1][following]
            after = np.where(allowed, ahead[following, symbols], -np.inf)
            after[:, END] = np.where(meet.ends(t), 0.0, -np.inf)
            allowed[:, END] = meet.ends(t)
            best = after.max(axis=1, keepdims=True)
            best[~np.isfinite(best)] = 0.0
            outlook = np.where(allowed, np.maximum(np.exp(after - best), _LEAST), 0.0)
            table[t] = outlook.T
            ahead = np.log(outlook @ bigrams.T) + best
    return table


def count_bigrams(ids: NDArray[np.intp], V: int) -> Array:
    """Names (N, L), the end marker after each -> how often each symbol follows each,
    (V, V), none never.
    """
    padded = np.pad(ids, ((0, 0), (1, 1)), constant_values=END)
    before, after = padded[:, :-1], padded[:, 1:]
    within = (before != END) | (after != END)  # not what fills a row
    pairs = before[within] * V + after[within]
    counts = np.bincount(pairs, minlength=V * V).reshape(V, V).astype(np.float64)
    single = counts.sum(axis=0) + 1
    single /= single.sum()
    counts += 2 * single  # so that nothing is impossible
    bigrams: Array = (counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    return bigrams


class Walk:
    """The names of one chunk on their way: what picks their symbols, as `draw` asks.

    log_weights: (N,), of how much likelier the model writes them than they were drawn.
    """

    def __init__(self, steering: Steering, count: int, choice: Choice) -> None:
        self.steering, self.choice = steering, choice
        self.states = np.full(count, START, np.int32)
        self.log_weights = np.zeros(count)

    def __call__(self, t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        """The next symbols (n,) of the names, from logits z (V, U) of their rows, which
        it uses up, and numbers in [0, 1).
        """
        states = self.states[names.first]
        outlook = self.steering.outlook(t, states)
        finite(z)
        if self.choice.greedy:
            z = np.where(outlook > 0, np.maximum(z, _NONE), -np.inf)
            ids: Ids = z.argmax(axis=0)[names.row]
        else:
            ids = self._pick(names, z, outlook, uniform)
        following = self.steering.meet.automaton.following
        self.states[names.running] = following[states[names.row], ids]
        return ids

    def _pick(self, names: Rows, z: Array, outlook: Array, uniform: Array) -> Ids:
        likely = weigh(z.copy(), self.choice)
        log_weights = -np.log(np.add.reduce(likely, axis=0))
        if self.choice.narrowing:
            # Among what is allowed: what is likely elsewhere is of no use here.
            likely *= outlook > 0
            before = np.add.reduce(likely, axis=0)
            narrow(likely, self.choice)
            after = np.add.reduce(likely, axis=0)
            safe = after > _TINY
            log_weights[safe] += np.log(before[safe] / after[safe])
        likely *= outlook
        mass = np.add.reduce(likely, axis=0)
        log_mass = np.log(np.maximum(mass, _TINY))
        weak = np.flatnonzero(mass < _TINY)
        if len(weak):
            log_z = np.maximum(z[:, weak] / self.choice.temperature, _NONE)
            log_z += np.log(outlook[:, weak])
            best = log_z.max(axis=0)
            likely[:, weak] = np.exp(log_z - best)
            log_mass[weak] = best + np.log(likely[:, weak].sum(axis=0))
        ids = pick_by(likely, uniform, names.row)
        picked = outlook[ids, names.row]
        log_weights += log_mass
        self.log_weights[names.running] += log_weights[names.row] - np.log(picked)
        return ids


def worth(
    log_weights: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Which names of a chunk to give, in which order: each as often as it weighs.

    As many as drawings by the weights themselves would be worth, (sum w)^2 / sum w^2;
    taken at even steps through the weights, so that little is left to chance.
    """
    weights = np.exp(log_weights - log_weights.max())
    count = max(1, int(weights.sum() ** 2 / (weights**2).sum()))
    edges = np.cumsum(weights)
    steps = (np.arange(count) + rng.random()) * (edges[-1] / count)
    chosen = np.searchsorted(edges, steps, side="right")
    return rng.permutation(np.minimum(chosen, len(weights) - 1))
