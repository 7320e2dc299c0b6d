"""How the weights of a network are kept, and what that changes of its probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from charnames.export.packing import Arrays
from charnames.models.base import Trained
from charnames.nn.array_types import Floats
from charnames.nn.parameters import Array, Parameters

PRECISIONS = ("int8", "float16", "float32")  # the smallest first
TOLERANCE = 1e-3  # of every probability

_AnyModel = TypeVar("_AnyModel", bound=Trained)
Measure = Callable[[_AnyModel], Floats]


def kept_weights(parameters: Parameters, precision: str) -> Arrays:
    """The arrays that hold the weights.

    With int8 each row of a matrix has 8 bits for a number, and a scale of its own;
    vectors stay as they are. Weights that float16 cannot hold become infinite.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, values in parameters.views.items():
        if precision == "int8" and values.ndim > 1:
            scale = np.abs(values).max(axis=1, keepdims=True) / np.float32(127)
            scale[scale == 0] = 1
            arrays[name] = np.rint(values / scale).astype(np.int8)
            arrays[f"{name}.scale"] = scale[:, 0].astype(np.float32)
        elif precision == "float16":
            with np.errstate(over="ignore"):
                arrays[name] = values.astype(np.float16)
        else:
            arrays[name] = values.astype(np.float32)
    return arrays


def as_kept(model: _AnyModel, precision: str) -> _AnyModel:
    """The model with its weights as the module will read them."""
    shapes = model.parameters.shapes
    arrays = kept_weights(model.parameters, precision)
    kept = Parameters(shapes, dtype=np.float32)
    for name, values in kept.views.items():
        values[:] = arrays[name].astype(np.float32)
        if precision == "int8" and values.ndim > 1:
            values *= _column(arrays[f"{name}.scale"])
    return replace(model, parameters=kept)


def _column(scale: Array) -> Array:
    return scale[:, None]


def smallest_precision(model: _AnyModel, measure: Measure[_AnyModel]) -> str:
    """The smallest precision that changes no probability by more than TOLERANCE.

    measure: gives the probabilities of a model, always for the same inputs.
    """
    exact = measure(model)
    for precision in PRECISIONS[:-1]:
        with np.errstate(all="ignore"):
            difference = np.abs(measure(as_kept(model, precision)) - exact).max()
        if difference <= TOLERANCE:  # false for NaN as well
            return precision
    return PRECISIONS[-1]
