"""Finite automata over the symbols of an alphabet, as tables.

An automaton reads a name id by id, beginning in state START. From state DEAD no other
state can be reached. The end marker is never read; its column leads to DEAD.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.graphemes import Edges
from charnames.errors import SamplingError
from charnames.nn.batching import END, Ids

DEAD, START = 0, 1
_MAX_ENTRIES = 2**22  # of a table: 16 MiB
NEVER = 2**30  # the distance of a state from which nothing is accepted

Flags: TypeAlias = NDArray[np.bool_]
States: TypeAlias = NDArray[np.int32]


class Automaton(NamedTuple):
    """following: (Q, V), the state after each symbol; accepting: (Q,)."""

    following: States
    accepting: Flags

    def distances(self) -> NDArray[np.int64]:
        """The fewest symbols from each state to acceptance, (Q,); NEVER for none."""
        Q = len(self.following)
        # The edges without their symbols, sorted by where they lead to.
        after = np.sort(self.following, axis=1)
        leads_on = after != DEAD
        leads_on[:, 1:] &= after[:, 1:] != after[:, :-1]
        edges = after[leads_on].astype(np.intp) * Q + leads_on.nonzero()[0]
        edges.sort()
        first = np.searchsorted(edges, np.arange(Q + 1) * Q)
        before = edges % Q

        distance = np.where(self.accepting, 0, NEVER)
        newest = np.flatnonzero(self.accepting)
        for steps in count(1):  # backwards from acceptance, breadth first
            counts = first[newest + 1] - first[newest]
            offsets = np.repeat(first[newest] + counts - counts.cumsum(), counts)
            newest = np.unique(before[offsets + np.arange(len(offsets))])
            newest = newest[distance[newest] == NEVER]
            if not len(newest):
                break
            distance[newest] = steps
        return distance

    def skipping(self, symbol: int | None) -> Automaton:
        """The same for names in which that symbol, if any, does not count."""
        if symbol is not None:
            self.following[:, symbol] = np.arange(len(self.following))
        return self

    def trimmed(self) -> Automaton:
        """The same automaton, with states from which nothing is accepted made DEAD."""
        alive = self.distances() < NEVER
        alive[[DEAD, START]] = False, True
        number = np.where(alive, np.cumsum(alive), DEAD).astype(np.int32)
        rows = np.concatenate([[DEAD], np.flatnonzero(alive)])
        return Automaton(number[self.following[rows]], self.accepting[rows])


def without(words: Sequence[Sequence[int]], kinds: Ids) -> Automaton:
    """The automaton that accepts names which contain none of the words.

    words: each of at least one kind of symbol. kinds: (V,), the kind of each symbol;
    only the end marker's is END.
    A state is the longest end of what was read that begins a word (Aho & Corasick
    1975). Raises SamplingError where there are too many.
    """
    children: list[dict[int, int]] = [{}]
    ends = {0: False}
    for word in words:
        node = 0
        for kind in word:
            if kind not in children[node]:
                children[node][kind] = len(children)
                ends[len(children)] = False
                children.append({})
            node = children[node][kind]
        ends[node] = True
        check_size(len(children) + 1, len(kinds))
    goto = np.zeros((len(children), int(kinds.max()) + 1), np.int32)
    fallback = np.zeros(len(children), np.int32)
    order = [0]
    for node in order:  # shorter ones first: a fallback is shorter
        back = int(fallback[node])
        goto[node] = goto[back]
        ends[node] = ends[node] or ends[back]
        for kind, child in children[node].items():
            fallback[child] = goto[node, kind] if node else 0
            goto[node, kind] = child
            order.append(child)
    free = np.array([False, *(not ends[node] for node in range(len(children)))])
    dead = np.full((1, len(kinds)), DEAD, np.int32)
    following = np.concatenate([dead, goto[:, kinds] + 1])
    following[~free[following]] = DEAD
    following[:, END] = DEAD
    return Automaton(following.astype(np.int32), free)


def well_formed(edges: Edges, V: int, mark: int | None, cased: Ids) -> Automaton:
    """The automaton that accepts names whose first and last symbols may stand there.

    mark: the mark of letter case, if there is one, which stands before one of the
    `cased` symbols.
    """
    whole, unfinished, half, marked = 2, 3, 4, 5
    states = 5 if mark is None else 6
    following = np.full((states, V), whole, np.int32)
    following[:, edges.blanks + edges.unfinished] = unfinished
    following[:, edges.halves] = half
    following[half, edges.halves] = whole
    following[START, edges.blanks + edges.later] = DEAD
    if mark is not None:
        following[:, mark] = marked
        following[marked] = DEAD
        following[marked, cased] = whole
    following[DEAD] = DEAD
    following[:, END] = DEAD
    return Automaton(following, np.arange(states) == whole)


def both(a: Automaton, b: Automaton) -> Automaton:
    """The automaton that accepts what both accept. Its states are the pairs of states
    that can be reached.

    Raises SamplingError where these are too many.
    """
    base, V = len(b.accepting), a.following.shape[1]
    newest = [DEAD, START * base + START]
    reached = set(newest)
    while newest:
        check_size(len(reached), V)
        after = np.unique(_pairs(a, b, np.array(newest))).tolist()
        newest = [code for code in after if code not in reached]
        reached.update(newest)
    codes = np.array(sorted(reached))
    # DEAD is the first, as its code is 0; START's place may be any, so it is moved.
    start = int(np.searchsorted(codes, START * base + START))
    order = np.arange(len(codes))
    order[[START, start]] = order[[start, START]]
    number = np.empty(len(codes), np.int32)
    number[order] = np.arange(len(codes))
    codes = codes[order]
    at = np.searchsorted(np.sort(codes), _pairs(a, b, codes).reshape(-1))
    following = number[at].reshape(-1, V)
    return Automaton(
        following, a.accepting[codes // base] & b.accepting[codes % base]
    ).trimmed()


def _pairs(a: Automaton, b: Automaton, codes: NDArray[np.intp]) -> NDArray[np.intp]:
    """The pairs that N pairs lead to by each symbol, (N, V): 0 where one is DEAD."""
    base = len(b.accepting)
    left, right = a.following[codes // base], b.following[codes % base]
    alive = (left != DEAD) & (right != DEAD)
    return np.where(alive, left.astype(np.intp) * base + right, 0)


def check_size(states: int, V: int) -> None:
    """Raises SamplingError where a table of so many states would be too large."""
    if states * V > _MAX_ENTRIES:
        raise too_involved(f"it takes more than {_MAX_ENTRIES // V:,} states to check")


def too_involved(why: str) -> SamplingError:
    """The error for constraints that take too much work."""
    return SamplingError(
        f"what the names are to meet is too involved: {why}; ask for something simpler"
    )
