"""Networks with labels: as a further input of every step, and as what comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charnames.nn.batching import END, Packed, Sequences, VectorSequences, pack
from charnames.nn.cells import CELLS
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.layers.pooling import POOLS
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.nn.networks.language_model import (
    LanguageModelNetwork,
    StepLanguageModel,
)
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Parameters
from tests.differences import error_of

Floats = NDArray[np.floating]

V, H, D, K, E = 5, 4, 7, 6, 2
SIZES = (3, H)  # of the layers, the lowest first
NAMES = [[1, 2, 3, 4], [4, 4], [2, 1], [], [3]]
LABELS = np.array([2, 0, 4, 2, 1])
TOLERANCE = 1e-7  # of |a - b| / |a + b|
quick = settings(max_examples=25, deadline=None)


def with_weights(shape: Shape) -> Parameters:
    """Random weights, none of them small."""
    parameters = Parameters(shape.parameters(), np.float64)
    rng = np.random.default_rng(5)
    parameters.values[:] = 0.6 * rng.standard_normal(len(parameters.values))
    if "embedding" not in parameters.views and not shape.vector_size:
        parameters["layer0.Wax"][:, END] = 0
    return parameters


def sequences_of(names: list[list[int]], labels: NDArray[Any]) -> Sequences:
    ids = [END]
    for name in names:
        ids += [*name, END]
    return Sequences(np.array(ids), labels)


def vectors_of(names: list[list[int]], labels: NDArray[Any]) -> VectorSequences:
    """For each name a vector for each of its symbols and its end."""
    lengths = np.array([len(name) + 1 for name in names])
    rng = np.random.default_rng(6)
    rows = [rng.standard_normal((length, D)) for length in lengths]
    return VectorSequences(np.concatenate(rows), lengths, labels)


def whole(sequences: Sequences | VectorSequences) -> Packed:
    return pack(sequences, np.arange(len(sequences)))


def same_masks() -> Masks:
    """Masks that are the same with every call."""
    shares = Dropout(embedding=0.2, between=0.25, recurrent=0.3)
    return Masks(shares, np.random.default_rng(8))


def wrong_gradients(
    network: LanguageModelNetwork | ClassifierNetwork, batch: Packed, dropout: bool
) -> dict[str, float]:
    """The weights whose gradients are not those of finite differences."""

    def masks() -> Masks | None:
        return same_masks() if dropout else None

    def mean_loss() -> float:
        return network.loss_and_gradients(batch, masks()) / batch.sizes[0]

    mean_loss()
    gradients = {name: g.copy() for name, g in network.gradients.views.items()}
    errors = {}
    for name, array in network.parameters.views.items():
        gradient = gradients[name]
        if name == "layer0.Wax" and array.shape[1] == V:  # one-hot
            gradient, array = gradient[:, END + 1 :], array[:, END + 1 :]
        errors[name] = error_of(gradient, mean_loss, array)
    return {name: error for name, error in errors.items() if not error < TOLERANCE}


# What comes out

INPUTS: dict[str, dict[str, int]] = {
    "one_hot": {},
    "embedding": {"embedding_size": E},
    "vectors": {"vector_size": D},
}


def classifier_of(
    cell: str = "lstm",
    sizes: tuple[int, ...] = (H,),
    inputs: str = "embedding",
    pooling: str = "last",
    bidirectional: bool = True,
    class_weights: Floats | None = None,
) -> ClassifierNetwork:
    symbols = 0 if inputs == "vectors" else V
    shape = Shape(
        symbols,
        cell,
        sizes,
        classes=K,
        bidirectional=bidirectional,
        **INPUTS[inputs],
    )
    return ClassifierNetwork(shape, with_weights(shape), pooling, class_weights)


def examples_for(inputs: str, names: list[list[int]] = NAMES) -> Any:
    build = vectors_of if inputs == "vectors" else sequences_of
    return build(names, np.resize(LABELS, len(names)))


def every_classifier(test: Any) -> Any:
    for name, values in (
        ("bidirectional", (False, True)),
        ("inputs,pooling", list(zip(INPUTS, POOLS, strict=True))),
        ("layers", (1, 2)),
        ("cell", CELLS),
    ):
        test = pytest.mark.parametrize(name, values)(test)
    return test


@every_classifier
def test_gradients_of_a_classifier_are_those_of_finite_differences(
    cell: str, layers: int, inputs: str, pooling: str, bidirectional: bool
) -> None:
    weights = np.array([0.5, 2.0, 1.0, 3.0, 0.25, 1.5])
    network = classifier_of(
        cell, SIZES[-layers:], inputs, pooling, bidirectional, weights
    )
    batch = whole(examples_for(inputs))
    assert wrong_gradients(network, batch, dropout=layers > 1) == {}


@pytest.mark.parametrize(
    "inputs,pooling", [("embedding", "last"), ("vectors", "mean"), ("one_hot", "max")]
)
@pytest.mark.parametrize("cell", CELLS)
@quick
@given(lengths=st.lists(st.integers(0, 7), min_size=1, max_size=6))
def test_a_packed_batch_of_a_classifier_equals_one_sequence_at_a_time(
    cell: str, inputs: str, pooling: str, lengths: list[int]
) -> None:
    rng = np.random.default_rng(lengths)
    names = [rng.integers(1, V, length).tolist() for length in lengths]
    network, examples = (
        classifier_of(cell, SIZES, inputs, pooling),
        examples_for(inputs, names),
    )
    loss = network.loss_and_gradients(whole(examples))
    gradients = network.gradients.values.copy()
    probabilities = network.probabilities(examples)

    losses, total = [], np.zeros_like(gradients)
    for i in range(len(names)):
        losses.append(network.loss_and_gradients(pack(examples, np.array([i]))))
        total += network.gradients.values
        alone = network.probabilities(examples.chosen(np.array([i])))
        np.testing.assert_allclose(probabilities[i], alone[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(loss, sum(losses), rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients, total / len(names), rtol=0, atol=1e-10)


@pytest.mark.parametrize("inputs", INPUTS)
def test_the_loss_is_that_of_the_probabilities(inputs: str) -> None:
    network, examples = classifier_of(inputs=inputs), examples_for(inputs)
    probabilities = network.probabilities(examples)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    expected = -np.log(probabilities[np.arange(len(NAMES)), LABELS]).sum()
    loss = network.loss_and_gradients(whole(examples))
    np.testing.assert_allclose(loss, expected, rtol=1e-12)


@pytest.mark.parametrize("inputs", INPUTS)
def test_read_both_ways_a_turned_sequence_swaps_the_directions(inputs: str) -> None:
    """With both directions' weights swapped, backwards is forwards."""
    network = classifier_of("gru", (H,), inputs, "mean")
    swapped = network.parameters.copy()
    G = 3 * H
    for name in ("layer0.Wax", "layer0.b"):
        swapped[name][:] = np.roll(network.parameters[name], G, axis=0)
    for name in ("Waa", "c"):
        swapped[f"layer0.{name}"][:] = network.parameters[f"layer0.reverse.{name}"]
        swapped[f"layer0.reverse.{name}"][:] = network.parameters[f"layer0.{name}"]
    swapped["output.Wya"][:] = np.roll(network.parameters["output.Wya"], H, axis=1)
    batch = whole(examples_for(inputs))
    turned = batch._replace(inputs=batch.inputs[batch.reversed_rows()])
    other = ClassifierNetwork(network.shape, swapped, "mean")
    np.testing.assert_allclose(
        other.loss_and_gradients(turned), network.loss_and_gradients(batch), rtol=1e-12
    )


@pytest.mark.parametrize("start", INITIALIZERS)
@pytest.mark.parametrize("inputs", INPUTS)
def test_a_classifier_starts_unsure(inputs: str, start: str) -> None:
    shape = classifier_of(inputs=inputs).shape._replace(sizes=(64,))
    network = ClassifierNetwork(
        shape, INITIALIZERS[start](shape, np.random.default_rng(3))
    )
    examples = examples_for(inputs)
    if inputs == "vectors":
        examples.values = examples.values.astype(np.float32)
    probabilities = network.probabilities(examples)
    assert probabilities.min() > 0.2 / K
    assert probabilities.max() < 3 / K


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 2])
def test_both_directions_agree_with_pytorch(cell: str, layers: int) -> None:
    """PyTorch has two biases a gate; ours stands in its first."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    network, examples = (
        classifier_of(cell, (H,) * layers, "vectors"),
        examples_for("vectors"),
    )
    kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
    theirs = kind(D, H, layers, bidirectional=True, dtype=torch.float64)
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.zero_()
        for i in range(layers):
            Wax, b = (network.parameters[f"layer{i}.{name}"] for name in ("Wax", "b"))
            G = len(b) // 2
            for j, part in enumerate(network.shape.cells(i)):
                end = f"l{i}" + "_reverse" * j
                for name, value in (
                    ("weight_ih", Wax[j * G : (j + 1) * G]),
                    ("bias_ih", b[j * G : (j + 1) * G]),
                    ("weight_hh", network.parameters[f"{part}.Waa"]),
                ):
                    getattr(theirs, f"{name}_{end}").copy_(torch.from_numpy(value))
                if cell == "gru":  # its candidate's recurrent product has a bias
                    c = torch.from_numpy(network.parameters[f"{part}.c"])
                    getattr(theirs, f"bias_hh_{end}")[2 * H :] = c
    Wya, by = (network.parameters[f"output.{name}"] for name in ("Wya", "by"))
    for i in range(len(examples)):
        start, length = examples.starts[i], examples.lengths[i]
        states, _ = theirs(torch.from_numpy(examples.values[start : start + length]))
        a = states.detach().numpy()
        z = Wya @ np.concatenate([a[-1, :H], a[0, H:]]) + by
        expected = np.exp(z) / np.exp(z).sum()
        probabilities = network.probabilities(examples.chosen(np.array([i])))[0]
        np.testing.assert_allclose(probabilities, expected, rtol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_dropout_reaches_both_directions(cell: str) -> None:
    network = classifier_of(cell)
    masks = Masks(Dropout(recurrent=0.5), np.random.default_rng(1))
    network.loss_and_gradients(whole(examples_for("embedding")), masks)
    dropped = [
        ~network.gradients[f"{part}.Waa"].any(axis=0) for part in network.shape.cells(0)
    ]
    for columns in dropped:
        assert 0 < columns.sum() < H
    assert (dropped[0] != dropped[1]).any()  # a mask for each


# What goes in


def labelled_network(cell: str, layers: int, inputs: str) -> LanguageModelNetwork:
    shape = Shape(V, cell, SIZES[-layers:], **INPUTS[inputs], labels=K)
    return LanguageModelNetwork(shape, with_weights(shape))


@pytest.mark.parametrize("inputs", ["one_hot", "embedding"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_label_inputs_are_those_of_finite_differences(
    cell: str, layers: int, inputs: str
) -> None:
    network = labelled_network(cell, layers, inputs)
    batch = whole(sequences_of(NAMES, LABELS))
    for dropout in (False, True):
        assert wrong_gradients(network, batch, dropout) == {}


@pytest.mark.parametrize("dropout", [False, True], ids=["plain", "dropout"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_with_blended_labels_are_those_of_finite_differences(
    cell: str, layers: int, dropout: bool
) -> None:
    """Those of the blend, of any numbers, and of the weights that read it."""
    network = labelled_network(cell, layers, "embedding")
    batch = whole(sequences_of(NAMES, LABELS))
    blend = 0.5 * np.random.default_rng(8).standard_normal((len(NAMES), K))

    def mean_loss() -> float:
        masks = same_masks() if dropout else None
        return network.loss_and_gradients(batch, masks, blend) / len(NAMES)

    mean_loss()
    assert network.dblend is not None and network.dblend.shape == blend.shape
    dblend, dWlx = network.dblend.copy(), network.gradients["layer0.Wlx"].copy()
    assert error_of(dblend, mean_loss, blend) < TOLERANCE
    assert error_of(dWlx, mean_loss, network.parameters["layer0.Wlx"]) < TOLERANCE


def test_a_one_hot_blend_is_the_label_that_it_is_of() -> None:
    network = labelled_network("gru", 2, "embedding")
    batch = whole(sequences_of(NAMES, LABELS))
    runs = []
    for blend in (None, np.eye(K)[batch.labels]):
        loss = network.loss_and_gradients(batch, same_masks(), blend)
        assert network.dblend is not None
        runs.append((loss, network.gradients.values.copy(), network.dblend.copy()))
    for by_label, by_blend in zip(*runs, strict=True):
        np.testing.assert_array_equal(by_label, by_blend)


@pytest.mark.parametrize("cell", CELLS)
def test_a_packed_batch_with_labels_equals_one_name_at_a_time(cell: str) -> None:
    network, names = labelled_network(cell, 2, "embedding"), sequences_of(NAMES, LABELS)
    loss = network.loss_and_gradients(whole(names))
    gradients = network.gradients.values.copy()
    losses, total = 0.0, np.zeros_like(gradients)
    for i in range(len(NAMES)):
        losses += network.loss_and_gradients(pack(names, np.array([i])))
        total += network.gradients.values
    np.testing.assert_allclose(loss, losses, rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients, total / len(NAMES), rtol=0, atol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_step_by_step_a_label_is_what_it_is_in_a_batch(cell: str) -> None:
    network = labelled_network(cell, 2, "one_hot")
    names, labels = [[1, 2, 4], [3, 3, 3]], np.array([4, 1])
    steps, state = StepLanguageModel(network), network.initial_state(2)
    blend, losses = np.eye(K)[labels], []
    for read, came in zip(
        np.array([[END, *name] for name in names]).T,
        np.array([[*name, END] for name in names]).T,
        strict=True,
    ):
        z, state = steps.step(read, state, blend)
        log_total = np.log(np.exp(z).sum(axis=1))
        losses.append(log_total - z[np.arange(2), came])
    packed = network.losses(whole(sequences_of(names, labels)))
    np.testing.assert_allclose(np.array(losses).ravel(), packed, rtol=1e-10)


def test_a_label_changes_what_comes() -> None:
    network = labelled_network("gru", 1, "embedding")
    result = [
        network.losses(whole(sequences_of([[1, 2]], np.array([k])))).sum().item()
        for k in range(K)
    ]
    assert len({round(loss, 6) for loss in result}) == K


# The rows of a batch


@quick
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_the_rows_of_a_batch_are_found(lengths: list[int]) -> None:
    starts = np.cumsum(lengths) - lengths
    values = np.arange(sum(lengths), dtype=float)[:, None]
    batch = pack(VectorSequences(values, np.array(lengths)), np.arange(len(lengths)))
    order = batch.order
    assert batch.lengths().tolist() == [lengths[i] for i in order]
    ends = batch.inputs[batch.last_rows(), 0]
    assert ends.tolist() == [starts[i] + lengths[i] - 1 for i in order]
    rows = batch.reversed_rows()
    assert rows[rows].tolist() == list(range(len(values)))
    turned = batch.inputs[rows, 0]
    for t, step in enumerate(batch.steps(turned)):
        for j, value in enumerate(step):
            assert value == starts[order[j]] + lengths[order[j]] - 1 - t
