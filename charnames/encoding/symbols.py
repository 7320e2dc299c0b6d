"""Symbols of a source or a target: characters, or what stands between blanks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.errors import AlphabetError
from charnames.io.safe_text import is_harmful
from charnames.io.strict_json import FormatError, compact, parse
from charnames.nn.batching import END, Sequences

_FAR_FEWER = 0.75

Form = Literal["NFC", "NFD"]


class Symbols:
    """An alphabet of symbols: END = 0 for the marker that ends a text, 1 ... for the
    symbols in their order, and one more for every symbol that is unknown.

    alphabet: sorted. unit: "character"; or "blank", where blanks part the symbols, as
    those of phonemes. form: "NFC", or "NFD" where texts are decomposed to be read, and
    composed again when they are written. Raises AlphabetError for an alphabet that
    cannot be.

    >>> phonemes = Symbols.of(["a b ɛ r"], "blank")
    >>> phonemes.encode("b a ʒ").tolist()
    [2, 1, 5]
    >>> phonemes.decode([1, 2])
    'a b'
    """

    def __init__(
        self, alphabet: Sequence[str], unit: str = "character", form: Form = "NFC"
    ) -> None:
        if not alphabet:
            raise AlphabetError("the alphabet is empty")
        if list(alphabet) != sorted(set(alphabet)):
            raise AlphabetError("the alphabet is out of order or repeats a symbol")
        self.alphabet, self.unit, self.form = tuple(alphabet), unit, form
        for symbol in alphabet:
            if any(map(is_harmful, symbol)):
                raise AlphabetError(f"the alphabet holds {symbol!a}")
            if self.split(symbol) != [symbol]:
                raise AlphabetError(f"the alphabet holds {symbol!a}, no single symbol")
        self._ids = {symbol: i for i, symbol in enumerate(self.alphabet, END + 1)}

    @classmethod
    def of(cls, texts: Iterable[str], unit: str = "character") -> Symbols:
        """The symbols of texts in NFC. Characters are decomposed where far fewer of
        them spell all texts so, as those of Hangul. Raises AlphabetError for no symbol.

        >>> Symbols.of(list("각난간낙곡논곤녹")).form
        'NFD'
        """
        texts = [*texts]
        composed = set(chain.from_iterable(_split(text, unit, "NFC") for text in texts))
        if unit != "character":
            return cls(sorted(composed), unit)
        parts = set(chain.from_iterable(_split(text, unit, "NFD") for text in texts))
        if len(parts) <= _FAR_FEWER * len(composed):
            return cls(sorted(parts), unit, "NFD")
        return cls(sorted(composed), unit)

    def __len__(self) -> int:
        """V: the symbols, the end marker and the unknown symbol."""
        return len(self.alphabet) + 2

    @property
    def unknown(self) -> int:
        """The id of a symbol that is not in the alphabet."""
        return len(self.alphabet) + 1

    def split(self, text: str) -> list[str]:
        """The symbols of a text."""
        return _split(text, self.unit, self.form)

    def encode(self, text: str) -> NDArray[np.int32]:
        """The ids of the symbols of a text, without the end marker."""
        id_of, unknown = self._ids.get, self.unknown
        ids = [id_of(symbol, unknown) for symbol in self.split(text)]
        return np.array(ids, np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """The inverse of `encode`, for symbols of the alphabet; in NFC."""
        between = " " if self.unit == "blank" else ""
        text = between.join(self.alphabet[i - END - 1] for i in ids)
        return unicodedata.normalize("NFC", text)

    def missing(self, text: str) -> list[str]:
        """The symbols of a text that are not in the alphabet, each once."""
        return [s for s in dict.fromkeys(self.split(text)) if s not in self._ids]

    def sequences(self, texts: Iterable[str], repeat: int = 1) -> Sequences:
        """All texts at once. repeat: how often each symbol stands one after the other,
        for the frames that CTC needs.
        """
        parts = [np.array([END], np.int32)]
        for text in texts:
            parts += [np.repeat(self.encode(text), repeat), parts[0]]
        return Sequences(np.concatenate(parts))


class SymbolPair(NamedTuple):
    """The symbols of both sides of pairs; source is None where numbers are read."""

    source: Symbols | None
    target: Symbols

    def text(self) -> str:
        """Both as JSON, as a model file holds them."""
        sides = {
            name: [symbols.form, *symbols.alphabet] if symbols else None
            for name, symbols in self._asdict().items()
        }
        return compact(sides)

    @classmethod
    def of_text(cls, text: str, source_unit: str, target_unit: str) -> SymbolPair:
        """The inverse of `text`. Raises FormatError or AlphabetError for others."""
        sides = parse(text, "the alphabet")
        if list(sides) != ["source", "target"] or sides["target"] is None:
            raise FormatError("the alphabet does not say source and target")
        source, target = (
            _from_list(side, unit)
            for side, unit in zip(
                sides.values(), (source_unit, target_unit), strict=True
            )
        )
        assert target
        return cls(source, target)


def _from_list(side: object, unit: str) -> Symbols | None:
    if side is None:
        return None
    if not isinstance(side, list) or not all(isinstance(part, str) for part in side):
        raise FormatError("a side of the alphabet is no list of texts")
    form, *alphabet = side or [""]
    if form not in ("NFC", "NFD"):
        raise FormatError(f"a side of the alphabet is in the form {form!a}")
    return Symbols(alphabet, unit, form)


def _split(text: str, unit: str, form: Form) -> list[str]:
    if unit == "blank":
        return unicodedata.normalize("NFC", text).split()
    return list(unicodedata.normalize(form, text))
