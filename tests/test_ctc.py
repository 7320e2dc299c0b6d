"""CTC: against the sum over all paths, finite differences and PyTorch."""

from __future__ import annotations

import json
from itertools import groupby, product
from pathlib import Path

import numpy as np
import pytest

from charnames.nn.batching import END, Packed, Pairs, Sequences
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.layers.ctc import BLANK, ctc, least_frames
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.networks.ctc import CTCNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Parameters
from tests.differences import NoMasks, error_of

TOLERANCE = 1e-7
GOLDEN = Path(__file__).parent / "golden"
SOURCES = [[1, 2, 3, 4, 1, 1], [4, 1, 5, 5, 2, 6, 6, 1], [6, 6, 1], [1]]
TARGETS = [[1, 2, 2], [3, 3], [4], []]


def frames_of(lengths: list[int]) -> Packed:
    """A packed batch of so many frames each, the longest first."""
    sizes = [sum(n > t for n in lengths) for t in range(max(lengths))]
    nothing = np.zeros(sum(lengths), int)
    return Packed(nothing, nothing, sizes, np.arange(len(lengths)))


def log_softmax(z: np.ndarray) -> np.ndarray:
    return z - np.log(np.exp(z).sum(axis=0))


def spelled(path: tuple[int, ...]) -> list[int]:
    return [symbol for symbol, _ in groupby(path) if symbol != BLANK]


@pytest.mark.parametrize(
    "target", [[], [1], [2, 2], [1, 2, 1], [1, 1, 1], [2, 1, 1, 2]]
)
def test_the_loss_is_that_of_all_paths_that_spell_the_target(target: list[int]) -> None:
    T, V = 5, 3
    log_y = log_softmax(np.random.default_rng(1).standard_normal((V, T)))
    paths = [path for path in product(range(V), repeat=T) if spelled(path) == target]
    weights = [np.exp(sum(log_y[k, t] for t, k in enumerate(path))) for path in paths]
    losses, occupancy = ctc(
        log_y, frames_of([T]), np.array([target], int), np.array([len(target)])
    )
    np.testing.assert_allclose(losses, -np.log(sum(weights)), rtol=1e-12)
    expected = np.zeros((V, T))
    for path, weight in zip(paths, weights, strict=True):
        expected[path, range(T)] += weight / sum(weights)
    np.testing.assert_allclose(occupancy, expected, rtol=0, atol=1e-12)
    assert min(map(len, paths)) >= least_frames(np.array(target))


@pytest.mark.parametrize("target", [[], [1], [2, 2], [1, 2, 1], [1, 1, 1, 2]])
def test_a_target_needs_a_frame_a_symbol_and_one_between_repeats(
    target: list[int],
) -> None:
    needed = least_frames(np.array(target, int))
    for T in range(1, 7):
        log_y = np.full((3, T), -np.log(3))
        losses, _ = ctc(
            log_y, frames_of([T]), np.array([target], int), np.array([len(target)])
        )
        assert np.isfinite(losses).all() == (needed <= T)


def test_gradients_of_the_loss_entry_by_entry() -> None:
    frames = frames_of([6, 4, 2])
    z = np.random.default_rng(2).standard_normal((5, 12))
    targets = np.array([[1, 1, 4], [3, 0, 0], [0, 0, 0]])
    lengths = np.array([3, 1, 0])

    def loss() -> float:
        return float(ctc(log_softmax(z), frames, targets, lengths)[0].sum())

    log_y = log_softmax(z)
    _, occupancy = ctc(log_y, frames, targets, lengths)
    dz = np.exp(log_y) - occupancy
    assert relative_error(dz, numerical_gradient(loss, z)) < TOLERANCE


def test_agrees_with_the_golden_file() -> None:
    case = {
        key: np.array(value)
        for key, value in json.loads((GOLDEN / "ctc.json").read_text()).items()
    }
    log_y = log_softmax(case["z"].T)
    frames = frames_of(case["lengths"].tolist())
    losses, occupancy = ctc(log_y, frames, case["targets"], case["target_lengths"])
    np.testing.assert_allclose(losses, case["losses"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(
        (np.exp(log_y) - occupancy).T, case["dz"], rtol=0, atol=1e-10
    )


def test_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    T, N, V = 9, 4, 6
    rng = np.random.default_rng(3)
    z = rng.standard_normal((T, N, V))
    targets, lengths = rng.integers(1, V, (N, 4)), np.array([4, 3, 1, 0])
    theirs = torch.nn.functional.ctc_loss(
        torch.tensor(z).log_softmax(2),
        torch.tensor(targets),
        torch.full((N,), T),
        torch.tensor(lengths),
        reduction="none",
    )
    log_y = log_softmax(z.reshape(T * N, V).T)
    losses, _ = ctc(log_y, frames_of([T] * N), targets, lengths)
    np.testing.assert_allclose(losses, theirs.numpy(), rtol=0, atol=1e-10)


def test_a_long_loss_does_not_underflow() -> None:
    T = 2_000
    log_y = np.full((4, T), -np.log(4), np.float32)
    target = np.resize([1, 2, 3], 500)
    losses, occupancy = ctc(log_y, frames_of([T]), target[None], np.array([500]))
    assert np.isfinite(losses).all()
    np.testing.assert_allclose(occupancy.sum(axis=0), 1, rtol=0.01)


def sequences_of(names: list[list[int]]) -> Sequences:
    ids = [END]
    for name in names:
        ids += [*name, END]
    return Sequences(np.array(ids))


def network_of(cell: str, bidirectional: bool) -> CTCNetwork:
    shape = Shape(7, cell, (4, 3), 2, classes=5, bidirectional=bidirectional)
    parameters = Parameters(shape.parameters(), np.float64)
    rng = np.random.default_rng(4)
    parameters.values[:] = 0.6 * rng.standard_normal(len(parameters.values))
    return CTCNetwork(shape, parameters)


PAIRS = Pairs(sequences_of(SOURCES), sequences_of(TARGETS))


@pytest.mark.parametrize("dropout", [False, True], ids=["plain", "dropout"])
@pytest.mark.parametrize(
    "cell,bidirectional", [("rnn", False), ("gru", True), ("lstm", True)]
)
def test_gradients_of_a_network_are_those_of_finite_differences(
    cell: str, bidirectional: bool, dropout: bool
) -> None:
    network, batch = network_of(cell, bidirectional), PAIRS.pack(np.arange(4))

    def mean_loss() -> float:
        shares = Dropout(embedding=0.2, between=0.25, recurrent=0.3)
        masks = Masks(shares, np.random.default_rng(8)) if dropout else None
        return network.loss_and_gradients(batch, masks) / len(PAIRS)

    mean_loss()
    gradients = {name: g.copy() for name, g in network.gradients.views.items()}
    for name, array in network.parameters.views.items():
        assert error_of(gradients[name], mean_loss, array) < TOLERANCE, name


def test_dropout_reaches_the_output_of_each_layer() -> None:
    masks = NoMasks()
    network_of("gru", True).loss_and_gradients(PAIRS.pack(np.arange(4)), masks)
    assert masks.widths == [8, 6]


def test_what_all_logits_share_does_not_matter_however_large_it_is() -> None:
    network, batch = network_of("gru", True), PAIRS.pack(np.arange(4))
    loss = network.loss_and_gradients(batch)
    gradients = network.gradients.values.copy()
    network.parameters["output.by"][:] += 1000
    assert network.loss_and_gradients(batch) == pytest.approx(loss, rel=1e-9)
    np.testing.assert_allclose(network.gradients.values, gradients, atol=1e-9)


def test_a_batch_equals_one_pair_at_a_time() -> None:
    network = network_of("gru", True)
    loss = network.loss_and_gradients(PAIRS.pack(np.arange(4)))
    gradients = network.gradients.values.copy()
    losses, total = 0.0, np.zeros_like(gradients)
    for i in range(4):
        losses += network.loss_and_gradients(PAIRS.pack(np.array([i])))
        total += network.gradients.values
    np.testing.assert_allclose(loss, losses, rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients, total / 4, rtol=0, atol=1e-10)


def test_log_probabilities_stand_in_the_order_of_the_sequences() -> None:
    network = network_of("gru", True)
    batch = PAIRS.pack(np.arange(4))
    log_y = network.log_probabilities(batch.source)
    assert log_y.shape == (4, 9, 5)
    for i, source in enumerate(SOURCES):
        alone = PAIRS.pack(np.array([i])).source
        expected = network.log_probabilities(alone)[0]
        np.testing.assert_allclose(log_y[i, : len(source) + 1], expected, atol=1e-12)
        np.testing.assert_allclose(np.exp(expected).sum(axis=1), 1, rtol=1e-12)
