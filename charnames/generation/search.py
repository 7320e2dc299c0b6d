"""The most probable names of a model, in exact order.

A prefix is at least as probable as every name that begins with it. The search follows
prefixes depth first, many at once and the most probable first, and drops those that are
less probable than the n-th best name so far: it is a branch and bound. It begins like a
beam search, whose names are good enough to drop most of the other prefixes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.errors import SamplingError
from charnames.generation.choice import finite
from charnames.generation.constraints.automaton import START, States
from charnames.generation.constraints.compiler import compile_constraints
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter
from charnames.generation.sampler import check_count
from charnames.generation.spelling import Speller
from charnames.nn.batching import END
from charnames.prediction.predictor import Memory, Predictor

CHUNK = 1024  # prefixes in a batch, if the alphabet is not large
_CHUNK_LOSSES = 2**18  # losses in a batch: one for each symbol after each prefix
# The search fails after this number of prefixes, or of losses, or if this number of
# prefixes waits to be followed.
MAX_PREFIXES = 2_000_000
MAX_LOSSES = 2**26
MAX_WAITING = 2**22
Nats = NDArray[np.float64]


class Ranked(NamedTuple):
    """A name, and its loss with the end marker, in nats."""

    name: str
    nats: float


class _Branches(NamedTuple):
    """C prefixes of t characters that are still to be followed, the best last.

    ids: (B, t - 1), their parents, which are prefixes without the last character.
    memory: that of the B parents. parent: (C,), the row of each prefix's parent.
    symbol: (C,), the last character. nats: (C,), the loss. states: (C,), those of the
    automaton.
    """

    ids: NDArray[np.intp]
    memory: Memory
    parent: NDArray[np.intp]
    symbol: NDArray[np.intp]
    nats: Nats
    states: States


class _BestNames:
    """The n most probable names so far, of those that a novelty filter lets through."""

    def __init__(self, n: int, form: NameForm, novelty: NoveltyFilter) -> None:
        self.n, self.form, self.novelty = n, form, novelty
        self._spell = Speller(form)
        self._heap: list[tuple[float, str]] = []  # (-nats, name), the worst first

    @property
    def bound(self) -> float:
        """The loss in nats below which a name is one of the n best so far."""
        return -self._heap[0][0] if len(self._heap) == self.n else np.inf

    def add(self, ids: NDArray[np.intp], nats: Nats) -> None:
        """Add complete names: ids (N, t) without end markers, and their losses (N,)."""
        if not len(ids):
            return
        ids = np.concatenate([ids, np.full((len(ids), 1), END)], axis=1)
        rows = self._spell.exact(ids)
        for name, loss in zip(self._spell(ids[rows]), nats[rows].tolist(), strict=True):
            if loss < self.bound and self.novelty.wanted([self.form.fold(name)])[0]:
                full = len(self._heap) == self.n
                add = heapq.heappushpop if full else heapq.heappush
                add(self._heap, (-loss, name))

    def ranked(self) -> Iterator[Ranked]:
        """The names, the best first. Raises SamplingError if there are fewer than n."""
        for nats, name in sorted((-nats, name) for nats, name in self._heap):
            yield Ranked(name, nats)
        if len(self._heap) < self.n:
            raise SamplingError(
                f"there are only {len(self._heap):,} such names; ask for fewer"
            )


def best(
    predictor: Predictor,
    form: NameForm,
    n: int,
    constraints: Constraints,
    novelty: NoveltyFilter,
) -> Iterator[Ranked]:
    """The n most probable names, the best first; see Model.best."""
    check_count(n, "best")
    meet = compile_constraints(
        constraints, form.vocabulary, form.case, form.usual_limit
    )
    V = len(form.vocabulary)
    limit = min(MAX_PREFIXES, MAX_LOSSES // V)
    size = max(1, min(CHUNK, _CHUNK_LOSSES // V))
    if n > limit:  # no more than one name ends after each prefix
        raise _unsure(n, limit)
    names = _BestNames(n, form, novelty)
    count = 0  # of prefixes
    zero = np.zeros(1, np.intp)
    start = np.full(1, START, np.int32)
    root = np.empty((1, 0), np.intp)
    stack = [_Branches(root, predictor.start(zero), zero, zero, np.zeros(1), start)]
    while stack and n:
        branches, rest = _split(stack.pop(), names.bound, size)
        if rest is not None:
            stack.append(rest)
        if not len(branches.nats):
            continue
        count += len(branches.nats)
        waiting = sum(len(others.nats) for others in stack)
        if count > limit or waiting > MAX_WAITING:
            raise _unsure(n, min(count, limit))
        ids, symbol = branches.ids[branches.parent], branches.symbol
        if symbol[0] != END:  # the end marker before the first character is left out
            ids = np.concatenate([ids, symbol[:, None]], axis=1)
        t = meet.characters(ids)
        with np.errstate(all="ignore"):
            memory = branches.memory.keep(branches.parent)
            z, memory = predictor.step(symbol, memory)
            nats = _losses(z) + branches.nats
        nats[~meet.allowed(t, branches.states)] = np.inf
        ends = np.flatnonzero(nats[END] < names.bound)
        names.add(ids[ends], nats[END, ends])
        nats[END] = np.inf
        symbol, parent = np.nonzero(nats < names.bound)
        order = np.argsort(-nats[symbol, parent], kind="stable")
        symbol, parent = symbol[order], parent[order]
        losses = nats[symbol, parent]
        states = meet.automaton.following[branches.states[parent], symbol]
        memory = memory.keep(np.arange(len(ids)))
        stack.append(_Branches(ids, memory, parent, symbol, losses, states))
    return names.ranked()


def _unsure(n: int, count: int) -> SamplingError:
    return SamplingError(
        f"the {n:,} best names are not sure after {count:,} beginnings of names; ask "
        "for fewer, or for shorter ones"
    )


def _losses(z: NDArray[np.floating]) -> Nats:
    """Logits (V, N) -> the loss of each symbol, in nats."""
    z = finite(z).astype(np.float64)
    losses: Nats = np.log(np.exp(z).sum(axis=0)) - z
    return losses


def _split(
    branches: _Branches, bound: float, size: int
) -> tuple[_Branches, _Branches | None]:
    """The best prefixes below the bound, at most `size`, to be followed now, and the
    rest, if any.
    """
    rows = np.flatnonzero(branches.nats < bound)
    now, later = rows[-size:], rows[:-size]
    return _select(branches, now), _select(branches, later) if len(later) else None


def _select(branches: _Branches, rows: NDArray[np.intp]) -> _Branches:
    return branches._replace(
        parent=branches.parent[rows],
        symbol=branches.symbol[rows],
        nats=branches.nats[rows],
        states=branches.states[rows],
    )
