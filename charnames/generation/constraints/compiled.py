"""Constraints in the form that names are written by, symbol by symbol."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from charnames.generation.constraints.automaton import START, Automaton, Flags, States
from charnames.nn.batching import END, Ids

_MAX_ENTRIES = 2**20  # of the table: 1 MiB


class Compiled:
    """An automaton, the least and most characters, and what can still end in time.

    mark: the symbol that is no character of a name, if there is one. reach: (most + 2,
    Q), whether a name of t characters in that state can become one that is accepted and
    neither too short nor too long. size: (V,), how many characters each symbol is.
    """

    def __init__(
        self, automaton: Automaton, least: int, most: int, mark: int | None = None
    ) -> None:
        self.automaton, self.least, self.most = automaton, least, most
        self.mark, following = mark, automaton.following
        self.size: Ids = np.ones(following.shape[1], np.intp)
        if mark is not None:
            self.size[mark] = 0
        characters = following[:, self.size > 0]
        self.reach = np.zeros((most + 2, len(following)), np.bool_)
        for t in range(most, -1, -1):
            after = self.reach[t + 1][characters].any(axis=1)
            self.reach[t] = self._or_marked(self.ends(t) | after)
            # Far from both bounds nothing changes any more.
            if t >= least and (self.reach[t] == self.reach[t + 1]).all():
                self.reach[least:t] = self.reach[t]
                break
        else:
            return
        for t in range(least - 1, -1, -1):
            after = self.reach[t + 1][characters].any(axis=1)
            self.reach[t] = self._or_marked(after)

    def _or_marked(self, possible: Flags) -> Flags:
        """The states (Q,) that are possible, or become so by a mark."""
        if self.mark is None:
            return possible
        marked: Flags = possible | possible[self.automaton.following[:, self.mark]]
        return marked

    @property
    def steps(self) -> int:
        """The most symbols that are written, the end marker among them."""
        return (self.most if self.mark is None else 2 * self.most) + 1

    def ends(self, t: int) -> Flags:
        """Whether a name of t characters may end in each state, (Q,)."""
        if self.least <= t <= self.most:
            return self.automaton.accepting
        return np.zeros_like(self.automaton.accepting)

    def allowed(self, t: int | Ids, states: States) -> Flags:
        """The symbols that may follow t characters, one number or (N,), in states
        (N,): (V, N).
        """
        t = np.asarray(t)
        if self._table is None:
            return self._allowed(t, states)
        Q = len(self.automaton.accepting)
        allowed: Flags = self._table.take(t * Q + states, axis=0).T
        return allowed

    @cached_property
    def _table(self) -> Flags | None:
        """The symbols that may follow t characters in each state, ((most + 1) Q, V);
        None where it would be too large.
        """
        Q = len(self.automaton.accepting)
        if self.automaton.following.size * (self.most + 1) > _MAX_ENTRIES:
            return None
        t, states = np.divmod(np.arange((self.most + 1) * Q), Q)
        return np.ascontiguousarray(self._allowed(t, states.astype(np.int32)).T)

    def _allowed(self, t: Ids, states: States) -> Flags:
        following = self.automaton.following.take(states, axis=0)
        allowed: Flags = self.reach[t[..., None] + self.size, following].T.copy()
        in_range = (self.least <= t) & (t <= self.most)
        allowed[END] = self.automaton.accepting[states] & in_range
        return allowed

    def forced(self, t: Ids, states: States) -> Flags:
        """Whether only one character may follow t (N,) characters in states (N,), with
        a mark or without, (N,).
        """
        allowed = self.allowed(t, states)
        single: Flags = allowed[self.size > 0].sum(axis=0) == 1
        single[allowed[END]] = False
        return single

    def characters(self, ids: Ids) -> Ids:
        """How many characters N sequences of symbols (N, L) are, (N,)."""
        characters: Ids = np.add.reduce(self.size[ids], axis=1)
        return characters

    def shared_prefix(self) -> tuple[Ids, int]:
        """The symbols that all names begin with, (S,), and the state after them."""
        symbols: list[int] = []
        state = START
        while True:
            allowed = self.allowed(len(symbols), np.array([state], np.int32))[:, 0]
            (choices,) = np.nonzero(allowed)
            if len(choices) > 1 or choices[0] == END:
                return np.array(symbols, np.intp), state
            symbols.append(int(choices[0]))
            state = int(self.automaton.following[state, choices[0]])
