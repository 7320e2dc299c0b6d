"""The form of a list's names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charnames.encoding.list_form import ListForm

SPELLS = ["fire ball", "ice storm", "soul drain"]


def test_the_form_of_a_list() -> None:
    assert ListForm.of(SPELLS) == ListForm(9, 2, 2, 2, False)
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


@given(st.lists(st.text(" ab", min_size=1, max_size=9), min_size=1))
def test_a_list_has_its_own_form(names: list[str]) -> None:
    assert all(ListForm.of(names).fits(names))


def test_any_form_is_the_widest() -> None:
    assert all(ListForm().fits(["a", "a" * 99, "b b b"]))
