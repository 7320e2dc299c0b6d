"""How a model writes names down: with which characters, in which case, how long."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.encoding.graphemes import edges
from charnames.encoding.letter_case import fold
from charnames.encoding.vocabulary import Vocabulary
from charnames.nn.batching import END, Ids


class NameForm(NamedTuple):
    """The form of a model's names.

    vocabulary: the characters and their ids. case: the letter case that names are
    folded from and restored to. usual_limit: the most characters that a name has
    where no maximum length is given.
    """

    vocabulary: Vocabulary
    case: str
    usual_limit: int

    def fold(self, name: str) -> str:
        """The name as the vocabulary spells it."""
        return fold(name, self.case)

    def not_first(self) -> Ids:
        """The ids that no name begins with: those of the end marker, of blanks, and of
        characters that belong to the character before them, as accents do.
        """
        parts = edges(self.vocabulary.alphabet)
        blanks = [END, *parts.blanks]
        barred = [*blanks, *parts.later]
        # A list of nothing but blanks and accents has names that begin with accents.
        return np.array(barred if len(barred) < len(self.vocabulary) else blanks)
