"""Pictures of handwritten digits converted to their names, by attention alone.

    python tests/benchmarks/captions.py [image] [quadrants] [two] [--seed 0]

A digit of scikit-learn's, 8 × 8 pixels, becomes its English name, letter by letter.
`image`: it is one vector of 64 pixels. `quadrants`: it is four, each with the pixels of
a quadrant and zeros for the others. `two`: two digits side by side, as eight such
vectors, become two words. There is no encoder: the decoder starts from the mean of the
vectors, and attends to them.
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

_NAMES = (
    *("zero", "one", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine"),
)
_KINDS = ("image", "quadrants", "two")
_PAIRS = {"train": 3_000, "dev": 300, "test": 500}  # of two digits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    harness.count_processor_time()
    digits, rng = load_digits(), np.random.default_rng(0)
    images, labels = digits.images / 16, digits.target
    order = rng.permutation(len(images))
    cut = len(order) * 4 // 5
    parts = {
        "train": order[: cut - 150],
        "dev": order[cut - 150 : cut],
        "test": order[cut:],
    }

    def captions(part: str, kind: str) -> PairList:
        rows = parts[part][:, None]
        if kind == "two":
            rows = rng.choice(parts[part], (_PAIRS[part], 2))
        pictures = [np.concatenate(images[row], axis=1) for row in rows]
        sequences = [_regions(picture, kind) for picture in pictures]
        texts = [" ".join(_NAMES[labels[i]] for i in row) for row in rows]
        return PairList(SequenceList(sequences, "digits"), texts, "digits")

    print(f"{'':<12}{'right':>9}{'seconds':>9}")
    for kind in args.kinds or _KINDS:
        train, dev, test = (captions(part, kind) for part in parts)
        recipe = Recipe.modern(train, task="convert", encoder="none")
        started = time.process_time()
        *_, last = train_converter(train, recipe, seed=args.seed, held_out=dev)
        seconds = time.process_time() - started
        right = 1 - measure(last.model, test).network.word_error_rate
        print(f"{kind:<12}{right:>9.1%}{seconds:>9.0f}", flush=True)


def _regions(picture: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """The vectors of a picture of n digits, (1, 64 n) or (4 n, 64 n)."""
    if kind == "image":
        return picture.reshape(1, -1)
    rows, columns = (size // 4 for size in picture.shape)
    regions = np.zeros((rows * columns, *picture.shape))
    for region, (i, j) in zip(regions, np.ndindex(rows, columns), strict=True):
        square = slice(4 * i, 4 * i + 4), slice(4 * j, 4 * j + 4)
        region[square] = picture[square]
    return regions.reshape(len(regions), -1)


if __name__ == "__main__":
    main()
