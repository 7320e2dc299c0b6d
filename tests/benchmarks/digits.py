"""Strings of handwritten digits converted to text, by CTC and by attention.

    python tests/benchmarks/digits.py [ctc] [attention] [--seed 0]

Three to six of scikit-learn's 8 × 8 digits stand side by side, and each column of
pixels is a frame. The images of test strings are in no string that is learned, or that
the weights are chosen on.
"""

from __future__ import annotations

import argparse
import time

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from charnames import Recipe, train_converter
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.evaluation.converter import measure

_DECODERS = {"ctc": "ctc", "attention": "recurrent"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=110.0)
    args = parser.parse_args()
    harness.count_processor_time()
    digits, rng = load_digits(), np.random.default_rng(0)
    images, labels = digits.images / 16, digits.target
    order = rng.permutation(len(images))
    cut = len(order) * 4 // 5
    parts = order[: cut - 150], order[cut - 150 : cut], order[cut:]

    def strings(numbers: NDArray[np.intp], count: int) -> PairList:
        chosen = [rng.choice(numbers, rng.integers(3, 7)) for _ in range(count)]
        sequences = [np.concatenate([images[i].T for i in row]) for row in chosen]
        texts = ["".join(str(labels[i]) for i in row) for row in chosen]
        return PairList(SequenceList(sequences, "digits"), texts, "digits")

    train, dev, test = map(strings, parts, (3_000, 300, 500))
    print(f"{'':<12}{'strings wrong':>15}{'symbols wrong':>15}{'seconds':>9}")
    for kind in args.kinds or _DECODERS:
        recipe = Recipe.modern(
            train,
            task="convert",
            decoder=_DECODERS[kind],
            iterations=1_200,
            checkpoint_every=200,
            time_limit=args.time_limit,
        )
        started = time.process_time()
        *_, last = train_converter(train, recipe, seed=args.seed, held_out=dev)
        seconds = time.process_time() - started
        errors = measure(last.model, test).network
        words, symbols = errors.word_error_rate, errors.symbol_error_rate
        print(f"{kind:<12}{words:>15.1%}{symbols:>15.1%}{seconds:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
