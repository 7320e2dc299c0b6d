"""Regular expressions over the symbols of an alphabet, made into finite automata.

An expression's positions are the places in it that read a symbol (Glushkov 1961). After
some symbols there is a set of positions that may have read the last of them; these sets
are the states (the subset construction of Rabin & Scott 1959). A set of positions is a
number, a bit for each; bit 0 stands for the start, where nothing has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from charnames.generation.constraints.automaton import (
    DEAD,
    START,
    Automaton,
    Flags,
    check_size,
    too_involved,
)
from charnames.nn.batching import END

MAX_POSITIONS = 2000


class Part(NamedTuple):
    """A part of an expression: whether it matches no symbols at all, and the positions
    that may read its first symbol, and its last.
    """

    empty: bool = True
    first: int = 0
    last: int = 0


class Expression:
    """Puts parts together, and makes of the whole an automaton over V symbols."""

    def __init__(self, V: int) -> None:
        self._reads: list[Flags] = [np.zeros(V, np.bool_)]  # which symbols, by position
        self._follow = [0]  # which positions may read the next symbol, by position

    def one_of(self, symbols: Flags) -> Part:
        """Matches one of the symbols marked in (V,)."""
        position = len(self._reads)
        if position > MAX_POSITIONS:
            raise too_involved(f"it has more than {MAX_POSITIONS:,} characters")
        self._reads.append(symbols)
        self._follow.append(0)
        return Part(False, 1 << position, 1 << position)

    def then(self, parts: Iterable[Part]) -> Part:
        """Matches one part after the other."""
        whole = Part()
        for part in parts:
            self._may_follow(whole, part)
            whole = Part(
                whole.empty and part.empty,
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
            )
        return whole

    def either(self, parts: Iterable[Part]) -> Part:
        """Matches what any of the parts matches."""
        whole = Part(empty=False)
        for part in parts:
            whole = Part(
                whole.empty or part.empty,
                whole.first | part.first,
                whole.last | part.last,
            )
        return whole

    def repeated(
        self, make: Callable[[], Part], least: int = 0, most: int | None = None
    ) -> Part:
        """Matches a part `least` to `most` times, or any number from `least` on; `make`
        gives the part anew each time that it is called.
        """
        copies = []
        for count in range(max(least, 1) if most is None else most):
            part = make()
            if not part.first:  # it reads nothing, however often
                return part._replace(empty=part.empty or not least)
            copies.append(part._replace(empty=part.empty or count >= least))
        if most is None:
            self._may_follow(copies[-1], copies[-1])
        return self.then(copies)

    def automaton(self, whole: Part) -> Automaton:
        """The automaton that accepts what the part matches.

        Raises SamplingError for too many states.
        """
        V = len(self._reads[0])
        follow = [whole.first, *self._follow[1:]]
        last = whole.last | whole.empty
        # Symbols that no position tells apart behave alike.
        reads = np.array(self._reads)
        packed = [column.tobytes() for column in np.packbits(reads, axis=0).T]
        kinds = {column: i for i, column in enumerate(sorted({*packed}))}
        readers = [_bits(reads[:, packed.index(c)].nonzero()[0]) for c in kinds]
        eights = [_together(follow[i : i + 8]) for i in range(0, len(follow), 8)]

        numbers, states = {0: DEAD, 1: START}, [0, 1]
        rows = [[DEAD] * len(readers)]
        for state in islice(states, 1, None):  # and those added meanwhile
            following, row = 0, []
            octets = state.to_bytes(len(eights), "little")
            for octet, of_eight in zip(octets, eights, strict=True):
                following |= of_eight[octet]
            for readable in readers:
                after = following & readable
                if after not in numbers:
                    numbers[after] = len(states)
                    states.append(after)
                row.append(numbers[after])
            rows.append(row)
            check_size(len(states), V)
        table = np.array(rows, np.int32)[:, [kinds[column] for column in packed]]
        table[:, END] = DEAD
        return Automaton(table, np.array([bool(state & last) for state in states]))

    def _may_follow(self, before: Part, after: Part) -> None:
        for position in _positions(before.last):
            self._follow[position] |= after.first


def _bits(positions: Iterable[int]) -> int:
    return sum(1 << int(position) for position in positions)


def _positions(bits: int) -> Iterator[int]:
    """The inverse of `_bits`."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _together(follow: list[int]) -> list[int]:
    """What may follow any of up to eight positions, for each set of them."""
    sets = [0]
    for following in follow:
        sets += [before | following for before in sets]
    return sets
