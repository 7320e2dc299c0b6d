"""Gradient clipping, and the optimizers, on flat arrays."""

from __future__ import annotations

import math

import numpy as np

from charnames.nn.parameters import Array, Parameters


def clip(gradients: Array, threshold: float, by: str) -> None:
    """Limit the gradients in place; a threshold of 0 leaves them as they are.

    by: "value" limits each to [-threshold, threshold]; "norm" scales all of them so
    that their Euclidean norm is at most the threshold (Pascanu, Mikolov & Bengio 2013).
    """
    if not threshold:
        return
    if by == "value":
        gradients.clip(-threshold, threshold, out=gradients)
        return
    norm = float(gradients.dot(gradients)) ** 0.5
    if norm > threshold:
        if math.isinf(norm):  # the sum of squares is too large for the dtype
            norm = float(np.linalg.norm(gradients.astype(np.float64)))
        gradients *= threshold / norm


class SGD:
    """Gradient descent with momentum (Polyak 1964).

    velocity = momentum * velocity + gradients;  values -= learning_rate * velocity.
    """

    def __init__(self, parameters: Parameters, momentum: float = 0.0) -> None:
        self.parameters = parameters
        self.momentum = momentum
        self.state: dict[str, Array] = {}
        if momentum:
            self.state["velocity"] = np.zeros_like(parameters.values)

    def update(self, gradients: Array, learning_rate: float, iteration: int) -> None:
        """Update the parameters once. Overwrites `gradients`."""
        if self.momentum:
            velocity = self.state["velocity"]
            velocity *= self.momentum
            velocity += gradients
            np.multiply(velocity, learning_rate, gradients)
        else:
            gradients *= learning_rate
        self.parameters.values -= gradients


class AdamW:
    """Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019).

    Weight decay applies to matrices, not to biases. An anchor above 0 is the strength
    of another decay, of all parameters, towards the values that they have when the
    optimizer is made (Li, Grandvalet & Davoine 2018).
    """

    def __init__(
        self,
        parameters: Parameters,
        weight_decay: float,
        beta1: float = 0.9,
        beta2: float = 0.99,
        epsilon: float = 1e-8,
        anchor: float = 0.0,
    ) -> None:
        self.parameters = parameters
        self.weight_decay = weight_decay
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        zeros = np.zeros_like(parameters.values)
        self.state = {"sum": zeros, "squares": zeros.copy()}
        self.scratch = zeros.copy()
        self.anchor = anchor
        if anchor:
            self.state["start"] = parameters.values.copy()

    def update(self, gradients: Array, learning_rate: float, iteration: int) -> None:
        """Update the parameters, after `iteration` updates. Overwrites `gradients`.

        values -= learning_rate * m / (sqrt(v) + epsilon), where m and v are the running
        means of the gradients and of their squares, with Adam's correction of their
        bias towards zero. The state holds them as running sums, which are the means
        without their factors 1 - beta.
        """
        total, squares, scratch = self.state["sum"], self.state["squares"], self.scratch
        total *= self.beta1
        total += gradients
        gradients *= gradients
        squares *= self.beta2
        squares += gradients
        m_factor = (1 - self.beta1) / (1 - self.beta1 ** (iteration + 1))
        v_root = ((1 - self.beta2) / (1 - self.beta2 ** (iteration + 1))) ** 0.5
        root = np.sqrt(squares, scratch)
        root += self.epsilon / v_root
        np.divide(total, root, scratch)
        scratch *= learning_rate * m_factor / v_root
        if self.weight_decay:
            for view in self.parameters.views.values():
                if view.ndim > 1:
                    view *= 1 - learning_rate * self.weight_decay
        values = self.parameters.values
        values -= scratch
        if self.anchor:
            np.subtract(values, self.state["start"], scratch)
            scratch *= min(learning_rate * self.anchor, 1.0)
            values -= scratch
