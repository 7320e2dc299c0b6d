"""What the training screen shows, and how it knows: no terminal is needed for it."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charnames import Recipe
from charnames.cli.training_run import pace as pace_module
from charnames.cli.training_run.pace import Pace
from charnames.cli.training_run.screen_layout import fitting, screen_lines
from charnames.cli.training_run.sparkline import ASCII, BLOCKS, Curve, sparkline
from charnames.training.gradients import GradientFigures
from charnames.training.language_model import Checkpoint

losses = st.lists(st.floats(0, allow_infinity=False), min_size=1, max_size=40)


@given(losses, st.integers(1, 50), st.sampled_from([BLOCKS, ASCII]))
def test_a_sparkline_is_as_wide_as_asked(
    values: list[float], width: int, levels: str
) -> None:
    line = sparkline(values, width, levels)
    assert len(line) == width and set(line) <= set(levels)


@given(losses)
def test_a_sparkline_rises_where_the_values_do(values: list[float]) -> None:
    heights = [BLOCKS.index(bar) for bar in sparkline(values, len(values))]
    for i, j in zip(range(len(values)), range(1, len(values)), strict=False):
        assert (heights[i] - heights[j]) * (values[i] - values[j]) >= 0
    if max(values) > min(values):
        assert heights[values.index(max(values))] == 7
        assert heights[values.index(min(values))] == 0


def test_a_sparkline_of_the_largest_there_are() -> None:
    assert sparkline([sys.float_info.max] * 3, 1) == "▁"
    assert sparkline([0.0, *[sys.float_info.max] * 3], 2) == "▁█"


def test_a_sparkline_of_many_and_of_few() -> None:
    assert sparkline(range(80), 8) == BLOCKS
    assert sparkline([0, 7, 3, 3], 2, "ab") == "ba"
    assert sparkline([3, 1], 6) == "███▁▁▁"
    assert sparkline([], 9) == sparkline([1, 2], 0) == sparkline([1], -3) == ""


def test_a_curve_keeps_few_of_many() -> None:
    curve = Curve()
    for number in range(100_000):
        curve.add(number)
        assert len(curve.values) < 512 and curve.last == number
    steps = {b - a for a, b in zip(curve.values, curve.values[1:], strict=False)}
    assert len(curve.values) >= 256 and curve.values[0] == 0
    assert len(steps) == 1 and 100_000 - curve.values[-1] <= steps.pop()


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(pace_module.time, "monotonic", lambda: self.now)


def reached(pace: Pace, **values: Any) -> None:
    nothing: Any = None
    result = {"names": (), "held_out": None, "learned": None, "seconds": 0.0, **values}
    pace.reached(Checkpoint(0, 5.0, gap=None, model=nothing, **result))


def test_pace_by_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    pace = Pace(Recipe(iterations=400), None)
    clock.now += 2
    assert (pace.done, pace.rate, pace.left) == (0, 0, None)
    pace.updated(100, 5.0)
    assert (pace.done, pace.rate, pace.left) == (0.25, 50, 6)
    clock.now += 2
    pace.updated(400, 4.0)
    assert (pace.done, pace.rate, pace.left) == (1, 100, 0)


def test_pace_by_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    pace = Pace(Recipe(iterations=10**9, time_limit=60), None)
    clock.now += 5
    assert (pace.done, pace.left) == (0, 60)
    reached(pace, seconds=0.0)
    clock.now += 20
    pace.updated(100, 5.0)
    assert (pace.done, pace.left) == (pytest.approx(1 / 3), 40)
    reached(pace, seconds=15.0)  # to save the checkpoint is no training
    clock.now += 15
    assert (pace.done, pace.left) == (0.5, 30)
    clock.now += 100
    assert (pace.done, pace.left) == (1, 0)
    soon = Pace(Recipe(iterations=101, time_limit=60), None)
    clock.now += 10
    soon.updated(100, 5.0)
    assert soon.left == pytest.approx(0.1)


def test_pace_of_a_resumed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    start: Any = SimpleNamespace(
        provenance=SimpleNamespace(iterations=300), progress=SimpleNamespace(seconds=30)
    )
    pace = Pace(Recipe(iterations=400, time_limit=40), start)
    assert (pace.done, pace.rate, pace.left) == (0.75, 0, 10)
    clock.now += 1
    pace.updated(320, 5.0)
    assert (pace.done, pace.rate, pace.left) == (0.8, 20, 4)


def full() -> Pace:
    pace = Pace(Recipe(iterations=70_000), None)
    for iteration in range(1, 43_401):
        pace.updated(iteration, 20 / math.sqrt(iteration) + 5)
    names = ("[red]Ada", "東京タワー")
    for learned, held_out in ((3.0, 3.0), (1.5, 2.0), (1.0, 2.5)):
        reached(pace, learned=learned, held_out=held_out, seconds=9.0, names=names)
    return pace


@pytest.mark.parametrize("unicode", [True, False])
def test_a_picture_fits_into_any_width(unicode: bool) -> None:
    pace = full()
    for columns in range(1, 201):
        lines = screen_lines(pace, columns, unicode)
        assert len(lines) == 7 and not lines[0]
        assert all(line.cell_len <= columns for line in lines)
        if not unicode:
            assert all(line.plain.isascii() for line in lines[:-1])


def test_a_picture_holds_what_is_to_be_seen() -> None:
    for columns, rate in ((36, "/s"), (76, " iterations/s"), (196, " iterations/s")):
        text = [line.plain for line in screen_lines(full(), columns)]
        assert text[1].endswith("  62%") and text[1].count("━") > text[1].count("─")
        assert "left   " in text[2] and rate in text[2]
        assert text[3].startswith("loss     5.10 ") and text[3].endswith("▁▁▁")
        # On one axis: at 1.0 lowest of all, at 2.0 in the middle, at 2.5 above that.
        assert text[4].startswith("learned  1.000") and text[4].endswith("▁▁▁▁")
        assert text[5].startswith("held out 2.500") and text[5].endswith("▆▆▆▆")
        assert "██▅▅" in text[5].replace("▄", "▅") and "█▃" in text[4]
        assert "[red]Ada   東京タワー" in text[6]
        assert len(text[3]) == len(text[4]) == len(text[5]) <= 72


def test_gradients_stand_below_the_losses() -> None:
    pace = full()
    reached(pace, gradients=GradientFigures(4.0, 2.5, 0.125), names=("Ada",))
    text = [line.plain for line in screen_lines(pace, 76)]
    assert text[6] == "gradient 4        12% of the steps clipped   largest element 2.5"
    assert "Ada" in text[7] and len(text) == 8
    assert screen_lines(pace, 36)[6].plain.startswith("gradient 4     12% of the st")
    pace.recipe = Recipe(clip=0)
    assert screen_lines(pace, 76)[6].plain == "gradient 4        largest element 2.5"


def test_the_first_loss_is_shown_until_there_are_gradients() -> None:
    pace = full()
    reached(pace, mean_loss=28.398)
    text = [line.plain for line in screen_lines(pace, 76)]
    assert text[6] == "measured 28.40    before the first update"
    reached(pace, gradients=GradientFigures(4.0, 2.5, 0.125))
    text = [line.plain for line in screen_lines(pace, 76)]
    assert text[6].startswith("gradient") and "28.40" not in "".join(text)


def test_nothing_is_known_before_the_first_update() -> None:
    text = [line.plain for line in screen_lines(Pace(Recipe(), None), 76)]
    assert [line.strip("─ ") for line in text] == ["", "0%", "iteration 0"]


@given(st.lists(st.text(max_size=12), max_size=9), st.integers(0, 60))
def test_what_fits_side_by_side(texts: list[str], width: int) -> None:
    line = fitting(texts, width)
    assert cell_len(line) <= max(width, *map(cell_len, texts)) if texts else not line
