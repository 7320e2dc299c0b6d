"""How well and how fast sequences of numbers are classified.

    python tests/benchmarks/vowels.py accuracy [--seeds 3]
    python tests/benchmarks/vowels.py stacked [--seeds 3]
    python tests/benchmarks/vowels.py speed

JapaneseVowels (Kudo, Toyama & Shimbo 1999): who of 9 speakers says it, 270 utterances
to learn from and 370 to be measured on, 7 to 29 frames of 12 cepstra each. The package
aeon carries it (pip install --no-deps aeon); without it, the first two are left out.

accuracy: the modern recipe with two cells, on one core; no setting of it was chosen on
          the test part.
stacked:  five stacked architectures, vanilla against LSTM, by `charnames compare`.
speed:    training with sequences as many, as long and as wide, against PyTorch's packed
          sequences, where it is installed: the same weights, batches, loss, clipping
          and AdamW, without dropout. One core.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from tempfile import NamedTemporaryFile

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
from harness import Row
from throughput import Step as Update

from charnames.data.sequences import read_sequences
from charnames.evaluation.classifier import judge
from charnames.nn.batching import Packed, VectorSequences, pack
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.networks.shape import Shape
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import train_classifier

STACKS = ("64-32-32", "128-32-32", "64-32", "64-64", "32-32-32")
OF_ALL = "dropout = 0.2\noptimizer = 'adamw'\nlearning_rate = 0.001\n"
COUNT, WIDTH, LENGTHS, CLASSES = 270, 12, (7, 29), 9
BATCH = 32
SHAPES = {
    "LSTM 64, both ways": ("lstm", (64,), True),
    "LSTM 64": ("lstm", (64,), False),
    "LSTM 128": ("lstm", (128,), False),
    "LSTM 64-32-32": ("lstm", (64, 32, 32), False),
    "GRU 64, both ways": ("gru", (64,), True),
}

Step = partial(Update, network=partial(ClassifierNetwork, pooling="mean"))


def vowels() -> tuple[Path, Path] | None:
    """The files of the two parts, if they are there."""
    spec = find_spec("aeon")
    for folder in (spec and spec.submodule_search_locations) or []:
        parts = Path(folder, "datasets", "data", "JapaneseVowels")
        train, test = (parts / f"JapaneseVowels_{p}.ts" for p in ("TRAIN", "TEST"))
        if train.is_file() and test.is_file():
            return train, test
    print("JapaneseVowels is left out: pip install --no-deps aeon brings it.")
    return None


def accuracy(seeds: int) -> Iterator[Row]:
    if parts := vowels():
        learned, measured = map(read_sequences, parts)
        for cell in ("lstm", "gru"):
            recipe = Recipe.modern(learned, task="classify", cell=cell)
            right, seconds = [], []
            for seed in range(seeds):
                *_, last = train_classifier(learned, recipe, seed=seed)
                right.append(judge(last.model, measured).accuracy)
                seconds.append(last.seconds)
            shares = " ".join(f"{share:.4f}" for share in right)
            yield Row(f"{cell}, test accuracy ({shares})", mean(right), target=0.97)
            what = f"{cell}, seconds of training"
            yield Row(what, max(seconds), target=60, at_least=False)


def stacked(seeds: int) -> None:
    if parts := vowels():
        with NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(OF_ALL + "".join(tables()))
            file.flush()
            words = ["compare", "--architectures", file.name, "--seeds", str(seeds)]
            words += ["-d", str(parts[0]), "--against", str(parts[1])]
            print(harness.run([sys.executable, "-m", "charnames", *words]), end="")


def tables() -> Iterator[str]:
    """The ten architectures, as TOML tells them."""
    for cell in ("rnn", "lstm"):
        for stack in STACKS:
            yield f"[[architecture]]\nname = '{cell.upper()} {stack}'\n"
            yield f"cell = '{cell}'\nhidden_size = [{stack.replace('-', ', ')}]\n"


def batches() -> list[Packed]:
    """Two passes through sequences drawn by a seed."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(LENGTHS[0], LENGTHS[1] + 1, COUNT)
    values = rng.standard_normal((lengths.sum(), WIDTH), np.float32)
    sequences = VectorSequences(values, lengths, rng.integers(0, CLASSES, COUNT))
    passes = (rng.permutation(COUNT) for _ in range(2))
    return [
        pack(sequences, p[i : i + BATCH])
        for p in passes
        for i in range(0, COUNT, BATCH)
    ]


def speed() -> Iterator[Row]:
    if find_spec("torch") is None:
        print("PyTorch is not installed: what is held against it is left out.")
        return
    import vowels_torch as baseline

    packed = batches()
    tensors = [baseline.Batch(batch) for batch in packed]
    count = 2 * COUNT
    for what, (cell, sizes, both) in SHAPES.items():
        shape = Shape(
            0, cell, sizes, vector_size=WIDTH, classes=CLASSES, bidirectional=both
        )
        if not baseline.same(shape, packed[0]):
            raise SystemExit(f"vowels: {what} is not the same in PyTorch")
        measured = harness.alternate(
            {
                "ours": harness.per_second(count, partial(each, Step(shape), packed)),
                "torch": harness.per_second(
                    count, partial(each, baseline.Step(shape), tensors)
                ),
            },
            rounds=9,
        )
        what = f"{what}: sequences/s, over PyTorch (packed)"
        yield harness.compare(what, measured["ours"], measured["torch"], 1.5)


def each(step: Callable[..., object], batches: list[object]) -> None:
    for batch in batches:
        step(batch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("accuracy", "stacked", "speed"))
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    if given.what == "stacked":
        stacked(given.seeds)
        return
    harness.pin()
    harness.show([*(speed() if given.what == "speed" else accuracy(given.seeds))])


if __name__ == "__main__":
    main()
