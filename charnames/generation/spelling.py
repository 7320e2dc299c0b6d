"""Names as a model spells them, ids, to names as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import eq
from unicodedata import category, is_normalized, normalize

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import TITLE, encode, restore, style_of
from charnames.generation.name_form import NameForm
from charnames.nn.batching import Ids


class Speller:
    """Spells names: composed (NFC), with the letter case restored.

    It restores whole columns of characters at once where the case style goes by the
    letter and no two characters of the alphabet compose.
    """

    def __init__(self, form: NameForm) -> None:
        alphabet, self.case = form.vocabulary.alphabet, form.case
        self._points = _points(alphabet)
        self._composes = any(map(_may_compose, alphabet))
        self._blanks = any(map(str.isspace, alphabet))
        self._marked = form.vocabulary.mark is not None
        self._by_name = self._composes or self._marked or style_of(self.case) == TITLE
        if not self._by_name:
            self._first = _points(restore(c, self.case) for c in alphabet)
            self._later = _points(restore(f"a{c}", self.case)[1:] for c in alphabet)

    def __call__(self, ids: Ids) -> list[str]:
        """(N, L) ids, the end marker after each name's last -> the N names.

        A blank at the end of a name is left out.
        """
        if self._by_name:
            return [normalize("NFC", name) for name in self._restored(ids)]
        rows = self._later.take(ids)
        rows[:, 0] = self._first.take(ids[:, 0])
        return self._spelt(rows)

    def exact(self, ids: Ids) -> Ids:
        """Which of those names are spelt symbol by symbol as `encode` spells them, so
        that what holds for the symbols holds for the name.
        """
        if not self._composes:
            return np.arange(len(ids))
        kept = [is_normalized("NFC", name) for name in self._restored(ids)]
        return np.flatnonzero(kept)

    def faithful(self, ids: Ids, names: Sequence[str]) -> NDArray[np.bool_]:
        """Whether `encode` gives just those ids (N, L) of each of the N names, (N,). It
        does not where a name lost a blank at its end, or was composed.
        """
        written = _texts(self._points.take(ids))
        encoded = (encode(name, self.case, self._marked) for name in names)
        return np.fromiter(map(eq, encoded, written), np.bool_, len(names))

    def _restored(self, ids: Ids) -> list[str]:
        """The names with their case restored, not composed."""
        spelt = self._spelt(self._points.take(ids))
        restored = {name: restore(name, self.case) for name in {*spelt}}
        return [restored[name] for name in spelt]

    def _spelt(self, rows: NDArray[np.uint32]) -> list[str]:
        """(N, L) code points, 0 after each name's last -> the names."""
        names = _texts(rows)
        return [name.rstrip() for name in names] if self._blanks else names


def _texts(rows: NDArray[np.uint32]) -> list[str]:
    """(N, L) code points, 0 after each text's last -> the texts."""
    texts: list[str] = rows.view(f"<U{rows.shape[1]}")[:, 0].tolist()
    return texts


def _points(characters: Iterable[str]) -> NDArray[np.uint32]:
    """The code point of each symbol, (V,), that of the end marker 0."""
    return np.array([0, *map(ord, characters)], np.uint32)


def _may_compose(character: str) -> bool:
    """Whether it may become one with a character before it: marks and jamo."""
    return category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"
