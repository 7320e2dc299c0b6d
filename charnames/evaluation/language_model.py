"""Evaluation of a language model on names that it has not learned.

Losses are in nats, over all predicted symbols, end markers included.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from charnames.data.name_list import NameList, as_name_list
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import AUTO, MOST_MARKED, encode_list, fold
from charnames.errors import ListError
from charnames.evaluation.samples import Samples, mean_samples, sample_statistics
from charnames.models.language_model import Model
from charnames.nn.batching import Sequences
from charnames.prediction.ngram import NGram, choose_ngram, count_grams
from charnames.prediction.scoring import encode_name
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import split_names, train


@dataclass(frozen=True)
class Evaluation:
    """The losses of a model on a list of names, beside baselines.

    names: the number of names measured. unknown: the number of names left out, because
    the alphabet lacks a character of them. also_learned: the number of measured names
    that the model learned. symbols: the number of predicted symbols, end markers
    included. total, network_total: the summed loss of the model, and of its network
    without the n-gram model, in nats. baselines: the summed losses of simpler models on
    the same names, in nats; None for a model of the learned list if there is no list.
    """

    names: int
    unknown: int
    also_learned: int
    symbols: int
    total: float
    network_total: float
    baselines: dict[str, float | None]
    samples: Samples

    @property
    def nats_per_symbol(self) -> float:
        """The mean loss of the model, in nats per symbol."""
        return self.total / self.symbols

    @property
    def bits_per_symbol(self) -> float:
        """The mean loss of the model, in bits per symbol."""
        return self.nats_per_symbol / math.log(2)

    @property
    def perplexity(self) -> float:
        """exp(nats per symbol): the number of equally likely symbols with this loss.
        Infinite where a float cannot hold it.
        """
        return perplexity(self.nats_per_symbol)


def perplexity(nats_per_symbol: float) -> float:
    """The exponential of a loss; infinite where a float cannot hold it."""
    try:
        return math.exp(nats_per_symbol)
    except OverflowError:
        return math.inf


def evaluate(
    model: Model,
    against: Iterable[str],
    learned: NameList | None = None,
    *,
    seed: int = 0,
) -> Evaluation:
    """Evaluate the model on the names of `against`.

    learned: the list that the model learned, for the baselines and the nearest names;
    without it there is only the uniform baseline. seed: of the sampled names.

    Raises ListError if no name of `against` can be spelt in the alphabet.
    """
    against = as_name_list(against)
    names, sequences = _spelt(model, against)
    predictor = model.predictor()
    training = split_names(learned, None, model)[0] if learned else None
    return Evaluation(
        names=len(names),
        unknown=len(against) - len(names),
        also_learned=int(model.knows(names).sum()),
        symbols=int(sequences.lengths.sum()),
        total=float(predictor.name_losses(sequences).sum()),
        network_total=float(predictor.alone().name_losses(sequences).sum()),
        baselines=_baselines(len(model.vocabulary), sequences, training),
        samples=sample_statistics(model, learned, names, seed),
    )


def measured_loss(model: Model, against: NameList) -> tuple[float, int]:
    """The summed loss on the names that can be spelt in the model's alphabet, in nats,
    and the number of their symbols. Raises ListError if there are none.
    """
    _, sequences = _spelt(model, against)
    losses = model.predictor().name_losses(sequences)
    return float(losses.sum()), int(sequences.lengths.sum())


def _spelt(model: Model, against: NameList) -> tuple[list[str], Sequences]:
    """The names that can be spelt in the model's alphabet, and their sequences."""
    encoded = [encode_name(name, model.vocabulary, model.case) for name in against]
    measured = [name for name in encoded if not name.unknown]
    if not measured:
        raise ListError(
            f"{against.source}: no name in it can be spelt in the model's alphabet"
        )
    sequences = model.vocabulary.sequences(name.symbols for name in measured)
    return [name.name for name in measured], sequences


# Evaluates each of some folds: in order here, or in processes side by side.
FoldSpread = Callable[
    [Callable[[int], Evaluation], Sequence[int]], Iterable[Evaluation]
]


def cross_validate(
    names: Iterable[str],
    recipe: Recipe,
    folds: int,
    *,
    seed: int = 0,
    case: str = AUTO,
    init_from: Model | None = None,
    spread: FoldSpread = map,
) -> Evaluation:
    """Evaluate a recipe on a list by cross-validation.

    Each name is measured by a model that learned the other folds, and the losses of all
    folds are added up. The distinct names are shuffled with the seed and divided into
    folds, each with a seed of its own. Every model has the alphabet of the whole list.

    init_from: the model that each of these starts from, as for `train`. spread: gives
    what a function gives for each fold, in order; the result does not depend on it.

    Raises ListError for fewer than two folds, or fewer distinct names than folds.
    """
    names = as_name_list(names)
    style = detect_case(names, MOST_MARKED)[0] if case == AUTO else case
    count = len({fold(name, style) for name in names})
    if not 2 <= folds <= count:
        raise ListError(
            f"{names.source}: {count} different names cannot be split into "
            f"{folds} folds; ask for 2 to {count}"
        )
    parts = CrossValidation(names, folds, seed, style)
    evaluate_fold = partial(_evaluate_fold, parts, recipe, init_from)
    return _pooled([*spread(evaluate_fold, range(folds))])


@dataclass(frozen=True)
class CrossValidation:
    """A list whose distinct names, as folded to the style, are divided into folds."""

    names: NameList
    folds: int
    seed: int
    style: str

    @property
    def alphabet(self) -> str:
        """The characters of the whole list."""
        return "".join(set().union(*encode_list(self.names, self.style)))

    def split(self, k: int) -> tuple[NameList, NameList]:
        """The names outside fold k, and the distinct names in it."""
        names, style = self.names, self.style
        written = {fold(name, style): name for name in reversed(names)}
        distinct = list(dict.fromkeys(fold(name, style) for name in names))
        order = generator(self.seed, Stream.SPLIT).permutation(len(distinct))
        measured = {distinct[j] for j in order[k :: self.folds]}
        rest = [i for i, n in enumerate(names) if fold(n, style) not in measured]
        against = [written[name] for name in sorted(measured)]
        return names.unlabelled(rest), NameList(against, names.source)


def _evaluate_fold(
    parts: CrossValidation, recipe: Recipe, init_from: Model | None, k: int
) -> Evaluation:
    """Evaluate fold k by a model that learns the others."""
    learned, against = parts.split(k)
    *_, last = train(
        learned,
        recipe,
        seed=parts.seed + k,
        case=parts.style,
        alphabet=parts.alphabet,
        init_from=init_from,
    )
    return evaluate(last.model, against, learned, seed=parts.seed + k)


def _baselines(
    V: int, sequences: Sequences, training: Sequences | None
) -> dict[str, float | None]:
    """The summed losses of the baselines on the sequences, in nats."""
    losses: dict[str, float | None] = {
        "uniform": float(sequences.lengths.sum() * np.log(V)),
        "unigram": None,
        "kneser_ney": None,
    }
    if training is not None:
        ngrams = {
            "unigram": NGram(count_grams(training, V, 1), V),
            "kneser_ney": choose_ngram(training, V, generator(0, Stream.SPLIT)),
        }
        for name, ngram in ngrams.items():
            losses[name] = float(-np.log(ngram.predicted(sequences)).sum())
    return losses


def _pooled(parts: Sequence[Evaluation]) -> Evaluation:
    """One evaluation for all folds: losses and counts added, shares averaged."""

    def summed(name: str) -> Any:
        return sum(getattr(part, name) for part in parts)

    return Evaluation(
        names=summed("names"),
        unknown=summed("unknown"),
        also_learned=summed("also_learned"),
        symbols=summed("symbols"),
        total=summed("total"),
        network_total=summed("network_total"),
        baselines={
            name: sum(part.baselines[name] or 0.0 for part in parts)
            for name in parts[0].baselines
        },
        samples=mean_samples([part.samples for part in parts]),
    )
