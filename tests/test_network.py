"""The network as a whole: its gradients, its batches, its steps; and the small parts
round it, from the parameters to the update."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import DTypeLike, NDArray

from charnames.nn.batching import END, Packed, Sequences, pack
from charnames.nn.cells import CELLS
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.layers.inputs import Gather, Lookup
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.initializers import scaled_weights, textbook_weights
from charnames.nn.networks.language_model import (
    LanguageModelNetwork,
    StepLanguageModel,
)
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import LOOKUP_SYMBOLS, Stack
from charnames.nn.optimizers import SGD, AdamW, clip
from charnames.nn.parameters import Parameters
from tests.differences import error_of

Floats = NDArray[np.floating]

V, H = 6, 4
SIZES = (3, H)  # of the layers, the lowest first
INPUTS = {
    "one_hot": {},
    "embedding": {"embedding_size": 2},
    "tied": {"embedding_size": H, "tied": True},
}
NAMES = [[1, 2, 3, 4], [5, 5], [2, 1], [], [3]]
TOLERANCE = 1e-7  # of |a - b| / |a + b|
GOLDEN = Path(__file__).parent / "golden"
quick = settings(max_examples=25, deadline=None)


def every_network(test: Any) -> Any:
    for name, values in (
        ("inputs", INPUTS),
        ("layers", (1, 2)),
        ("cell", CELLS),
    ):
        test = pytest.mark.parametrize(name, values)(test)
    return test


def network_of(
    cell: str = "rnn",
    layers: int = 1,
    inputs: str = "one_hot",
    dtype: DTypeLike = np.float64,
) -> LanguageModelNetwork:
    """A network with random weights, none of them small."""
    shape = Shape(V, cell, SIZES[-layers:], **INPUTS[inputs])  # type: ignore[arg-type]
    parameters = Parameters(shape.parameters(), dtype)
    rng = np.random.default_rng(5)
    parameters.values[:] = 0.6 * rng.standard_normal(len(parameters.values))
    if inputs == "one_hot":
        parameters["layer0.Wax"][:, END] = 0
    return LanguageModelNetwork(shape, parameters)


def batch_of(names: list[list[int]]) -> Packed:
    ids = [END]
    for name in names:
        ids += [*name, END]
    return pack(Sequences(np.array(ids)), range(len(names)))


def same_masks() -> Masks:
    """Masks that are the same with every call."""
    dropout = Dropout(embedding=0.3, between=0.25, recurrent=0.4)
    return Masks(dropout, np.random.default_rng(5))


def gradients_of(
    network: LanguageModelNetwork, batch: Packed, masks: Masks | None = None
) -> dict[str, Floats]:
    network.loss_and_gradients(batch, masks)
    return {name: g.copy() for name, g in network.gradients.views.items()}


def assert_close(a: Floats, b: Floats, what: str = "") -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=what)


# Gradients


@every_network
@pytest.mark.parametrize("dropout", [False, True], ids=["plain", "dropout"])
def test_gradients_are_those_of_finite_differences(
    cell: str, layers: int, inputs: str, dropout: bool
) -> None:
    network, batch = network_of(cell, layers, inputs), batch_of(NAMES)

    def masks() -> Masks | None:
        return same_masks() if dropout else None

    def mean_loss() -> float:
        return network.loss_and_gradients(batch, masks()) / len(NAMES)

    gradients = gradients_of(network, batch, masks())
    errors = {}
    for name, array in network.parameters.views.items():
        gradient = gradients[name]
        if inputs == "one_hot" and name == "layer0.Wax":
            gradient, array = gradient[:, END + 1 :], array[:, END + 1 :]
        errors[name] = error_of(gradient, mean_loss, array)
    assert {name: e for name, e in errors.items() if not e < TOLERANCE} == {}


def test_one_wrong_number_in_a_gradient_is_seen() -> None:
    network, batch = network_of("rnn", 2), batch_of(NAMES)
    gradient = gradients_of(network, batch)["layer1.Wax"]
    array = network.parameters["layer1.Wax"]

    def mean_loss() -> float:
        return network.loss_and_gradients(batch) / len(NAMES)

    assert error_of(gradient, mean_loss, array) < TOLERANCE
    for place in np.ndindex(array.shape):
        wrong = gradient.copy()
        wrong[place] += 1e-5 * np.linalg.norm(gradient)
        assert error_of(wrong, mean_loss, array) > 10 * TOLERANCE


@pytest.mark.parametrize("cell", CELLS)
def test_one_hot_the_end_marker_is_the_zero_vector(cell: str) -> None:
    network = network_of(cell)
    assert not gradients_of(network, batch_of(NAMES))["layer0.Wax"][:, END].any()
    lookup = Lookup(network.parameters, network.gradients)
    for count in (1, 2 * V):  # fewer rows than symbols, and more
        x = lookup.forward(np.full(count, END))  # (gates, M, H)
        for row in x.transpose(1, 0, 2).reshape(count, -1):
            np.testing.assert_array_equal(row, network.parameters["layer0.b"])


@pytest.mark.parametrize("start", [textbook_weights, scaled_weights])
@pytest.mark.parametrize("cell", CELLS)
def test_one_hot_the_end_marker_starts_as_the_zero_vector(
    cell: str, start: Callable[..., Parameters]
) -> None:
    Wax = start(Shape(V, cell, (H,)), np.random.default_rng(1))["layer0.Wax"]
    assert not Wax[:, END].any()
    assert Wax[:, END + 1 :].all()


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("inputs", ["embedding", "tied"])
@pytest.mark.parametrize("cell", CELLS)
def test_gathered_symbols_are_read_as_those_looked_up(
    cell: str, inputs: str, dropout: bool
) -> None:
    network = network_of(cell, inputs=inputs)
    ids = np.array([1, 4, 4, END, 2, 1, 4])  # some twice, some not at all
    mask = (
        same_masks().embedding(*network.parameters["embedding"].shape)
        if dropout
        else None
    )
    result = []
    for kind in (Lookup, Gather):
        layer = kind(network.parameters, network.gradients)
        network.gradients.values[:] = 1  # of the output, where it is tied
        x = layer.forward(ids, mask)  # (gates, M, H)
        layer.backward(np.sin(x.transpose(1, 0, 2).reshape(len(ids), -1)), ids, mask)
        result.append((x.copy(), network.gradients.values.copy()))
    for first, other in zip(*result, strict=True):
        np.testing.assert_allclose(other, first, rtol=1e-12, atol=1e-14)


def test_many_symbols_are_gathered() -> None:
    for V, kind in ((LOOKUP_SYMBOLS, Lookup), (LOOKUP_SYMBOLS + 1, Gather)):
        shape = Shape(V, "rnn", (H,), embedding_size=3)
        parameters = Parameters(shape.parameters())
        assert type(Stack(shape, parameters, parameters.zeros_like()).input) is kind


def test_the_textbook_weightss_with_small_random_weights_and_no_biases() -> None:
    shape = Shape(50, "rnn", (40,), embedding_size=30)
    for name, view in textbook_weights(shape, np.random.default_rng(1)).views.items():
        if view.ndim == 1:
            assert not view.any(), name
        else:
            assert 0.009 < view.std() < 0.011, name
            assert abs(view.mean()) < 0.001, name


OPEN = {"rnn": [0], "gru": [0, 1, 0], "lstm": [0, 1, 0, 0]}  # as the gates stack


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_scaled_weights_keep_the_size_of_what_passes(
    cell: str, bidirectional: bool
) -> None:
    units, D = 50, 20
    shape = Shape(
        80, cell, (units,), embedding_size=D, classes=9, bidirectional=bidirectional
    )
    weights = scaled_weights(shape, np.random.default_rng(1))
    for part in shape.cells(0):
        for block in weights[f"{part}.Waa"].reshape(-1, units, units):
            np.testing.assert_allclose(block @ block.T, np.eye(units), atol=1e-5)
    for name in ("layer0.Wax", "output.Wya"):
        view = weights[name]
        assert 0.9 < view.std() * view.shape[1] ** 0.5 < 1.1, name
    assert 0.28 < weights["embedding"].std() < 0.32
    bias = weights["layer0.b"].reshape(-1, units)
    assert bias.tolist() == [[g] * units for g in OPEN[cell] * shape.directions]
    assert not weights["output.by"].any()


@every_network
def test_gradients_do_not_depend_on_the_batch_before(
    cell: str, layers: int, inputs: str
) -> None:
    used, fresh = (network_of(cell, layers, inputs) for _ in range(2))
    used.loss_and_gradients(batch_of(NAMES), same_masks())
    batch = batch_of([[4, 2], [1]])
    expected = gradients_of(fresh, batch)
    for name, gradient in gradients_of(used, batch).items():
        np.testing.assert_array_equal(gradient, expected[name], err_msg=name)


@every_network
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_follows_the_parameters(
    cell: str, layers: int, inputs: str, dtype: type
) -> None:
    network, batch = network_of(cell, layers, inputs, dtype), batch_of(NAMES)
    network.loss_and_gradients(batch, same_masks())
    logits, _ = StepLanguageModel(network).step(
        batch.inputs[:2], network.initial_state(2)
    )
    assert {
        network.losses(batch).dtype,
        logits.dtype,
        network.gradients.values.dtype,
    } == {np.dtype(dtype)}


# Dropout


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.8])
def test_dropout_masks_are_zero_or_scaled_up(rate: float) -> None:
    masks = Masks(Dropout(rate, rate, rate), np.random.default_rng(1))
    a, x = np.ones((70, 60), np.float32), np.ones((3, 2, 4000), np.float32)
    for mask, shape in (
        (masks.embedding(80, 50), (80, 50)),
        (masks.between(a), a.shape),
        (masks.recurrent(x), (4000,)),
    ):
        assert mask is not None and mask.shape == shape
        kept = mask != 0
        np.testing.assert_allclose(mask[kept], 1 / (1 - rate), rtol=1e-6)
        assert abs(kept.mean() - (1 - rate)) < 0.05


def test_each_dropout_rate_reaches_its_own_masks() -> None:
    a, x = np.ones((5, 6), np.float32), np.ones((3, 2, 8), np.float32)
    for place in ("embedding", "between", "recurrent"):
        masks = Masks(Dropout(**{place: 0.5}), np.random.default_rng(1))
        drawn = {
            "embedding": masks.embedding(V, 5),
            "between": masks.between(a),
            "recurrent": masks.recurrent(x),
        }
        assert {name for name, mask in drawn.items() if mask is not None} == {place}


# Packed equals one name at a time


@pytest.mark.parametrize("layers", (1, 2))
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("cell", CELLS)
@quick
@given(lengths=st.lists(st.integers(0, 7), min_size=1, max_size=6))
def test_a_packed_batch_equals_one_name_at_a_time(
    cell: str, inputs: str, layers: int, lengths: list[int]
) -> None:
    rng = np.random.default_rng(lengths)
    names = [rng.integers(1, V, length).tolist() for length in lengths]
    network = network_of(cell, layers, inputs)
    batch = batch_of(names)
    loss = network.loss_and_gradients(batch)
    gradients = network.gradients.values.copy()

    losses, total = [], np.zeros_like(gradients)
    for name in names:
        losses.append(network.loss_and_gradients(batch_of([name])))
        total += network.gradients.values
    assert_close(np.array(loss), np.array(sum(losses)), "summed loss")
    assert_close(gradients, total / len(names), "gradients of the mean")
    assert_close(batch.per_sequence(network.losses(batch)), np.array(losses), "losses")


def test_all_losses_stand_in_the_order_of_the_sequences() -> None:
    rng = np.random.default_rng(4)
    names = [rng.integers(1, V, rng.integers(0, 7)).tolist() for _ in range(300)]
    network, ids = network_of("gru"), [END]
    for name in names:
        ids += [*name, END]
    expected = [network.losses(batch_of([name])).copy() for name in names]
    assert_close(network.all_losses(Sequences(np.array(ids))), np.concatenate(expected))


# One step at a time


def log_softmax(z: Floats) -> Floats:
    shifted: Floats = z - z.max(axis=-1, keepdims=True)
    total: Floats = np.exp(shifted).sum(axis=-1, keepdims=True)
    return shifted - np.log(total)


def losses_by_steps(network: LanguageModelNetwork, names: list[list[int]]) -> Floats:
    """Names of one length read side by side -> (T, N), the loss of each symbol."""
    steps, state = StepLanguageModel(network), network.initial_state(len(names))
    inputs = np.array([[END, *name] for name in names]).T
    targets = np.array([[*name, END] for name in names]).T
    losses = []
    for read, came in zip(inputs, targets, strict=True):
        logits, state = steps.step(read, state)
        losses.append(-log_softmax(logits)[np.arange(len(names)), came])
    return np.array(losses)


@every_network
@pytest.mark.parametrize(
    "names", [[[1, 2, 5, 5, 3]], [[1, 2, 3], [3, 3, 3], [5, 4, 1]]], ids=["one", "many"]
)
def test_symbol_by_symbol_equals_the_packed_forward(
    cell: str, layers: int, inputs: str, names: list[list[int]]
) -> None:
    network = network_of(cell, layers, inputs)
    stepped = losses_by_steps(network, names)
    assert_close(stepped.ravel(), network.losses(batch_of(names)))


# Real vectors as input

D = 5


def network_of_vectors(cell: str, layers: int) -> LanguageModelNetwork:
    """A network that reads vectors of D numbers, none of its weights small."""
    shape = Shape(V, cell, SIZES[-layers:], vector_size=D)
    parameters = Parameters(shape.parameters(), np.float64)
    rng = np.random.default_rng(5)
    parameters.values[:] = 0.6 * rng.standard_normal(len(parameters.values))
    return LanguageModelNetwork(shape, parameters)


def vectors_for(names: list[list[int]]) -> list[Floats]:
    """For each name a vector for each of its symbols and its end, (T, D)."""
    rng = np.random.default_rng(6)
    return [rng.standard_normal((len(name) + 1, D)) for name in names]


def batch_of_vectors(names: list[list[int]], vectors: list[Floats]) -> Packed:
    """Names to be predicted from vectors, packed by hand."""
    order = sorted(range(len(names)), key=lambda i: -len(names[i]))
    inputs: list[Floats] = []
    targets: list[int] = []
    sizes: list[int] = []
    for t in range(len(names[order[0]]) + 1):
        running = [i for i in order if len(names[i]) >= t]
        inputs += [vectors[i][t] for i in running]
        targets += [[*names[i], END][t] for i in running]
        sizes.append(len(running))
    return Packed(np.array(inputs), np.array(targets), sizes, np.array(order))


def every_cell_and_depth(test: Any) -> Any:
    test = pytest.mark.parametrize("layers", (1, 2))(test)
    return pytest.mark.parametrize("cell", CELLS)(test)


@every_cell_and_depth
@pytest.mark.parametrize("dropout", [False, True], ids=["plain", "dropout"])
def test_gradients_over_vectors_are_those_of_finite_differences(
    cell: str, layers: int, dropout: bool
) -> None:
    network = network_of_vectors(cell, layers)
    batch = batch_of_vectors(NAMES, vectors_for(NAMES))
    assert batch.sizes == [5, 4, 3, 1, 1]

    def masks() -> Masks | None:
        return same_masks() if dropout else None

    def mean_loss() -> float:
        return network.loss_and_gradients(batch, masks()) / len(NAMES)

    gradients = gradients_of(network, batch, masks())
    errors = {
        name: error_of(gradients[name], mean_loss, array)
        for name, array in network.parameters.views.items()
    }
    assert {name: e for name, e in errors.items() if not e < TOLERANCE} == {}


@every_cell_and_depth
def test_a_packed_batch_of_vectors_equals_one_name_at_a_time(
    cell: str, layers: int
) -> None:
    network, vectors = network_of_vectors(cell, layers), vectors_for(NAMES)
    batch = batch_of_vectors(NAMES, vectors)
    loss = network.loss_and_gradients(batch)
    gradients = network.gradients.values.copy()
    per_name = batch.per_sequence(network.losses(batch))

    losses, total = [], np.zeros_like(gradients)
    for name, rows in zip(NAMES, vectors, strict=True):
        losses.append(network.loss_and_gradients(batch_of_vectors([name], [rows])))
        total += network.gradients.values
    assert_close(np.array(loss), np.array(sum(losses)), "summed loss")
    assert_close(gradients, total / len(NAMES), "gradients of the mean")
    assert_close(per_name, np.array(losses), "losses")


@every_cell_and_depth
def test_vector_by_vector_equals_the_packed_forward(cell: str, layers: int) -> None:
    network, names = network_of_vectors(cell, layers), [[1, 2, 5], [3, 3, 3]]
    vectors = vectors_for(names)
    steps = StepLanguageModel(network)
    state, losses = network.initial_state(2), []
    for t, came in enumerate(np.array([[*name, END] for name in names]).T):
        logits, state = steps.step(np.array([rows[t] for rows in vectors]), state)
        losses.append(-log_softmax(logits)[np.arange(2), came])
    packed = network.losses(batch_of_vectors(names, vectors))
    assert_close(np.array(losses).ravel(), packed)


@every_cell_and_depth
def test_one_hot_vectors_are_the_symbols(cell: str, layers: int) -> None:
    """But for the end marker, which as a symbol is the zero vector."""
    symbols = network_of(cell, layers)
    network = LanguageModelNetwork(
        Shape(V, cell, SIZES[-layers:], vector_size=V), symbols.parameters.copy()
    )
    one_hot = np.eye(V)
    one_hot[END] = 0
    vectors = [one_hot[[END, *name]] for name in NAMES]
    losses = network.losses(batch_of_vectors(NAMES, vectors))
    assert_close(losses, symbols.losses(batch_of(NAMES)))


# The output layer


def softmax_output(Wya: Any, by: Any, dtype: DTypeLike = np.float64) -> SoftmaxOutput:
    shapes = {"output.Wya": np.shape(Wya), "output.by": np.shape(by)}
    weights = Parameters(shapes, dtype)
    weights["output.Wya"][:] = Wya
    weights["output.by"][:] = by
    return SoftmaxOutput(weights, weights.zeros_like())


def test_softmax_agrees_with_the_golden_file() -> None:
    golden = json.loads((GOLDEN / "softmax.json").read_text())
    output = softmax_output(golden["Wya"], golden["by"])
    a, targets = np.array(golden["a"]), np.array(golden["targets"])
    losses, y_hat = output.forward(a, targets)
    assert_close(losses.sum(), golden["loss"], "loss")
    da = output.backward(y_hat, a, targets, 1.0)
    for name, gradient in (("da", da), ("dWya", output.dWya), ("dby", output.dby)):
        assert_close(gradient, golden[name], name)


def test_the_scale_of_softmax_scales_every_gradient() -> None:
    golden = json.loads((GOLDEN / "softmax.json").read_text())
    output = softmax_output(golden["Wya"], golden["by"])
    a, targets = np.array(golden["a"]), np.array(golden["targets"])
    _, y_hat = output.forward(a, targets)
    da = output.backward(y_hat, a, targets, 0.25)
    for name, gradient in (("da", da), ("dWya", output.dWya), ("dby", output.dby)):
        assert_close(gradient, 0.25 * np.array(golden[name]), name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_stable_at_huge_logits(dtype: type) -> None:
    output = softmax_output(np.ones((3, 2)), [1e4, -1e4, 0], dtype)
    a: Floats = np.zeros((3, 2), dtype)
    targets = np.arange(3)
    losses, y_hat = output.forward(a, targets)
    assert losses.tolist() == [0, 2e4, 1e4]
    assert y_hat.T.tolist() == [[1, 0, 0]] * 3
    da = output.backward(y_hat, a, targets, 1.0)
    assert output.dby.tolist() == [2, -1, -1]
    assert da.tolist() == [[0, 0]] * 3


# Clipping and the update


def clipped(values: list[float], threshold: float, by: str) -> list[float]:
    gradients = np.array(values, float)
    clip(gradients, threshold, by)
    return list(gradients)


def test_clip_by_value_limits_each() -> None:
    assert clipped([-7, -5, -1, 0, 5, 9], 5, "value") == [-5, -5, -1, 0, 5, 5]


def test_clip_by_norm_scales_all_down_together() -> None:
    np.testing.assert_allclose(clipped([30, -40], 5, "norm"), [3, -4], rtol=1e-15)


def test_clip_by_norm_measures_all_parameters_together() -> None:
    np.testing.assert_allclose(
        clipped([2, 2, 2, 2, 2, 2, 2, 2, 2], 3, "norm"), [1] * 9, rtol=1e-15
    )


def test_clip_by_norm_leaves_what_is_below() -> None:
    assert clipped([3, -4], 5, "norm") == [3, -4]
    assert clipped([0, 0], 5, "norm") == [0, 0]


@pytest.mark.parametrize("by", ["value", "norm"])
def test_clip_of_zero_is_off(by: str) -> None:
    assert clipped([1e9, -1e9], 0, by) == [1e9, -1e9]


def test_clip_by_norm_keeps_the_direction_of_a_gradient_that_explodes() -> None:
    gradients = np.array([3e20, -4e20], np.float32)  # its square is out of range
    with np.errstate(over="ignore"):
        clip(gradients, 5, "norm")
    np.testing.assert_allclose(gradients, [3, -4], rtol=1e-6)


def parameters_of(**values: list[float]) -> Parameters:
    parameters = Parameters({n: (len(v),) for n, v in values.items()}, np.float64)
    for name, value in values.items():
        parameters[name][:] = value
    return parameters


def test_sgd_goes_against_the_gradient() -> None:
    parameters = parameters_of(w=[1, 2], b=[-4])
    SGD(parameters).update(np.array([0.5, -8, 2]), 0.25, 0)
    assert parameters.values.tolist() == [0.875, 4, -4.5]


def test_momentum_goes_on_where_it_went() -> None:
    parameters = parameters_of(w=[0], b=[0])
    optimizer = SGD(parameters, momentum=0.5)
    for i, gradients in enumerate(([8, 0], [0, -4], [0, 0])):
        optimizer.update(np.array(gradients, float), 1.0, i)
    assert parameters.values.tolist() == [-8 - 4 - 2, 4 + 2]
    assert optimizer.state["velocity"].tolist() == [2, -2]


def test_the_velocity_does_not_depend_on_the_learning_rate() -> None:
    parameters = parameters_of(w=[0])
    optimizer = SGD(parameters, momentum=0.5)
    for i, rate in enumerate((0.25, 2.0, 0.5)):
        optimizer.update(np.array([8.0]), rate, i)
    assert optimizer.state["velocity"].tolist() == [8 + 4 + 2]
    assert parameters.values.tolist() == [-0.25 * 8 - 2 * 12 - 0.5 * 14]


def test_adamw_is_what_its_paper_says() -> None:
    rng = np.random.default_rng(2)
    parameters = Parameters({"W": (2, 3), "b": (4,)}, np.float64)
    parameters.values[:] = rng.standard_normal(10)
    expected = parameters.values.copy()
    decays = np.r_[np.ones(6), np.zeros(4)]  # matrices, not biases
    m, v = np.zeros(10), np.zeros(10)
    optimizer = AdamW(parameters, weight_decay=0.1)
    for i, rate in enumerate([0.1, 0.1, 0.05, 0.2]):
        g = rng.standard_normal(10)
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        m_hat, v_hat = m / (1 - 0.9 ** (i + 1)), v / (1 - 0.99 ** (i + 1))
        expected -= rate * 0.1 * decays * expected
        expected -= rate * m_hat / (v_hat**0.5 + 1e-8)
        optimizer.update(g, rate, i)
        np.testing.assert_allclose(parameters.values, expected, rtol=1e-12)


def test_an_anchor_pulls_every_weight_towards_its_start() -> None:
    parameters = Parameters({"W": (2, 3), "b": (2,)}, dtype=np.float64)
    parameters.values[:] = start = np.arange(8.0)
    optimizer = AdamW(parameters, weight_decay=0.0, anchor=5.0)
    parameters.values += 1.0
    optimizer.update(np.zeros(8), 0.02, 0)
    np.testing.assert_allclose(parameters.values, start + 0.9)
    optimizer.update(np.zeros(8), 0.02, 1)
    np.testing.assert_allclose(parameters.values, start + 0.81)
    optimizer.update(np.zeros(8), 1.0, 2)  # at most back to the start
    np.testing.assert_allclose(parameters.values, start)


# Parameters


def test_views_and_values_are_the_same_numbers() -> None:
    parameters = Parameters({"Wax": (2, 3), "b": (2,)}, np.float64)
    assert parameters.values.shape == (8,)
    assert [view.shape for view in parameters.views.values()] == [(2, 3), (2,)]
    for view in parameters.views.values():
        assert np.shares_memory(view, parameters.values)
    parameters.values[:] = range(8)
    assert parameters["Wax"].tolist() == [[0, 1, 2], [3, 4, 5]]
    parameters["b"][:] = -1
    assert parameters.values.tolist() == [0, 1, 2, 3, 4, 5, -1, -1]


def test_values_given_are_used_as_they_are() -> None:
    values = np.arange(3.0)
    assert np.shares_memory(Parameters({"b": (3,)}, values=values)["b"], values)
    with pytest.raises(ValueError, match="2 parameters"):
        Parameters({"b": (2,)}, values=values)


def test_a_copy_and_zeros_like_have_memory_of_their_own() -> None:
    parameters = parameters_of(w=[1, 2])
    copy, zeros = parameters.copy(), parameters.zeros_like()
    parameters.values[:] = 9
    assert copy["w"].tolist() == [1, 2]
    assert zeros["w"].tolist() == [0, 0]
    assert copy.values.dtype == zeros.values.dtype == np.float64


@every_network
def test_a_network_reads_its_parameters_as_they_are(
    cell: str, layers: int, inputs: str
) -> None:
    network, batch = network_of(cell, layers, inputs), batch_of(NAMES)
    before = network.losses(batch).copy()
    for name, view in network.parameters.views.items():
        view += 0.5
        after = network.losses(batch).copy()
        if name != "output.by":  # one number added to all logits changes nothing
            assert (after != before).any(), name
        before = after
