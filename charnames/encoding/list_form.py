"""The form of a list's names, which new names keep unless they are free to leave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from charnames.encoding.function_words import function_words, word_pairs
from charnames.encoding.junctions import junctions

SEVERAL_WORDS = 1.5  # words in a name, from which on a list is one of several words

_SLOT = "*"  # stands for every word that is no function word
_MOST_PATTERNS = 1_000  # and at most half as many as there are names
_MOST_JUNCTIONS = 5_000


class ListForm(NamedTuple):
    """The limits within which all names of a list lie.

    shortest: the fewest characters of a name. longest_run: the most times that one
    character stands in a row. fewest_words, most_words: of a name, words being what
    blanks separate. repeats_words: whether any name holds one word twice, the function
    words of `patterns` aside.

    patterns: the names with "*" in the place of all words but function words, such as
    "the * of *". There are none for lists with fewer than 1.5 words in a name, and
    where the names have too many patterns.

    junctions: how characters meet in the names (see charnames.encoding.junctions).
    There are none where these would be too many.
    """

    shortest: int = 1
    longest_run: int = 2**31
    fewest_words: int = 1
    most_words: int = 2**31
    repeats_words: bool = True
    patterns: tuple[str, ...] = ()
    junctions: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str]) -> ListForm:
        """The form of those folded names, of which there is one at least."""
        words = [name.split() for name in names]
        functions = function_words(chain.from_iterable(map(word_pairs, names)), "")
        patterns = {_pattern(parts, functions) for parts in words}
        several = sum(map(len, words)) >= SEVERAL_WORDS * len(words)
        if not several or len(patterns) > min(len(names) / 2, _MOST_PATTERNS):
            functions, patterns = set(), set()
        seen = set().union(*map(junctions, names))
        return cls(
            shortest=min(map(len, names)),
            longest_run=max(map(_longest_run, names)),
            fewest_words=min(map(len, words)),
            most_words=max(map(len, words)),
            repeats_words=any(_repeats(parts, functions) for parts in words),
            patterns=tuple(sorted(patterns)),
            junctions=tuple(sorted(seen)) if len(seen) <= _MOST_JUNCTIONS else (),
        )

    def fits(self, names: Sequence[str]) -> list[bool]:
        """Whether each folded name has this form."""
        too_long_a_run = re.compile(rf"(.)\1{{{self.longest_run},}}", re.DOTALL)
        patterns, seen = set(self.patterns), set(self.junctions)
        functions = set(chain.from_iterable(p.split() for p in patterns)) - {_SLOT}

        def words_fit(words: list[str]) -> bool:
            return (
                self.fewest_words <= len(words) <= self.most_words
                and (self.repeats_words or not _repeats(words, functions))
                and (not patterns or _pattern(words, functions) in patterns)
            )

        return [
            len(name) >= self.shortest
            and not too_long_a_run.search(name)
            and words_fit(name.split())
            and (not seen or junctions(name) <= seen)
            for name in names
        ]


def _pattern(words: list[str], functions: set[str]) -> str:
    return " ".join(word if word in functions else _SLOT for word in words)


def _repeats(words: list[str], functions: set[str]) -> bool:
    """Whether a word that is no function word stands in the name twice."""
    others = [word for word in words if word not in functions]
    return len(set(others)) < len(others)


def _longest_run(name: str) -> int:
    return max(
        (len(run[0]) for run in re.finditer(r"(.)\1*", name, re.DOTALL)), default=0
    )
