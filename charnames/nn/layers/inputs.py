r"""What stands before the cells and after them: inputs and the softmax output.

An input layer forms x = Wax v + b for every row at once, where v is a one-hot or
embedded symbol (Lookup, or Gather for many symbols), or the vector that the layer below
gives (Dense). It hands the G = gates * H numbers of a row to the cell gate by gate,
(gates, M, H): then what the cell does to a gate runs along memory, several times as
fast as on a part of each row. The gradient comes back as the products want it, row by
row, (M, G).

The output layer turns hidden states into a distribution over symbols, and into a loss.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import END, Packed, Symbols
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
        self.H = weights["layer0.Waa"].shape[1]
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
        """ids (M,) -> x (gates, M, H).

        keep: a dropout mask (V, D) on the embeddings, the same for the whole batch.
        """
        M, G = len(ids), len(self.b)
        if G == self.H and not self.embedded and M < self.V:
            x: Array = self.Wax.T[ids]
            x += self.b
            return x[None]
        table = self.buffers("table", self.V, G)
        if self.embedded:
            E = self.E if keep is None else self.E * keep
            E.dot(self.Wax.T, table)
            table += self.b
        else:
            np.add(self.Wax.T, self.b, out=table)
        gates = G // self.H
        x = self.buffers("x", gates * M, self.H).reshape(gates, M, self.H)
        for k, x_k in enumerate(x):
            part = table[:, k * self.H : (k + 1) * self.H]
            part.take(ids, axis=0, out=x_k, mode="clip")
        return x

    def backward(self, dx: Array, ids: Symbols, keep: Array | None = None) -> None:
        """dx (M, G); writes dWax, db and dE; tied, adds to the dE of the output.

        Rows of one symbol are added up by a product with its one-hot rows.
        """
        one_hot = self.one_hot.take(ids, axis=0)  # (M, V)
        if not self.embedded:
            self.buffers.ones(len(dx)).dot(dx, self.db)
            dx.T.dot(one_hot, self.dWax)
            return
        dtable = one_hot.T.dot(dx)  # (V, G)
        self.buffers.ones(self.V).dot(dtable, self.db)
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
        self.H = weights[f"{name}.Waa"].shape[1]
        self.buffers = Buffers(self.Wax.dtype)

    def forward(self, v: Array, keep: Array | None = None) -> Array:
        """v (M, D) -> x (gates, M, H). It has no embeddings to `keep`."""
        M, H, gates = len(v), self.H, len(self.b) // self.H
        x = self.buffers("x", gates * M, H).reshape(gates, M, H)
        for k, x_k in enumerate(x):
            v.dot(self.Wax[k * H : (k + 1) * H].T, x_k)
            x_k += self.b[k * H : (k + 1) * H]
        return x

    def backward(self, dx: Array, v: Array, keep: Array | None = None) -> Array:
        """dx (M, G), and the v (M, D) of `forward` -> dv (M, D); writes dWax, db."""
        dx.T.dot(v, self.dWax)
        self.buffers.ones(len(dx)).dot(dx, self.db)
        return dx.dot(self.Wax, self.buffers("dv", len(v), v.shape[1]))


class Gather:
    """x = Wax e_s + b, as from a Lookup, where a batch holds but a few of V symbols:
    each row takes its embedding, and the rest is a Dense.
    """

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.E, self.dE = weights["embedding"], gradients["embedding"]  # (V, D)
        self.tied = "output.Wya" not in weights.views
        self.dense = Dense(weights, gradients, "layer0")

    def forward(self, ids: Symbols, keep: Array | None = None) -> Array:
        """ids (M,) -> x (gates, M, H).

        keep: a dropout mask (V, D) on the embeddings, the same for the whole batch.
        """
        return self.dense.forward(self._embedded(ids, keep))

    def backward(self, dx: Array, ids: Symbols, keep: Array | None = None) -> None:
        """dx (M, G); writes dWax, db and dE; tied, adds to the dE of the output."""
        de = self.dense.backward(dx, self._embedded(ids, keep))  # (M, D)
        if keep is not None:
            de *= keep[ids]
        order = ids.argsort(kind="stable")
        symbols, starts = np.unique(ids[order], return_index=True)
        if not self.tied:
            self.dE[:] = 0
        self.dE[symbols] += np.add.reduceat(de[order], starts)

    def _embedded(self, ids: Symbols, keep: Array | None) -> Array:
        """The embedding of each row's symbol, (M, D)."""
        e = self.E[ids]
        if keep is not None:
            e *= keep[ids]
        return e


class LabelInput:
    """x += Wlx l at every step, for the label l of a sequence: one-hot, or a blend.

    Column k of Wlx is what label k is embedded as.
    """

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wlx, self.dWlx = weights["layer0.Wlx"], gradients["layer0.Wlx"]  # (G, K)
        self.one_hot = np.eye(self.Wlx.shape[1], dtype=self.Wlx.dtype)

    def forward(self, x: Array, batch: Packed, blend: Array) -> None:
        """x (gates, M, H), the labels of the N sequences as they blend (N, K); adds to
        `x`.
        """
        N, (gates, _, H) = batch.sizes[0], x.shape
        added = blend.dot(self.Wlx.T).reshape(N, gates, H).transpose(1, 0, 2)
        for x_t in batch.gate_steps(x):
            x_t += added[:, : x_t.shape[1]]

    def backward(self, dx: Array, batch: Packed, blend: Array) -> None:
        """dx (M, G); writes dWlx."""
        total = np.zeros((batch.sizes[0], dx.shape[1]), dx.dtype)
        for dx_t in batch.steps(dx):
            total[: len(dx_t)] += dx_t
        total.T.dot(blend, self.dWlx)


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


def label_shapes(G: int, labels: int) -> dict[str, tuple[int, ...]]:
    """The weights of a LabelInput that feeds G units with one of K labels."""
    return {"layer0.Wlx": (G, labels)}
