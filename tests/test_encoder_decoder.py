"""The encoder-decoder and its layers: finite differences, PyTorch, pairs alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from charnames.nn.batching import (
    END,
    Packed,
    PackedPairs,
    Pairs,
    Sequences,
    VectorSequences,
    pack,
)
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.layers.attention import Attention
from charnames.nn.layers.bridge import Bridge
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.layers.softmax import SoftmaxOutput
from charnames.nn.networks.compound_shapes import EncoderDecoderShape
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.initializers import INITIALIZERS
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.stack import Stack
from charnames.nn.networks.step_decoder import StepDecoder
from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import ATTENTIONS
from tests.differences import NoMasks, error_of

Floats = NDArray[np.floating]

TOLERANCE = 1e-7
GOLDEN = Path(__file__).parent / "golden"
SOURCES = [[1, 2, 3], [4, 1, 5, 5, 2], [6], []]
TARGETS = [[1, 2], [3], [4, 4, 4, 1], [2, 1, 1]]
LABELS = np.array([0, 2, 1, 1])
D = 8  # of the vectors read
VECTOR_LENGTHS = np.array([3, 5, 1, 2])


def sequences_of(names: list[list[int]]) -> Sequences:
    ids = [END]
    for name in names:
        ids += [*name, END]
    return Sequences(np.array(ids), LABELS[: len(names)])


def vectors() -> VectorSequences:
    rows = np.random.default_rng(6).standard_normal((VECTOR_LENGTHS.sum(), D))
    return VectorSequences(rows, VECTOR_LENGTHS, LABELS)


def pairs_of(source: str) -> Pairs:
    read = sequences_of(SOURCES) if source == "symbols" else vectors()
    return Pairs(read, sequences_of(TARGETS))


def whole(pairs: Pairs) -> PackedPairs:
    return pairs.pack(np.arange(len(pairs)))


def network_of(
    attention: str = "general",
    cells: tuple[str, str] = ("gru", "lstm"),
    bidirectional: bool = True,
    source: str = "symbols",
    labels: int = 3,
    smoothing: float = 0.0,
) -> EncoderDecoder:
    """A network whose dimensions all differ, but for those that dot compares."""
    encoder = {
        "symbols": Shape(7, cells[0], (4, 3), 2, False, 0, labels, 0, bidirectional),
        "vectors": Shape(0, cells[0], (4, 3), 0, False, D, labels, 0, bidirectional),
        "none": Shape(0, cells[0], (), 0, False, D),
    }[source]
    shape = EncoderDecoderShape(encoder, Shape(6, cells[1], (2, 9)), attention)
    if attention == "dot":
        shape = EncoderDecoderShape(
            encoder, Shape(6, cells[1], (2, shape.width)), attention
        )
    decoder = Shape(6, cells[1], shape.decoder.sizes, 5, labels=labels)
    shape = EncoderDecoderShape(encoder, decoder, attention)
    parameters = Parameters(shape.parameters(), np.float64)
    rng = np.random.default_rng(5)
    parameters.values[:] = 0.6 * rng.standard_normal(len(parameters.values))
    return EncoderDecoder(shape, parameters, smoothing)


def wrong_gradients(
    network: EncoderDecoder, batch: PackedPairs, dropout: bool
) -> dict[str, float]:
    """The weights whose gradients are not those of finite differences."""

    def mean_loss() -> float:
        shares = Dropout(embedding=0.2, between=0.25, recurrent=0.3)
        masks = Masks(shares, np.random.default_rng(8)) if dropout else None
        return network.loss_and_gradients(batch, masks) / batch.target.sizes[0]

    mean_loss()
    gradients = {name: g.copy() for name, g in network.gradients.views.items()}
    errors = {
        name: error_of(gradients[name], mean_loss, array)
        for name, array in network.parameters.views.items()
    }
    return {name: error for name, error in errors.items() if not error < TOLERANCE}


# Gradients


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize(
    "cells,bidirectional",
    [(("gru", "lstm"), True), (("lstm", "rnn"), False), (("rnn", "gru"), True)],
)
def test_gradients_are_those_of_finite_differences(
    cells: tuple[str, str], bidirectional: bool, attention: str
) -> None:
    network = network_of(attention, cells, bidirectional)
    assert wrong_gradients(network, whole(pairs_of("symbols")), False) == {}


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_gradients_with_dropout_and_label_smoothing(attention: str) -> None:
    network = network_of(attention, smoothing=0.1)
    assert wrong_gradients(network, whole(pairs_of("symbols")), True) == {}


def test_dropout_reaches_the_output_of_each_layer() -> None:
    masks, network = NoMasks(), network_of()
    network.loss_and_gradients(whole(pairs_of("symbols")), masks)
    assert masks.widths == [8, 6, 2, 9, network.shape.readout.width]


@pytest.mark.parametrize("source", ["vectors", "none"])
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_gradients_where_vectors_are_read(attention: str, source: str) -> None:
    network = network_of(attention, source=source)
    assert wrong_gradients(network, whole(pairs_of("vectors")), False) == {}


def random_attention(kind: str) -> tuple[Any, Any, dict[str, Floats], Floats]:
    """Attention, its gradients, and what its loss sum(c * dc) depends on."""
    N, T, S, H = 3, 4, 5, 6
    E = H if kind == "dot" else 7
    rng = np.random.default_rng(1)
    weights = Parameters(Attention.shapes(kind, H, E), np.float64)
    weights.values[:] = rng.standard_normal(len(weights.values))
    inputs = {"a": rng.standard_normal((N, T, H)), "h": rng.standard_normal((N, S, E))}
    dc = rng.standard_normal((N, T, E))
    gradients = weights.zeros_like()
    return (
        Attention(weights, gradients),
        gradients,
        {**inputs, **weights.views},
        dc,
    )


@pytest.mark.parametrize("kind", ["dot", "general"])
def test_gradients_of_attention_entry_by_entry(kind: str) -> None:
    attention, gradients, arrays, dc = random_attention(kind)
    mask = np.arange(5) < np.array([[5], [3], [1]])

    def loss() -> float:
        c, _ = attention.forward(arrays["a"], arrays["h"], mask)
        return float(np.sum(c * dc))

    _, cache = attention.forward(arrays["a"], arrays["h"], mask)
    da, dh = attention.backward(dc, cache)
    for name, gradient in {"a": da, "h": dh, **gradients.views}.items():
        numerical = numerical_gradient(loss, arrays[name])
        assert relative_error(gradient, numerical) < TOLERANCE, name


def test_gradients_of_the_bridge_entry_by_entry() -> None:
    rng = np.random.default_rng(2)
    weights = Parameters(Bridge.shapes(5, 3), np.float64)
    weights.values[:] = rng.standard_normal(len(weights.values))
    gradients = weights.zeros_like()
    bridge = Bridge(weights, gradients)
    p, da0 = rng.standard_normal((4, 3)), rng.standard_normal((4, 5))
    dp = bridge.backward(da0, bridge.forward(p), p)

    def loss() -> float:
        return float(np.sum(bridge.forward(p) * da0))

    for gradient, array in (
        (dp, p),
        *((gradients[name], weights[name]) for name in weights.shapes),
    ):
        assert relative_error(gradient, numerical_gradient(loss, array)) < TOLERANCE


def test_gradients_with_label_smoothing_entry_by_entry() -> None:
    V, H, M = 5, 4, 7
    rng = np.random.default_rng(3)
    weights = Parameters(SoftmaxOutput.shapes(V, H, tied=False), np.float64)
    weights.values[:] = rng.standard_normal(len(weights.values))
    gradients = weights.zeros_like()
    output = SoftmaxOutput(weights, gradients, smoothing=0.3)
    a, targets = rng.standard_normal((M, H)), rng.integers(0, V, M)

    def loss() -> float:
        return float(output.forward(a, targets)[0].sum())

    y_hat = output.forward(a, targets)[1]
    da = output.backward(y_hat, a, targets, 1.0).copy()
    for gradient, array in (
        (da, a),
        *((gradients[name].copy(), weights[name]) for name in weights.shapes),
    ):
        assert relative_error(gradient, numerical_gradient(loss, array)) < TOLERANCE


def test_the_smoothed_loss_is_the_cross_entropy_of_the_smoothed_target() -> None:
    weights = Parameters(SoftmaxOutput.shapes(3, 2, tied=False), np.float64)
    weights["output.by"][:] = np.log([0.5, 0.3, 0.2])
    output = SoftmaxOutput(weights, weights.zeros_like(), smoothing=0.3)
    losses, _ = output.forward(np.zeros((1, 2)), np.array([1]))
    expected = -0.1 * np.log(0.5) - 0.8 * np.log(0.3) - 0.1 * np.log(0.2)
    np.testing.assert_allclose(losses, expected, rtol=1e-12)


# PyTorch


def golden(name: str) -> dict[str, Any]:
    text = (GOLDEN / f"{name}.json").read_text()
    return {key: np.array(value) for key, value in json.loads(text).items()}


def test_scaled_dot_attention_agrees_with_the_golden_file() -> None:
    case = golden("attention")
    nothing = Parameters({}, np.float64)
    attention = Attention(nothing, nothing)
    mask = np.arange(case["h"].shape[1]) < case["lengths"][:, None]
    c, cache = attention.forward(case["a"], case["h"], mask)
    da, dh = attention.backward(case["dc"], cache)
    for name, array in (("c", c), ("da", da), ("dh", dh)):
        np.testing.assert_allclose(array, case[name], rtol=0, atol=1e-10, err_msg=name)


def test_a_bidirectional_encoder_agrees_with_the_golden_file() -> None:
    case = golden("encoder")
    lengths, (_, width) = case["lengths"], case["x"].shape
    H = case["a"].shape[1] // 2
    shape = Shape(0, "lstm", (H, H), vector_size=width, bidirectional=True)
    weights = Parameters(shape.recurrent(), np.float64)
    gradients = weights.zeros_like()
    ends = {"": 0, "_reverse": 1}
    theirs = {}  # our weights, and where PyTorch's stand in them
    for i in range(2):
        for end, j in ends.items():
            block = slice(4 * H * j, 4 * H * (j + 1))
            part = shape.cells(i)[j]
            theirs[f"weight_ih_l{i}{end}"] = (f"layer{i}.Wax", block)
            theirs[f"bias_ih_l{i}{end}"] = (f"layer{i}.b", block)
            theirs[f"weight_hh_l{i}{end}"] = (f"{part}.Waa", slice(None))
    for name, (ours, block) in theirs.items():
        weights[ours][block] = case[name]
        if name.startswith("bias"):  # theirs are two, which add up
            weights[ours][block] += case[name.replace("ih", "hh")]
    sizes = [int((lengths > t).sum()) for t in range(lengths.max())]
    batch = Packed(case["x"], np.zeros(0, int), sizes, np.arange(len(lengths)))
    stack = Stack(shape, weights, gradients)
    a, tape = stack.forward(batch, None)
    np.testing.assert_allclose(a, case["a"], rtol=0, atol=1e-10)
    dx = stack.backward(case["da"].copy(), tape, batch).inputs
    np.testing.assert_allclose(dx, case["dx"], rtol=0, atol=1e-10)
    for name, (ours, block) in theirs.items():
        np.testing.assert_allclose(
            gradients[ours][block], case[f"d{name}"], rtol=0, atol=1e-10, err_msg=name
        )


def test_attention_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    attention, _, arrays, dc = random_attention("dot")
    mask = np.arange(5) < np.array([[5], [3], [1]])
    a, h = (torch.tensor(arrays[name], requires_grad=True) for name in "ah")
    c = torch.nn.functional.scaled_dot_product_attention(
        a, h, h, attn_mask=torch.tensor(mask)[:, None]
    )
    c.backward(torch.tensor(dc))
    ours, cache = attention.forward(arrays["a"], arrays["h"], mask)
    expected = [c.detach(), a.grad, h.grad]
    for array, theirs in zip(
        (ours, *attention.backward(dc, cache)), expected, strict=True
    ):
        np.testing.assert_allclose(array, theirs.numpy(), rtol=0, atol=1e-10)


# Batches, steps, starts


@pytest.mark.parametrize("source", ["symbols", "vectors", "none"])
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_batch_equals_one_pair_at_a_time(attention: str, source: str) -> None:
    network = network_of(attention, source=source)
    pairs = pairs_of("symbols" if source == "symbols" else "vectors")
    loss = network.loss_and_gradients(whole(pairs))
    gradients = network.gradients.values.copy()
    losses, total = 0.0, np.zeros_like(gradients)
    for i in range(len(pairs)):
        losses += network.loss_and_gradients(pairs.pack(np.array([i])))
        total += network.gradients.values
    np.testing.assert_allclose(loss, losses, rtol=0, atol=1e-10)
    np.testing.assert_allclose(gradients, total / len(pairs), rtol=0, atol=1e-10)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_step_by_step_the_loss_is_that_of_all_steps_at_once(attention: str) -> None:
    """For two beginnings a source side by side, of which one is read."""
    network, pairs = network_of(attention), pairs_of("symbols")
    source, _ = network.encode(pack(pairs.sources, np.arange(4)))
    decoding = StepDecoder(network).start(source, np.eye(3)[LABELS])
    decoding.keep(np.repeat(np.arange(4), 2))
    losses = np.zeros(4)
    steps = max(map(len, TARGETS)) + 1
    read = np.array([[END, *t, *[END] * (steps - len(t))] for t in TARGETS])
    for t in range(steps):
        z, alpha = decoding.step(np.repeat(read[:, t], 2))
        if attention != "none":
            np.testing.assert_allclose(alpha.sum(axis=1), 1, rtol=1e-12)
            assert not alpha[~np.repeat(source.mask, 2, axis=0)].any()
        y_hat = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        decoding.keep(np.array([0, 1, 3, 2, 4, 5, 6, 7]))  # both alike
        for n, target in enumerate(TARGETS):
            if t <= len(target):
                losses[n] -= np.log(y_hat[2 * n + 1, read[n, t + 1 : t + 2].sum()])
    expected = network.loss_and_gradients(whole(pairs))
    np.testing.assert_allclose(losses.sum(), expected, rtol=1e-10)


def test_without_an_encoder_the_decoder_starts_from_the_mean() -> None:
    network, batch = network_of(source="none"), whole(pairs_of("vectors"))
    source, _ = network.encode(batch.source)
    values = np.split(vectors().values, np.cumsum(VECTOR_LENGTHS)[:-1])
    means = np.array([rows.mean(axis=0) for rows in values])
    np.testing.assert_allclose(source.p, means, rtol=1e-12)
    np.testing.assert_array_equal(source.h[0, :3], values[0])
    assert "encoder.layer0.Waa" not in network.parameters.views


@pytest.mark.parametrize("start", INITIALIZERS)
@pytest.mark.parametrize("embedding_size", [0, 4])
def test_a_network_starts_unsure(start: str, embedding_size: int) -> None:
    encoder = Shape(7, "lstm", (16,), embedding_size, bidirectional=True)
    decoder = Shape(6, "lstm", (20,), embedding_size)
    shape = EncoderDecoderShape(encoder, decoder)
    parameters = INITIALIZERS[start](shape, np.random.default_rng(1))
    network = EncoderDecoder(shape, parameters)
    pairs = pairs_of("symbols")
    loss = network.loss_and_gradients(whole(pairs)) / pairs.targets.lengths.sum()
    assert 0.7 * np.log(6) < loss < 1.5 * np.log(6)
    if start == "scaled":
        b = parameters["encoder.layer0.b"].reshape(2, 4, 16)
        assert (b == np.array([0, 1, 0, 0])[:, None]).all()
    if not embedding_size:
        for part in ("encoder", "decoder"):
            assert not parameters[f"{part}.layer0.Wax"][:, END].any()


def test_parts_share_the_numbers_of_the_whole() -> None:
    parameters = network_of().parameters
    part = parameters.part("decoder")
    part.values[:] = 7
    for name, view in parameters.views.items():
        assert (view == 7).all() == name.startswith("decoder."), name
    assert not parameters.part("nothing").views
