"""The weights that training starts with."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import END
from charnames.nn.networks.compound_shapes import AnyShape
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Parameters


def textbook_weights(shape: AnyShape, rng: np.random.Generator) -> Parameters:
    """Weights from a normal distribution of standard deviation 0.01; biases zero."""
    parameters = Parameters(shape.parameters())
    for view in parameters.views.values():
        if view.ndim > 1:
            view[:] = 0.01 * rng.standard_normal(view.shape)
    return _with_zero_first_input(shape, parameters)


def scaled_weights(shape: AnyShape, rng: np.random.Generator) -> Parameters:
    """Weights with which the outputs of a layer are about as large as its inputs.

    Recurrent blocks are orthogonal (Saxe, McClelland & Ganguli 2014); the others are
    normal with variance 1 / (number of inputs). The bias of the LSTM's forget gate
    (Gers et al. 2000) and that of the GRU's update gate are 1, so that the cells
    remember from the start.
    """
    parameters = Parameters(shape.parameters())
    for name, view in parameters.views.items():
        if name.endswith(".Waa"):
            H = view.shape[1]
            for block in view.reshape(-1, H, H):
                block[:] = np.linalg.qr(rng.standard_normal((H, H)))[0]
        elif name.endswith("embedding"):
            view[:] = 0.3 * rng.standard_normal(view.shape)
        elif view.ndim > 1:
            view[:] = rng.standard_normal(view.shape) / view.shape[1] ** 0.5
        elif name.endswith(".b"):
            gates = shape.gates(name)
            for gate, block in zip(gates, np.split(view, len(gates)), strict=True):
                block[:] = gate in ("forget", "update")
    return _with_zero_first_input(shape, parameters)


INITIALIZERS = {"textbook": textbook_weights, "scaled": scaled_weights}


def _with_zero_first_input(shape: AnyShape, parameters: Parameters) -> Parameters:
    """Set the end marker's column to zero, if inputs are one-hot: see Lookup."""
    stacks = {"": shape} if isinstance(shape, Shape) else shape.stacks
    for name, stack in stacks.items():
        if not stack.embedding_size and not stack.vector_size:
            part = parameters.part(name) if name else parameters
            part["layer0.Wax"][:, END] = 0
    return parameters
