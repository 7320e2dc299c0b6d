"""What is said of a classifier: by hand, from the definitions, and by scikit-learn."""

from __future__ import annotations

import json
import math
import runpy
from dataclasses import asdict
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.evaluation.metrics import Report, report, roc_area, roc_curve

GOLDEN = Path(__file__).parent / "golden"
Floats = NDArray[np.float64]
quick = settings(max_examples=40, deadline=None)

# Few values, so that many are equal.
ranked = st.lists(
    st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30
).filter(lambda rows: len({positive for positive, _ in rows}) == 2)


@st.composite
def classified(draw: st.DrawFn) -> tuple[list[int], Floats]:
    """True ids, and rows of probabilities of at most 5 classes."""
    K = draw(st.integers(1, 5))
    row = st.lists(st.integers(0, 4), min_size=K, max_size=K).filter(any)
    rows = draw(st.lists(st.tuples(st.integers(0, K - 1), row), min_size=1))
    weights = np.array([row for _, row in rows], float)
    return [k for k, _ in rows], weights / weights.sum(axis=1, keepdims=True)


def reported(true: list[int], probabilities: Any) -> Report:
    P = np.array(probabilities)
    return report(np.array(true), P, [f"label {k}" for k in range(P.shape[1])])


def points(rows: list[tuple[bool, int]]) -> list[tuple[float, float]]:
    positive, scores = zip(*rows, strict=True)
    false, true = roc_curve(np.array(positive), np.array(scores, float))
    return list(zip(false.tolist(), true.tolist(), strict=True))


# By hand

BY_HAND = reported(
    [0, 0, 0, 1, 1, 2],
    [
        [0.7, 0.2, 0.1],
        [0.5, 0.3, 0.2],
        [0.3, 0.4, 0.3],  # taken for 1
        [0.2, 0.6, 0.2],
        [0.4, 0.3, 0.3],  # taken for 0
        [0.1, 0.8, 0.1],  # taken for 1
    ],
)


def test_counts_who_was_taken_for_whom() -> None:
    assert BY_HAND.confusion == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert BY_HAND.accuracy == 3 / 6


def test_figures_of_a_class() -> None:
    first, second, third = BY_HAND.classes
    assert (first.precision, first.recall, first.support) == (2 / 3, 2 / 3, 3)
    assert (second.precision, second.recall, second.support) == (1 / 3, 1 / 2, 2)
    assert (third.precision, third.recall, third.support) == (0, 0, 1)
    assert [figures.f1 for figures in BY_HAND.classes] == [2 / 3, 2 / 5, 0]
    # Of 3 * 3 pairs, 0.3 stands below 0.4; of 2 * 4, 0.6 stands below 0.8, and 0.3
    # below that and 0.4, level with 0.3; of 1 * 5, 0.1 stands level with 0.1.
    areas = [8 / 9, (3 + 1.5) / 8, 0.5 / 5]
    assert [figures.auc for figures in BY_HAND.classes] == pytest.approx(areas)


def test_averages() -> None:
    macro, weighted = BY_HAND.macro, BY_HAND.weighted
    assert macro.precision == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)
    assert macro.recall == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert macro.f1 == pytest.approx((2 / 3 + 2 / 5) / 3)
    assert weighted.precision == pytest.approx((3 * 2 / 3 + 2 / 3) / 6)
    assert weighted.f1 == pytest.approx((3 * 2 / 3 + 2 * 2 / 5) / 6)
    assert macro.support == weighted.support == BY_HAND.micro.support == 6
    assert BY_HAND.micro.precision == BY_HAND.micro.recall == BY_HAND.micro.f1 == 0.5


def test_log_loss_in_nats() -> None:
    result = [0.7, 0.5, 0.3, 0.6, 0.3, 0.1]
    assert BY_HAND.log_loss == pytest.approx(-sum(map(math.log, result)) / 6)
    assert math.log(2) * 100 < reported([0], [[0.0, 1.0]]).log_loss < math.inf


def test_the_curve_by_hand() -> None:
    curve = [(0, 0), (0, 0.5), (1 / 3, 1), (1, 1)]
    rows = [(True, 4), (True, 3), (False, 3), (False, 2), (False, 1)]
    assert points(rows) == curve


def test_equal_labels_go_to_the_first() -> None:
    assert reported([0, 1], [[0.5, 0.5], [0.5, 0.5]]).confusion == [[1, 0], [1, 0]]


def test_a_class_that_is_missing_counts_in_no_average() -> None:
    """No example has the third label, and none was given it."""
    figures = reported([0, 1, 1], [[0.8, 0.2, 0], [0.4, 0.6, 0], [0.7, 0.3, 0]])
    gone = figures.classes[2]
    assert (gone.precision, gone.recall, gone.f1, gone.auc, gone.roc) == (None,) * 5
    assert figures.macro.precision == pytest.approx((1 / 2 + 1) / 2)
    assert figures.macro.auc == pytest.approx(1)


def test_one_class_alone_cannot_be_ranked() -> None:
    figures = reported([0, 0], [[0.8, 0.2], [0.3, 0.7]])
    assert [of_class.auc for of_class in figures.classes] == [None, None]
    assert figures.macro.auc is figures.weighted.auc is None
    assert figures.micro.auc is not None
    assert figures.classes[1].recall == 0  # given once, to no example that has it


def test_ids_of_few_bits_are_counted_as_well() -> None:
    true = np.arange(20, dtype=np.uint8)
    figures = report(true, np.eye(20, dtype=np.float32), [f"label {k}" for k in true])
    assert figures.confusion == np.eye(20, dtype=int).tolist()


def test_fit_for_json() -> None:
    def plain(value: Any) -> bool:
        parts = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict | list | tuple):
            return all(map(plain, parts))
        return value is None or type(value) in (int, float, str)

    assert plain(asdict(BY_HAND))


# From the definitions


@quick
@given(ranked)
def test_the_area_is_the_chance_to_rank_a_pair_right(
    rows: list[tuple[bool, int]],
) -> None:
    above = [score for positive, score in rows if positive]
    below = [score for positive, score in rows if not positive]
    wins = sum((a > b) + (a == b) / 2 for a, b in product(above, below))
    positive, scores = zip(*rows, strict=True)
    area = roc_area(*roc_curve(np.array(positive), np.array(scores, float)))
    assert area == pytest.approx(wins / (len(above) * len(below)))


@quick
@given(ranked)
def test_the_curve_has_its_corners_and_no_more(rows: list[tuple[bool, int]]) -> None:
    whole = []
    for threshold in (6, 5, 4, 3, 2, 1, 0):
        rates = [
            Fraction(
                sum(score >= threshold for p, score in rows if p is kind),
                sum(p is kind for p, _ in rows),
            )
            for kind in (False, True)
        ]
        if rates not in whole:
            whole.append(rates)
    corners = [
        at
        for i, at in enumerate(whole)
        if i in (0, len(whole) - 1) or not in_line(whole[i - 1], at, whole[i + 1])
    ]
    assert points(rows) == [(float(f), float(t)) for f, t in corners]


def in_line(a: list[Fraction], b: list[Fraction], c: list[Fraction]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (c[0] - b[0]) * (b[1] - a[1])


@quick
@given(classified())
def test_counts_add_up(case: tuple[list[int], Floats]) -> None:
    true, probabilities = case
    figures = reported(true, probabilities)
    assert [sum(row) for row in figures.confusion] == [
        of_class.support for of_class in figures.classes
    ]
    assert [of_class.support for of_class in figures.classes] == [
        true.count(k) for k in range(len(figures.labels))
    ]
    assert figures.weighted.recall == pytest.approx(figures.accuracy)
    for of_class in figures.classes:
        if of_class.f1:
            harmonic = 2 / (1 / (of_class.precision or 0) + 1 / (of_class.recall or 0))
            assert of_class.f1 == pytest.approx(harmonic)


@quick
@given(classified(), st.randoms(use_true_random=False))
def test_the_order_of_the_examples_is_no_matter(
    case: tuple[list[int], Floats], random: Any
) -> None:
    true, probabilities = case
    order = random.sample(range(len(true)), len(true))
    figures = asdict(reported(true, probabilities))
    again = asdict(reported([true[i] for i in order], probabilities[order]))
    for record in (figures, again):
        record["log_loss"] = pytest.approx(record["log_loss"])
    assert figures == again


# By scikit-learn


def assert_agrees(case: dict[str, Any]) -> None:
    """`case` is what golden/make_golden_metrics.py writes of one."""
    result = reported(case["true"], case["probabilities"])
    named = {f"{k}": of_class for k, of_class in enumerate(result.classes)}
    named |= {"macro avg": result.macro, "weighted avg": result.weighted}
    for name, figures in case["report"].items():
        if name == "accuracy":
            assert result.accuracy == pytest.approx(figures)
            continue
        ours = named.pop(name)
        assert ours.support == figures["support"]
        assert ours.precision == pytest.approx(figures["precision"])
        assert ours.recall == pytest.approx(figures["recall"])
        assert ours.f1 == pytest.approx(figures["f1-score"])
    assert all(of_class.f1 is None for of_class in named.values())
    assert result.confusion == case["confusion"]
    assert result.log_loss == pytest.approx(case["log_loss"])
    assert [of_class.auc for of_class in result.classes] == [
        area if area is None else pytest.approx(area) for area in case["auc"]
    ]
    for name, area in case["averaged_auc"].items():
        assert getattr(result, name).auc == pytest.approx(area)
    for of_class, curve in zip(result.classes, case["roc"], strict=True):
        assert (of_class.roc is None) == (curve is None)
        if of_class.roc and curve:
            whole = list(zip(*curve, strict=True))
            assert {of_class.roc[0], of_class.roc[-1]} == {whole[0], whole[-1]}
            assert all(any(np.allclose(at, to) for to in whole) for at in of_class.roc)


def test_agrees_with_the_golden_file() -> None:
    cases = json.loads((GOLDEN / "metrics.json").read_text())
    assert len(cases) == 3
    for case in cases.values():
        assert_agrees(case)


def test_agrees_with_scikit_learn() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    drawn = runpy.run_path(str(GOLDEN / "make_golden_metrics.py"))["drawn"]
    for N, K in ((300, 4), (50, 12)):
        assert_agrees(drawn(N, K))
