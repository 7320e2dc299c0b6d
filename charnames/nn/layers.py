r"""What stands before the cells and after them: inputs and the softmax output.

An input layer forms x = Wax v + b for every row at once, where v is a one-hot or
embedded symbol (Lookup), or the vector that the layer below gives (Dense). The
output layer turns hidden states into a distribution over symbols, and into a loss.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import END, Symbols
from charnames.nn.parameters import Array, Buffers, Parameters


class Lookup:
    """x = Wax e_s + b for a symbol s, by a gather: e_s is its embedding, or one-hot.

    Wax e_s + b is one of V vectors, so a batch of many rows forms them all once, and
    each row takes its own. One-hot, Wax's column of the end marker, which is what the
    network reads before the first symbol, starts at zero and is given no gradient: so
    the first input is the zero vector.
    """

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wax, self.b = weights["layer0.Wax"], weights["layer0.b"]  # (G, D), (G,)
        self.dWax, self.db = gradients["layer0.Wax"], gradients["layer0.b"]
        self.embedded = "embedding" in weights.views
        self.tied = "output.Wya" not in weights.views
        if self.embedded:
            self.E, self.dE = weights["embedding"], gradients["embedding"]  # (V, D)
        self.V = len(self.E) if self.embedded else self.Wax.shape[1]
        self.one_hot = np.eye(self.V, dtype=self.Wax.dtype)
        if not self.embedded:
            self.one_hot[END] = 0
        self.buffers = Buffers(self.Wax.dtype)

    def forward(self, ids: Symbols, keep: Array | None = None) -> Array:
        """ids (M,) -> x (M, G).

        keep: a dropout mask (V, D) on the embeddings, the same for the whole batch.
        """
        if not self.embedded and len(ids) < self.V:
            x = self.Wax.T[ids]
            x += self.b
            return x
        table = self.buffers("table", self.V, len(self.b))
        if self.embedded:
            E = self.E if keep is None else self.E * keep
            E.dot(self.Wax.T, table)
            table += self.b
        else:
            np.add(self.Wax.T, self.b, out=table)
        x = self.buffers("x", len(ids), len(self.b))
        return table.take(ids, axis=0, out=x, mode="clip")

    def backward(self, dx: Array, ids: Symbols, keep: Array | None = None) -> None:
        """dx (M, G); writes dWax, db and dE; tied, adds to the dE of the output.

        Rows of one symbol are added up by a product with its one-hot rows.
        """
        self.buffers.ones(len(dx)).dot(dx, self.db)
        one_hot = self.one_hot.take(ids, axis=0)  # (M, V)
        if not self.embedded:
            dx.T.dot(one_hot, self.dWax)
            return
        dtable = one_hot.T.dot(dx)  # (V, G)
        dtable.T.dot(self.E if keep is None else self.E * keep, self.dWax)
        dE = dtable.dot(self.Wax)
        if keep is not None:
            dE *= keep
        self.dE[:] = self.dE + dE if self.tied else dE


class Dense:
    """x = Wax v + b for real vectors v: the outputs of the layer below."""

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Wax, self.b = weights[f"{name}.Wax"], weights[f"{name}.b"]  # (G, D), (G,)
        self.dWax, self.db = gradients[f"{name}.Wax"], gradients[f"{name}.b"]
        self.buffers = Buffers(self.Wax.dtype)

    def forward(self, v: Array, keep: Array | None = None) -> Array:
        """v (M, D) -> x (M, G). It has no embeddings to `keep`."""
        x = self.buffers("x", len(v), len(self.b))
        v.dot(self.Wax.T, x)
        x += self.b
        return x

    def backward(self, dx: Array, v: Array, keep: Array | None = None) -> Array:
        """dx (M, G), and the v (M, D) of `forward` -> dv (M, D); writes dWax, db."""
        dx.T.dot(v, self.dWax)
        self.buffers.ones(len(dx)).dot(dx, self.db)
        return dx.dot(self.Wax, self.buffers("dv", len(v), v.shape[1]))


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

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        name = "output.Wya" if "output.Wya" in weights.views else "embedding"
        self.Wya, self.dWya = weights[name], gradients[name]  # (V, H)
        self.by, self.dby = weights["output.by"], gradients["output.by"]  # (V,)
        self.one_hot = np.eye(len(self.by), dtype=self.by.dtype)
        self.buffers = Buffers(self.by.dtype)

    def logits(self, a: Array) -> Array:
        """a (M, H) -> z = Wya a + by, (M, V)."""
        z = self.buffers("z", len(a), len(self.by))
        a.dot(self.Wya.T, z)
        z += self.by
        return z

    def forward(self, a: Array, targets: Symbols) -> tuple[Array, Array]:
        """a (M, H), targets (M,) -> the loss of each row in nats (M,), y_hat (M, V)."""
        z = self.logits(a)
        z -= np.maximum.reduce(z, axis=1)[:, None]
        target_z = z[np.arange(len(z)), targets]
        y_hat = np.exp(z, out=z)
        total = y_hat.dot(self.buffers.ones(len(self.by)))
        y_hat /= total[:, None]
        losses = np.log(total, out=total)
        losses -= target_z
        return losses, y_hat

    def backward(self, y_hat: Array, a: Array, targets: Symbols, scale: float) -> Array:
        """-> da (M, H) of scale x summed loss; writes dWya, dby. Uses up `y_hat`."""
        dz = np.subtract(y_hat, self.one_hot.take(targets, axis=0), out=y_hat)
        if scale != 1:
            dz *= scale
        dz.T.dot(a, self.dWya)
        self.buffers.ones(len(dz)).dot(dz, self.dby)
        return dz.dot(self.Wya, self.buffers("da", len(a), a.shape[1]))


def lookup_shapes(V: int, G: int, embedding_size: int) -> dict[str, tuple[int, ...]]:
    """The weights of a Lookup that feeds G units; embedding_size 0 is one-hot."""
    if not embedding_size:
        return dense_shapes("layer0", G, V)
    return {"embedding": (V, embedding_size)} | dense_shapes(
        "layer0", G, embedding_size
    )


def dense_shapes(name: str, G: int, D: int) -> dict[str, tuple[int, ...]]:
    """The weights of a Dense that feeds G units from vectors of D."""
    return {f"{name}.Wax": (G, D), f"{name}.b": (G,)}
