"""The most probable names of a model, in exact order.

A prefix is at least as probable as every name that it begins. So prefixes are followed
depth first, many side by side and the most probable ahead, and those that are less
probable than the N-th best name found are cut: branch and bound. The first dive to the
bottom is a beam search, which finds names good enough for most of the rest to be cut.
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
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.name_form import NameForm
from charnames.generation.novelty import NoveltyFilter
from charnames.generation.sampler import check_count
from charnames.generation.spelling import Speller
from charnames.nn.batching import END
from charnames.prediction.predictor import Memory, Predictor

CHUNK = 1024  # prefixes read side by side
MAX_PREFIXES = 2_000_000  # looked at; then it is given up
Nats = NDArray[np.float64]


class Ranked(NamedTuple):
    """A name, and its loss with the end marker, in nats."""

    name: str
    nats: float


class _Branches(NamedTuple):
    """C prefixes of t characters that are still to be followed, the best last.

    ids: (B, t - 1), what they had in common with the others of their parent; memory: of
    these B; parent, symbol, nats, states: (C,).
    """

    ids: NDArray[np.intp]
    memory: Memory
    parent: NDArray[np.intp]
    symbol: NDArray[np.intp]
    nats: Nats
    states: States


def best(
    predictor: Predictor,
    form: NameForm,
    n: int,
    constraints: Constraints,
    novelty: NoveltyFilter,
) -> Iterator[Ranked]:
    """The n most probable names, the best first; see Model.best."""
    check_count(n, "best")
    meet = constraints.compiled(form.vocabulary, form.case, form.usual_limit)
    speller = Speller(form)
    found: list[tuple[float, str]] = []  # a heap of (-nats, name), the worst first
    looked_at = 0

    def bound() -> float:
        return -found[0][0] if len(found) == n else np.inf

    def complete(ids: NDArray[np.intp], nats: Nats) -> None:
        ids = np.pad(ids, ((0, 0), (0, 1)), constant_values=END)
        rows = speller.exact(ids)
        for name, loss in zip(speller(ids[rows]), nats[rows].tolist(), strict=True):
            if loss < bound() and novelty.wanted([form.fold(name)])[0]:
                keep = heapq.heappushpop if len(found) == n else heapq.heappush
                keep(found, (-loss, name))

    one = np.zeros(1, np.intp)
    start = np.full(1, START, np.int32)
    root = np.empty((1, 0), np.intp)
    stack = [_Branches(root, predictor.start(one), one, one, np.zeros(1), start)]
    while stack and n:
        branches, rest = _parted(stack.pop(), bound())
        if rest is not None:
            stack.append(rest)
        if not len(branches.nats):
            continue
        looked_at += len(branches.nats)
        if looked_at > MAX_PREFIXES:
            raise SamplingError(
                f"the {n:,} best names are not sure after {MAX_PREFIXES:,} beginnings "
                "of names; ask for fewer, or for shorter ones"
            )
        ids, symbol = branches.ids[branches.parent], branches.symbol
        if symbol[0] != END:  # the one before the first character
            ids = np.concatenate([ids, symbol[:, None]], axis=1)
        t = ids.shape[1]
        with np.errstate(all="ignore"):
            before = branches.memory.keep(branches.parent)
            z, memory = predictor.step(symbol, before)
            nats = _losses(z) + branches.nats
        nats[~meet.allowed(t, branches.states)] = np.inf
        ends = np.flatnonzero(nats[END] < bound())
        complete(ids[ends], nats[END, ends])
        nats[END] = np.inf
        after, parent = np.nonzero(nats < bound())
        order = np.argsort(-nats[after, parent], kind="stable")
        after, parent = after[order], parent[order]
        states = meet.automaton.following[branches.states[parent], after]
        memory = memory.keep(np.arange(len(ids)))
        stack.append(_Branches(ids, memory, parent, after, nats[after, parent], states))
    return _ranked(found, n)


def _ranked(found: list[tuple[float, str]], n: int) -> Iterator[Ranked]:
    for nats, name in sorted((-nats, name) for nats, name in found):
        yield Ranked(name, nats)
    if len(found) < n:
        raise SamplingError(f"there are only {len(found):,} such names; ask for fewer")


def _losses(z: NDArray[np.floating]) -> Nats:
    """Logits (V, N) -> what each symbol costs, in nats."""
    z = finite(z).astype(np.float64)
    losses: Nats = np.log(np.exp(z).sum(axis=0)) - z
    return losses


def _parted(branches: _Branches, bound: float) -> tuple[_Branches, _Branches | None]:
    """The best of those within the bound, to be followed now, and the rest, if any."""
    inside = np.flatnonzero(branches.nats < bound)
    now, later = inside[-CHUNK:], inside[:-CHUNK]
    return _chosen(branches, now), _chosen(branches, later) if len(later) else None


def _chosen(branches: _Branches, rows: NDArray[np.intp]) -> _Branches:
    return branches._replace(
        parent=branches.parent[rows],
        symbol=branches.symbol[rows],
        nats=branches.nats[rows],
        states=branches.states[rows],
    )
