"""Which of the drawn names are wanted: new ones, distinct ones, none of a blocklist;
and when to give up drawing.

Names are compared after folding, by 64-bit hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import NO_HASHES, Hashes, contains, name_hashes
from charnames.encoding.list_form import ListForm

CAPACITY = 2**24  # hashes remembered: 128 MiB, and as much again while they are sorted

_LONG = 32  # characters of a name that counts as one try


class TryLimits(NamedTuple):
    """When a way to draw names has run out: after `fruitless` tries in a row without a
    name; or when, in a period of so many tries, fewer than one try in `rare` has given
    a name.
    """

    fruitless: int
    period: int
    rare: int


LAST = TryLimits(fruitless=2**16, period=2**20, rare=1000)
WITH_ANOTHER_WAY = TryLimits(fruitless=2**12, period=2**14, rare=20)


class NoveltyFilter:
    """Separates wanted names from others, and remembers up to `capacity` of them.

    barred: arrays of sorted hashes of names that are not wanted. unique: whether a
    name is wanted only once. near: tells which names are near-copies of the list's, if
    these are not wanted; then barred names with one word more are not wanted either.
    list_form: the form that wanted names have, None for any. familiar: sorted hashes of
    more names that are not wanted. starts, ends: what wanted names neither begin nor
    end with. Past its capacity the filter still finds repeats of the names that it
    remembers, but remembers no more: repeats of later names pass.
    """

    def __init__(
        self,
        barred: Sequence[Hashes],
        unique: bool,
        capacity: int = CAPACITY,
        near: Callable[[Sequence[str]], NDArray[np.bool_]] | None = None,
        list_form: ListForm | None = None,
        familiar: Hashes = NO_HASHES,
        starts: tuple[str, ...] = (),
        ends: tuple[str, ...] = (),
    ) -> None:
        self._near, self._familiar = near, familiar
        self._starts, self._ends = starts, ends
        self._list_form = None if list_form == ListForm() else list_form
        self._barred = [hashes for hashes in barred if len(hashes)]
        self.unique = unique
        self._room = capacity
        # Sorted runs, each more than twice as long as the next, so that there are few.
        self._runs: list[Hashes] = []

    @property
    def idle(self) -> bool:
        """Whether every name is wanted."""
        hashes = self._barred or self._near or len(self._familiar)
        texts = self._list_form or self._starts or self._ends
        return not (self.unique or hashes or texts)

    def wanted(self, folded: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each of the folded names is wanted, in order, (N,)."""
        hashes = name_hashes(folded)
        wanted = self.allowed(folded, hashes)
        wanted[wanted] = self.unseen(hashes[wanted])
        return wanted

    def allowed(self, folded: Sequence[str], hashes: Hashes) -> NDArray[np.bool_]:
        """Whether each of the folded names is wanted if it is no repeat, (N,).

        hashes: (N,), those of the names.
        """
        allowed = np.ones(len(hashes), np.bool_)
        for run in (*self._barred, self._familiar):
            allowed &= ~contains(run, hashes)
        if self._starts or self._ends:
            allowed &= [
                not (name.startswith(self._starts) or name.endswith(self._ends))
                for name in folded
            ]
        if self._list_form:
            allowed &= np.array(self._list_form.fits(folded), np.bool_)
        if self._near:
            rest = np.flatnonzero(allowed)
            allowed[rest] = ~self._near([folded[i] for i in rest.tolist()])
            allowed &= ~self._one_word_longer(folded)
        return allowed

    def unseen(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Whether each of the hashes (N,) of wanted names is there for the first time,
        in order, or repeats are wanted, (N,).
        """
        if not self.unique:
            return np.ones(len(hashes), np.bool_)
        unseen = np.zeros(len(hashes), np.bool_)
        unseen[np.unique(hashes, return_index=True)[1]] = True
        for run in self._runs:
            unseen &= ~contains(run, hashes)
        self._remember(hashes[unseen])
        return unseen

    def _one_word_longer(self, folded: Sequence[str]) -> NDArray[np.bool_]:
        """Whether a barred name of two words or more is each name without its first or
        its last word, (N,).
        """
        longer = np.zeros(len(folded), np.bool_)
        rows = [i for i, name in enumerate(folded) if name.count(" ") > 1]
        for parts in (
            [folded[i].partition(" ")[2] for i in rows],
            [folded[i].rpartition(" ")[0] for i in rows],
        ):
            hashes = name_hashes(parts)
            for barred in self._barred:
                longer[rows] |= contains(barred, hashes)
        return longer

    def _remember(self, hashes: Hashes) -> None:
        run = hashes[: self._room]
        self._room -= len(run)
        if not len(run):
            return
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
        run.sort()
        self._runs.append(run)


class TryBudget:
    """Counts tries and the names they gave, and tells when to give up a way to draw.

    least_length: the fewest characters of a name. Where names are long, a try without a
    name is as much work as many tries of short names, and counts as so many. ways: how
    many ways there are to draw names; the last one is worth more tries.
    """

    def __init__(self, least_length: int = 1, ways: int = 1) -> None:
        self._ways = ways
        self._cost = max(least_length // _LONG, 1)
        self.tries = self.names = self._fruitless = 0
        self._rare = False
        self._period = (0, 0)  # tries and names when the period began

    def record(self, tries: int, names: int) -> None:
        """Add tries, and the number of names that they gave."""
        self.tries += tries
        self.names += names
        self._fruitless = 0 if names else self._fruitless + tries * self._cost
        tries_before, names_before = self._period
        if self.tries - tries_before >= self._limits.period:
            given, tried = self.names - names_before, self.tries - tries_before
            self._rare = given * self._limits.rare < tried
            self._period = (self.tries, self.names)

    @property
    def exhausted(self) -> bool:
        """Whether too many tries gave no name, or names have become too rare."""
        return self._rare or self._fruitless >= self._limits.fruitless

    @property
    def _limits(self) -> TryLimits:
        return LAST if self._ways == 1 else WITH_ANOTHER_WAY

    def renew(self) -> None:
        """Begin with the next way to draw names."""
        self._ways -= 1
        self._fruitless, self._rare = 0, False
        self._period = (self.tries, self.names)
