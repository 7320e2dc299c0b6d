"""Full regular expressions, which the package greenery reads: `charnames[regex]`."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from charnames.errors import SamplingError
from charnames.generation.constraints.automaton import Flags
from charnames.generation.constraints.glushkov import Expression, Part
from charnames.generation.constraints.symbols import SymbolKeys

if TYPE_CHECKING:
    from greenery import Charclass, Pattern
    from greenery.rxelems import Mult

MAX_NESTING = 20  # groups in one another
_LONGEST = 1000  # characters; reading them takes longer than by their number

_ESCAPES_AND_CLASSES = re.compile(r"\\.|\[(?:\\.|[^\\\]])*\]")


def parsed(pattern: str) -> Pattern:
    """The tree of a pattern that the whole name is to match.

    Raises SamplingError where it cannot be read, or nothing is there to read it.
    """
    try:
        from greenery.parse import NoMatch, parse
    except ImportError:
        raise SamplingError(
            "regular expressions need one more package; "
            "get it with: pip install 'charnames[regex]'"
        ) from None
    whole = pattern.removeprefix("^").removesuffix("$")
    if len(pattern) > _LONGEST:
        raise SamplingError(f"regex: longer than {_LONGEST:,} characters")
    if re.search(r"[\^$]", _ESCAPES_AND_CLASSES.sub("", whole)):
        raise SamplingError(
            f"regex {pattern!r}: the whole name is matched, so leave out ^ and $; "
            "for the characters write [$] and [\\^]"
        )
    if _nesting(_ESCAPES_AND_CLASSES.sub("", whole)) > MAX_NESTING:
        raise SamplingError(
            f"regex: more than {MAX_NESTING} groups stand in one another; ask for "
            "something simpler"
        )
    try:
        return parse(whole)
    except (NoMatch, ValueError, IndexError, RecursionError):
        raise SamplingError(
            f"regex {pattern!r} cannot be read; it may hold characters, ., [classes] "
            "with - as \\-, \\d, \\w, \\s, (groups), |, *, +, ? and {m,n}, and nothing "
            "that looks around or back"
        ) from None


def _nesting(pattern: str) -> int:
    """How many groups of a pattern stand in one another, at most."""
    depths = accumulate((c == "(") - (c == ")") for c in pattern)
    return max(depths, default=0)


class Builder:
    """Makes parts of an expression from what `parsed` gives.

    symbols: the symbols of the alphabet.
    """

    def __init__(self, expression: Expression, symbols: SymbolKeys) -> None:
        self._expression, self._symbols = expression, symbols
        self._flags = cache(self._within)

    def whole(self, tree: Pattern) -> Part:
        """What matches one of the tree's alternatives."""
        # In an order of our own: that of a set changes from run to run.
        alternatives = sorted(tree.concs, key=repr)
        return self._expression.either(
            self._expression.then(map(self._repeated, conc.mults))
            for conc in alternatives
        )

    def _repeated(self, mult: Mult) -> Part:
        from greenery import Charclass

        inner, times = mult.multiplicand, mult.multiplier
        make = self._character if isinstance(inner, Charclass) else self.whole
        return self._expression.repeated(lambda: make(inner), times.min.v, times.max.v)

    def _character(self, listed: Charclass) -> Part:
        (low, high), *more = listed.ord_ranges or [(0, 1)]
        if low == high and not more and not listed.negated:
            # By itself a character may stand for a letter and its accent.
            spelling = self._symbols.spelling(chr(low))
            nothing = self._symbols.where(lambda _: False)
            return self._expression.then(
                map(self._expression.one_of, spelling or [nothing])
            )
        return self._expression.one_of(self._flags(listed))

    def _within(self, listed: Charclass) -> Flags:
        ranges = [range(low, high + 1) for low, high in listed.ord_ranges]
        key_of = self._symbols.key

        def holds(character: str) -> bool:
            key = key_of(character)
            cases = {character, key, key.upper(), key.title()}
            points = [ord(c) for c in cases if len(c) == 1 and key_of(c) == key]
            inside = any(point in points_in for point in points for points_in in ranges)
            return inside is not listed.negated

        return self._symbols.where(holds)
