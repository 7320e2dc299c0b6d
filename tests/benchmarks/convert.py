"""Conversion measured on lists of pairs that are not part of the project.

    python tests/benchmarks/convert.py FOLDER [LIST ...] [--attention none] [--seeds 3]

FOLDER holds NAME_train.tsv, NAME_dev.tsv and NAME_test.tsv for each list, as those of
SIGMORPHON 2021 (shared task 1, low resources): a spelling, a tab, and phonemes with
blanks between them. The weights and the weight of the joint n-gram model are chosen on
dev, and the word error rates, in percent, are those of test, a mean over the seeds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from charnames import Recipe, read_pairs, train_converter
from charnames.evaluation.converter import measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lists", nargs="*")
    parser.add_argument("--attention", default="general")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=0.0, help="of one training")
    args = parser.parse_args()
    lists = args.lists or sorted(
        path.name.removesuffix("_train.tsv") for path in args.folder.glob("*_train.tsv")
    )
    print(f"{'list':<12}{'network':>9}{'n-gram':>9}{'mixture':>9}{'seconds':>9}")
    rows = [_measured(args, name) for name in lists]
    _print_row("mean", np.mean(rows, axis=0))


def _measured(args: argparse.Namespace, name: str) -> list[float]:
    """The word error rates of network, joint n-gram and mixture, and the seconds."""
    train, dev, test = (
        read_pairs(args.folder / f"{name}_{part}.tsv")
        for part in ("train", "dev", "test")
    )
    recipe = Recipe.modern(
        train,
        task="convert",
        target_unit="blank",
        attention=args.attention,
        bidirectional=args.attention != "dot",
        time_limit=args.time_limit,
    )
    runs = []
    for seed in range(args.seeds):
        started = time.perf_counter()
        *_, last = train_converter(train, recipe, seed=seed, held_out=dev)
        seconds = time.perf_counter() - started
        found = measure(last.model, test)
        assert found.joint_ngram
        errors = (found.network, found.joint_ngram, found.converter)
        runs.append([*(100 * e.word_error_rate for e in errors), seconds])
    row = np.mean(runs, axis=0).tolist()
    _print_row(name, row)
    return row


def _print_row(name: str, row: list[float] | np.ndarray) -> None:
    print(f"{name:<12}" + "".join(f"{figure:>9.1f}" for figure in row), flush=True)


if __name__ == "__main__":
    main()
