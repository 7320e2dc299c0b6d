"""The most promising beginnings of names that meet constraints, read by the predictor.

The prefixes of all names form a tree. From the root on, the most promising leaf is
read and replaced by its children, many leaves at a time, until enough have been read.
The leaves are then whole names, with their exact probabilities, and prefixes that are
still open, with the chance that `Lookahead` gives them. Where no prefix is left open,
the leaves are the exact distribution; where there are no leaves, there are no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.generation.choice import Choice, adjust, finite
from charnames.generation.constraints.automaton import States
from charnames.generation.lookahead import Lookahead
from charnames.generation.name_form import NameForm
from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Memory, Predictor

MAX_READS = 4096  # prefixes
MAX_ROUNDS = 64
BATCH = 256  # prefixes read side by side
VANISHING = -103.0  # a logit so far below the highest has weight 0 in float32


class Leaves(NamedTuple):
    """F leaves of the tree: each a prefix that has been read, and a symbol after it.

    parent: (F,), the number of the prefix. symbol: (F,); the end marker for a whole
    name. depth: (F,), the symbols, `symbol` counted but no end marker. length: (F,),
    how many characters these are. states: (F,), of the
    automaton. log_p: (F,), the logarithm of the probability that a name begins so, or
    is that whole name. log_chance: (F,), the logarithm of the chance that a name which
    begins so meets the constraints; 0 for a whole name.
    """

    parent: Ids
    symbol: Ids
    depth: Ids
    length: Ids
    states: States
    log_p: Floats
    log_chance: Floats

    @property
    def log_mass(self) -> Floats:
        """The logarithms of what the leaves are drawn by, (F,)."""
        return self.log_p + self.log_chance

    def chosen(self, rows: NDArray[np.bool_] | Ids) -> Leaves:
        """Some of the leaves, by number or by a mask."""
        return Leaves(
            self.parent[rows],
            self.symbol[rows],
            self.depth[rows],
            self.length[rows],
            self.states[rows],
            self.log_p[rows],
            self.log_chance[rows],
        )

    @classmethod
    def joined(cls, groups: Sequence[Leaves]) -> Leaves:
        """The leaves of all groups."""
        return cls(
            np.concatenate([leaves.parent for leaves in groups]),
            np.concatenate([leaves.symbol for leaves in groups]),
            np.concatenate([leaves.depth for leaves in groups]),
            np.concatenate([leaves.length for leaves in groups]),
            np.concatenate([leaves.states for leaves in groups]),
            np.concatenate([leaves.log_p for leaves in groups]),
            np.concatenate([leaves.log_chance for leaves in groups]),
        )


class Frontier(NamedTuple):
    """The leaves, and what they come from.

    shared: (S,), the symbols that all names begin with. ids: (R, L), for each prefix
    that was read, its symbols after the shared ones, padded with the end marker.
    memory: for each such prefix, what the predictor makes of it.
    """

    leaves: Leaves
    shared: Ids
    ids: Ids
    memory: Memory

    def beginnings(self, leaf: Ids) -> Ids:
        """The symbols after the shared ones of N leaves, as ids, (N, L + 1)."""
        leaves = self.leaves.chosen(leaf)
        ids = np.pad(self.ids[leaves.parent], ((0, 0), (0, 1)), constant_values=END)
        unfinished = np.flatnonzero(leaves.symbol != END)
        last = leaves.depth[unfinished] - len(self.shared) - 1
        ids[unfinished, last] = leaves.symbol[unfinished]
        return ids


def grow(
    predictor: Predictor, form: NameForm, choice: Choice, lookahead: Lookahead
) -> Frontier:
    """Read the most promising prefixes of names whose symbols `choice` adjusts."""
    shared, leaves, memory = _root(predictor, form, choice, lookahead)
    lowest = VANISHING / min(choice.temperature, 1.0)
    ids = np.empty((len(memory.nodes), 0), np.intp)
    kept: list[Leaves] = []  # whole names, and prefixes that will not be read
    for _ in range(MAX_ROUNDS):
        left = max(0, MAX_READS - len(ids))
        leaves, others = _most_promising(leaves, left)
        kept.append(others)
        now, leaves = _most_promising(leaves, min(BATCH, left))
        if not len(now.parent):
            break
        z, after = predictor.step(now.symbol, memory.keep(now.parent))
        z[np.ix_(form.not_first(), now.depth == 0)] = -np.inf
        log_p = _adjusted(z, choice, now, lookahead)
        children = _children(now, log_p, lookahead, len(ids), lowest)
        ends = children.symbol == END
        kept.append(children.chosen(ends))
        leaves = Leaves.joined([leaves, children.chosen(~ends)])
        ids = _lengthened(ids, now, len(shared))
        memory = _joined(memory, after)
    return Frontier(Leaves.joined([*kept, leaves]), shared, ids, memory)


def _most_promising(leaves: Leaves, count: int) -> tuple[Leaves, Leaves]:
    """The `count` leaves of the largest mass, and the others."""
    if count >= len(leaves.parent):
        return leaves, leaves.chosen(np.empty(0, np.intp))
    order = np.argpartition(-leaves.log_mass, count)
    return leaves.chosen(order[:count]), leaves.chosen(order[count:])


def _root(
    predictor: Predictor, form: NameForm, choice: Choice, lookahead: Lookahead
) -> tuple[Ids, Leaves, Memory]:
    """The symbols that all names share, a leaf after them for each blend of labels, and
    what the predictor makes of the shared symbols but the last.

    Among names of one blend the shared symbols do not matter. So where `choice` leaves
    one of them out for all blends, it does not apply to them.
    """
    shared, state = lookahead.meet.shared_prefix()
    shares = predictor.blends.shares
    K = len(shares)
    narrowed, full = np.log(shares), np.log(shares)
    symbols, memory = np.full(K, END), predictor.start(np.arange(K))
    for t, symbol in enumerate(shared):
        z, after = predictor.step(symbols, memory)
        here = choice if t else choice.first
        if t == 0:
            z[form.not_first()] = -np.inf
        full += log_probabilities(z.copy(), Choice(here.temperature))[symbol]
        narrowed += log_probabilities(z, here)[symbol]
        symbols, memory = np.full(K, symbol), after.keep(np.arange(K))
    log_p = narrowed if np.isfinite(narrowed).any() else full
    leaves = Leaves(
        parent=np.arange(K),
        symbol=symbols,
        depth=np.full(K, len(shared)),
        length=np.full(K, len(shared)),
        states=np.full(K, state, np.int32),
        log_p=log_p,
        log_chance=np.zeros(K),
    )
    return shared, leaves.chosen(np.isfinite(log_p)), memory


def log_probabilities(z: Array, choice: Choice) -> Floats:
    """The natural logarithms of the probabilities that `choice` makes of logits (V, N);
    changes `z`.
    """
    with np.errstate(all="ignore"):
        log_p = finite(z).astype(np.float64)
        adjust(log_p, choice)
        log_p -= np.log(np.exp(log_p).sum(axis=0))
    return log_p


def _adjusted(z: Array, choice: Choice, now: Leaves, lookahead: Lookahead) -> Floats:
    """The log probabilities (V, N) of the symbols after the leaves, by their logits.

    Where there are marks, names share characters at their beginning, but not symbols.
    As they do not matter, `choice` leaves none of them out.
    """
    first = now.depth == 0
    if choice.free_start and first.any():
        log_p = np.empty(z.shape)
        for rows, here in (
            (first, choice.first),
            (~first, replace(choice, free_start=False)),
        ):
            log_p[:, rows] = _adjusted(z[:, rows], here, now.chosen(rows), lookahead)
        return log_p
    meet = lookahead.meet
    if meet.mark is None:
        return log_probabilities(z, choice)
    forced = np.flatnonzero(meet.forced(now.length, now.states))
    full = log_probabilities(z[:, forced], Choice(choice.temperature))
    log_p = log_probabilities(z, choice)
    log_p[:, forced] = full
    return log_p


def _children(
    now: Leaves, log_p: Floats, lookahead: Lookahead, first: int, lowest: float
) -> Leaves:
    """The leaves that take the place of those that were read, with the log
    probabilities (V, N) of their next symbols.

    first: the number of the first prefix. lowest: symbols whose log probability is so
    far below that of the likeliest are left out unless no other is allowed.
    """
    log_chances = lookahead.log_chances(now.length, now.states)
    possible = np.isfinite(log_p) & np.isfinite(log_chances)
    drawable = possible & (log_p > log_p.max(axis=0) + lowest)
    symbol, at = np.nonzero(np.where(drawable.any(axis=0), drawable, possible))
    return Leaves(
        parent=first + at,
        symbol=symbol,
        depth=now.depth[at] + (symbol != END),
        length=now.length[at] + lookahead.meet.size[symbol] * (symbol != END),
        states=lookahead.meet.automaton.following[now.states[at], symbol],
        log_p=now.log_p[at] + log_p[symbol, at],
        log_chance=log_chances[symbol, at],
    )


def _lengthened(ids: Ids, now: Leaves, shared: int) -> Ids:
    """The prefixes (R, L), and those that the leaves make of them."""
    longest = max(ids.shape[1], int(now.depth.max()) - shared)
    ids = np.pad(ids, ((0, 0), (0, longest - ids.shape[1])), constant_values=END)
    prefixes = ids[now.parent]
    last = now.depth - shared - 1
    further = np.flatnonzero(last >= 0)
    prefixes[further, last[further]] = now.symbol[further]
    return np.concatenate([ids, prefixes])


def _joined(memory: Memory, others: Memory) -> Memory:
    """The memories of two groups of names as those of one."""
    state = [
        tuple(map(np.concatenate, zip(layer, other, strict=True)))
        for layer, other in zip(memory.state, others.state, strict=True)
    ]
    nodes = np.concatenate([memory.nodes, others.nodes])
    words = None
    if memory.words and others.words:
        words = memory.words.joined(others.words)
    return Memory(state, nodes, np.concatenate([memory.blend, others.blend]), words)
