"""Baseline: the course's recipe in eager PyTorch, float32, one name per update.

`train_module` runs nn.RNN over a whole name; `train_steps` is a loop written out
step by step. Start, order, clipping and learning rate are those of `course.py`.
"""

from collections.abc import Callable

import numpy as np
import torch
from course import CLIP, RATE, SMOOTH, UNITS, initialize
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

Loss = Callable[[Tensor, Tensor], Tensor]


def train_module(
    names_ids: list[list[int]], V: int, iterations: int, seed: int
) -> float:
    """Train nn.RNN and nn.Linear, whole names at once; the smoothed loss in nats."""
    start, order = begin(V, len(names_ids), seed)
    rnn, linear = nn.RNN(V, UNITS), nn.Linear(UNITS, V)
    # nn.RNN has two biases where the recipe has one: the second stays at zero.
    Wax, Waa, b, second = rnn.parameters()
    nn.init.zeros_(second).requires_grad_(False)
    weights = [Wax, Waa, linear.weight, b, linear.bias]
    with torch.no_grad():
        for weight, value in zip(weights, start, strict=True):
            weight.copy_(value)

    def loss(x: Tensor, y: Tensor) -> Tensor:
        a, _ = rnn(x[:, None])
        return cross_entropy(linear(a[:, 0]), y, reduction="sum")

    return descend(names_ids, V, iterations, order, weights, loss)


def train_steps(
    names_ids: list[list[int]], V: int, iterations: int, seed: int
) -> float:
    """Train with a loop over the steps of a name; the smoothed loss in nats."""
    start, order = begin(V, len(names_ids), seed)
    weights = [value.requires_grad_() for value in start]
    Wax, Waa, Wya, b, by = weights

    def loss(x: Tensor, y: Tensor) -> Tensor:
        a = torch.zeros(UNITS)
        total = torch.zeros(())
        for x_t, y_t in zip(x, y, strict=True):
            a = torch.tanh(Wax @ x_t + Waa @ a + b)
            total = total + cross_entropy(Wya @ a + by, y_t)
        return total

    return descend(names_ids, V, iterations, order, weights, loss)


def begin(V: int, count: int, seed: int) -> tuple[list[Tensor], list[int]]:
    """The start (Wax, Waa, Wya, b, by) and the order of names that course.py draws."""
    rng = np.random.default_rng(seed)
    start = initialize(V, UNITS, rng).values()
    tensors = [torch.tensor(p.squeeze(), dtype=torch.float32) for p in start]
    return tensors, rng.permutation(count).tolist()


def descend(
    names_ids: list[list[int]],
    V: int,
    iterations: int,
    order: list[int],
    weights: list[Tensor],
    loss_of: Loss,
) -> float:
    """One clipped SGD update per name; loss_of takes x (T, V) and targets (T,)."""
    optimizer = torch.optim.SGD(weights, lr=RATE)
    # Symbol 0 only ends names, so as an input its row can be the zero vector.
    inputs = torch.eye(V)
    inputs[0] = 0
    smooth = 0.0
    for iteration in range(iterations):
        name = names_ids[order[iteration % len(order)]]
        ids = torch.tensor([0, *name, 0])
        loss = loss_of(inputs[ids[:-1]], ids[1:])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_value_(weights, CLIP)
        optimizer.step()
        value = loss.item()
        smooth = SMOOTH * smooth + (1 - SMOOTH) * value if iteration else value
    return smooth
