"""The weights that a network starts with."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import END
from charnames.nn.cells import CELLS
from charnames.nn.networks.shape import Shape
from charnames.nn.parameters import Parameters


def textbook_weights(shape: Shape, rng: np.random.Generator) -> Parameters:
    """Weights 0.01 x standard normal, biases zero."""
    parameters = Parameters(shape.parameters())
    for view in parameters.views.values():
        if view.ndim > 1:
            view[:] = 0.01 * rng.standard_normal(view.shape)
    return _with_zero_start(shape, parameters)


def scaled_weights(shape: Shape, rng: np.random.Generator) -> Parameters:
    """Weights that keep the size of what passes through them.

    Recurrent blocks are orthogonal (Saxe, McClelland & Ganguli 2014), others normal
    with variance 1 / their inputs. What gates memory starts open: the LSTM's forget
    bias (Gers et al. 2000) and the GRU's update bias are 1.
    """
    parameters = Parameters(shape.parameters())
    gates = CELLS[shape.cell].GATES * shape.directions
    for name, view in parameters.views.items():
        if name.endswith(".Waa"):
            H = view.shape[1]
            for block in view.reshape(-1, H, H):
                block[:] = np.linalg.qr(rng.standard_normal((H, H)))[0]
        elif name == "embedding":
            view[:] = 0.3 * rng.standard_normal(view.shape)
        elif view.ndim > 1:
            view[:] = rng.standard_normal(view.shape) / view.shape[1] ** 0.5
        elif name.endswith(".b"):
            for gate, block in zip(gates, np.split(view, len(gates)), strict=True):
                block[:] = gate in ("forget", "update")
    return _with_zero_start(shape, parameters)


INITIALIZERS = {"textbook": textbook_weights, "scaled": scaled_weights}


def _with_zero_start(shape: Shape, parameters: Parameters) -> Parameters:
    """One-hot, the first input is the zero vector: see Lookup."""
    if not shape.embedding_size and not shape.vector_size:
        parameters["layer0.Wax"][:, END] = 0
    return parameters
