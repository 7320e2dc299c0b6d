"""The input layers, which compute the input of a cell.

An input layer computes x = Wax v + b for every row at once, where v is a one-hot or
embedded symbol (Lookup, or Gather for many symbols), or the output of the layer below
(Dense). The G = gates * H numbers of a row are arranged by gate, (gates, M, H), so that
each gate is contiguous in memory; the cells are several times as fast on it as on a
part of each row. The gradient dx comes back row by row, (M, G), as the matrix products
need it.

`mask` is a dropout mask (V, D) on the embeddings, the same for the whole batch. `tied`
weights: the output layer uses the embeddings as its weights Wya.
"""

from __future__ import annotations

import numpy as np

from charnames.nn.batching import END, Packed, SymbolIds
from charnames.nn.parameters import Array, Buffers, Parameters, Shapes


def is_tied(weights: Parameters) -> bool:
    """Whether the embeddings are the output's weights as well."""
    return "output.by" in weights.views and "output.Wya" not in weights.views


class Lookup:
    """x = Wax e_s + b for a symbol s, where e_s is its embedding or a one-hot vector.

    There are only V different vectors Wax e_s + b. A batch of many rows computes a
    table of them, and each row looks up its own. With one-hot vectors the column of
    Wax for the end marker, which the network reads before the first symbol, starts at
    zero and gets no gradient, so that the first input is the zero vector.
    """

    @staticmethod
    def shapes(V: int, G: int, embedding_size: int) -> Shapes:
        """Weights for an input of G numbers a row; embedding_size 0 is one-hot."""
        if not embedding_size:
            return Dense.shapes("layer0", G, V)
        dense = Dense.shapes("layer0", G, embedding_size)
        return {"embedding": (V, embedding_size), **dense}

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wax, self.b = weights["layer0.Wax"], weights["layer0.b"]  # (G, D), (G,)
        self.dWax, self.db = gradients["layer0.Wax"], gradients["layer0.b"]
        self.H = weights["layer0.Waa"].shape[1]
        self.embedded = "embedding" in weights.views
        self.tied = is_tied(weights)
        if self.embedded:
            self.E, self.dE = weights["embedding"], gradients["embedding"]  # (V, D)
        self.V = len(self.E) if self.embedded else self.Wax.shape[1]
        self.one_hot = np.eye(self.V, dtype=self.Wax.dtype)
        if not self.embedded:
            self.one_hot[END] = 0
        self.buffers = Buffers(self.Wax.dtype)

    def forward(self, ids: SymbolIds, mask: Array | None = None) -> Array:
        """ids (M,) -> x (gates, M, H)."""
        M, G = len(ids), len(self.b)
        if G == self.H and not self.embedded and M < self.V:
            x: Array = self.Wax.T[ids]
            x += self.b
            return x[None]
        table = self.buffers("table", self.V, G)
        if self.embedded:
            E = self.E if mask is None else self.E * mask
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

    def backward(self, dx: Array, ids: SymbolIds, mask: Array | None = None) -> None:
        """dx (M, G); writes dWax, db, dE. Tied, adds to the dE of the output layer.

        A product with one-hot rows adds up the rows of each symbol.
        """
        one_hot = self.one_hot.take(ids, axis=0)  # (M, V)
        if not self.embedded:
            self.buffers.ones(len(dx)).dot(dx, self.db)
            dx.T.dot(one_hot, self.dWax)
            return
        dtable = one_hot.T.dot(dx)  # (V, G)
        self.buffers.ones(self.V).dot(dtable, self.db)
        dtable.T.dot(self.E if mask is None else self.E * mask, self.dWax)
        dE = dtable.dot(self.Wax)
        if mask is not None:
            dE *= mask
        self.dE[:] = self.dE + dE if self.tied else dE


class Dense:
    """x = Wax v + b for real vectors v, such as the output of the layer below."""

    @staticmethod
    def shapes(name: str, G: int, D: int) -> Shapes:
        """Weights for an input of G numbers a row, from vectors of width D."""
        return {f"{name}.Wax": (G, D), f"{name}.b": (G,)}

    def __init__(self, weights: Parameters, gradients: Parameters, name: str) -> None:
        self.Wax, self.b = weights[f"{name}.Wax"], weights[f"{name}.b"]  # (G, D), (G,)
        self.dWax, self.db = gradients[f"{name}.Wax"], gradients[f"{name}.b"]
        self.H = weights[f"{name}.Waa"].shape[1]
        self.buffers = Buffers(self.Wax.dtype)

    def forward(self, v: Array, mask: Array | None = None) -> Array:
        """v (M, D) -> x (gates, M, H). There are no embeddings for `mask`."""
        M, H, gates = len(v), self.H, len(self.b) // self.H
        x = self.buffers("x", gates * M, H).reshape(gates, M, H)
        for k, x_k in enumerate(x):
            v.dot(self.Wax[k * H : (k + 1) * H].T, x_k)
            x_k += self.b[k * H : (k + 1) * H]
        return x

    def backward(self, dx: Array, v: Array, mask: Array | None = None) -> Array:
        """dx (M, G), v (M, D) as in `forward` -> dv (M, D); writes dWax and db."""
        dx.T.dot(v, self.dWax)
        self.buffers.ones(len(dx)).dot(dx, self.db)
        return dx.dot(self.Wax, self.buffers("dv", len(v), v.shape[1]))


class Gather:
    """x = Wax e_s + b, as Lookup computes it, but for each row instead of each symbol.

    It is the faster of the two where a batch holds few of many symbols.
    """

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.E, self.dE = weights["embedding"], gradients["embedding"]  # (V, D)
        self.tied = is_tied(weights)
        self.dense = Dense(weights, gradients, "layer0")

    def forward(self, ids: SymbolIds, mask: Array | None = None) -> Array:
        """ids (M,) -> x (gates, M, H)."""
        return self.dense.forward(self._embedded(ids, mask))

    def backward(self, dx: Array, ids: SymbolIds, mask: Array | None = None) -> None:
        """dx (M, G); writes dWax, db, dE. Tied, adds to the dE of the output layer."""
        de = self.dense.backward(dx, self._embedded(ids, mask))  # (M, D)
        if mask is not None:
            de *= mask[ids]
        order = ids.argsort(kind="stable")
        symbols, starts = np.unique(ids[order], return_index=True)
        if not self.tied:
            self.dE[:] = 0
        self.dE[symbols] += np.add.reduceat(de[order], starts)

    def _embedded(self, ids: SymbolIds, mask: Array | None) -> Array:
        """The embedding of the symbol of each row, (M, D)."""
        e = self.E[ids]
        if mask is not None:
            e *= mask[ids]
        return e


class LabelInput:
    """x += Wlx l at every step, where l is the label of the sequence.

    l is a one-hot vector, or a blend of labels. Column k of Wlx is the embedding of
    label k.
    """

    @staticmethod
    def shapes(G: int, K: int) -> Shapes:
        """Weights for an input of G numbers a row, from K labels."""
        return {"layer0.Wlx": (G, K)}

    def __init__(self, weights: Parameters, gradients: Parameters) -> None:
        self.Wlx, self.dWlx = weights["layer0.Wlx"], gradients["layer0.Wlx"]  # (G, K)
        self.one_hot = np.eye(self.Wlx.shape[1], dtype=self.Wlx.dtype)

    def forward(self, x: Array, batch: Packed, blend: Array) -> None:
        """x (gates, M, H), blend of labels of each sequence (N, K); adds to `x`."""
        N, (gates, _, H) = batch.sizes[0], x.shape
        added = blend.dot(self.Wlx.T).reshape(N, gates, H).transpose(1, 0, 2)
        for x_t in batch.gate_steps(x):
            x_t += added[:, : x_t.shape[1]]

    def backward(self, dx: Array, batch: Packed, blend: Array) -> Array:
        """dx (M, G), blend (N, K) as in `forward` -> dblend (N, K); writes dWlx."""
        total = np.zeros((batch.sizes[0], dx.shape[1]), dx.dtype)
        for dx_t in batch.steps(dx):
            total[: len(dx_t)] += dx_t
        total.T.dot(blend, self.dWlx)
        dblend: Array = total.dot(self.Wlx)
        return dblend
