"""Letters whose case is not one to one: constraints, blocklists, the best names, scores
and free samples speak of the same names.
"""

from __future__ import annotations

import fnmatch
import math
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import KEEP, STYLES, encode, restore
from charnames.errors import SamplingError
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

LISTS = {
    "dotted_i": ["İi", "İnİ", "İn", "Nİi"],
    "dotted_i_in_capitals": ["İN", "NİI", "INİ"],
    "dotless_i": ["Iı", "Iın", "Nı"],
    "sharp_s": ["Saß", "Aßa", "Sa"],
    "capital_sharp_s": ["SAẞ", "AẞA", "SA"],
    "final_sigma": ["Σας", "Ασας", "Σα"],
    "sigma_in_capitals": ["ΑΣ", "ΑΣΑΣ", "ΣΑΣ", "ΣΑ"],
    "apostrophe_n": ["ŉaa", "Anŉ", "Nŉ"],
    "j_with_caron": ["J\u030caj", "Aǰa", "Jaǰ"],
    "iota_with_two_marks": ["Αΐα", "Ϊ\u0301α", "Ααΐ"],
    "iota_with_two_marks_in_capitals": ["ΑΪ\u0301", "Ϊ\u0301Α", "ΑΑ"],
    "iota_below": ["ᾼᾳ", "Αᾳ", "ᾼ"],
    "ligatures": ["Aﬁa", "Iﬁ", "Aﬀ"],
    "digraphs": ["ǅa", "Aǆ", "ǅaǆ"],
    "digraphs_in_capitals": ["ǄA", "AǄ", "ǄAǄ"],
    "georgian": ["ანა", "ნან", "Ann"],
    "kelvin": ["Kk", "Kka", "Ak"],
    "micro": ["µm", "Μμ", "Mµ"],
}
each_list = pytest.mark.parametrize("names", LISTS.values(), ids=LISTS.keys())
LONGEST = 4


def model_of(names: list[str]) -> Model:
    """A model that writes the characters of the list in any order."""
    recipe = Recipe(hidden_size=5, samples=1, iterations=0)
    return next(train(names, recipe, seed=2)).model


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@cache
def simple(character: str) -> str:
    """What all cases of a letter have in common."""
    if character in "iıİ":  # ı and İ are other letters than i
        return character
    capital = character.upper()
    if len(capital) > 1:  # ẞ is the capital of ß
        return character.lower() if len(character.lower()) == 1 else character
    return capital.lower() if len(capital.lower()) == 1 else capital


def plain(text: str, model: Model) -> str:
    """The text as those who ignore its case read it."""
    text = composed(text)
    return text if model.case == KEEP else "".join(map(simple, text))


def all_names(model: Model) -> list[str]:
    """Every name of up to LONGEST characters that the model may write."""
    symbols = [
        "".join(characters)
        for length in range(1, LONGEST + 1)
        for characters in product(model.vocabulary.alphabet, repeat=length)
    ]
    names = [(restore(name, model.case), name) for name in symbols]
    return [
        name
        for name, spelt in names
        if composed(name) == name
        and encode(name, model.case) == spelt
        and not unicodedata.category(name[0]).startswith("M")
    ]


def pieces(names: list[str]) -> list[str]:
    """All that stands in the names, one or two characters long."""
    names = [composed(name) for name in names]
    return sorted({n[i : i + k] for n in names for k in (1, 2) for i in range(len(n))})


def cases(piece: str, model: Model) -> set[str]:
    """The piece in all cases that are the same to the model."""
    every = {piece, piece.upper(), piece.lower()}
    return {text for text in every if plain(text, model) == plain(piece, model)}


def ways(model: Model, piece: str) -> dict[str, Callable[[str], bool]]:
    """What each option takes of the piece, and which names it leaves."""
    wanted = plain(piece, model)

    def blocked(name: str) -> bool:
        return composed(name.lower()) == composed(piece.lower())

    def matches(pattern: str) -> Callable[[str], bool]:
        return lambda name: fnmatch.fnmatchcase(plain(name, model), pattern)

    return {
        "prefix": matches(f"{wanted}*"),
        "suffix": matches(f"*{wanted}"),
        "contains": matches(f"*{wanted}*"),
        "match": matches(f"?{wanted}*"),
        "regex": matches(f"?{wanted}*"),
        "avoid_within": lambda name: (
            not (blocked(name) or wanted in plain(name, model))
        ),
        "avoid": lambda name: not blocked(name),
    }


def options(way: str, piece: str) -> dict[str, object]:
    if way.startswith("avoid"):
        return {"avoid": [piece], "avoid_within": way == "avoid_within"}
    pattern = {"match": f"?[{piece[0]}]{piece[1:]}*", "regex": f".{piece}.*"}
    return {way: pattern.get(way, piece)}


@each_list
def test_encoding_and_restoring_are_inverse(names: list[str]) -> None:
    style, odd = detect_case(names)
    assert not odd
    for name in map(composed, names):
        symbols = encode(name, style)
        assert len(symbols) == len(name)
        assert restore(symbols, style) == name
        for i in range(len(name) + 1):  # whatever stands beside a character
            parts = (encode(part, style, marks=False) for part in (name[:i], name[i:]))
            assert "".join(parts) == symbols


@each_list
def test_fault_31_the_best_names_are_those_with_the_best_scores(
    names: list[str],
) -> None:
    model = model_of(names)
    scores = {s.name: s.nats or math.inf for s in model.score(all_names(model))}
    ranked = sorted((nats, name) for name, nats in scores.items())
    pytest.importorskip("greenery")
    for piece in pieces(names):
        if len(piece) == 2 and unicodedata.category(piece[0]).startswith("M"):
            continue
        for spelt in cases(piece, model):
            for way, allowed in ways(model, spelt).items():
                those = (entry for entry in ranked if allowed(entry[1]))
                expected = list(islice(those, 5))
                wanted = options(way, spelt)
                try:
                    best = list(
                        model.best(
                            5, max_length=LONGEST, novel=False, **wanted, any_form=True
                        )  # type: ignore[arg-type]
                    )
                except SamplingError:
                    assert len(expected) < 5
                    continue
                nats = [nats for nats, _ in expected]
                assert [entry.nats for entry in best] == pytest.approx(nats, rel=1e-4)
                assert len({entry.name for entry in best}) == 5
                for entry in best:
                    assert allowed(entry.name), wanted
                    assert entry.nats == pytest.approx(scores[entry.name], rel=1e-4)


@each_list
def test_fault_31_free_samples_are_names_that_can_be_asked_for(
    names: list[str],
) -> None:
    model = model_of(names)
    possible = set(all_names(model))
    drawn = [
        n
        for n in model.sample(300, seed=1, novel=False, unique=False, any_form=True)
        if len(n) <= LONGEST
    ]
    exact = [name for name in drawn if name in possible]
    assert len(exact) > 0.8 * len(drawn) > 30
    for name in exact[:20]:
        wanted = {"prefix": name, "min_length": len(name), "max_length": len(name)}
        again = set(model.sample(1, seed=1, novel=False, **wanted, any_form=True))  # type: ignore[arg-type]
        assert {plain(other, model) for other in again} == {plain(name, model)}
        blocked = model.sample(
            9, seed=1, novel=False, avoid=[name.upper(), name], any_form=True
        )
        assert name not in list(blocked)


CASED = [c for c in map(chr, range(sys.maxunicode + 1)) if c.lower() != c.upper()]
SPECIAL = [c for c in CASED if len({c, c.lower(), c.upper()}) > 2 or len(c.upper()) > 1]


@settings(deadline=None, max_examples=300)
@given(
    name=st.text(st.sampled_from(SPECIAL) | st.sampled_from("aΣσς iI\u0301\u0307")),
    style=st.sampled_from([*STYLES, KEEP]),
)
def test_fault_31_symbols_are_characters_whatever_stands_beside_them(
    name: str, style: str
) -> None:
    name = composed(name)
    assert restore(encode(name, style), style) == name
    symbols = encode(name, style, marks=False)
    assert len(symbols) == len(name)
    assert symbols == "".join(encode(c, style, marks=False) for c in name)
    restored = restore(symbols, style)
    if unicodedata.is_normalized("NFC", restored):
        assert encode(restored, style) == symbols
    assert restored.casefold() == name.casefold()


def test_fault_31_every_letter_comes_back_in_the_styles_that_it_follows() -> None:
    for capital in CASED:
        if composed(capital) == capital and not capital.islower():
            for style, name in (("upper", capital * 2), ("capitalised", f"{capital}x")):
                in_style = restore(encode(name, style), style)
                assert encode(in_style, style) == encode(name, style)
                if capital == (
                    capital.title() if style == "capitalised" else capital.upper()
                ):
                    assert in_style == name
