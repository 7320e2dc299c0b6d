"""The cells, forward and backward: against finite differences and against PyTorch.

One translation from PyTorch's names to ours, and the tests; every array is float64.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from charnames.nn import activations
from charnames.nn.activations import by_gate, gate_product
from charnames.nn.batching import END, Packed, Sequences, pack
from charnames.nn.cells import CELLS, gru, lstm
from charnames.nn.gradient_check import numerical_gradient, relative_error
from charnames.nn.layers.inputs import Dense
from charnames.nn.parameters import Parameters

Floats = NDArray[np.floating]

H = 5
LENGTHS = {
    "ragged": [7, 4, 3, 1],  # N = 4, T = 7, M = 15
    "equal": [3, 3, 3, 3],
    "alone": [6],
    "one_step": [1, 1],
}
MASKS = {
    "all_kept": None,
    "dropped": np.array([0.0, 2.0, 2.0, 0.0, 2.0]),
}
STARTS = pytest.mark.parametrize("started", [True, False], ids=["started", "zero"])
TOLERANCE = 1e-7  # of |a - b| / |a + b|, where right gradients come to 1e-8
GOLDEN = Path(__file__).parent / "golden"


# Finite differences


@dataclass
class Case:
    """A cell, and all that its outputs depend on; loss = sum(a * da)."""

    cell: Any
    batch: Packed
    weights: Parameters
    gradients: Parameters
    x: Floats  # (gates, M, H)
    initial: tuple[Floats, ...] | None  # (N, H) each, None for zeros
    da: Floats  # (M, H), nothing in it zero
    mask: Floats | None

    def forward(self) -> tuple[tuple[Floats, ...], Any]:
        """The states and the cache; the cell may overwrite its input, a copy of x."""
        states, cache = self.cell.forward(
            self.x.copy(), self.initial, self.batch, self.mask
        )
        return states, cache

    def outputs(self) -> tuple[Floats, ...]:
        """The states at every row, (M, H) each, in memory of their own."""
        return tuple(state.copy() for state in self.forward()[0])

    def loss(self) -> float:
        return float(np.sum(self.outputs()[0] * self.da))

    def inputs(self) -> dict[str, Floats]:
        """Whatever the loss can be differentiated by."""
        return {**self.weights.views, "x": self.x, **self.by_state(self.initial)}

    def by_state(self, arrays: tuple[Floats, ...] | None) -> dict[str, Floats]:
        """Arrays, one a state, by the names of the initial states; none for None."""
        names = [f"{name}0" for name in self.cell.STATES] if arrays else []
        return dict(zip(names, arrays or (), strict=True))

    def backward(self) -> dict[str, Floats]:
        """The gradient of the loss for each of `inputs`."""
        _, cache = self.forward()
        dx, dinitial = self.cell.backward(self.da.copy(), cache, self.batch, self.mask)
        states = self.by_state(dinitial)
        gates, M, H = self.x.shape  # of the gradient, each row has its gates together
        by_gate = dx.reshape(M, gates, H).transpose(1, 0, 2)
        gradients = {**self.gradients.views, "x": by_gate, **states}
        return {name: gradient.copy() for name, gradient in gradients.items()}


def packed(lengths: list[int]) -> Packed:
    """A batch of sequences of these numbers of steps; which symbols does not matter."""
    ids = [END]
    for steps in lengths:
        ids += [END + 1] * (steps - 1) + [END]
    return pack(Sequences(np.array(ids)), list(range(len(lengths))))


def random_case(
    name: str, lengths: list[int], mask: Floats | None = None, started: bool = True
) -> Case:
    rng = np.random.default_rng(7)
    cell = CELLS[name]
    shapes = {f"layer0.{w}": shape for w, shape in cell.shapes(H).items()}
    weights = Parameters(shapes, np.float64)
    weights.values[:] = 0.6 * rng.standard_normal(len(weights.values))
    gradients = weights.zeros_like()
    N, M = len(lengths), sum(lengths)
    initial = tuple(rng.standard_normal((N, H)) for _ in cell.STATES)
    return Case(
        cell(weights, gradients, "layer0"),
        packed(lengths),
        weights,
        gradients,
        x=rng.standard_normal((len(cell.GATES), M, H)),
        initial=initial if started else None,
        da=rng.standard_normal((M, H)),
        mask=mask,
    )


def each_cell(test: Any) -> Any:
    return pytest.mark.parametrize("cell", CELLS)(test)


@each_cell
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@STARTS
def test_gradients_are_those_of_finite_differences(
    cell: str, lengths: list[int], mask: Floats | None, started: bool
) -> None:
    case = random_case(cell, lengths, mask, started)
    gradients = case.backward()
    errors, unread = {}, set()
    for name, array in case.inputs().items():
        numerical = numerical_gradient(case.loss, array)
        if numerical.any():
            errors[name] = relative_error(gradients[name], numerical)
        else:
            unread.add(name)
            assert not gradients[name].any(), name
    assert {name: e for name, e in errors.items() if not e < TOLERANCE} == {}
    # The recurrent weights read nothing but zeros where there is one step from zero.
    first_alone = not started and max(lengths) == 1
    assert unread == ({"layer0.Waa"} if first_alone else set())


@each_cell
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
def test_no_initial_states_are_initial_states_of_zero(
    cell: str, lengths: list[int], mask: Floats | None
) -> None:
    case, zeros = (random_case(cell, lengths, mask, s) for s in (False, True))
    assert zeros.initial is not None
    for state in zeros.initial:
        state[:] = 0
    for ours, expected in zip(case.outputs(), zeros.outputs(), strict=True):
        np.testing.assert_array_equal(ours, expected)
    gradients = zeros.backward()
    for name, gradient in case.backward().items():
        np.testing.assert_allclose(
            gradient, gradients.pop(name), rtol=1e-12, atol=1e-14, err_msg=name
        )
    assert set(gradients) == {f"{name}0" for name in case.cell.STATES}


@each_cell
def test_a_mask_is_on_the_columns_of_the_recurrent_weights(cell: str) -> None:
    mask = MASKS["dropped"]
    assert mask is not None
    masked = random_case(cell, LENGTHS["ragged"], mask)
    plain = random_case(cell, LENGTHS["ragged"])
    plain.weights["layer0.Waa"][:] *= mask
    for ours, expected in zip(masked.outputs(), plain.outputs(), strict=True):
        np.testing.assert_array_equal(ours, expected)


@each_cell
def test_dropped_columns_get_no_gradient(cell: str) -> None:
    dWaa = random_case(cell, LENGTHS["ragged"], MASKS["dropped"]).backward()[
        "layer0.Waa"
    ]
    assert not dWaa[:, [0, 3]].any()
    assert dWaa[:, [1, 2, 4]].all()


@each_cell
def test_a_batch_leaves_nothing_behind_for_the_next(cell: str) -> None:
    used, fresh = (random_case(cell, [2, 1]) for _ in range(2))
    other = random_case(cell, LENGTHS["ragged"])
    other.cell, other.gradients = used.cell, used.gradients
    other.backward()
    expected = fresh.backward()
    for name, gradient in used.backward().items():
        np.testing.assert_array_equal(gradient, expected[name], err_msg=name)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_products_by_gate_are_those_with_a_copy_of_the_weights(n: int) -> None:
    rng = np.random.default_rng(n)
    Waa, a = rng.standard_normal((3 * H, H)), rng.standard_normal((n, H))
    products = [
        gate_product(a, Waa, blocks, np.empty((3 * 4, H)))
        for blocks in (by_gate(Waa), None)
    ]
    expected = np.einsum("ghk,nk->gnh", Waa.reshape(3, H, H), a)
    for ours in products:
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_cells_of_many_units_read_the_weights_as_they_are(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_copy = random_case(cell, LENGTHS["ragged"]).backward()
    monkeypatch.setattr(activations, "MANY_UNITS", 1)
    for module in (gru, lstm):
        monkeypatch.delattr(module, "by_gate")
    for name, gradient in random_case(cell, LENGTHS["ragged"]).backward().items():
        np.testing.assert_allclose(gradient, with_copy[name], rtol=1e-10, err_msg=name)


@each_cell
def test_fixed_recurrent_weights_get_no_gradient(cell: str) -> None:
    """All other gradients are what they were."""
    expected = random_case(cell, LENGTHS["ragged"], MASKS["dropped"]).backward()
    fixed = random_case(cell, LENGTHS["ragged"], MASKS["dropped"])
    fixed.cell.is_fixed = True
    expected["layer0.Waa"][:] = 0
    for name, gradient in fixed.backward().items():
        np.testing.assert_array_equal(gradient, expected[name], err_msg=name)


@each_cell
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
def test_a_copy_in_another_process_reads_as_before(
    cell: str, lengths: list[int]
) -> None:
    """Working arrays and the views of their rows stay one when they are pickled."""
    case = random_case(cell, lengths)
    expected = case.outputs()
    case.cell = pickle.loads(pickle.dumps(case.cell))
    for ours, states in zip(case.outputs(), expected, strict=True):
        np.testing.assert_array_equal(ours, states)


@each_cell
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS.keys())
@STARTS
def test_backward_leaves_its_cache_as_it_was(
    cell: str, lengths: list[int], mask: Floats | None, started: bool
) -> None:
    """A second `backward` on the same cache gives the same gradients."""
    case = random_case(cell, lengths, mask, started)
    _, cache = case.forward()
    before = copy.deepcopy(cache)
    results = []
    for _ in range(2):
        case.gradients.values[:] = np.nan
        dx, dinitial = case.cell.backward(case.da.copy(), cache, case.batch, case.mask)
        results.append(
            [array.copy() for array in (dx, *(dinitial or ()), case.gradients.values)]
        )
    for second, first in zip(*reversed(results), strict=True):
        np.testing.assert_array_equal(second, first)
    for after, array in zip(cache, before, strict=True):
        np.testing.assert_array_equal(after, array)


@each_cell
def test_gradients_of_the_initial_states_are_not_written_over(cell: str) -> None:
    case = random_case(cell, LENGTHS["equal"])
    _, cache = case.forward()
    _, dinitial = case.cell.backward(case.da.copy(), cache, case.batch, case.mask)
    before = [array.copy() for array in dinitial]
    case.cell.backward(2 * case.da, cache, case.batch, case.mask)
    for array, expected in zip(dinitial, before, strict=True):
        np.testing.assert_array_equal(array, expected)


# PyTorch


def by_pytorchs_names(kind: str, case: Mapping[str, Any]) -> dict[str, Floats]:
    """The output and gradients of our layer for PyTorch's weights and inputs.

    Dense stands for the input part, so `dx` here is the gradient for the vectors
    (M, D) before it. Our one bias b is the sum of PyTorch's two, and so has the
    gradient of each; only the GRU's candidate keeps the recurrent one apart, as c.
    """
    given = {key: np.array(value, dtype=float) for key, value in case.items()}
    cell: Any = CELLS[kind]
    (_, H) = given["a0"].shape
    G, D = given["weight_ih_l0"].shape
    own = {f"layer0.{w}": shape for w, shape in cell.shapes(H).items()}
    weights = Parameters({"layer0.Wax": (G, D), "layer0.b": (G,), **own}, np.float64)
    gradients = weights.zeros_like()

    weights["layer0.Wax"][:] = given["weight_ih_l0"]
    weights["layer0.Waa"][:] = given["weight_hh_l0"]
    weights["layer0.b"][:] = given["bias_ih_l0"] + given["bias_hh_l0"]
    if kind == "gru":
        weights["layer0.b"][2 * H :] = given["bias_ih_l0"][2 * H :]
        weights["layer0.c"][:] = given["bias_hh_l0"][2 * H :]

    batch = packed(case["lengths"])
    dense = Dense(weights, gradients, "layer0")
    layer = cell(weights, gradients, "layer0")
    states = [f"{name}0" for name in cell.STATES]
    initial = tuple(given[state] for state in states)
    (a, *_), cache = layer.forward(dense.forward(given["x"]), initial, batch)
    a = a.copy()
    dx, dinitial = layer.backward(given["da"].copy(), cache, batch)
    dv = dense.backward(dx, given["x"])

    db = gradients["layer0.b"]
    recurrent = np.r_[db[: 2 * H], gradients["layer0.c"]] if kind == "gru" else db
    return {
        "a": a,
        "dx": dv,
        **{f"d{name}": d for name, d in zip(states, dinitial, strict=True)},
        "dweight_ih_l0": gradients["layer0.Wax"],
        "dweight_hh_l0": gradients["layer0.Waa"],
        "dbias_ih_l0": db,
        "dbias_hh_l0": recurrent,
    }


def assert_agrees(kind: str, case: Mapping[str, Any]) -> None:
    """Our output and every one of our gradients are PyTorch's, to 1e-10."""
    expected = {key for key in case if key[0] == "d" and key != "da"} | {"a"}
    ours = by_pytorchs_names(kind, case)
    assert set(ours) == expected
    for name, array in ours.items():
        np.testing.assert_allclose(
            array, np.array(case[name]), rtol=0, atol=1e-10, err_msg=name
        )


def pytorchs_case(torch: Any, kind: str) -> dict[str, Any]:
    """Weights, inputs, outputs and gradients, under the golden files' names."""
    D, H, lengths = 3, 7, [6, 6, 4, 2, 1]
    rng = np.random.default_rng(99)

    def leaf(*shape: int) -> Any:
        return torch.tensor(rng.standard_normal(shape), requires_grad=True)

    layer = getattr(torch.nn, kind.upper())(D, H, dtype=torch.float64)
    for weight in layer.parameters():
        weight.data[:] = 0.5 * leaf(*weight.shape).detach()
    x = leaf(sum(lengths), D)
    states = {f"{name}0": leaf(len(lengths), H) for name in CELLS[kind].STATES}
    sizes = torch.tensor(packed(lengths).sizes)
    inputs = torch.nn.utils.rnn.PackedSequence(x, sizes)
    initial = [state[None] for state in states.values()]
    a = layer(inputs, tuple(initial) if kind == "lstm" else initial[0])[0].data
    da = torch.tensor(rng.standard_normal(a.shape))
    a.backward(da)
    leaves = {"x": x, **states, **dict(layer.named_parameters())}
    gradients = {**leaves, **{f"d{name}": leaf.grad for name, leaf in leaves.items()}}
    arrays = {"a": a, "da": da, **gradients}
    plain = {name: array.detach().numpy() for name, array in arrays.items()}
    return {"lengths": lengths, **plain}


@each_cell
def test_agrees_with_the_golden_file(cell: str) -> None:
    case = json.loads((GOLDEN / f"{cell}.json").read_text())
    assert case["sizes"] == list(packed(case["lengths"]).sizes)
    assert_agrees(cell, case)


@each_cell
def test_agrees_with_pytorch(cell: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    assert_agrees(cell, pytorchs_case(torch, cell))
