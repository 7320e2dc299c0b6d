"""Names written out, against writing them out one by one."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data.name_list import as_name_list
from charnames.encoding.letter_case import KEEP, STYLES, encode_list, restore
from charnames.encoding.vocabulary import Vocabulary
from charnames.generation.name_form import NameForm
from charnames.generation.spelling import Speller, _may_compose
from charnames.nn.batching import END
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

# Marks that compose with the letter before them, though not all are combining: an acute
# and a cedilla, a Tamil vowel sign, and the jamo that make up a syllable.
MARKED = "eq\u0301\u0327\u0b86\u0bc6\u0bbe\u1100\u1161\u11a8"


def form_of(alphabet: str, case: str) -> NameForm:
    """The form of the names of a model that has learned one name of an alphabet."""
    encoded = encode_list(as_name_list(["".join(sorted(set(alphabet)))]), case)
    return NameForm(Vocabulary.of(encoded), case, 30)


@settings(max_examples=200, deadline=None)
@given(
    alphabet=st.text("abßéλ東-.'ŉ\U00010348", min_size=1, max_size=6)
    | st.text(MARKED, min_size=1, max_size=6)
    | st.text("ab c", min_size=2).filter(str.strip),
    case=st.sampled_from([KEEP, *STYLES]),
    data=st.data(),
)
def test_names_are_what_they_are_one_by_one(
    alphabet: str, case: str, data: st.DataObject
) -> None:
    form = form_of(f"a{alphabet}a", case)
    letters = st.text(form.vocabulary.characters, min_size=1, max_size=5)
    spelt = data.draw(
        st.lists(letters.filter(lambda n: not n[0].isspace()), min_size=1)
    )
    ids = np.full((len(spelt), 6), END, np.intp)
    for row, name in zip(ids, spelt, strict=True):
        row[: len(name)] = form.vocabulary.encode(name)
    composed = [unicodedata.normalize("NFC", name.rstrip()) for name in spelt]
    expected = [restore(name, case) for name in composed]
    speller = Speller(form)
    assert speller(ids) == expected
    for i in speller.exact(ids):
        assert len(expected[i]) == len(spelt[i].rstrip())
        assert expected[i].lower() == composed[i].lower()
    assert all(unicodedata.is_normalized("NFC", name) for name in expected)


@pytest.mark.parametrize("names", [["கொகெகா"], ["\u1100a\u1161\u11a8"]])
def test_what_composes_without_being_combining_is_composed(names: list[str]) -> None:
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    alphabet = "".join(sorted({*names[0], "\u0bc6", "\u0bbe"}))
    (start,) = train([f"{alphabet}"], recipe, seed=1, case=KEEP)
    drawn = list(start.model.sample(300, seed=1, any_form=True))
    assert len(set(drawn)) == 300
    assert all(unicodedata.is_normalized("NFC", name) for name in drawn)


def test_all_that_may_compose_is_known() -> None:
    pairs = map(unicodedata.decomposition, map(chr, range(sys.maxunicode + 1)))
    halves = [pair.split() for pair in pairs if " " in pair and pair[0] != "<"]
    assert len(halves) > 900
    assert all(_may_compose(chr(int(second, 16))) for _, second in halves)
