"""Conversion measured on lists of pairs that are not part of the project.

    python tests/benchmarks/convert.py FOLDER [LIST ...] [--members 5] [--seeds 3]

FOLDER holds NAME_train.tsv, NAME_dev.tsv and NAME_test.tsv for each list, as those of
SIGMORPHON 2021 (shared task 1, low resources): a spelling, a tab, and phonemes with
blanks between them; or train.tsv, dev.tsv and test.tsv of one list. The weights and the
weight of the joint n-gram model are chosen on dev. The word error rates of test, in
percent, are a mean over the seeds; "top 5" is the percentage of sources with a right
target among the five likeliest of the mixture. Seconds, and the time limit, are of the
processor.

At the end stand the means of all lists, and their standard deviation over the seeds; of
an ensemble, also those of its networks one at a time, and the standard deviation over
the networks.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
from numpy.typing import NDArray

from charnames import Recipe, read_pairs, train_converter
from charnames.data.pairs import PairList
from charnames.evaluation.converter import measure
from charnames.models.converter import Converter
from charnames.nn.networks.shape import EnsembleShape
from charnames.training.held_out_errors import HeldOutErrors

_COLUMNS = ("network", "n-gram", "mixture", "top 5", "seconds")

Rows = NDArray[np.float64]


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
    harness.count_processor_time()
    lists = args.lists or sorted(
        path.name.removesuffix("train.tsv").rstrip("_")
        for path in args.folder.glob("*train.tsv")
    )
    print(f"{'list':<16}" + "".join(f"{column:>9}" for column in _COLUMNS))
    results = [_measured(args, name) for name in lists]
    _print_means("", np.mean([runs for runs, _ in results], axis=0))
    if args.members > 1:
        _print_means("one network", np.mean([alone for _, alone in results], axis=0))


def _measured(args: argparse.Namespace, name: str) -> tuple[Rows, Rows]:
    """The figures of _COLUMNS for one list, a row for each seed; and those of each
    network of its ensembles, without the seconds.
    """
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
    runs, alone = [], []
    for seed in range(args.seeds):
        started = time.process_time()
        *_, last = train_converter(train, recipe, seed=seed, held_out=dev)
        seconds = time.process_time() - started
        runs.append([*_percentages(last.model, test), seconds])
        alone += [_percentages(one, test) for one in _networks(last.model, dev)]
    _print_row(name or args.folder.name, np.mean(runs, axis=0))
    return np.array(runs), np.array(alone)


def _networks(model: Converter, dev: PairList) -> Iterator[Converter]:
    """Each network of an ensemble, with a weight of its own for the joint n-grams."""
    if isinstance(model.shape, EnsembleShape):
        held_out, recipe = HeldOutErrors(dev, model), replace(model.recipe, members=1)
        for name in model.shape.names:
            weights = model.parameters.part(name)
            one = replace(model, recipe=recipe, parameters=weights)
            progress = replace(model.progress, ngram_weight=held_out.measure(one)[1])
            yield replace(one, progress=progress)


def _percentages(model: Converter, test: PairList) -> list[float]:
    """The figures of _COLUMNS but the seconds."""
    evaluation = measure(model, test)
    assert evaluation.joint_ngram
    errors = (evaluation.network, evaluation.joint_ngram, evaluation.converter)
    rates = [error.word_error_rate for error in errors]
    return [100 * share for share in (*rates, evaluation.converter.top_5)]


def _print_means(what: str, rows: Rows) -> None:
    """The mean of the rows, and their standard deviation if there are several."""
    _print_row(f"{what} mean".strip(), rows.mean(axis=0))
    if len(rows) > 1:
        _print_row(f"{what} ±".strip(), rows.std(axis=0, ddof=1))


def _print_row(name: str, row: Rows) -> None:
    print(f"{name:<16}" + "".join(f"{figure:>9.1f}" for figure in row), flush=True)


if __name__ == "__main__":
    main()
