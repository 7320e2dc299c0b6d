"""Characters <-> ids, and a list's letter case: folded away, and put back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from charnames.data.names import is_harmful
from charnames.errors import AlphabetError
from charnames.nn.batching import END, Sequences

# In titles the short words stand in lower case, unless they begin the title or a part.
_SMALL = frozenset(
    "a an and as at but by for from in into nor of on or per the to vs. with".split()  # noqa: SIM905
)
_WORD = re.compile(r"(?<!\w)[^\W\d_][^\s\-–—/&.:(·]*\.?")

# How much of a list has to follow a style for its case to be folded away.
_ENOUGH = 0.95


class Vocabulary:
    """An alphabet with an id for each character: 1 ... V - 1 in the order of their code
    points, and END = 0 for the marker that ends a name.

    Raises AlphabetError where the alphabet is empty, out of order, nothing but blanks,
    repeats a character, or holds one that a list of names would be refused for.

    >>> Vocabulary.of(["ada", "bob"]).encode("bad").tolist()
    [2, 1, 3]
    """

    def __init__(self, alphabet: str) -> None:
        if not alphabet:
            raise AlphabetError("the alphabet is empty")
        if any(a >= b for a, b in pairwise(alphabet)):
            raise AlphabetError("the alphabet is out of order or repeats a character")
        if alphabet.isspace():
            raise AlphabetError("the alphabet holds nothing but blanks")
        for character in alphabet:
            if is_harmful(character):
                raise AlphabetError(f"the alphabet holds U+{ord(character):04X}")
        self.alphabet = alphabet
        self._points = np.array([ord(character) for character in alphabet], np.uint32)

    @classmethod
    def of(cls, names: Iterable[str]) -> Vocabulary:
        """The sorted set of the characters of the names."""
        return cls("".join(sorted(set().union(*names))))

    def __len__(self) -> int:
        """V: the alphabet and the end marker."""
        return len(self.alphabet) + 1

    def encode(self, name: str) -> NDArray[np.int32]:
        """The ids of the characters, (len(name),), no end marker.

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
        """All names at once. Raises AlphabetError as `encode` does."""
        parts = [np.array([END], np.int32)]
        rest = iter(names)
        while chunk := list(islice(rest, 65_536)):
            ends = np.cumsum([len(name) for name in chunk])
            parts.append(np.insert(self.encode("".join(chunk)), ends, END))
        return Sequences(np.concatenate(parts))


def _lower(name: str) -> str:
    return name


def _upper(name: str) -> str:
    return "".join(map(_upper_one, name)) if not name.isascii() else name.upper()


def _upper_one(character: str) -> str:
    """The capital, or the letter itself where it has none of its own, as ß."""
    capital = character.upper()
    return capital if len(capital) == 1 else character


def _capitalised(name: str) -> str:
    return _upper_one(name[:1]) + name[1:]


def _title(name: str) -> str:
    if name.isalpha():  # a word alone, as most names are
        return _capitalised(name)
    first = True

    def put_back(match: re.Match[str]) -> str:
        nonlocal first
        word, before = match[0], name[: match.start()].rstrip(" ")
        starts = first or before[-1:] in tuple(":-–—(/?!")
        first = False
        return word if word in _SMALL and not starts else _capitalised(word)

    return _WORD.sub(put_back, name)


TITLE = "title"  # goes by the word, where the other styles go by the letter

# How each style is put back on a folded name.
STYLES: dict[str, Callable[[str], str]] = {
    "lower": _lower,
    "upper": _upper,
    "capitalised": _capitalised,
    TITLE: _title,
}
KEEP = "keep"
AUTO = "auto"  # not a style: decide by the list


def fold(name: str, case: str) -> str:
    """The name as a model of that case style spells it: in lower case, or as it is.

    >>> fold("Amélie", "title")
    'amélie'
    """
    return unicodedata.normalize("NFC", name if case == KEEP else name.lower())


def restore(name: str, case: str) -> str:
    """The case put back on what `fold` gave, as far as the style tells it.

    >>> restore("who's afraid of virginia woolf?", "title")
    "Who's Afraid of Virginia Woolf?"
    """
    if case == KEEP:
        return name
    restored = STYLES[case](name)
    # A capital and its accent may be one letter where the small one was two.
    return restored if restored.isascii() else unicodedata.normalize("NFC", restored)


def detect_case(names: Sequence[str]) -> tuple[str, int]:
    """The style that the names follow, and how many do not.

    `keep` where no style fits nearly all of them, or none has a case to fold.
    """
    folded = [fold(name, "lower") for name in names]
    if not any(name.upper() != name for name in folded):
        return KEEP, 0
    odd = {
        style: sum(
            restore(low, style) != name for low, name in zip(folded, names, strict=True)
        )
        for style in STYLES
    }
    style = min(odd, key=lambda style: odd[style])
    if odd[style] > (1 - _ENOUGH) * len(names):
        return KEEP, 0
    return style, odd[style]
