"""Compiles constraints to a finite automaton over the symbols of a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial, reduce

import numpy as np

from charnames.encoding.graphemes import edges
from charnames.encoding.letter_case import has_cases
from charnames.encoding.lookalikes import lookalike
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.generation.constraints.automaton import (
    NEVER,
    START,
    Automaton,
    Flags,
    both,
    well_formed,
    without,
)
from charnames.generation.constraints.compiled import Compiled
from charnames.generation.constraints.constraints import LONGEST, Constraints
from charnames.generation.constraints.glushkov import Expression
from charnames.generation.constraints.symbols import SymbolKeys, composed

STAR = None  # a pattern's "*"; its other items are sets of symbols (V,)
_MAX_CELLS = 2**28  # states x symbols x lengths: a second or two of computing


def compile_constraints(
    constraints: Constraints, vocabulary: Vocabulary, case: str, usual: int
) -> Compiled:
    """The constraints for a model of that alphabet and case style.

    usual: the most characters of a name where no max_length is given; it is more
    where that is too little for the constraints.
    Raises SamplingError, saying what clashes, where no name can meet them.
    """
    parts = _Parts(constraints, vocabulary, case)
    automaton = parts.automaton()
    least, most = max(constraints.min_length or 1, 1), constraints.max_length
    if most is None:
        shortest = int(automaton.distances()[START])
        enough = 2 * max(least, shortest if shortest < NEVER else 1)
        most = min(max(usual, enough), LONGEST)
    cells = automaton.following.size * most
    if cells > _MAX_CELLS:
        raise SamplingError(
            f"max_length: {most} is too much for all that the names are to meet; "
            f"give one below {most * _MAX_CELLS // cells:,}"
        )
    compiled = Compiled(automaton, least, most, vocabulary.mark)
    if not compiled.reach[0, START]:
        raise SamplingError(f"no name can meet {parts.clash(most)}")
    return compiled


class _Parts:
    """The automata of constraints on names of one alphabet, each with its name in
    messages.
    """

    def __init__(
        self, constraints: Constraints, vocabulary: Vocabulary, case: str
    ) -> None:
        self.constraints, self.symbols = constraints, SymbolKeys(vocabulary, case)
        cased = np.flatnonzero(self.symbols.where(partial(has_cases, case=case)))
        self.form = well_formed(
            edges(vocabulary.alphabet), len(vocabulary), vocabulary.mark, cased
        )
        self.parts: dict[str, Automaton] = {}
        if constraints.prefix:
            self._add_literal("prefix", [], constraints.prefix, [STAR])
        if constraints.suffix:
            self._add_literal("suffix", [STAR], constraints.suffix, [])
        for text in dict.fromkeys(filter(None, constraints.contains)):
            self._add_literal("contains", [STAR], text, [STAR])
        if constraints.match is not None:
            items = self._pattern(constraints.match)
            self._add(f"match {constraints.match!r}", self._sequence(items))
        if constraints.regex is not None:
            self._add(f"regex {constraints.regex!r}", self._regex(constraints.regex))
        if constraints.avoid_within:
            words, kinds = self.symbols.numbered(constraints.avoid_within)
            self._add("avoid_within", without(words, kinds))

    def automaton(self) -> Automaton:
        """The automaton that accepts names which all parts accept, of any length."""
        return reduce(both, self.parts.values(), self.form)

    def clash(self, most: int) -> str:
        """The names of parts that no name meets together, as few as clash."""
        kept: dict[str, Automaton | int] = dict(self.parts)
        if self.constraints.min_length:
            kept[f"min_length {self.constraints.min_length}"] = (
                self.constraints.min_length
            )
        if self.constraints.max_length is not None:
            kept[f"max_length {most}"] = -most
        for label in list(kept):
            rest = {key: value for key, value in kept.items() if key != label}
            if not self._possible(rest):
                kept = rest
        *others, last = kept or ["what is asked"]
        return f"{', '.join(others)} and {last} together" if others else last

    def _possible(self, parts: dict[str, Automaton | int]) -> bool:
        automata = [p for p in parts.values() if isinstance(p, Automaton)]
        lengths = [p for p in parts.values() if isinstance(p, int)]
        automaton = reduce(both, automata, self.form)
        least = max([1, *lengths])
        most = -min([0, *lengths])
        if not most:  # from `least` on, a name of any length may as well be cut
            most = min(least + len(automaton.accepting), LONGEST)
        compiled = Compiled(automaton, least, most, self.symbols.mark)
        return bool(compiled.reach[0, START])

    def _add_literal(
        self, name: str, before: Sequence[None], text: str, after: Sequence[None]
    ) -> None:
        items = [*before, *self._literal(name, composed(text)), *after]
        self._add(f"{name} {text!r}", self._sequence(items))

    def _add(self, label: str, automaton: Automaton) -> None:
        self.parts[label] = automaton.skipping(self.symbols.mark).trimmed()

    def _sequence(self, items: Sequence[Flags | None]) -> Automaton:
        anything = self.symbols.anything()
        expression = Expression(self.symbols.V)
        whole = expression.then(
            expression.repeated(lambda: expression.one_of(anything))
            if item is STAR
            else expression.one_of(item)
            for item in items
        )
        return expression.automaton(whole)

    def _regex(self, pattern: str) -> Automaton:
        from charnames.generation.constraints.regex_syntax import Builder, parsed

        tree = parsed(composed(pattern))
        expression = Expression(self.symbols.V)
        whole = Builder(expression, self.symbols).whole(tree)
        return expression.automaton(whole)

    def _literal(self, what: str, text: str) -> list[Flags]:
        """The symbols (V,) for each place of what spells the text.

        Raises SamplingError for a character that the alphabet cannot spell.
        """
        items = []
        for character in text:
            spelling = self.symbols.spelling(character)
            if not spelling:
                raise SamplingError(
                    f"{what}: {character!r} (U+{ord(character):04X}) is not in the "
                    "alphabet of the model, so no name holds it"
                    f"{self._hint(what, character)}"
                )
            items += spelling
        return items

    def _hint(self, what: str, character: str) -> str:
        """What may be meant by a character that is not in the alphabet."""
        if what == "match" and character == "[":
            return "; a class such as [abc] ends with ]"
        other = lookalike(character, self.symbols.alphabet)
        return f"; it has {other!r} (U+{ord(other):04X})" if other else ""

    def _pattern(self, match: str) -> list[Flags | None]:
        """The items of a shell pattern, read as fnmatch of Python reads it."""
        text, items, i = composed(match), list[Flags | None](), 0
        while i < len(text):
            end = _end_of_class(text, i)
            if text[i] == "*":
                items.append(STAR)
            elif text[i] == "?":
                items.append(self.symbols.anything())
            elif end:
                items.append(self._class(match, text[i + 1 : end]))
                i = end
            else:
                items += self._literal("match", text[i])
            i += 1
        return items

    def _class(self, match: str, content: str) -> Flags:
        negated, key = content.startswith("!"), self.symbols.key
        ranges = [(key(low), key(high)) for low, high in _ranges(content[negated:])]
        symbols = self.symbols.with_key(
            lambda key: any(low <= key <= high for low, high in ranges) != negated
        )
        if not symbols.any():
            raise SamplingError(
                f"match {match!r}: no character of the model's alphabet is in "
                f"[{content}]"
            )
        return symbols


def _end_of_class(text: str, i: int) -> int:
    """Where the "[" at i is closed; 0 where it is a character like others."""
    if text[i] != "[":
        return 0
    first = i + 1 + text.startswith("!", i + 1)
    return max(text.find("]", first + 1), 0)


def _ranges(content: str) -> Iterable[tuple[str, str]]:
    """The characters and ranges of a class: "a-cx" -> (a, c), (x, x)."""
    i = 0
    while i < len(content):
        if content[i + 1 : i + 2] == "-" and i + 2 < len(content):
            yield content[i], content[i + 2]
            i += 3
        else:
            yield content[i], content[i]
            i += 1
