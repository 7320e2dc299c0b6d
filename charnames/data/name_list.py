"""A list of names, with or without labels and weights, and what identifies it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from charnames.data.cleaning import clean_name
from charnames.errors import ListError


class NameList(list[str]):
    """The names of a list in their order, repeats included.

    source: what to call the list in a message: a path, a built-in list's name,
    "standard input". labels: one for each name, or None. weights: how much each name
    counts, above 0, or None where each counts as 1. notices: sentences about what was
    left out or decided when the list was read.
    Raises ListError for another number of labels or weights than of names.
    """

    def __init__(
        self,
        names: Iterable[str],
        source: str = "the list",
        labels: Sequence[str] | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        super().__init__(names)
        self.source = source
        self.labels = check_labels(labels, len(self), source)
        if weights is not None and len(weights) != len(self):
            raise ListError(
                f"{source}: {len(weights):,} weights for {len(self):,} entries"
            )
        self.weights = None if weights is None else list(weights)
        self.notices: list[str] = []

    def unlabelled(self, numbers: Sequence[int]) -> NameList:
        """The names of these numbers with their weights, without labels."""
        weights = [self.weights[i] for i in numbers] if self.weights else None
        return NameList((self[i] for i in numbers), self.source, weights=weights)

    def lines(self) -> Iterator[str]:
        """The lines of a file of the list, without its weights."""
        if self.labels is None:
            return iter(self)
        return map("\t".join, zip(self.labels, self, strict=True))

    @property
    def repeats(self) -> int:
        """The number of names that repeat an earlier one with the same label."""
        return len(self) - len(set(self.lines()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the lines, each with a line feed after it, in hexadecimal; then
        over the weights, if there are any.
        """
        digest = hashlib.sha256()
        for line in self.lines():
            digest.update(line.encode() + b"\n")
        for weight in self.weights or ():
            digest.update(f"{weight!r}\n".encode())
        return digest.hexdigest()


def joined(lists: Sequence[NameList]) -> NameList:
    """The lists one after another. In weighted lists, equal names of a label become
    one whose weight is their sum; a name of a list without weights weighs 1.

    Raises ListError if some have labels and others have none.
    """
    (first, *rest) = lists
    if not rest and first.weights is None:
        return first
    for other in rest:
        if (other.labels is None) != (first.labels is None):
            raise ListError(f"{other.source}: all lists have labels, or none has any")
    names = list(chain.from_iterable(lists))
    labels: list[str] | None = None
    if first.labels is not None:
        labels = list(chain.from_iterable(part.labels or () for part in lists))
    weights: list[float] | None = None
    if any(part.weights is not None for part in lists):
        totals: dict[tuple[str, str], float] = {}
        counts = (part.weights or [1.0] * len(part) for part in lists)
        keys = zip(labels or [""] * len(names), names, strict=True)
        for key, weight in zip(keys, chain.from_iterable(counts), strict=True):
            totals[key] = totals.get(key, 0.0) + weight
        labels = None if labels is None else [label for label, _ in totals]
        names = [name for _, name in totals]
        weights = list(totals.values())
    return NameList(names, ", ".join(part.source for part in lists), labels, weights)


def check_labels(
    labels: Sequence[str] | None, count: int, source: str
) -> list[str] | None:
    """The labels of `count` names or sequences. Raises ListError for another number."""
    if labels is not None and len(labels) != count:
        raise ListError(f"{source}: {len(labels):,} labels for {count:,} entries")
    return None if labels is None else list(labels)


def as_name_list(names: Iterable[str]) -> NameList:
    """Names that a program made, cleaned and checked as those of a file are."""
    if isinstance(names, str):
        raise ListError(f"{names!r} is one name, not a list; read_names reads a list")
    if isinstance(names, NameList):
        result = names
    else:
        cleaned = (clean_name(name, f"name {i}") for i, name in enumerate(names, 1))
        result = NameList(name for name in cleaned if name)
    if not result:
        raise ListError("there is no name in the list")
    return result
