"""The form of a list's names, which new names keep unless they are free to leave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ListForm:
    """The limits within which all names of a list lie.

    shortest: the fewest characters of a name. longest_run: the most times that one
    character stands in a row. fewest_words, most_words: of a name, words being what
    blanks separate. repeats_words: whether any name holds one word twice.
    """

    shortest: int = 1
    longest_run: int = 2**31
    fewest_words: int = 1
    most_words: int = 2**31
    repeats_words: bool = True

    @classmethod
    def of(cls, names: Sequence[str]) -> ListForm:
        """The form of those folded names, of which there is one at least."""
        words = [name.split() for name in names]
        return cls(
            shortest=min(map(len, names)),
            longest_run=max(map(_longest_run, names)),
            fewest_words=min(map(len, words)),
            most_words=max(map(len, words)),
            repeats_words=any(len(set(parts)) < len(parts) for parts in words),
        )

    def fits(self, names: Sequence[str]) -> list[bool]:
        """Whether each folded name has this form."""
        too_long_a_run = re.compile(rf"(.)\1{{{self.longest_run},}}", re.DOTALL)
        return [
            len(name) >= self.shortest
            and not too_long_a_run.search(name)
            and self._words_fit(name.split())
            for name in names
        ]

    def _words_fit(self, words: list[str]) -> bool:
        return self.fewest_words <= len(words) <= self.most_words and (
            self.repeats_words or len(set(words)) == len(words)
        )


def _longest_run(name: str) -> int:
    return max(
        (len(run[0]) for run in re.finditer(r"(.)\1*", name, re.DOTALL)), default=0
    )
