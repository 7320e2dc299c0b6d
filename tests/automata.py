"""Running an automaton over a name, for the tests of constraints."""

from __future__ import annotations

from collections.abc import Iterable

from charnames.generation.constraints.automaton import START, Automaton


def accepts(automaton: Automaton, ids: Iterable[int]) -> bool:
    """Whether the automaton accepts the name of these ids."""
    state = START
    for i in ids:
        state = int(automaton.following[state, i])
    return bool(automaton.accepting[state])
