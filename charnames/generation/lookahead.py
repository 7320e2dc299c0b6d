"""How likely a name is to meet its constraints after each next symbol, by bigrams.

A chain of bigrams stands for the predictor, whose own answer would take all the names
there are. For the chain, backward messages give the probability exactly.
"""

from __future__ import annotations

import numpy as np

from charnames.generation.choice import Choice, finite, pick, weigh
from charnames.generation.constraints.automaton import Flags, States
from charnames.generation.constraints.compiled import Compiled
from charnames.generation.rows import Rows
from charnames.generation.writer import Writer
from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array

_SAMPLES = 1024  # names that bigrams are estimated from
_MAX_ENTRIES = 2**23  # of the table: 32 MiB; where it would have more, there is none
_LEAST = 1e-3  # the least chance of an allowed symbol, over that of the best


class Lookahead:
    """The chance that a name meets its constraints, after each symbol.

    Where the table would be too large, every symbol that is allowed has chance 1.
    """

    def __init__(self, meet: Compiled, bigrams: Floats) -> None:
        self.meet = meet
        self._table: Array | None = None  # ((most + 1) Q, V), the best of each row 1
        entries = meet.automaton.following.size * (meet.most + 1)
        if entries <= _MAX_ENTRIES:
            self._table, self._log_best = _messages(meet, bigrams)

    def chances(self, t: Ids, states: States) -> Array:
        """For N names of t (N,) characters in states (N,): the chance after each
        symbol, over that of the best, (V, N); 0 where the symbol is not allowed.
        """
        if self._table is None:
            return self.meet.allowed(t, states).astype(np.float32)
        rows = t * len(self.meet.automaton.accepting) + states
        chances: Array = self._table.take(rows, axis=0).T
        return chances

    def log_chances(self, t: Ids, states: States) -> Floats:
        """Natural logarithms of the chances themselves, (V, N)."""
        with np.errstate(divide="ignore"):
            logs = np.log(self.chances(t, states).astype(np.float64))
        if self._table is not None:
            logs += self._log_best[t, states]
        return logs


def _messages(meet: Compiled, bigrams: Floats) -> tuple[Array, Floats]:
    """The table of `Lookahead`, and the logarithm of the best chance of each of its
    rows, (most + 1, Q).

    ahead: (Q, V), the logarithm of the probability that the chain, in that state and
    with that last symbol, ends well.
    """
    following = meet.automaton.following
    Q, V = following.shape
    symbols = np.arange(V)
    bigrams = bigrams.T
    table = np.zeros((meet.most + 1, Q, V), np.float32)
    log_best = np.zeros((meet.most + 1, Q))
    ahead = np.full((Q, V), -np.inf)
    with np.errstate(divide="ignore"):
        for t in range(meet.most, -1, -1):
            ends = meet.ends(t)
            allowed = meet.reach[t + 1][following]
            after = np.where(allowed, ahead[following, symbols], -np.inf)
            after[:, END] = np.where(ends, 0.0, -np.inf)
            allowed[:, END] = ends
            if meet.mark is not None:  # after it a name has no more characters
                after[:, meet.mark] = -np.inf
                marked = following[:, meet.mark]
                allowed[:, meet.mark] = meet.reach[t][marked]
                chances, best = _chances(after, allowed)
                ahead = np.log(chances @ bigrams) + best
                after[:, meet.mark] = ahead[marked, meet.mark]
                after[:, meet.mark][~allowed[:, meet.mark]] = -np.inf
            chances, best = _chances(after, allowed)
            table[t], log_best[t] = chances, best[:, 0]
            ahead = np.log(chances @ bigrams) + best
    return table.reshape(-1, V), log_best


def _chances(after: Floats, allowed: Flags) -> tuple[Floats, Floats]:
    """Logarithms of probabilities (Q, V) -> those of the allowed symbols over that of
    the best of each row, (Q, V), and the logarithm of the best, (Q, 1).
    """
    best = after.max(axis=1, keepdims=True)
    best[~np.isfinite(best)] = 0.0
    chances = np.where(allowed, np.maximum(np.exp(after - best), _LEAST), 0.0)
    return chances, best


def estimate_bigrams(
    writer: Writer, choice: Choice, V: int, steps: int, rng: np.random.Generator
) -> Floats:
    """The probability of each symbol after each, (V, V), as `choice` adjusts it.

    It is averaged over names drawn without sharpening, for constraints lead to
    beginnings that are rare otherwise. No probability is 0.
    """
    counts = np.zeros((V, V))
    last = np.full(_SAMPLES, END)
    wide = Choice(max(choice.temperature, 1.0))

    def choose(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        p = weigh(finite(z).copy(), choice)
        p *= np.bincount(names.row) / np.add.reduce(p, axis=0)
        order = np.argsort(last[names.first], kind="stable")
        before, first = np.unique(last[names.first][order], return_index=True)
        counts[before] += np.add.reduceat(p.T[order], first, axis=0)
        ids = pick(z, uniform, names.row, wide)
        last[names.running] = ids
        return ids

    writer.draw(rng, _SAMPLES, choose, steps)
    single = counts.sum(axis=0) + 1
    counts += 2 * single / single.sum()
    bigrams: Floats = counts / counts.sum(axis=1, keepdims=True)
    return bigrams
