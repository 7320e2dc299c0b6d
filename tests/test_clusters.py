"""Characters of several code points: no name begins or ends within one."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.encoding.graphemes import edges
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import SamplingError
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

LISTS = {
    "marks": ["q\u0301a", "b\u0327\u0301", "ab\u0308"],
    "devanagari": ["प्रिया", "राहुल", "किरण", "अनुष्का"],
    "hebrew_points": ["שָׁלוֹם", "דָּוִד", "רִבְקָה"],
    "arabic_marks": ["مُحَمَّد", "فَاطِمَة", "عُمَر"],
    "persian_non_joiner": ["می‌خواهم", "نیم‌روز", "علی"],
    "tamil": ["கார்த்திக்", "மீனா", "சிவா"],
    "thai": ["สมชาย", "กิ่งแก้ว", "น้ำฝน"],
    "families": ["👩‍👩‍👧", "👨‍👩‍👧‍👦", "👩‍💻", "🏳️‍🌈"],
    "skin_tones": ["👍🏽", "👋🏿", "👩🏽‍🚀"],
    "flags": ["🇫🇷", "🇩🇪🇯🇵", "🇧🇷"],
    "flags_of_tags": ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
    "keycaps": ["1️⃣", "2️⃣a", "#️⃣"],
}
JOINERS = "\u200c\u200d"


def is_whole(name: str) -> bool:
    """Whether it neither begins nor ends within a character."""
    tail = len(name) - len(name.rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
    return (
        bool(name)
        and not unicodedata.category(name[0]).startswith("M")
        and name[0] not in JOINERS + "\U0001f3fb\U0001f3fd\U0001f3ff"
        and not 0xE0020 <= ord(name[0]) <= 0xE007F
        and name[-1] not in JOINERS
        and not 0xE0020 <= ord(name[-1]) <= 0xE007E
        and tail % 2 == 0
    )


def untrained(names: list[str], seed: int = 1) -> Model:
    """A model that writes the characters of the list in any order."""
    recipe = Recipe(hidden_size=3, samples=20, iterations=0)
    return next(train(names, recipe, seed=seed)).model


each_list = pytest.mark.parametrize("names", LISTS.values(), ids=LISTS.keys())


@each_list
def test_the_lists_are_whole(names: list[str]) -> None:
    assert all(map(is_whole, names))


@each_list
@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"max_length": 2},
        {"max_length": 4, "min_length": 4},
        {"temperature": 0.0},
        {"temperature": 50.0, "top_k": 4},
        {"match": "*?"},
    ],
    ids=str,
)
def test_no_name_is_cut_within_a_character(
    names: list[str], wanted: dict[str, Any]
) -> None:
    model = untrained(names)
    result = list(
        model.sample(300, seed=1, novel=False, unique=False, **wanted, any_form=True)
    )
    assert len(result) == 300
    assert [name for name in result if not is_whole(name)] == []


@each_list
def test_nor_is_one_of_a_report_or_of_the_best(names: list[str]) -> None:
    recipe = Recipe(hidden_size=3, samples=50, iterations=0)
    (checkpoint,) = train(names, recipe, seed=1)
    best = checkpoint.model.best(20, novel=False, max_length=4, any_form=True)
    written = [*checkpoint.names, *(entry.name for entry in best)]
    assert len(written) == 70
    assert all(map(is_whole, written))


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(
        st.text("ab \u0301\u094d\u200c\u200d👩🏽🇫🇷️⃣\U000e0067\U000e007f", min_size=1),
        min_size=1,
        max_size=4,
    ),
    seed=st.integers(0, 99),
)
def test_any_list_gives_whole_names_or_has_none(names: list[str], seed: int) -> None:
    joiners = " \u200c\u200d"  # a name of these alone is no name
    names = [name for name in map(str.strip, names) if name.strip(joiners)] or ["a"]
    model = untrained(names, seed)
    result = list(model.sample(50, seed=seed, novel=False, unique=False, any_form=True))
    assert len(result) == 50 and all(result)
    starts = set(model.vocabulary.alphabet) - set(not_first(model))
    if starts:
        assert all(map(is_whole, result))


def test_no_name_is_a_blank_where_nothing_could_begin_one() -> None:
    model = untrained(["\u0301 \u0301"])
    names = list(model.sample(300, seed=1, novel=False, unique=False, any_form=True))
    assert all(name.strip() for name in names)


def not_first(model: Model) -> list[str]:
    """The characters that begin no name."""
    edge_ids = edges(model.vocabulary.alphabet)
    ids = {*edge_ids.blanks, *edge_ids.later}
    return [c for i, c in enumerate(model.vocabulary.alphabet, 1) if i in ids]


def test_what_is_cut_is_a_clash_where_all_would_be() -> None:
    with pytest.raises(SamplingError, match="max_length 1"):
        untrained(LISTS["flags"]).sample(1, max_length=1, any_form=True)
    with pytest.raises(SamplingError, match="suffix"):
        untrained(LISTS["families"]).sample(1, suffix="\u200d", any_form=True)
    with pytest.raises(SamplingError, match="prefix"):
        untrained(LISTS["marks"]).sample(1, prefix="\u0301", any_form=True)


def test_an_ordinary_alphabet_has_no_edges_but_blanks() -> None:
    vocabulary = Vocabulary.of(["Ada Lovelace", "Żółć", "Ёлка", "東京", "O'Neill-1"])
    edge_ids = edges(vocabulary.alphabet)
    assert (edge_ids.later, edge_ids.unfinished, edge_ids.halves) == ([], [], [])
    assert [vocabulary.alphabet[i - 1] for i in edge_ids.blanks] == [" "]
