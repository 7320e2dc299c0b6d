"""Which names are wanted, and when there is no use in drawing more."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.generation.novelty import IN_VAIN, PERIOD, RARE, Sieve, Supply


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=9), max_size=9))
def test_a_sieve_lets_each_name_through_once(batches: list[list[str]]) -> None:
    sieve, seen = Sieve([], unique=True), set[str]()
    for batch in batches:
        for name, wanted in zip(batch, sieve.wanted(batch), strict=True):
            assert wanted == (name not in seen)
            seen.add(name)


def test_a_full_sieve_tells_what_it_remembers() -> None:
    sieve = Sieve([], unique=True, capacity=2)
    assert sieve.wanted(["a", "b", "c"]).tolist() == [True, True, True]
    assert sieve.wanted(["a", "b", "c"]).tolist() == [False, False, True]


def tries_until_dry(found: int, of: int) -> int:
    """How many there are where so many of so many give a name."""
    supply = Supply()
    while not supply.dry and supply.tries < 3 * PERIOD:
        supply.count(of, found)
    return supply.tries


def test_it_is_dry_when_none_comes_for_long() -> None:
    assert tries_until_dry(found=0, of=1024) == IN_VAIN
    assert tries_until_dry(found=0, of=4096) == IN_VAIN


def test_it_is_dry_when_too_few_come() -> None:
    assert tries_until_dry(found=1, of=RARE + 1) < 1.01 * PERIOD
    assert tries_until_dry(found=1, of=RARE - 1) >= 3 * PERIOD


def test_what_was_found_before_does_not_count() -> None:
    supply = Supply()
    supply.count(PERIOD, PERIOD)
    assert not supply.dry
    for _ in range(PERIOD // 4096):
        supply.count(4096, 1)
    assert supply.dry and supply.found == PERIOD + PERIOD // 4096
