"""Words <-> ids, for texts that are longer than names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from charnames.errors import AlphabetError
from charnames.io.safe_text import is_harmful
from charnames.nn.batching import END, Sequences


def tokens(text: str) -> list[str]:
    """The words of a text in lower case; each punctuation mark or symbol is a word.

    >>> tokens("It's a well-made film, isn't it?")[:8]
    ['it', "'", 's', 'a', 'well', '-', 'made', 'film']
    """
    return unicodedata.normalize("NFC", text.lower()).translate(_SPACED).split()


class _Spaced(dict[int, str]):
    """Code point -> the character, with blanks round it where it is no letter, number
    or accent. It fills itself, since there are too many to go through beforehand.
    """

    def __missing__(self, point: int) -> str:
        character = chr(point)
        apart = unicodedata.category(character)[0] in "PS"
        self[point] = f" {character} " if apart else character
        return self[point]


_SPACED = _Spaced()


class Words:
    """An alphabet of words: END = 0 for the marker that ends a text, 1 ... V - 2 for
    the words in their order, and V - 1 for any other word.

    alphabet: the words, sorted, a space between each two. Raises AlphabetError where
    there are none, or they are out of order, repeated, or not what `tokens` gives.

    >>> Words("a film good").encode("A very good film.").tolist()
    [1, 4, 3, 2, 4]
    """

    def __init__(self, alphabet: str) -> None:
        if not alphabet:
            raise AlphabetError("the alphabet is empty")
        words = alphabet.split(" ")
        if any(a >= b for a, b in pairwise(words)):
            raise AlphabetError("the alphabet is out of order or repeats a word")
        if tokens(alphabet) != words:
            raise AlphabetError("the alphabet holds what is no word")
        for character in alphabet:
            if is_harmful(character):
                raise AlphabetError(f"the alphabet holds U+{ord(character):04X}")
        self.alphabet = alphabet
        self._ids = {word: i for i, word in enumerate(words, END + 1)}

    @classmethod
    def of(cls, texts: Iterable[str], most: int) -> Words:
        """The words that the texts hold more than once, at most that many: those that
        they hold most often, and of equals the first in order.

        Raises AlphabetError where there are none.
        """
        counts = Counter(chain.from_iterable(map(tokens, texts)))
        often = [word for word, count in counts.items() if count > 1]
        if not often:
            raise AlphabetError("no word is there twice, so there is none to learn")
        often.sort(key=lambda word: (-counts[word], word))
        return cls(" ".join(sorted(often[:most])))

    def __len__(self) -> int:
        """V: the words, the end marker and the unknown word."""
        return len(self._ids) + 2

    def encode(self, text: str) -> NDArray[np.int32]:
        """The ids of the words of the text, (how many,), no end marker."""
        return np.array(self._numbers(text), np.int32)

    def sequences(self, texts: Iterable[str]) -> Sequences:
        """All texts at once."""
        ids = [END]
        for text in texts:
            ids += [*self._numbers(text), END]
        return Sequences(np.array(ids, np.int32))

    def _numbers(self, text: str) -> list[int]:
        unknown = len(self) - 1
        return [self._ids.get(word, unknown) for word in tokens(text)]
