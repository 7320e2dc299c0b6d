"""The labels of a list, their counts and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from charnames.data.name_list import NameList
from charnames.errors import ListError
from charnames.nn.batching import Ids
from charnames.suggestions import choices_shown, did_you_mean

MAX_LABELS = 1_000  # the network has an output, or an input, for each


class Labelled(Protocol):
    """A list with a label for each entry, or without labels."""

    source: str
    labels: list[str] | None


def counted_labels(examples: Labelled) -> dict[str, int]:
    """The labels of the list in order, each with its count; empty without labels.

    Raises ListError for more than MAX_LABELS labels.
    """
    counts = Counter(examples.labels or ())
    if len(counts) > MAX_LABELS:
        raise ListError(
            f"{examples.source}: has {len(counts):,} labels; a model learns at most "
            f"{MAX_LABELS:,}"
        )
    if counts and isinstance(examples, NameList) and examples.weights is not None:
        counts = _by_weight(examples, examples.weights, counts)
    return dict(sorted(counts.items()))


def _by_weight(
    names: NameList, weights: Sequence[float], counts: Counter[str]
) -> Counter[str]:
    """The number of names, shared out among the labels in proportion to the weights of
    their names: at least 1 each, and rounded so that the sum stays the same.
    """
    totals = dict.fromkeys(counts, 0.0)
    for label, weight in zip(names.labels or (), weights, strict=True):
        totals[label] += weight
    spare = (len(names) - len(totals)) / sum(totals.values())
    shares = {label: 1 + spare * total for label, total in totals.items()}
    result = Counter({label: int(share) for label, share in shares.items()})
    by_remainder = sorted(shares, key=lambda label: int(shares[label]) - shares[label])
    for label in by_remainder[: len(names) - sum(result.values())]:
        result[label] += 1
    return result


def label_ids(examples: Labelled, labels: Mapping[str, int]) -> Ids:
    """The number of each entry's label among `labels`, (N,); (0,) for a model without.

    labels: those of the model, in order. Raises ListError for a list without labels, or
    with a label that is not among them.
    """
    if not labels:
        return np.zeros(0, np.intp)
    if examples.labels is None:
        raise ListError(
            f"{examples.source}: has no labels, and the model has; give each line its "
            "label"
        )
    return np.array(_numbers(examples.labels, labels, examples.source), np.intp)


def _numbers(
    names: Iterable[str], labels: Mapping[str, int], source: str
) -> Sequence[int]:
    """The position among `labels` of each of the names of labels.

    Raises ListError, which begins with `source`, for a name that is not among them.
    """
    positions = {label: k for k, label in enumerate(labels)}
    numbers = []
    for label in names:
        if label not in positions:
            raise ListError(
                f"{source}: no label {label!r}; there are "
                f"{choices_shown(label, labels)}{did_you_mean(label, labels)}"
            )
        numbers.append(positions[label])
    return numbers
