"""Evaluation of a converter on pairs, and of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charnames.data.pairs import PairList
from charnames.encoding.labels import label_ids
from charnames.encoding.letter_case import encode
from charnames.generation.conversion import mixture
from charnames.models.converter import Converter
from charnames.prediction.candidates import TargetIds
from charnames.training.holdout import example_hashes

_TOP = 5


@dataclass(frozen=True)
class ConversionErrors:
    """The errors of a model on sources, each with one right target or more.

    word_error_rate: the share of sources whose likeliest target is wrong.
    symbol_error_rate: the edits from the likeliest targets to the nearest right ones,
    by the symbols of these. top_5: the share of sources with a right target among the
    five likeliest.
    """

    word_error_rate: float
    symbol_error_rate: float
    top_5: float


@dataclass(frozen=True)
class Mistake:
    """A source whose likeliest target is wrong. number: of its first pair in the list.
    target: what the model writes. right: the nearest right target. edits: between the
    two, by symbols.
    """

    number: int
    target: str
    right: str
    edits: int


@dataclass(frozen=True)
class ConverterEvaluation:
    """A converter measured on pairs: as it converts, its network alone, and its joint
    n-gram model alone, None without one. sources: how many distinct ones there are.
    mistakes: of the model, those with the most edits first.
    """

    pairs: int
    sources: int
    converter: ConversionErrors
    network: ConversionErrors
    joint_ngram: ConversionErrors | None
    mistakes: list[Mistake]


def measure(model: Converter, pairs: PairList) -> ConverterEvaluation:
    """The errors of a converter on pairs, which stand as in the list that it learned.

    Raises ListError for sources of another kind than those learned, and for a label
    that it did not learn, or none where it learned labels.
    """
    pairs = directed(pairs, model)
    first, texts = pairs.by_source()
    right = [
        [
            tuple(model.target.encode(encode(text, model.case)).tolist())
            for text in targets
        ]
        for targets in texts
    ]
    some = pairs.chosen(first)
    sources, blend = model.read(list(some.sources)), None
    if model.labels:
        one_hot = np.eye(len(model.labels), dtype=np.float32)
        blend = one_hot[label_ids(some, model.labels)]
    conversion = model.conversion_model()
    network = conversion.by_network(sources, _TOP, blend)
    mixtures, alone = network, None
    if conversion.joint:
        ngram = conversion.by_ngram(sources)
        alone = _errors([[c.ids for c in candidates] for candidates in ngram], right)
        mixtures = [
            mixture(*both, conversion.weight)
            for both in zip(network, ngram, strict=True)
        ]
    by_network, by_mixture = (
        _errors([[h.ids for h in hypotheses] for hypotheses in results], right)
        for results in (network, mixtures)
    )
    best = [hypotheses[0].ids if hypotheses else () for hypotheses in mixtures]
    mistakes = [
        Mistake(number, model.written(target), targets[nearest], edits)
        for number, target, ids, targets in zip(first, best, right, texts, strict=True)
        for edits, _, nearest in [_nearest(target, ids)]
        if target not in ids
    ]
    mistakes.sort(key=lambda mistake: -mistake.edits)
    return ConverterEvaluation(
        len(pairs), len(right), by_mixture, by_network, alone, mistakes
    )


def also_learned(model: Converter, pairs: PairList) -> int:
    """How many of the pairs have a source that the converter learned from."""
    sources = directed(pairs, model).sources
    return int(np.isin(example_hashes(sources, model.case), model.known).sum())


def directed(pairs: PairList, model: Converter) -> PairList:
    """The pairs in the direction in which the model converts."""
    return pairs.reversed() if model.recipe.reverse else pairs


def _errors(
    results: Sequence[Sequence[TargetIds]], right: Sequence[Sequence[TargetIds]]
) -> ConversionErrors:
    wrong = edits = symbols = among = 0
    for candidates, targets in zip(results, right, strict=True):
        best = candidates[0] if candidates else ()
        wrong += best not in targets
        among += any(target in targets for target in candidates[:_TOP])
        distance, length, _ = _nearest(best, targets)
        edits += distance
        symbols += length
    N = len(right)
    return ConversionErrors(wrong / N, edits / symbols, among / N)


def _nearest(target: TargetIds, right: Sequence[TargetIds]) -> tuple[int, int, int]:
    """The edits to the nearest right target, its length, and its number."""
    return min(
        (edit_distance(target, other), len(other), number)
        for number, other in enumerate(right)
    )


def edit_distance(a: TargetIds, b: TargetIds) -> int:
    """Insertions, deletions and substitutions from one to the other (Levenshtein 1966).

    >>> edit_distance((1, 2, 3), (2, 3, 4))
    2
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
