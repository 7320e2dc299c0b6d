"""How good the modern recipe is, on names that it has not learned, and to the eye.

    python tests/benchmarks/quality.py names [--seconds 180] [--seeds 3]
    python tests/benchmarks/quality.py folds [LIST ...] [--folds 10] [--seeds 3]
    python tests/benchmarks/quality.py kept [--seeds 3]
    python tests/benchmarks/quality.py sides [LIST ...] [--seed 1]

All of it on one core. Losses are in nats per symbol, the end marker included; `spread`
is the standard deviation over the seeds. Lists are elements and movies unless told.
folds and kept start from the base model, or from random weights with --init-from none.

names: makemore's own split, train.txt and test.txt in the folder that
       CHARNAMES_BENCH_NAMES names; `new` are the distinct test names that do not stand
       in train.txt, and `reached` the seconds of training until the network alone,
       with its averaged weights, is as good as makemore's transformer at its best.
folds: cross-validation.
kept:  the half of movies that no setting was chosen on, measured after learning the
       half that some were.
sides: samples of the classic and of the modern recipe; * stands in the list.
"""

import argparse
import math
from collections.abc import Iterable, Iterator
from statistics import mean, stdev
from typing import Any

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import lists
import numpy as np

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.encoding.letter_case import encode
from charnames.evaluation.language_model import Evaluation, cross_validate, evaluate
from charnames.models.language_model import Model
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.recipes.recipe import RECIPES, Recipe
from charnames.training.language_model import train

TRANSFORMER = 1.966
SHOWN = 20

Figures = dict[str, float]


def names(seconds: float, seeds: int) -> None:
    learned, measured = lists.given("train"), lists.given("test")
    if learned is None or measured is None:
        print(f"names: left out; {lists.HOW}")
        return
    known = set(learned)
    new = NameList(dict.fromkeys(name for name in measured if name not in known))
    recipe = Recipe.named("modern", learned, time_limit=seconds)

    def runs() -> Iterator[Figures]:
        for seed in range(1, seeds + 1):
            reached = math.nan
            for checkpoint in train(learned, recipe, seed=seed):
                model = checkpoint.model
                if math.isnan(reached) and loss(model, measured) <= TRANSFORMER:
                    reached = checkpoint.seconds
            of_all = figures(evaluate(model, measured, learned))
            of_new = figures(evaluate(model, new, learned))
            row = of_all | {f"new: {what}": x for what, x in of_new.items()}
            iterations = model.provenance.iterations
            yield {"iterations": iterations, "reached": reached} | row

    report(f"names, {seconds:g} s, {len(measured)} test names, {len(new)} new", runs())


def loss(model: Model, measured: NameList) -> float:
    """Of the network alone."""
    marks = model.vocabulary.mark is not None
    sequences = model.vocabulary.sequences(
        encode(name, model.case, marks) for name in measured
    )
    return float(
        LanguageModelNetwork(model.shape, model.parameters).all_losses(sequences).mean()
    )


def figures(evaluation: Evaluation) -> Figures:
    totals = {
        "network": evaluation.network_total,
        "mixed": evaluation.total,
        "Kneser-Ney": evaluation.baselines["kneser_ney"] or math.nan,
    }
    return {what: total / evaluation.symbols for what, total in totals.items()}


def folds(dataset: str, count: int, seeds: int, settings: dict[str, Any]) -> None:
    learned = read_names(dataset)
    recipe = Recipe.named("modern", learned, **settings)
    # Each fold has a seed of its own, counted on from the one given.
    runs = (
        cross_validate(learned, recipe, count, seed=seed * count)
        for seed in range(1, seeds + 1)
    )
    report(f"{dataset}, {count} folds", map(figures, runs))


def kept(seeds: int, settings: dict[str, Any]) -> None:
    movies = read_names("movies")
    order = np.random.default_rng(5).permutation(len(movies))
    half = len(movies) // 2
    learned, measured = (
        NameList((movies[i] for i in part), "movies")
        for part in (order[:half], order[half:])
    )
    recipe = Recipe.named("modern", learned, **settings)
    alphabet = "".join(movies)

    def runs() -> Iterator[Figures]:
        for seed in range(1, seeds + 1):
            *_, last = train(learned, recipe, seed=seed, alphabet=alphabet)
            yield figures(evaluate(last.model, measured, learned))

    report(f"movies, {half} titles learned, {len(measured)} measured", runs())


def report(title: str, runs: Iterable[Figures]) -> None:
    """Print each seed's figures as they come, and last their mean and spread."""
    print(title)
    rows: list[Figures] = []
    for seed, run in enumerate(runs, 1):
        if not rows:
            line("seed", run)
        line(str(seed), [number(x) for x in run.values()])
        rows.append(run)
    columns = list(zip(*(run.values() for run in rows), strict=True))
    line("mean", [number(mean(column)) for column in columns])
    if len(rows) > 1:
        line("spread", [number(stdev(column)) for column in columns])
    print()


def line(first: str, cells: Iterable[str]) -> None:
    print(first.ljust(8) + "".join(cell.rjust(16) for cell in cells), flush=True)


def number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10 else f"{value:,.1f}"


def sides(dataset: str, seed: int) -> None:
    learned = read_names(dataset)
    rows = [tuple(f"{dataset}, {recipe}" for recipe in RECIPES)]
    rows += zip(*(drawn(recipe, learned, seed) for recipe in RECIPES), strict=True)
    width = max(len(left) for left, _ in rows)
    for left, right in rows:
        print(f"{left.ljust(width)}    {right}")
    print(flush=True)


def drawn(recipe: str, learned: NameList, seed: int) -> list[str]:
    """Samples of a model that learned by that recipe, those of the list marked."""
    *_, last = train(learned, Recipe.named(recipe, learned), seed=seed)
    samples, known = last.model.sample(SHOWN, seed=seed, novel=False), set(learned)
    return [f"{name} *" if name in known else name for name in samples]


def main() -> None:
    harness.pin()
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    words = ("names", "folds", "kept", "sides")
    of_names, of_folds, of_kept, of_sides = map(commands.add_parser, words)
    of_names.add_argument("--seconds", type=float, default=180)
    of_folds.add_argument("--folds", type=int, default=10)
    of_sides.add_argument("--seed", type=int, default=1)
    for command in (of_names, of_folds, of_kept):
        command.add_argument("--seeds", type=int, default=3)
    for command in (of_folds, of_kept):
        command.add_argument("--init-from", choices=("base", "none"))
    for command in (of_folds, of_sides):
        command.add_argument("lists", nargs="*", default=["elements", "movies"])
    options = parser.parse_args()
    init_from = getattr(options, "init_from", None)
    settings = {"init_from": init_from} if init_from else {}
    if options.command == "names":
        names(options.seconds, options.seeds)
        return
    if options.command == "kept":
        kept(options.seeds, settings)
        return
    for dataset in options.lists:
        if options.command == "folds":
            folds(dataset, options.folds, options.seeds, settings)
        else:
            sides(dataset, options.seed)


if __name__ == "__main__":
    main()
