"""Conversion measured on lists of pairs that are not part of the project.

    python tests/benchmarks/convert.py FOLDER [LIST ...] [--members 5] [--seeds 3]

FOLDER holds NAME_train.tsv, NAME_dev.tsv and NAME_test.tsv for each list, as those of
SIGMORPHON 2021 (shared task 1, low resources): a spelling, a tab, and phonemes with
blanks between them; or train.tsv, dev.tsv and test.tsv of one list. The weights and the
weight of the joint n-gram model are chosen on dev. The word error rates of test, in
percent, are a mean over the seeds; "top 5" is the percentage of sources with a right
target among the five likeliest of the mixture.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from charnames import Recipe, read_pairs, train_converter
from charnames.evaluation.converter import measure

_COLUMNS = ("network", "n-gram", "mixture", "top 5", "seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lists", nargs="*")
    parser.add_argument("--attention", default="general")
    parser.add_argument("--target-unit", default="blank")
    parser.add_argument("--members", type=int, default=1, help="of an ensemble")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=0.0, help="of one training")
    args = parser.parse_args()
    lists = args.lists or sorted(
        path.name.removesuffix("train.tsv").rstrip("_")
        for path in args.folder.glob("*train.tsv")
    )
    print(f"{'list':<12}" + "".join(f"{column:>9}" for column in _COLUMNS))
    rows = [_measured(args, name) for name in lists]
    _print_row("mean", np.mean(rows, axis=0))


def _measured(args: argparse.Namespace, name: str) -> list[float]:
    """The figures of _COLUMNS for one list."""
    train, dev, test = (
        read_pairs(args.folder / (f"{name}_{part}.tsv" if name else f"{part}.tsv"))
        for part in ("train", "dev", "test")
    )
    recipe = Recipe.modern(
        train,
        task="convert",
        target_unit=args.target_unit,
        attention=args.attention,
        members=args.members,
        bidirectional=args.attention != "dot",
        time_limit=args.time_limit,
    )
    runs = []
    for seed in range(args.seeds):
        started = time.perf_counter()
        *_, last = train_converter(train, recipe, seed=seed, held_out=dev)
        seconds = time.perf_counter() - started
        evaluation = measure(last.model, test)
        assert evaluation.joint_ngram
        errors = (evaluation.network, evaluation.joint_ngram, evaluation.converter)
        rates = [error.word_error_rate for error in errors]
        shares = [*rates, evaluation.converter.top_5]
        runs.append([*(100 * share for share in shares), seconds])
    row = np.mean(runs, axis=0).tolist()
    _print_row(name or args.folder.name, row)
    return row


def _print_row(name: str, row: list[float] | np.ndarray) -> None:
    print(f"{name:<12}" + "".join(f"{figure:>9.1f}" for figure in row), flush=True)


if __name__ == "__main__":
    main()
