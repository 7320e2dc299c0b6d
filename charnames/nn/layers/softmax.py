"""The output layer: a distribution over symbols or classes, and its loss."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import Symbols
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class SoftmaxOutput:
    r"""y_hat = softmax(Wya a + by), and the cross-entropy of the symbols that came.

    With z = Wya a + by, y_hat_i = exp(z_i) / sum_k exp(z_k), the loss of a row whose
    next symbol is s is L = -log y_hat_s = log sum_k exp(z_k) - z_s, in nats.

    The Jacobian of the softmax is d y_hat_i / d z_j = y_hat_i ([i = j] - y_hat_j), and
    with dL / d y_hat_i = -[i = s] / y_hat_s the chain rule gives

        dL/dz_j = -([s = j] - y_hat_j) = y_hat_j - y_j,    y the one-hot symbol s

    so dz = y_hat - y, dWya += dz a^T, dby += dz, and da = Wya^T dz. Subtracting the
    largest z of a row first changes nothing in y_hat and keeps exp from overflowing.
    """

    @staticmethod
    def shapes(V: int, H: int, tied: bool) -> Shapes:
        """The weights of an output of V symbols; tied, the embeddings serve as Wya."""
        by: Shapes = {"output.by": (V,)}
        return by if tied else {"output.Wya": (V, H), **by}

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        name = "output.Wya" if "output.Wya" in weights.views else "embedding"
        self.Wya, self.dWya = weights[name], gradients[name]  # (V, H)
        self.by, self.dby = weights["output.by"], gradients["output.by"]  # (V,)
        self.buffers = Buffers(self.by.dtype)

    def logits(self, a: Array) -> Array:
        """a (M, H) -> z = Wya a + by, (V, M): sums over V run along memory."""
        V, M = len(self.by), len(a)
        z = self.buffers("z", V * M, 1).reshape(V, M)
        self.Wya.dot(a.T, z)
        z += self.by[:, None]
        return z

    def forward(self, a: Array, targets: Symbols) -> tuple[Array, Array]:
        """a (M, H), targets (M,) -> the loss of each row in nats (M,), y_hat (V, M)."""
        z = self.logits(a)
        z -= np.maximum.reduce(z, axis=0)
        target_z = z.reshape(-1).take(_places(targets))
        y_hat = np.exp(z, out=z)
        total = np.add.reduce(y_hat, axis=0)
        y_hat /= total
        losses = np.log(total, out=total)
        losses -= target_z
        return losses, y_hat

    def backward(
        self, y_hat: Array, a: Array, targets: Symbols, scale: float | Array
    ) -> Array:
        """-> da (M, H) of scale x summed loss; writes dWya, dby. Uses up `y_hat`.

        scale: of the loss of every row, or of each (M,).
        """
        dz = y_hat
        dz.reshape(-1)[_places(targets)] -= 1
        dz *= scale
        dz.dot(a, self.dWya)
        dz.dot(self.buffers.ones(len(a)), self.dby)
        return dz.T.dot(self.Wya, self.buffers("da", len(a), a.shape[1]))


def _places(targets: Symbols) -> Symbols:
    """Where each row's target stands in a flattened (V, M)."""
    M = len(targets)
    places = np.arange(M)
    places += targets * M
    return places
