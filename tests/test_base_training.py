"""The base model: what a batch draws, the loop, and what becomes of the points."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import charnames
from charnames.models.language_model import Model
from charnames.nn.batching import pack
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.optimizers import AdamW
from charnames.nn.parameters import Array, Parameters
from charnames.pretrained.base import __main__ as program
from charnames.pretrained.base import training
from charnames.pretrained.base.drawing import DrawnNames, list_probabilities
from charnames.pretrained.base.lists.cleaning import SHARES, TrainingLists
from charnames.pretrained.base.model import base_model, fold_points
from charnames.pretrained.base.training import (
    BaseReport,
    BaseSettings,
    TrainedBase,
    train_base,
)
from tests.test_base_lists import made_up, package_lists

LONGER = [name + name[: i % 4] for i, name in enumerate(made_up("efgh", 200))]
LISTS = TrainingLists(
    "abcdefgh", {"place:NO:x": made_up("abcd", 90), "word:en:x": LONGER}
)
SETTINGS = BaseSettings(
    hidden_size=8,
    embedding_size=4,
    dimensions=3,
    iterations=3,
    batch_size=16,
    held_out=0.1,
    evaluated=20,
    report_every=2,
)


def run(settings: BaseSettings = SETTINGS) -> tuple[TrainedBase, list[BaseReport]]:
    reports: list[BaseReport] = []
    return train_base(LISTS, settings, reports.append), reports


def model_of(trained: TrainedBase) -> Model:
    return base_model(trained.parameters, trained.points, trained.loss, LISTS, SETTINGS)


# What is drawn


def test_a_group_is_drawn_by_its_share_and_a_list_by_the_root_of_its_length() -> None:
    labels = ["place:A:x", "place:B:x", "word:en:x"]
    lists = [["ab"] * 400, ["ab"] * 100, ["ab"] * 7]
    place, word = SHARES["place"], SHARES["word"]
    expected = np.array([place * 2 / 3, place / 3, word]) / (place + word)
    np.testing.assert_allclose(list_probabilities(labels, lists), expected)


def test_lists_in_other_scripts_are_drawn_less_often() -> None:
    labels, lists = ["place:A:x", "place:B:x"], [["ab"] * 50, ["αβ"] * 50]
    np.testing.assert_allclose(
        list_probabilities(labels, lists), np.array([1, 0.35]) / 1.35
    )


def test_the_longest_lists_are_drawn_alike() -> None:
    labels, lists = ["word:a:x", "word:b:x"], [["ab"] * 40_000, ["ab"] * 90_000]
    np.testing.assert_allclose(list_probabilities(labels, lists), [0.5, 0.5])


def test_a_batch_holds_no_name_that_is_held_out() -> None:
    rng = np.random.default_rng(4)
    examples = DrawnNames(LISTS, 0.3, rng)
    names = [name for label in examples.labels for name in LISTS.lists[label]]
    sequences = {
        tuple(examples.sequences.chosen(np.array([i])).ids[1:-1]): i
        for i in range(len(names))
    }
    seen = set()
    for _ in range(100):
        batch, numbers = examples.batch(32, rng)
        assert 1 < len(numbers) < 32
        for row, number in enumerate(numbers):
            length = batch.lengths()[row]
            places = [sum(batch.sizes[:t]) + row for t in range(length - 1)]
            name = sequences[tuple(batch.targets[places])]
            assert examples.list_numbers[name] == number
            seen.add(name)
    assert seen == set(np.flatnonzero(~examples.held_out))
    sample = examples.held_out_sample(5_000, rng)
    assert set(sample) == set(np.flatnonzero(examples.held_out))
    shares = np.bincount(examples.list_numbers[sample], minlength=3)[1:] / 5_000
    np.testing.assert_allclose(shares, examples.probabilities, atol=0.03)


def test_without_a_held_out_name_there_is_no_sample() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="no name is held out"):
        DrawnNames(LISTS, 0.0, rng).held_out_sample(1, rng)


# The loop


def test_the_same_run_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again = (model_of(run()[0]).to_bytes() for _ in range(2))
    assert first == again
    assert model_of(run(replace(SETTINGS, seed=2))[0]).to_bytes() != first


def test_weights_and_points_learn() -> None:
    longer = replace(SETTINGS, iterations=300, warm_up=20, report_every=20)
    trained, reports = run(longer)
    start = training._initial(9, 2, longer, np.random.default_rng(1))[1]
    assert (trained.points != start["points"]).all()  # point 0 as well
    assert reports[-1].held_out < reports[0].held_out - 0.3
    # Which letters a name has is what its list's point says.
    assert reports[-1].held_out < reports[-1].without_point - 0.1
    assert set(reports[-1].by_group) == {"place", "word"}


def test_a_report_comes_after_so_many_iterations_and_at_the_end() -> None:
    reports = run(replace(SETTINGS, iterations=5))[1]
    assert [report.iteration for report in reports] == [2, 4, 5]


def test_reports_change_nothing() -> None:
    trained = [run(replace(SETTINGS, report_every=n))[0] for n in (1, 100)]
    for first, other in zip(*[(t.parameters.values, t.points) for t in trained],
                          strict=True):  # fmt: skip
        np.testing.assert_array_equal(first, other)


def test_the_learning_rate_rises_and_falls() -> None:
    settings = BaseSettings(iterations=1_000, warm_up=100, learning_rate=0.5)
    rates = [training._learning_rate(settings, i) for i in (0, 49, 99, 500, 999)]
    expected = [0.005, 0.25 * 0.951, 0.5 * 0.901, 0.25, 0.0005]
    np.testing.assert_allclose(rates, expected)


def test_the_losses_of_names_side_by_side_are_those_of_each_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "_SIDE_BY_SIDE", 7)
    trained = run()[0]
    shape = Shape(9, "gru", (8,), 4, labels=3)
    network = LanguageModelNetwork(shape, trained.parameters)
    examples = DrawnNames(LISTS, 0.1, np.random.default_rng(1))
    chosen = np.arange(40, 140, 5)
    sequences = examples.sequences.chosen(chosen)
    blends = trained.points[examples.list_numbers[chosen]]
    alone = [
        network.losses(pack(sequences, [i]), blends[i]).sum()
        for i in range(len(sequences))
    ]
    losses = training.name_losses(network, sequences, blends)
    np.testing.assert_allclose(losses, alone, rtol=1e-5)


def test_learned_is_the_loss_since_the_last_report() -> None:
    """And so close to that of held-out names of such lists at the end."""
    trained, reports = run(replace(SETTINGS, iterations=300, report_every=20))
    last = reports[-1]
    assert abs(last.learned - last.held_out) < 0.1
    names = [name for names in LISTS.lists.values() for name in names]
    shortest, longest = (limit(map(len, names)) + 1 for limit in (min, max))
    assert shortest * last.learned < trained.loss < longest * last.learned


class Recorder(AdamW):
    """Keeps the gradients of every update, by the names of what is updated."""

    updates: ClassVar[list[tuple[Parameters, Parameters]]] = []

    def update(self, gradients: Array, learning_rate: float, iteration: int) -> None:
        kept = Parameters(self.parameters.shapes, values=gradients.copy())
        self.updates.append((self.parameters.copy(), kept))
        super().update(gradients, learning_rate, iteration)


def recorded(settings: BaseSettings) -> list[tuple[Parameters, Parameters]]:
    """The weights and points before each update, and their gradients, in turn."""
    Recorder.updates = []
    run(settings)
    return Recorder.updates


def test_gradients_of_the_weights_are_clipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "AdamW", Recorder)
    of_weights = recorded(replace(SETTINGS, clip=0.01))[::2]
    norms = [np.linalg.norm(gradients.values) for _, gradients in of_weights]
    np.testing.assert_allclose(norms, 3 * [0.01], rtol=1e-5)


def test_every_name_of_a_batch_moves_its_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many names of a batch share a point. What reaches all points together is what
    reaches the bias, which stands beside them.
    """
    monkeypatch.setattr(training, "AdamW", Recorder)
    updates = recorded(replace(SETTINGS, clip=0, pointless=0.3))
    for (weights, gradients), (_, dpoints) in zip(
        updates[::2], updates[1::2], strict=True
    ):
        together = gradients["layer0.b"] @ weights["layer0.Wlx"]
        total = dpoints["points"].sum(axis=0)
        np.testing.assert_allclose(total, together, rtol=1e-3, atol=1e-6)


# The model


def random_network() -> tuple[Parameters, np.ndarray]:
    """Weights that read points of 3 numbers, and the points of 40 lists."""
    rng = np.random.default_rng(3)
    shape = Shape(9, "gru", (8,), 4, labels=3)
    parameters = Parameters(shape.parameters())
    parameters.values[:] = 0.3 * rng.standard_normal(len(parameters.values))
    points = (rng.standard_normal((41, 3)) * [0.5, 1, 2] + 1).astype(np.float32)
    return parameters, points


def test_a_list_is_reached_from_the_folded_bias_along_the_directions() -> None:
    parameters, points = random_network()
    weights, directions = fold_points(parameters, points)
    assert directions.shape == (24, 3)
    mean, spread = points[1:].mean(axis=0), points[1:].std(axis=0)
    for point in points[1:]:
        v = (point - mean) / spread
        expected = parameters["layer0.b"] + parameters["layer0.Wlx"] @ point
        reached = weights["layer0.b"] + directions @ v
        np.testing.assert_allclose(reached, expected, atol=0.01)


def test_point_0_counts_for_nothing_and_other_weights_stay() -> None:
    parameters, points = random_network()
    weights, directions = fold_points(parameters, points)
    points[0] = 1e4
    again, same_directions = fold_points(parameters, points)
    np.testing.assert_array_equal(weights.values, again.values)
    np.testing.assert_array_equal(directions, same_directions)
    assert set(weights.views) == set(parameters.views) - {"layer0.Wlx"}
    for name in set(weights.views) - {"layer0.b"}:
        rounded = parameters[name].astype(np.float16)
        np.testing.assert_array_equal(weights[name], rounded)


def test_all_numbers_are_those_of_float16() -> None:
    weights, directions = fold_points(*random_network())
    for numbers in (weights.values, directions):
        assert numbers.dtype == np.float32
        np.testing.assert_array_equal(numbers, numbers.astype(np.float16))


def test_the_model_is_saved_loaded_and_written_with(tmp_path: Path) -> None:
    model = model_of(run()[0])
    path = tmp_path / "base.safetensors"
    model.save(path)
    loaded = charnames.load(path)
    assert isinstance(loaded, Model)
    np.testing.assert_array_equal(loaded.parameters.values, model.parameters.values)
    assert (loaded.provenance, loaded.alphabet) == (model.provenance, "abcdefgh")
    assert loaded.provenance.names == 290
    assert loaded.provenance.fingerprint == LISTS.fingerprint
    assert loaded.recipe.sizes == (8,) and not loaded.labels
    assert len(list(loaded.sample(5, seed=1))) == 5


def test_the_program_writes_the_model_and_the_lists_it_is_measured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(program, "package_lists", package_lists)
    settings = {"product": SETTINGS, "measure": SETTINGS}
    monkeypatch.setattr(program, "RUNS", settings)
    path, folder = tmp_path / "base.safetensors", tmp_path / "evaluated"
    with caplog.at_level(logging.INFO):
        program.main([str(path), "--variant", "measure", "--evaluated", str(folder)])
    assert "iteration 3" in caplog.text
    assert isinstance(charnames.load(path), Model)
    spells = (folder / "spells.txt").read_text(encoding="utf-8").splitlines()
    assert set(spells) == set(package_lists()["spell:en:srd"])
    assert len(list(folder.iterdir())) == 12
    program.main([str(tmp_path / "product.safetensors")])
    assert isinstance(charnames.load(tmp_path / "product.safetensors"), Model)


def test_the_program_does_not_begin_where_it_could_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "package_lists", lambda: pytest.fail("it began"))
    with pytest.raises(OSError, match="folder does not exist"):
        program.main([str(tmp_path / "none" / "base.safetensors")])
