"""Real numbers brought to one scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charnames.encoding.scaling import SCALES, Scaling
from charnames.errors import ListError, RecipeError

RNG = np.random.default_rng(1)
SEQUENCES = [
    (RNG.normal(size=(length, 3)) * [1, 20, 0.01] + [5, -300, 0]).astype(np.float32)
    for length in (4, 9, 1)
]


def scaled(how: str) -> np.ndarray:
    scaling = Scaling.fitted(SEQUENCES, how)
    return np.concatenate([scaling.applied(vectors) for vectors in SEQUENCES])


def test_standard_gives_mean_0_and_deviation_1() -> None:
    rows = scaled("standard").astype(np.float64)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(rows.std(axis=0), 1, rtol=1e-6)


def test_unit_gives_0_to_1() -> None:
    rows = scaled("unit")
    np.testing.assert_array_equal(rows.min(axis=0), 0)
    np.testing.assert_allclose(rows.max(axis=0), 1, rtol=1e-6)


def test_none_changes_nothing() -> None:
    np.testing.assert_array_equal(scaled("none"), np.concatenate(SEQUENCES))


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"^scale: 'sqrt' is none of none, standard"):
        Scaling.fitted(SEQUENCES, "sqrt")


@pytest.mark.parametrize("how", ["standard", "unit"])
@pytest.mark.parametrize("value", [0.1, -7.3e5, 3e38, 1e-45])
def test_a_number_that_is_always_the_same_becomes_0(how: str, value: float) -> None:
    vectors = np.full((1001, 1), value, np.float32)
    scaling = Scaling.fitted([vectors], how)
    assert scaling.factor == (1.0,)
    np.testing.assert_array_equal(scaling.applied(vectors), 0)


@pytest.mark.parametrize("how", ["standard", "unit"])
def test_what_lies_far_outside_is_held_within_32_bits(how: str) -> None:
    scaling = Scaling.fitted([np.array([[0], [1e-45]], np.float32)], how)
    far = scaling.applied(np.array([[3e38], [-3e38]], np.float32))
    largest = np.finfo(np.float32).max
    assert far.tolist() == [[largest], [-largest]]


@pytest.mark.parametrize("how", SCALES)
def test_what_is_scaled_has_32_bits_and_its_shape(how: str) -> None:
    scaled = Scaling.fitted(SEQUENCES, how).applied(SEQUENCES[1])
    assert (scaled.dtype, scaled.shape) == (np.float32, (9, 3))


def test_vectors_of_another_size_are_refused() -> None:
    scaling = Scaling.fitted(SEQUENCES, "unit")
    for size in (1, 2, 4):
        with pytest.raises(ListError, match=rf"{size} numbers, and the model reads 3"):
            scaling.applied(np.zeros((5, size), np.float32))


CONSTANTS = {
    "none": ((), ()),
    "unlike": ((0.0,), (1.0, 1.0)),
    "nan": ((float("nan"),), (1.0,)),
    "infinite": ((0.0,), (float("inf"),)),
    "zero": ((0.0,), (0.0,)),
    "negative": ((0.0, 0.0), (1.0, -1.0)),
}


@pytest.mark.parametrize("fault", CONSTANTS)
def test_constants_that_none_were_fitted_to(fault: str) -> None:
    with pytest.raises(RecipeError, match=r"^scaling: "):
        Scaling(*CONSTANTS[fault])


NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
ROWS = st.tuples(st.integers(1, 6), st.integers(1, 3)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=NUMBERS)
)


@settings(deadline=None)
@given(ROWS, st.sampled_from(SCALES), NUMBERS)
def test_whatever_is_scaled_stays_a_number(
    rows: np.ndarray, how: str, other: float
) -> None:
    scaling = Scaling.fitted([rows], how)
    for vectors in (rows, np.full_like(rows, other)):
        assert np.isfinite(scaling.applied(vectors)).all()
    if how == "unit":
        assert np.ptp(scaling.applied(rows)) <= 1
