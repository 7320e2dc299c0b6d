"""The symbols of an alphabet that the characters of a constraint stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

import numpy as np

from charnames.encoding.letter_case import KEEP, UPPER, caseless
from charnames.encoding.vocabulary import Vocabulary
from charnames.generation.constraints.automaton import Flags
from charnames.nn.batching import END, Ids


class SymbolKeys:
    """The symbols of a model, recognised by keys: all cases of a letter have one key
    where the model folds case away.
    """

    def __init__(self, vocabulary: Vocabulary, case: str) -> None:
        self.alphabet, self.V = vocabulary.alphabet, len(vocabulary)
        self._case = case
        self.mark = vocabulary.mark
        self._keys = [self.key(character) for character in self.alphabet]
        self._known = frozenset(map(self.key, vocabulary.characters))

    def key(self, character: str) -> str:
        """What the character is recognised by."""
        return caseless(character, self._case)

    def where(self, holds: Callable[[str], bool]) -> Flags:
        """The symbols (V,) for whose characters something holds."""
        return self._flags(map(holds, self.alphabet))

    def with_key(self, holds: Callable[[str], bool]) -> Flags:
        """The symbols (V,) for whose keys something holds."""
        return self._flags(map(holds, self._keys))

    def _flags(self, held: Iterable[bool]) -> Flags:
        return self._characters(np.array([False, *held]))

    def _characters(self, flags: Flags) -> Flags:
        """The flags (V,) with those of symbols that are no characters taken away."""
        flags[END] = False
        if self.mark is not None:  # it is no character
            flags[self.mark] = False
        return flags

    def anything(self) -> Flags:
        """All symbols (V,) that are characters."""
        return self._characters(np.ones(self.V, np.bool_))

    def spelling(self, character: str) -> list[Flags]:
        """The symbols (V,) for each place of what spells the character; an empty list
        where nothing does.
        """
        return [self.with_key(key.__eq__) for key in self._spelling(character)]

    def numbered(self, words: Iterable[str]) -> tuple[list[list[int]], Ids]:
        """The words that the alphabet can spell, distinct and in order, each as the
        numbers of its keys; and the number of each symbol's key, (V,), the end
        marker's END.
        """
        numbers = {key: i for i, key in enumerate(dict.fromkeys(self._keys), END + 1)}
        spelt = set()
        for word in map(composed, words):
            spellings = list(map(self._spelling, word))
            if spellings and all(spellings):
                spelt.add(tuple(numbers[key] for keys in spellings for key in keys))
        kinds = np.array([END, *(numbers[key] for key in self._keys)])
        return [list(word) for word in sorted(spelt)], kinds

    def _spelling(self, character: str) -> list[str]:
        """The keys of the symbols that spell a character.

        A letter that is not in the alphabet may be several symbols in another case: ŉ
        in capitals is ʼN, and İ in small letters is i with a dot above.
        """
        spellings = [character]
        if self._case != KEEP:
            spellings.append(character.lower())
        if self._case == UPPER:
            spellings.append(character.upper())
        for spelling in spellings:
            keys = [self.key(c) for c in composed(spelling)]
            if self._known.issuperset(keys):
                return keys
        return []


def composed(text: str) -> str:
    """The text in NFC, as names are."""
    return unicodedata.normalize("NFC", text)
