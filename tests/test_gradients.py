"""What a checkpoint says of the gradients, and of the loss before the first update."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from charnames import NameList, Recipe, train, train_classifier
from charnames.nn.optimizers import clip
from charnames.training.gradients import Clipper
from charnames.training.language_model import Checkpoint

if TYPE_CHECKING:
    from conftest import CommandLine

NAMES = ["ada", "bea", "cleo", "dora", "ella", "fay", "gina", "hope", "iris"]


@pytest.mark.parametrize(
    ("threshold", "by", "clipped"),
    [(0.0, "value", 0), (2.5, "value", 2 / 3), (3.0, "norm", 2 / 3), (9.0, "norm", 0)],
)
def test_gradients_are_measured_before_they_are_clipped(
    threshold: float, by: str, clipped: float
) -> None:
    updates = [[1.0, -2.0], [3.0, -4.0], [-3.0, 0.5]]
    gradients = np.zeros(2, np.float32)
    clipper = Clipper(gradients, threshold, by)
    assert clipper.figures() is None
    for update in updates:
        gradients[:] = update
        clipper.clip()
        expected = np.array(update, np.float32)
        clip(expected, threshold, by)
        assert gradients.tolist() == expected.tolist()
    figures = clipper.figures()
    assert figures
    assert figures.norm == pytest.approx(np.mean([math.hypot(*u) for u in updates]))
    assert figures.largest == 4.0 and figures.clipped == pytest.approx(clipped)
    assert clipper.figures() is None


def test_gradients_that_are_large_or_no_numbers() -> None:
    gradients = np.array([3e30, -4e30], np.float32)
    clipper = Clipper(gradients, 0, "value")
    with np.errstate(over="ignore"):
        clipper.clip()
    figures = clipper.figures()
    assert figures and figures.norm == pytest.approx(5e30)
    gradients = np.array([math.nan, 7.0, -math.inf], np.float32)
    Clipper(gradients, 5, "value").clip()  # the others are clipped all the same
    assert np.array_equal(gradients, [math.nan, 5, -5], equal_nan=True)


def run(**settings: Any) -> list[Checkpoint]:
    small = {"hidden_size": 8, "iterations": 60, "checkpoint_every": 20, "samples": 1}
    return [*train(NAMES, Recipe.classic(**{**small, **settings}), seed=1)]


def test_a_checkpoint_has_the_gradients_since_the_one_before() -> None:
    start, *others = run()
    assert start.gradients is None and len(others) == 3
    each = run(checkpoint_every=1)[1:]
    for i, checkpoint in enumerate(others):
        part = [c.gradients for c in each[20 * i : 20 * i + 20]]
        figures = checkpoint.gradients
        assert figures
        norm = np.mean([p.norm for p in part if p])
        assert figures.norm == pytest.approx(norm)
        assert figures.largest == max(p.largest for p in part if p)
        assert figures.clipped == 0
    assert all(c.gradients and c.gradients.clipped == 1 for c in run(clip=1e-6)[1:])


def test_a_resumed_run_has_the_same_gradients() -> None:
    whole = run()
    start = whole[1].model
    resumed = [*train(NAMES, start.recipe, resume=start)]
    assert [c.gradients for c in resumed] == [c.gradients for c in whole[2:]]


def test_a_classifier_has_them_too() -> None:
    names = NameList(NAMES, "names", [str(i % 2) for i in range(len(NAMES))])
    recipe = Recipe.modern(names, task="classify", iterations=2, hidden_size=4)
    start, *others = train_classifier(names, recipe, seed=1)
    assert start.gradients is None
    assert all(c.gradients and c.gradients.norm > 0 for c in others)


def test_the_loss_before_the_first_update_is_measured() -> None:
    start, *others = run()
    nats = [score.nats for score in start.model.score(NAMES)]
    assert start.mean_loss == pytest.approx(np.mean(nats), rel=1e-5)
    assert start.loss == pytest.approx(7 * math.log(len(start.model.vocabulary)))
    assert all(checkpoint.mean_loss is None for checkpoint in others)


def test_of_many_names_some_are_measured() -> None:
    """They are 1,000 at most, evenly spaced."""
    names = [f"{letter}{'x' * (i % 3)}" for i in range(350) for letter in "abcdef"]
    recipe = Recipe.classic(iterations=0, hidden_size=4, samples=0)
    (start,) = train(names, recipe, seed=1)
    nats = [score.nats for score in start.model.score(names[::3])]
    assert len(nats) == 700
    assert start.mean_loss == pytest.approx(np.mean(nats), rel=1e-5)


def test_json_and_progress_have_them(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", "--seed", 1, "--iterations", 30]
    words += ["--checkpoint-every", 10, "--clip", 0.01]
    start, *others = (
        event
        for event in map(json.loads, inside(*words, "--json").out.splitlines())
        if event["event"] == "checkpoint"
    )
    keys = ("gradient_norm", "largest_gradient", "clipped")
    assert [start[key] for key in keys] == [None] * 3
    assert 28 < start["mean_loss"] < 29
    for event in others:
        assert event["gradient_norm"] > event["largest_gradient"] > 0
        assert event["clipped"] == 1 and event["mean_loss"] is None
    lines = inside(*words).err.splitlines()
    (first,) = [line for line in lines if line.startswith("iteration 0 ")]
    assert first.endswith(f"loss 22.53   measured {start['mean_loss']:.2f}")
    assert sum("measured" in line for line in lines) == 1
