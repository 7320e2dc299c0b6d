"""Picking the next symbols, and names that share a row because they begin alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.errors import SamplingError
from charnames.generation.choice import Choice, finite, pick_by, weigh
from charnames.generation.rows import Rows
from charnames.nn.batching import END, Ids

V = 3  # the end marker, a and b


def at_the_start(count: int) -> tuple[Ids, Ids]:
    """Names of one kind."""
    return np.arange(count), np.zeros(count, np.intp)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from([0, 0, 1, 2]), min_size=6), min_size=1))
def test_a_row_stands_for_all_that_have_begun_alike(names: list[list[int]]) -> None:
    (rows, _), spelt = Rows.sharing(*at_the_start(len(names))), [()]
    for t in range(6):
        assert len(rows.first) == len(spelt)
        for name, row in zip(rows.running, rows.row, strict=True):
            assert tuple(names[name][:t]) == spelt[row]
        for name, beginning in zip(rows.first, spelt, strict=True):
            assert tuple(names[name][:t]) == beginning
        if len(rows.first) == len(rows.running):
            assert rows.row.tolist() == list(range(len(rows.running)))
        ids = np.array([names[name][t] for name in rows.running], np.intp)
        rows, parents, symbols = rows.after(ids, END, V)
        spelt = [(*spelt[p], s) for p, s in zip(parents, symbols, strict=True)]
    assert all(END not in names[name][:6] for name in rows.running)


def test_of_each_kind_is_one_row() -> None:
    running, kinds = np.array([2, 5, 7, 8]), np.array([4, 1, 4, 1])
    rows, kind = Rows.sharing(running, kinds)
    assert (kind[rows.row] == kinds).all() and len(kind) == 2
    # A name of the row is of its kind.
    assert [kinds[running == name].item() for name in rows.first] == kind.tolist()
    rows, kind = Rows.sharing(running[:2], kinds[:2])
    assert (rows.row.tolist(), kind.tolist()) == ([0, 1], [4, 1])


def test_rows_are_shared_as_long_as_it_is_of_use() -> None:
    rows, _ = Rows.sharing(*at_the_start(4))
    rows, _, symbols = rows.after(np.array([1, 1, 2, 0]), END, V)
    assert (rows.running.tolist(), symbols.tolist()) == ([0, 1, 2], [1, 2])
    rows, _, symbols = rows.after(np.array([2, 1, 1]), END, V)
    assert (rows.row.tolist(), symbols.tolist()) == ([0, 1, 2], [2, 1, 1])


@settings(max_examples=100, deadline=None)
@given(
    weights=st.lists(
        st.lists(st.sampled_from([0.0, 1e-9, 1.0, 3.0]), min_size=4, max_size=4).filter(
            any
        ),
        min_size=1,
        max_size=5,
    ),
    uniform=st.lists(st.floats(0, 1, exclude_max=True, width=32), min_size=1),
    data=st.data(),
)
def test_a_symbol_is_picked_by_the_weights_of_its_row(
    weights: list[list[float]], uniform: list[float], data: st.DataObject
) -> None:
    n, U = len(uniform), len(weights)
    row = data.draw(st.lists(st.integers(0, U - 1), min_size=n, max_size=n))
    if n == U:
        row = list(range(n))
    likely = np.array(weights, np.float32).T
    picked = pick_by(likely.copy(), np.array(uniform, np.float32), np.array(row))
    for symbol, u, r in zip(picked.tolist(), uniform, row, strict=True):
        assert weights[r][symbol] > 0
        total = sum(weights[r])
        assert sum(weights[r][:symbol]) <= u * total * (1 + 1e-6)
        assert u * total <= sum(weights[r][: symbol + 1]) * (1 + 1e-6)


def kept(*probabilities: float, **settings: float) -> list[float]:
    """The probabilities of the symbols that are left, adjusted."""
    z = np.log(np.array(probabilities, np.float32))[:, None]
    weights = weigh(finite(z), Choice(**settings))[:, 0]
    return [round(float(p), 4) for p in weights / weights.sum() if p]


def test_top_p_keeps_no_more_than_it_takes() -> None:
    assert kept(0.5, 0.25, 0.25, top_p=0.5) == [1]
    assert kept(0.5, 0.3, 0.2, top_p=0.51) == [0.625, 0.375]


def test_min_p_keeps_what_is_just_likely_enough() -> None:
    assert kept(0.5, 0.25, 0.25, min_p=0.5) == [0.5, 0.25, 0.25]
    assert kept(0.5, 0.3, 0.2, min_p=0.5) == [0.625, 0.375]
    assert kept(0.5, 0.3, 0.2, min_p=1.0) == [1]


def test_temperature_comes_before_all_that_narrows() -> None:
    # At 0.25 the probabilities are 0.9227, 0.0577, 0.0182 and 0.0014.
    likely = (0.48, 0.24, 0.18, 0.1)
    assert kept(*likely, temperature=0.25, top_p=0.9) == [1]
    assert kept(*likely, temperature=0.25, top_p=0.95) == [0.9412, 0.0588]
    assert kept(*likely, temperature=0.25, min_p=0.05) == [0.9412, 0.0588]
    assert len(kept(*likely, temperature=4.0, min_p=0.6)) == 4


def test_top_p_is_about_what_top_k_has_left() -> None:
    assert kept(0.4, 0.3, 0.2, 0.1, top_p=0.5) == [0.5714, 0.4286]
    assert kept(0.4, 0.3, 0.2, 0.1, top_p=0.5, top_k=2) == [1]
    assert kept(0.4, 0.3, 0.2, 0.1, top_k=2, min_p=0.2) == [0.5714, 0.4286]
    assert kept(0.4, 0.2, 0.2, 0.2, top_k=2) == [0.4, 0.2, 0.2, 0.2]  # as likely


@pytest.mark.parametrize("name", ["min_p", "top_p"])
@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_out_of_its_range_is_refused(name: str, share: float) -> None:
    expected = rf"^{name}: {share} is out of range \(above 0, at most 1\)$"
    with pytest.raises(SamplingError, match=expected):
        Choice(**{name: share})
