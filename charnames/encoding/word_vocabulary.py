"""Words <-> ids, for texts longer than names."""

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


class _SpacedCharacters(dict[int, str]):
    """Code point -> the character, with spaces around punctuation marks and symbols.

    An entry is added when it is first looked up, since there are too many of them.
    """

    def __missing__(self, point: int) -> str:
        character = chr(point)
        is_mark = unicodedata.category(character)[0] in "PS"
        self[point] = f" {character} " if is_mark else character
        return self[point]


_SPACED = _SpacedCharacters()


class Words:
    """A vocabulary of words: id 0 is the end marker END, 1 ... V - 2 are the words in
    their order, and V - 1 is any other word.

    alphabet: the words, sorted and joined by spaces. Raises AlphabetError if it is
    empty, out of order, repeats a word, or is not split into its words by `tokens`.

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
            raise AlphabetError("the alphabet has an entry that is no word")
        for character in alphabet:
            if is_harmful(character):
                raise AlphabetError(f"the alphabet holds U+{ord(character):04X}")
        self.alphabet = alphabet
        self._ids = {word: i for i, word in enumerate(words, END + 1)}

    @classmethod
    def of(cls, texts: Iterable[str], limit: int) -> Words:
        """The `limit` most frequent words of the texts, ties in alphabetical order.

        A word that occurs only once is not among them. Raises AlphabetError if every
        word does.
        """
        counts = Counter(chain.from_iterable(map(tokens, texts)))
        words = [word for word, count in counts.items() if count > 1]
        if not words:
            raise AlphabetError("no word occurs twice, so there is none to learn")
        words.sort(key=lambda word: (-counts[word], word))
        return cls(" ".join(sorted(words[:limit])))

    def __len__(self) -> int:
        """V, the number of words, the end marker and the unknown word included."""
        return len(self._ids) + 2

    def encode(self, text: str) -> NDArray[np.int32]:
        """The ids of the words of the text, (words,), without an end marker."""
        return np.array(self._numbers(text), np.int32)

    def sequences(self, texts: Iterable[str]) -> Sequences:
        """The ids of all texts, with end markers between them."""
        ids = [END]
        for text in texts:
            ids += [*self._numbers(text), END]
        return Sequences(np.array(ids, np.int32))

    def _numbers(self, text: str) -> list[int]:
        unknown = len(self) - 1
        return [self._ids.get(word, unknown) for word in tokens(text)]
