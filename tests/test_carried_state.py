"""The classic recipe's three habits: the state carried on, one order, the best kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charnames import Checkpoint
from charnames.errors import RecipeError, TrainingError
from charnames.models.loading import load
from charnames.nn.batching import Packed, pack
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.networks.language_model import (
    LanguageModelNetwork,
    StepLanguageModel,
)
from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import Recipe
from charnames.training.best_checkpoint import mean_of_latest
from charnames.training.language_model import train
from charnames.training.loop import Batches

NAMES = ["ada", "bea", "cleo", "dora", "eve", "flora", "gina", "ida"]
CELLS = ["rnn", "gru", "lstm"]
STATES = {"rnn": 1, "gru": 1, "lstm": 2}


def run(**settings: Any) -> list[Checkpoint]:
    small = {"hidden_size": 5, "iterations": 24, "checkpoint_every": 1, "samples": 0}
    return list(train(NAMES, Recipe.classic(**{**small, **settings}), seed=3))


def in_float64(checkpoint: Checkpoint) -> LanguageModelNetwork:
    model = checkpoint.model
    values = model.state.get("values", model.parameters.values)
    shapes = model.parameters.shapes
    parameters = Parameters(shapes, values=values.astype(np.float64))
    return LanguageModelNetwork(model.shape, parameters)


def nth_name(checkpoint: Checkpoint, iteration: int) -> Packed:
    order = Batches(len(NAMES), 1, 3, one_order=True).numbers(iteration)
    return pack(checkpoint.model.vocabulary.sequences(NAMES), order)


def loss_of_next(before: Checkpoint, after: Checkpoint) -> float:
    """The loss of the name between two checkpoints that are one update apart."""
    return (after.loss - 0.999 * before.loss) / 0.001


@pytest.mark.parametrize("cell", CELLS)
def test_a_name_starts_where_the_one_before_it_ended(cell: str) -> None:
    settings = {"cell": cell, "hidden_size": (5, 4), "start": "scaled"}
    start, first, second = run(**settings, iterations=2)
    network = in_float64(start)
    steps, state = StepLanguageModel(network), network.initial_state(1)
    for symbol in nth_name(start, 0).inputs:
        _, stepped = steps.step(np.array([symbol]), state)
        state = [tuple(array.copy() for array in layer) for layer in stepped]
    flat = np.concatenate([array.ravel() for layer in state for array in layer])
    np.testing.assert_allclose(first.model.state["carried"], flat, atol=1e-6)
    assert len(flat) == 9 * STATES[cell]
    network, batch = in_float64(first), nth_name(first, 1)
    from_zeros = network.loss_and_gradients(batch)
    from_there = network.loss_and_gradients(batch, None, None, state)
    loss = loss_of_next(first, second)
    assert loss == pytest.approx(from_there, abs=1e-4)
    assert abs(from_there - from_zeros) > 2e-4


def test_a_state_of_zero_is_that_of_each_name() -> None:
    _, first, second = run(state="zero", iterations=2)
    loss = in_float64(first).loss_and_gradients(nth_name(first, 1))
    assert loss_of_next(first, second) == pytest.approx(loss, abs=1e-4)
    assert "carried" not in second.model.state


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_reach_back_to_the_start_of_the_name(cell: str) -> None:
    last = run(cell=cell, embedding_size=3, learning_rate=0.3)[-1]
    network, batch = in_float64(last), nth_name(last, 0)
    rng = np.random.default_rng(1)
    start = [tuple(rng.normal(size=(STATES[cell], 1, 5)))]

    def loss() -> float:
        carried = [tuple(array.copy() for array in layer) for layer in start]
        return network.loss_and_gradients(batch, None, None, carried)

    loss()
    gradients = network.gradients.copy()
    for name, gradient in gradients.views.items():
        numerical = numerical_gradient(loss, network.parameters[name])
        assert relative_error(gradient, numerical) < 1e-6, name


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_goes_with_the_model_and_a_slim_one_has_none(
    cell: str, tmp_path: Path
) -> None:
    whole = run(cell=cell, learning_rate=0.3)
    whole[9].model.save(tmp_path / "m.safetensors")
    model = load(tmp_path / "m.safetensors")
    assert model.state["carried"].any()
    rest = list(train(NAMES, resume=model))
    for ours, expected in zip(rest, whole[10:], strict=True):
        assert ours.loss == expected.loss
        result, wanted = ours.model, expected.model
        assert result.state.keys() == {"carried", "values"}
        for name, array in result.state.items():
            np.testing.assert_array_equal(array, wanted.state[name])
        np.testing.assert_array_equal(
            result.parameters.values, wanted.parameters.values
        )
    assert model.slim().state == {}
    with pytest.raises(TrainingError, match="slim"):
        train(NAMES, resume=model.slim())


def orders(recipe: Recipe) -> list[list[int]]:
    batches = Batches(8, 1, seed=1, one_order=recipe.keeps_order)
    return [[int(batches.numbers(8 * i + k)[0]) for k in range(8)] for i in range(3)]


def test_one_order_serves_for_all_passes_or_each_has_its_own() -> None:
    first, *others = orders(Recipe.classic())
    assert sorted(first) == list(range(8)) and others == [first, first]
    each = orders(Recipe.classic(order="each-pass"))
    assert each[0] == first and len(set(map(tuple, each))) == 3


def test_a_state_is_carried_only_from_one_name_to_one_name() -> None:
    for build in (Recipe, Recipe.classic):
        with pytest.raises(
            RecipeError, match=r"'carry'.*make state 'zero', or batch_s"
        ):
            build(batch_size=4, state="carry")
    assert Recipe.classic(batch_size=4).state == "zero"
    assert Recipe.classic(batch_size=4).order == "once"
    assert Recipe.classic(batch_size=1).state == "carry" == Recipe().state
    assert Recipe.classic(task="classify", batch_size=4).carries_state is False
    assert not Recipe(task="classify").keeps_order
    for parent in ("none", "base"):
        modern = Recipe.modern(["ada"], init_from=parent)
        assert (modern.state, modern.order, modern.keep) == (
            *("zero", "each-pass"),
            "last",
        )


def test_the_mean_of_the_latest_losses_knows_nothing_of_the_start() -> None:
    smoothed, losses = 22.5, [30.0, 28.0, 29.0]
    for loss in losses:
        smoothed = 0.999 * smoothed + 0.001 * loss
    weights = [0.999**2, 0.999, 1.0]
    expected = np.average(losses, weights=weights)
    assert mean_of_latest(smoothed, 22.5, 3) == pytest.approx(expected)


RISING = {"learning_rate": 0.6, "checkpoint_every": 8, "iterations": 240}


def test_the_weights_kept_are_those_of_the_lowest_loss() -> None:
    best, last = run(**RISING), run(**RISING, keep="last")
    at = {c.iteration: c.model.parameters.values for c in last}
    kept = [c.model.progress.best_iteration for c in best]
    assert kept[0] == 0 and kept[1] == 8 and kept[-1] < 240
    for checkpoint, iteration in zip(best, kept, strict=True):
        values = checkpoint.model.parameters.values
        np.testing.assert_array_equal(values, at[iteration])
    assert [c.loss for c in best] == [c.loss for c in last]
    assert last[-1].model.progress.best is None


SHORT = ["--iterations", 20, "--checkpoint-every", 10, "--samples", 0, "--seed", 1]


def test_a_list_of_ones_own_is_better_learned_by_the_modern_recipe(
    inside: Callable[..., Any], tmp_path: Path
) -> None:
    own = tmp_path / "own.txt"
    own.write_text("\n".join(NAMES))

    def hint(*words: object) -> bool:
        done = inside("train", *words, *SHORT, "-o", "./m")
        assert done.err.splitlines()[-1].endswith("; next: charnames sample -m ./m")
        return "(--recipe modern writes better names)" in done.err

    assert hint("-d", own)
    assert not hint("-d", "elements")
    assert not hint("-d", own, "--recipe", "modern", "--init-from", "none")


def test_the_report_tells_which_weights_are_kept(inside: Callable[..., Any]) -> None:
    words = ["train", "-d", "elements", "-o", "./m", *SHORT[:2], "--seed", 1]
    words += ["--checkpoint-every", 1, "--learning-rate", 3, "--samples", 0]
    pattern = r"the weights are those of iteration (\d+), where the loss was lowest\n"
    line = re.search(pattern, inside(*words).err)
    assert line and 0 < int(line[1]) < 20
    assert not re.search(pattern, inside(*words, "--keep", "last").err)


def test_a_state_and_a_batch_that_do_not_go_together(
    inside: Callable[..., Any],
) -> None:
    words = ["train", "-d", "elements", *SHORT, "--batch-size", 4]
    done = inside(*words, "--state", "carry", status=1)
    assert "make state 'zero', or batch_size 1" in done.err
    inside(*words)
