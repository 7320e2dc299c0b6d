"""The form of a list's names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.encoding.list_form import ListForm

SPELLS = ["fire ball", "ice storm", "soul drain"]
TITLES = [
    *("the eye of rome", "the cat of the king", "the son of the sea", "the end"),
    *("the dog of crete", "cat of war", "the man of the hill", "the cup"),
    *("the heir of rhodes", "the art of the deal", "eye of ra", "the day of the cat"),
]


def test_the_form_of_a_list() -> None:
    assert ListForm.of(SPELLS) == ListForm(9, 2, 2, 2, False, ("* *",))
    assert ListForm.of(["o", "mama mama", "aaa b c"]) == ListForm(1, 3, 1, 3, True)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("sand storm", True),
        ("sandstorm", False),  # one word
        ("ice of fire", False),  # three words
        ("fire fire", False),  # a word twice
        ("red fall", False),  # shorter than any
        ("free balll", False),  # three of a letter in a row
    ],
)
def test_names_of_that_form(name: str, fits: bool) -> None:
    assert ListForm.of(SPELLS).fits([name]) == [fits]


def test_the_patterns_of_titles() -> None:
    patterns = {"* of *", "the *", "the * of *", "the * of the *"}
    assert set(ListForm.of(TITLES).patterns) == patterns


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("the king of war", True),
        ("the art of the hill", True),  # "the" twice
        ("the art of the art", False),  # a word twice that is no function word
        ("the king the hill", False),
        ("the cat of the end of war", False),
        ("rome of the cat", False),
    ],
)
def test_titles_keep_the_patterns_of_the_list(name: str, fits: bool) -> None:
    assert ListForm.of(TITLES).fits([name]) == [fits]


def test_where_patterns_are_as_many_as_names_any_will_do() -> None:
    form = ListForm.of(["red fox", "the red cat", "a cat of red stone"])
    assert form.patterns == ()
    assert form.fits(["fox red cat"]) == [True]


def test_names_of_one_word_have_no_patterns() -> None:
    assert ListForm.of(["rome", "crete", "new york"]).patterns == ()


@given(st.lists(st.text(" ab", min_size=1, max_size=9), min_size=1))
def test_a_list_has_its_own_form(names: list[str]) -> None:
    assert all(ListForm.of(names).fits(names))


def test_any_form_is_the_widest() -> None:
    assert all(ListForm().fits(["a", "a" * 99, "b b b"]))
