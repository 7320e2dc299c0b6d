"""Near-copies: names one edit, or one move of a character, from a learned one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charnames.encoding.hashes import name_hashes
from charnames.encoding.near_copies import (
    near_copies,
    near_copies_of_known,
    near_forms,
    near_hashes,
    share_of_near_copies,
)

LIST = ["helium", "lithium", "neon", "o", "zinc"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("helium", True),  # itself
        ("heliun", True),
        ("hellium", True),
        ("elium", True),
        ("heliumm", True),
        ("ehlium", True),  # a character moved
        ("eliumh", True),
        ("hilithum", False),  # three edits from lithium
        ("heleun", False),
        ("", True),  # one character from "o"
        ("xy", False),
        ("ox", True),
        ("nenon", True),
        ("noen", True),
        ("none", True),
        ("enno", False),
    ],
)
def test_near_copies_of_a_list(name: str, near: bool) -> None:
    assert near_copies([name], near_hashes(LIST)).tolist() == [near]
    known = np.sort(name_hashes(LIST))
    assert near_copies_of_known([name], known, "ceahilmntuozx").tolist() == [near]


def shorter(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


names = st.text("abc", max_size=6)


@given(st.lists(names, min_size=1, max_size=5), st.lists(names, max_size=5))
@example(["ab"], ["ba"])
@example(["aab"], ["aba", "baa", "b"])
def test_exactly_those_with_a_form_in_common(
    learned: list[str], new: list[str]
) -> None:
    expected = [
        any(shorter(name) & shorter(other) for other in learned) for name in new
    ]
    assert near_copies(new, near_hashes(learned)).tolist() == expected
    known = np.unique(name_hashes(learned))
    assert near_copies_of_known(new, known, "abc").tolist() == expected


@given(st.lists(names, min_size=1, max_size=8))
def test_the_share_within_a_list(learned: list[str]) -> None:
    distinct = set(learned)
    near = [any(shorter(a) & shorter(b) for b in distinct - {a}) for a in distinct]
    assert share_of_near_copies(learned) == pytest.approx(sum(near) / len(near))


def test_no_list_and_no_names() -> None:
    assert near_copies([], near_hashes(LIST)).tolist() == []
    assert near_copies(["a"], near_hashes([])).tolist() == [False]
    assert near_copies_of_known(["a"], name_hashes([]), "ab").tolist() == [False]
    assert share_of_near_copies([]) == 0


def test_a_part_of_a_name_of_several_words_is_no_new_name() -> None:
    hashes = near_hashes(["beauty and the beast", "the old oak"])
    names = ["the beast", "the beasts", "old oak", "beast", "the oak", "beauty of oak"]
    expected = [True, True, True, False, False, False]
    assert near_copies(names, hashes).tolist() == expected


def mixed(number: int) -> int:
    """The last steps of splitmix64 (Steele, Lea & Flood 2014)."""
    z = (number + 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def test_the_hashes_of_forms_stay_what_model_files_hold() -> None:
    hashes, owners = near_forms(["helium", "o", ""])
    expected = {
        mixed(
            sum(mixed(ord(c)) * 0x9E3779B97F4A7C15**i for i, c in enumerate(form))
            + len(form)
        )
        for form in shorter("helium")
    }
    assert mixed(0) == 0xE220A8397B1DCDAF  # the first number of seed 0
    assert set(hashes[owners == 0].tolist()) == expected
    assert len(hashes) == 7 + 2 + 1
