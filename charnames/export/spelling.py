"""What a module needs to spell names: an alphabet with its letter case."""

from __future__ import annotations

from typing import Any

from charnames.encoding.letter_case import (
    CAPITALISED,
    TITLE,
    UPPER,
    own_words,
    restore,
    style_of,
)
from charnames.encoding.vocabulary import Vocabulary
from charnames.generation.constraints.symbols import SymbolKeys


def spelling_header(vocabulary: Vocabulary, case: str) -> dict[str, Any]:
    """The alphabet and case style of a model.

    small: the words that the style writes small, beside those of all titles.
    keys: what each symbol is recognised by in constraints. capitals: each symbol as a
    capital, as the style writes it at the beginning of a word.
    """
    symbols = SymbolKeys(vocabulary, case)
    style = CAPITALISED if style_of(case) in (CAPITALISED, TITLE) else UPPER
    capitals = [
        character if symbol == vocabulary.mark else restore(character, style)
        for symbol, character in enumerate(vocabulary.alphabet, 1)
    ]
    return {
        "case": style_of(case),
        "small": own_words(case),
        "symbols": [*vocabulary.alphabet],
        "marked": vocabulary.mark is not None,
        "keys": [symbols.key(character) for character in vocabulary.alphabet],
        "capitals": capitals,
    }
