"""The alphabet of a list of names, which turns characters into ids and back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import MARK
from charnames.errors import AlphabetError
from charnames.io.safe_text import is_harmful
from charnames.nn.batching import END, Sequences


class Vocabulary:
    """An alphabet with an id for each character: 1 ... V - 1 in the order of their code
    points, and END = 0 for the marker that ends a name. The mark of letter case may be
    one of the characters.

    mark: the id of the mark, or None.

    Raises AlphabetError where the alphabet is empty, out of order, nothing but blanks,
    repeats a character, or holds one that a list of names would be refused for.

    >>> Vocabulary.of(["ada", "bob"]).encode("bad").tolist()
    [2, 1, 3]
    """

    def __init__(self, alphabet: str) -> None:
        characters = alphabet.removeprefix(MARK)
        if not characters:
            raise AlphabetError("the alphabet is empty")
        if any(a >= b for a, b in pairwise(alphabet)):
            raise AlphabetError("the alphabet is out of order or repeats a character")
        if characters.isspace():
            raise AlphabetError("the alphabet holds nothing but blanks")
        for character in characters:
            if is_harmful(character):
                raise AlphabetError(f"the alphabet holds U+{ord(character):04X}")
        self.alphabet, self.characters = alphabet, characters
        self.mark = None if characters == alphabet else END + 1
        self._points = np.array([ord(character) for character in alphabet], np.uint32)

    @classmethod
    def of(cls, names: Iterable[str]) -> Vocabulary:
        """The vocabulary of the distinct characters in the names."""
        return cls("".join(sorted(set().union(*names))))

    def __len__(self) -> int:
        """V, the number of symbols: the characters and the end marker."""
        return len(self.alphabet) + 1

    def encode(self, name: str) -> NDArray[np.int32]:
        """The ids of the characters of a name, (len(name),), without an end marker.

        Raises AlphabetError, naming the character that is not in the alphabet.
        """
        points = np.frombuffer(name.encode("utf-32-le", "surrogatepass"), np.uint32)
        ids = np.searchsorted(self._points, points)
        known = self._points.take(ids, mode="clip") == points
        if not known.all():
            character = name[int(np.argmin(known))]
            raise AlphabetError(
                f"the character {character!r} (U+{ord(character):04X}) "
                "is not in the alphabet of the model"
            )
        return ids.astype(np.int32) + np.int32(END + 1)

    def decode(self, ids: Iterable[int]) -> str:
        """The inverse of `encode`."""
        return "".join(self.alphabet[i - END - 1] for i in ids)

    def sequences(self, names: Iterable[str]) -> Sequences:
        """All names, encoded, in one array. Raises AlphabetError as `encode` does."""
        parts = [np.array([END], np.int32)]
        rest = iter(names)
        while chunk := list(islice(rest, 65_536)):
            ends = np.cumsum([len(name) for name in chunk])
            parts.append(np.insert(self.encode("".join(chunk)), ends, END))
        return Sequences(np.concatenate(parts))
