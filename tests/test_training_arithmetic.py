"""The numbers of a training run, recomputed by hand."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from charnames.nn.batching import pack
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import Checkpoint, train
from charnames.training.loop import Batches
from charnames.training.schedule import learning_rate
from charnames.training.state import TrainingState, improved

NAMES = ["ada", "bea", "cleo", "dora", "eve", "flora", "gina", "ida", "joan", "kay"]


def run(**settings: Any) -> list[Checkpoint]:
    """A short run with a checkpoint after each update."""
    small = {"hidden_size": 6, "iterations": 12, "checkpoint_every": 1, "samples": 0}
    return list(train(NAMES, Recipe.from_settings({**small, **settings}), seed=1))


# Schedules


@pytest.mark.parametrize("iteration", [0, 1, 2, 3, 4, 9])
def test_the_warm_up_rises_in_equal_steps(iteration: int) -> None:
    recipe = Recipe(learning_rate=0.2, warm_up=4)
    expected = 0.2 * min(iteration + 1, 4) / 4
    assert learning_rate(recipe, iteration, 0.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("done", [0.0, 0.25, 0.5, 0.9, 1.0])
def test_each_schedule_has_its_formula(done: float) -> None:
    factors = {
        "constant": 1.0,
        "linear": 1 - done,
        "cosine": (1 + math.cos(math.pi * done)) / 2,
    }
    for schedule, factor in factors.items():
        recipe = Recipe(learning_rate=0.2, schedule=schedule)
        assert learning_rate(recipe, 7, done) == pytest.approx(0.2 * factor, abs=1e-15)


def test_a_schedule_follows_its_warm_up() -> None:
    recipe = Recipe(learning_rate=0.2, schedule="linear", warm_up=10)
    assert learning_rate(recipe, 2, 0.5) == pytest.approx(0.2 * 0.3 * 0.5, rel=1e-12)


def test_a_run_is_done_by_its_iterations_or_its_time() -> None:
    start = run(iterations=40, checkpoint_every=40)[0]
    recipe = dataclasses.replace(start.model.recipe, time_limit=10.0)
    state = TrainingState(dataclasses.replace(start.model, recipe=recipe))
    state.iteration = 10
    assert state.fraction_done(seconds=0.0) == 0.25
    assert state.fraction_done(seconds=5.0) == 0.5
    assert state.fraction_done(seconds=50.0) == 1.0


# An update


def test_settings_of_dropout_reach_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Dropout] = []
    learn = LanguageModelNetwork.loss_and_gradients

    def watch(
        network: LanguageModelNetwork,
        batch: Any,
        masks: Masks | None = None,
        *rest: Any,
    ) -> float:
        assert masks is not None
        seen.append(masks.dropout)
        return learn(network, batch, masks, *rest)

    monkeypatch.setattr(LanguageModelNetwork, "loss_and_gradients", watch)
    run(
        embedding_size=4,
        embedding_dropout=0.1,
        dropout=0.2,
        recurrent_dropout=0.3,
        iterations=1,
    )
    assert seen == [Dropout(embedding=0.1, between=0.2, recurrent=0.3)]


@pytest.mark.parametrize("settings", [{}, {"embedding_dropout": 0.5}])
def test_without_dropout_there_are_no_masks(settings: dict[str, Any]) -> None:
    (start,) = run(iterations=0, embedding_size=4, **settings)
    assert (TrainingState(start.model).masks() is None) == (not settings)


def test_the_loss_is_smoothed_by_name_not_by_update() -> None:
    start, end = run(batch_size=2, iterations=1)
    network = LanguageModelNetwork(start.model.shape, start.model.parameters.copy())
    numbers = Batches(len(NAMES), 2, seed=1, one_order=True).numbers(0)
    sequences = start.model.vocabulary.sequences(NAMES)
    per_name = network.loss_and_gradients(pack(sequences, numbers)) / 2
    expected = 0.999**2 * start.loss + (1 - 0.999**2) * per_name
    assert end.loss == pytest.approx(expected, rel=1e-12)


def test_the_average_begins_quickly_and_then_has_the_recipes_decay() -> None:
    checkpoints = run(average=0.5, learning_rate=0.5, iterations=14, keep="last")
    average = checkpoints[0].model.parameters.values.astype(np.float64)
    for k, checkpoint in enumerate(checkpoints[1:]):
        decay = min(0.5, (k + 1) / (k + 10))
        values = checkpoint.model.state["values"].astype(np.float64)
        average = decay * average + (1 - decay) * values
        ours = checkpoint.model.parameters.values
        np.testing.assert_allclose(ours, average, rtol=0, atol=1e-6)
    assert np.abs(checkpoints[-1].model.state["values"] - average).max() > 1e-3


def test_the_mean_loss_of_a_pass_is_compared_with_the_previous_one() -> None:
    checkpoints = run(batch_size=4, tolerance=1e-9)  # three batches a pass
    for checkpoint in checkpoints:
        progress = checkpoint.model.progress
        assert (progress.last_pass is None) == (checkpoint.iteration < 3)
        assert (progress.pass_loss == 0) == (checkpoint.iteration % 3 == 0)
    sums = [checkpoint.model.progress.pass_loss for checkpoint in checkpoints]
    for before, after in pairwise(sums[1:3]):
        assert before < after
    mean = checkpoints[3].model.progress.last_pass
    assert mean is not None and sums[2] / 10 < mean < sums[2] / 10 * 2


def test_only_a_lower_loss_is_an_improvement() -> None:
    progress = run(iterations=0)[0].model.progress
    first = improved(progress, 2.0, 0)
    assert first and (first.best, first.best_iteration) == (2.0, 0)
    assert improved(first, 2.0, 5) is None
    assert improved(first, math.nan, 5) is None
    second = improved(first, 1.9, 5, ngram_weight=0.25)
    assert second
    assert (second.best, second.best_iteration) == (1.9, 5)
    assert second.ngram_weight == 0.25
