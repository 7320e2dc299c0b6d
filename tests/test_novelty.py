"""Which names are wanted, and when there is no use in drawing more."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.encoding.hashes import name_hashes
from charnames.generation.novelty import (
    LAST,
    WITH_ANOTHER_WAY,
    NoveltyFilter,
    TryBudget,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=9), max_size=9))
def test_a_filter_lets_each_name_through_once(batches: list[list[str]]) -> None:
    novelty, seen = NoveltyFilter([], unique=True), set[str]()
    for batch in batches:
        for name, wanted in zip(batch, novelty.wanted(batch), strict=True):
            assert wanted == (name not in seen)
            seen.add(name)


def test_a_full_filter_tells_what_it_remembers() -> None:
    novelty = NoveltyFilter([], unique=True, capacity=2)
    assert novelty.wanted(["a", "b", "c"]).tolist() == [True, True, True]
    assert novelty.wanted(["a", "b", "c"]).tolist() == [False, False, True]
    assert novelty.wanted(["a", "b", "c"]).tolist() == [False, False, True]


def test_what_is_barred_is_left_out_where_repeats_are_not() -> None:
    novelty = NoveltyFilter([np.sort(name_hashes(["a", "b"]))], unique=False)
    assert not novelty.idle
    assert novelty.wanted(["a", "c", "c"]).tolist() == [False, True, True]
    assert NoveltyFilter([], unique=False).idle
    assert not NoveltyFilter([], unique=True).idle


def tries_until_exhausted(names: int, of: int) -> int:
    """How many there are where so many of so many give a name."""
    budget = TryBudget()
    while not budget.exhausted and budget.tries < 3 * LAST.period:
        budget.record(of, names)
    return budget.tries


def test_it_is_exhausted_when_none_comes_for_long() -> None:
    assert tries_until_exhausted(names=0, of=1024) == LAST.fruitless
    assert tries_until_exhausted(names=0, of=4096) == LAST.fruitless


def test_tries_of_long_names_count_for_many() -> None:
    budget = TryBudget(least_length=10_000)
    budget.record(210, 0)  # 210 * 312 is less than 65,536
    assert not budget.exhausted
    budget.record(1, 0)
    assert budget.exhausted
    short = TryBudget(least_length=63)
    short.record(LAST.fruitless - 1, 0)
    assert not short.exhausted


def test_it_is_exhausted_when_too_few_come() -> None:
    assert tries_until_exhausted(names=1, of=LAST.rare + 1) < 1.01 * LAST.period
    assert tries_until_exhausted(names=1, of=LAST.rare - 1) >= 3 * LAST.period


def test_what_was_found_before_does_not_count() -> None:
    budget = TryBudget()
    budget.record(LAST.period, LAST.period)
    assert not budget.exhausted
    for _ in range(LAST.period // 4096):
        budget.record(4096, 1)
    assert budget.exhausted and budget.names == LAST.period + LAST.period // 4096


def test_a_way_is_left_sooner_where_there_is_another() -> None:
    budget = TryBudget(ways=2)
    while not budget.exhausted:
        budget.record(1024, 1024 // WITH_ANOTHER_WAY.rare)
    assert budget.tries == WITH_ANOTHER_WAY.period
    budget.renew()
    for _ in range(16):
        budget.record(1024, 1024 // WITH_ANOTHER_WAY.rare)
        assert not budget.exhausted
