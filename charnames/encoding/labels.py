"""Labels of a list: which there are, how many names have each, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np

from charnames.errors import ListError
from charnames.nn.batching import Ids
from charnames.suggestions import choices_shown, did_you_mean

MAX_LABELS = 1_000  # the network has an output, or an input, for each


class Labelled(Protocol):
    """A list, one label an entry, or none at all."""

    source: str
    labels: list[str] | None


def counted_labels(examples: Labelled) -> dict[str, int]:
    """Each label of the list, in order, and how many have it; empty without labels.

    Raises ListError for too many.
    """
    counts = Counter(examples.labels or ())
    if len(counts) > MAX_LABELS:
        raise ListError(
            f"{examples.source}: has {len(counts):,} labels; a model tells at most "
            f"{MAX_LABELS:,} apart"
        )
    return dict(sorted(counts.items()))


def label_ids(examples: Labelled, labels: Mapping[str, int]) -> Ids:
    """The number of each one's label among `labels`, (N,); (0,) where there are none.

    Raises ListError for a list without labels, or with one that is not among them.
    """
    if not labels:
        return np.zeros(0, np.intp)
    if examples.labels is None:
        raise ListError(
            f"{examples.source}: has no labels, and the model has; write a label and a "
            "tab before each name"
        )
    return np.array(numbered(examples.labels, labels, examples.source), np.intp)


def numbered(
    wanted: Iterable[str], labels: Mapping[str, int], source: str
) -> Sequence[int]:
    """Where each label stands among `labels`. Raises ListError, beginning with
    `source`, for one that is not there.
    """
    places = {label: k for k, label in enumerate(labels)}
    found = []
    for label in wanted:
        if label not in places:
            raise ListError(
                f"{source}: no label {label!r}; there are "
                f"{choices_shown(label, labels)}{did_you_mean(label, labels)}"
            )
        found.append(places[label])
    return found
