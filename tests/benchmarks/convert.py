"""Conversion measured on lists of pairs that are not part of the project.

    python tests/benchmarks/convert.py FOLDER [LIST ...] [--members 5] [--seeds 3]

FOLDER holds NAME_train.tsv, NAME_dev.tsv and NAME_test.tsv for each list, as those of
SIGMORPHON 2021 (shared task 1, low resources): a spelling, a tab, and phonemes with
blanks between them; or train.tsv, dev.tsv and test.tsv of one list. The weights and the
weight of the joint n-gram model are chosen on dev. The word error rates of test, in
percent, are a mean over the seeds; "top 5" is the percentage of sources with a right
target among the five likeliest of the mixture. Seconds, and the time limit, are of the
processor.

At the end stand the means of all lists, and with several seeds their standard deviation
over the seeds, and the means of the ensemble of the networks of all seeds. That differs
from `--members`, which trains an ensemble, in that the best weights of each network are
chosen alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
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
from charnames.nn.parameters import Parameters
from charnames.recipes.network import converter_shape
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
    rows = [_measured(args, name) for name in lists]
    runs, together = (np.array(part) for part in zip(*rows, strict=True))
    means = runs.mean(axis=0)
    _print_row("mean", means.mean(axis=0))
    if args.seeds > 1:
        _print_row("±", means.std(axis=0, ddof=1))
        _print_row("together", together.mean(axis=0))


def _measured(args: argparse.Namespace, name: str) -> tuple[Rows, Rows]:
    """The figures of _COLUMNS for one list, a row for each seed; and of the ensemble of
    the networks of all seeds.
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
    models, runs = [], []
    for seed in range(args.seeds):
        started = time.process_time()
        *_, last = train_converter(train, recipe, seed=seed, held_out=dev)
        seconds = time.process_time() - started
        models.append(last.model)
        runs.append([*_percentages(last.model, test), seconds])
    _print_row(name or args.folder.name, np.mean(runs, axis=0))
    seconds = sum(run[-1] for run in runs)
    together = [*_percentages(ensemble(models, dev), test), seconds]
    return np.array(runs), np.array(together)


def ensemble(models: Sequence[Converter], dev: PairList) -> Converter:
    """The networks of several runs together, mixed with the joint n-gram model of the
    first, whose weight is chosen on dev.
    """
    first = models[0]
    if len(models) == 1:
        return first
    members = sum(model.recipe.members for model in models)
    recipe = replace(first.recipe, members=members)
    shapes = converter_shape(recipe, first.source, first.target, len(first.labels))
    values = np.concatenate([model.parameters.values for model in models])
    weights = Parameters(shapes.parameters(), values=values)
    together = replace(first, recipe=recipe, parameters=weights)
    _, weight, _ = HeldOutErrors(dev, together).measure(together)
    return replace(together, progress=first.progress._replace(ngram_weight=weight))


def _percentages(model: Converter, test: PairList) -> list[float]:
    """The figures of _COLUMNS but the seconds."""
    evaluation = measure(model, test)
    assert evaluation.joint_ngram
    errors = (evaluation.network, evaluation.joint_ngram, evaluation.converter)
    rates = [error.word_error_rate for error in errors]
    return [100 * share for share in (*rates, evaluation.converter.top_5)]


def _print_row(name: str, row: Rows) -> None:
    print(f"{name:<16}" + "".join(f"{figure:>9.1f}" for figure in row), flush=True)


if __name__ == "__main__":
    main()
