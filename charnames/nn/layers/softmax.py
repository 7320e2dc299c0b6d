"""The output layer: a distribution over symbols or classes, and its loss."""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import SymbolIds
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


class SoftmaxOutput:
    r"""y_hat = softmax(Wya a + by), and the cross-entropy loss of the targets.

    With z = Wya a + by and y_hat_i = exp(z_i) / sum_k exp(z_k), the loss of a row with
    the target symbol s is L = -log y_hat_s = log sum_k exp(z_k) - z_s, in nats.

    The Jacobian of the softmax is d y_hat_i / d z_j = y_hat_i ([i = j] - y_hat_j), and
    with dL / d y_hat_i = -[i = s] / y_hat_s the chain rule gives

        dL/dz_j = -([s = j] - y_hat_j) = y_hat_j - y_j,    y the one-hot symbol s

    so dz = y_hat - y, dWya += dz a^T, dby += dz, and da = Wya^T dz. The largest z of a
    row is subtracted first: y_hat stays the same, and exp cannot overflow.

    With label smoothing e (Szegedy et al. 2016) the row's target is a share e of every
    symbol alike and 1 - e of s: y_j = (1 - e) [s = j] + e / V, and with that y

        L = -sum_j y_j log y_hat_j = log sum_k exp(z_k) - sum_j y_j z_j,  dz = y_hat - y
    """

    @staticmethod
    def shapes(V: int, H: int, tied: bool) -> Shapes:
        """Weights for V symbols; tied weights use the embeddings as Wya."""
        by: Shapes = {"output.by": (V,)}
        return by if tied else {"output.Wya": (V, H), **by}

    def __init__(
        self, weights: Parameters, gradients: Parameters, smoothing: float = 0.0
    ) -> None:
        self.smoothing = smoothing  # e
        name = "output.Wya" if "output.Wya" in weights.views else "embedding"
        self.Wya, self.dWya = weights[name], gradients[name]  # (V, H)
        self.by, self.dby = weights["output.by"], gradients["output.by"]  # (V,)
        self.buffers = Buffers(self.by.dtype)

    def logits(self, a: Array) -> Array:
        """a (M, H) -> z = Wya a + by, (V, M), in which sums over V are fast."""
        V, M = len(self.by), len(a)
        z = self.buffers("z", V * M, 1).reshape(V, M)
        self.Wya.dot(a.T, z)
        z += self.by[:, None]
        return z

    def forward(self, a: Array, targets: SymbolIds) -> tuple[Array, Array]:
        """a (M, H), targets (M,) -> the loss of each row in nats (M,), y_hat (V, M)."""
        z = self.logits(a)
        z -= np.maximum.reduce(z, axis=0)
        target_z = z.reshape(-1).take(_target_indices(targets))
        if self.smoothing:
            target_z *= 1 - self.smoothing
            target_z += self.smoothing / len(z) * np.add.reduce(z, axis=0)
        y_hat = np.exp(z, out=z)
        total = np.add.reduce(y_hat, axis=0)
        y_hat /= total
        losses = np.log(total, out=total)
        losses -= target_z
        return losses, y_hat

    def backward(
        self, y_hat: Array, a: Array, targets: SymbolIds, scale: float | Array
    ) -> Array:
        """The gradient da (M, H) of the summed loss; writes dWya and dby.

        scale: a factor of the loss, one for all rows or one for each row, (M,).
        y_hat: (V, M), as from `forward`; it is overwritten.
        """
        dz = y_hat
        if self.smoothing:
            dz -= self.smoothing / len(dz)
        dz.reshape(-1)[_target_indices(targets)] -= 1 - self.smoothing
        dz *= scale
        return self.logits_backward(dz, a)

    def logits_backward(self, dz: Array, a: Array) -> Array:
        """dz (V, M), and the a (M, H) of `logits` -> da (M, H); writes dWya, dby."""
        dz.dot(a, self.dWya)
        dz.dot(self.buffers.ones(len(a)), self.dby)
        return dz.T.dot(self.Wya, self.buffers("da", len(a), a.shape[1]))


def _target_indices(targets: SymbolIds) -> SymbolIds:
    """The index of each row's target in a flattened array (V, M)."""
    M = len(targets)
    indices = np.arange(M)
    indices += targets * M
    return indices
