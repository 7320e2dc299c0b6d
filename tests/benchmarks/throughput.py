"""Training speed in symbols a second: our step, and the products it cannot do without.

    python tests/benchmarks/throughput.py gru 256

prints that of a cell and a size, on as many threads as the environment allows.
"""

import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import lists
import numpy as np

from charnames.encoding.vocabulary import Vocabulary
from charnames.nn.batching import Packed, pack
from charnames.nn.networks.initializers import scaled_weights
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.nn.networks.shape import Shape
from charnames.nn.optimizers import AdamW, clip
from charnames.nn.parameters import Array

UNITS = 128
BATCH = 128
EMBEDDING = 48
RATE, WEIGHT_DECAY, CLIP = 1e-3, 0.1, 1.0
BETAS, EPSILON = (0.9, 0.99), 1e-8  # AdamW's own


def batches(names: Sequence[str], count: int) -> tuple[int, list[Packed]]:
    """V, and batches of names drawn by a seed."""
    vocabulary = Vocabulary.of(names)
    sequences = vocabulary.sequences(names)
    rng = np.random.default_rng(0)
    draws = (rng.choice(len(names), BATCH, replace=False) for _ in range(count))
    return len(vocabulary), [pack(sequences, chosen) for chosen in draws]


def symbols(packed: Sequence[Packed]) -> int:
    """How many symbols the batches predict."""
    return sum(len(batch.targets) for batch in packed)


class Step:
    """Our update: loss, gradients, clipping, AdamW."""

    def __init__(self, shape: Shape, network: Callable = LanguageModelNetwork) -> None:
        start = scaled_weights(shape, np.random.default_rng(0))
        self.network = network(shape, start)
        self.optimizer = AdamW(start, WEIGHT_DECAY, *BETAS, EPSILON)
        self.iteration = 0

    def __call__(self, batch: Packed) -> float:
        loss = self.network.loss_and_gradients(batch)
        gradients = self.network.gradients.values
        clip(gradients, CLIP, "norm")
        self.optimizer.update(gradients, RATE, self.iteration)
        self.iteration += 1
        return loss


class Products:
    """The matrix products that no step can do without, and nothing else.

    Those with the state before the first step are left out, since it is zero; and the
    input's are with a table of V rows. Operands lie in memory as in the step.
    """

    def __init__(self, shape: Shape, packed: Sequence[Packed]) -> None:
        rng = np.random.default_rng(0)

        def some(*size: int) -> Array:
            return rng.standard_normal(size, np.float32)

        M = max(len(batch.targets) for batch in packed)
        weights = scaled_weights(shape, rng)
        self.Waa, self.Wya = weights["layer0.Waa"], weights["output.Wya"]
        self.Wax, self.E = weights["layer0.Wax"], weights["embedding"]
        G, H = self.Waa.shape
        self.a, self.dx, self.dz = some(M, H), some(M, G), some(M, shape.V)
        self.one_hot, self.table = some(M, shape.V), some(shape.V, G)
        self.x, self.da, self.z = some(M, G), some(M, H), some(M, shape.V)
        self.outs = [np.empty_like(w) for w in (self.Waa, self.Wya, self.Wax, self.E)]

    def __call__(self, batch: Packed) -> None:
        M, first = len(batch.targets), batch.sizes[0]
        a, dx, dz, one_hot = self.a[:M], self.dx[:M], self.dz[:M], self.one_hot[:M]
        dWaa, dWya, dWax, dE = self.outs
        self.E.dot(self.Wax.T, self.table)
        steps, start = [], 0  # the rows that go on to the next step, and those it makes
        for size, following in pairwise(batch.sizes):
            before, start = start, start + size
            steps.append((slice(before, before + following), start, start + following))
        for before_t, begin, end in steps:
            a[before_t].dot(self.Waa.T, self.x[begin:end])
        a.dot(self.Wya.T, self.z[:M])
        dz.T.dot(a, dWya)
        dz.dot(self.Wya, self.da[:M])
        for before_t, begin, end in reversed(steps):
            dx[begin:end].dot(self.Waa, self.da[before_t])
        dx[first:].T.dot(a[: M - first], dWaa)
        one_hot.T.dot(dx, self.table)
        self.table.T.dot(self.E, dWax)
        self.table.dot(self.Wax, dE)


def main(cell: str, units: int) -> None:
    V, packed = batches(lists.given("train") or lists.made_up(), 60)
    step = Step(Shape(V, cell, (units,), embedding_size=EMBEDDING))
    for batch in packed[:10]:
        step(batch)
    begin = time.perf_counter()
    for batch in packed:
        step(batch)
    print(symbols(packed) / (time.perf_counter() - begin))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
