"""Baseline: the recipe as a course teaches it, in plain NumPy.

One name per update, one-hot columns, dictionaries of parameters and gradients, a
softmax at every step. It is meant to be typical, so it is deliberately not tuned.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Dict = dict[str, Array]
Cache = dict[int, Array]

UNITS = 100
RATE = 0.01
CLIP = 5.0
SMOOTH = 0.999


def initialize(V: int, H: int, rng: np.random.Generator) -> Dict:
    return {
        "Wax": rng.standard_normal((H, V)) * 0.01,
        "Waa": rng.standard_normal((H, H)) * 0.01,
        "Wya": rng.standard_normal((V, H)) * 0.01,
        "b": np.zeros((H, 1)),
        "by": np.zeros((V, 1)),
    }


def softmax(z: Array) -> Array:
    e = np.exp(z - np.max(z))
    return np.asarray(e / np.sum(e, axis=0))


def step_forward(parameters: Dict, a_prev: Array, x: Array) -> tuple[Array, Array]:
    """x (V, 1), a_prev (H, 1) -> a (H, 1), y_hat (V, 1)."""
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    a = np.tanh(np.dot(Wax, x) + np.dot(Waa, a_prev) + parameters["b"])
    y_hat = softmax(np.dot(Wya, a) + parameters["by"])
    return a, y_hat


def forward(
    X: list[int | None], Y: list[int], a0: Array, parameters: Dict
) -> tuple[float, tuple[Cache, Cache, Cache]]:
    """The name's summed loss, and what each step leaves for the way back."""
    V = parameters["by"].shape[0]
    x: Cache = {}
    y_hat: Cache = {}
    a: Cache = {-1: np.copy(a0)}
    loss = 0.0
    for t in range(len(X)):
        x[t] = np.zeros((V, 1))
        symbol = X[t]
        if symbol is not None:
            x[t][symbol] = 1
        a[t], y_hat[t] = step_forward(parameters, a[t - 1], x[t])
        loss -= float(np.log(y_hat[t][Y[t], 0]))
    return loss, (x, a, y_hat)


def step_backward(
    dy: Array, gradients: Dict, parameters: Dict, x: Array, a: Array, a_prev: Array
) -> None:
    """Add one step's part to the gradients; dy (V, 1)."""
    gradients["dWya"] += np.dot(dy, a.T)
    gradients["dby"] += dy
    da = np.dot(parameters["Wya"].T, dy) + gradients["da_next"]
    dz = (1 - a * a) * da
    gradients["db"] += dz
    gradients["dWax"] += np.dot(dz, x.T)
    gradients["dWaa"] += np.dot(dz, a_prev.T)
    gradients["da_next"] = np.dot(parameters["Waa"].T, dz)


def backward(Y: list[int], parameters: Dict, cache: tuple[Cache, Cache, Cache]) -> Dict:
    x, a, y_hat = cache
    gradients = {f"d{name}": np.zeros_like(p) for name, p in parameters.items()}
    gradients["da_next"] = np.zeros_like(a[-1])
    for t in reversed(range(len(Y))):
        dy = np.copy(y_hat[t])
        dy[Y[t]] -= 1
        step_backward(dy, gradients, parameters, x[t], a[t], a[t - 1])
    del gradients["da_next"]
    return gradients


def clip(gradients: Dict) -> None:
    for gradient in gradients.values():
        np.clip(gradient, -CLIP, CLIP, out=gradient)


def update(parameters: Dict, gradients: Dict) -> None:
    for name in parameters:
        parameters[name] += -RATE * gradients[f"d{name}"]


def optimize(
    X: list[int | None], Y: list[int], a_prev: Array, parameters: Dict
) -> tuple[float, Array]:
    """One update from one name: its loss, and its last state (H, 1)."""
    loss, cache = forward(X, Y, a_prev, parameters)
    gradients = backward(Y, parameters, cache)
    clip(gradients)
    update(parameters, gradients)
    return loss, cache[1][len(X) - 1]


def train(names_ids: list[list[int]], V: int, iterations: int, seed: int) -> float:
    """Train, one name an iteration in a shuffled round; the smoothed loss in nats.

    Symbols are 1..V-1; 0 is the end marker. A zero vector is the first input.
    """
    rng = np.random.default_rng(seed)
    parameters = initialize(V, UNITS, rng)
    order = rng.permutation(len(names_ids))
    a0 = np.zeros((UNITS, 1))
    smooth = 0.0
    for iteration in range(iterations):
        name = names_ids[order[iteration % len(order)]]
        loss, _ = optimize([None, *name], [*name, 0], a0, parameters)
        smooth = SMOOTH * smooth + (1 - SMOOTH) * loss if iteration else loss
    return smooth
