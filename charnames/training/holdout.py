"""Held-out examples: those that a run measures on and does not learn from.

They are a list of their own, a share of the list to be learned, or both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import compress
from typing import Any, TypeVar

import numpy as np

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.encoding.hashes import Hashes, name_hashes
from charnames.encoding.labels import counted_labels, label_ids
from charnames.encoding.letter_case import fold
from charnames.errors import ListError
from charnames.models.base import Trained
from charnames.nn.array_types import Mask
from charnames.nn.batching import Sequences, VectorSequences, Weights
from charnames.random_streams import Stream, generator

Examples = NameList | SequenceList
Batchable = TypeVar("Batchable", Sequences, Sequences | VectorSequences)


def split_held_out(
    examples: Examples,
    others: Examples | None,
    model: Trained,
    choose: Callable[[], Mask],
    encode: Callable[[list[Any]], Batchable],
) -> tuple[Batchable, Batchable | None]:
    """The examples to learn from, and those to measure on if there are any, encoded
    and with their labels. Only the former have weights.

    others: examples to measure on beside the share that the model's recipe holds out.
    choose: returns which examples that share is, (N,). encode: what the network reads
    of a list of names or sequences.
    """
    inputs: list[Any] = list(examples)
    labels = label_ids(examples, model.labels)
    weights = _weights(examples)
    measured: list[Any] = list(others) if others else []
    measured_labels = label_ids(others, model.labels) if others else labels[:0]
    if model.recipe.held_out:
        out = choose()
        measured += compress(inputs, out)
        inputs = list(compress(inputs, ~out))
        if len(labels):
            measured_labels = np.concatenate([measured_labels, labels[out]])
            labels = labels[~out]
        weights = weights[~out] if len(weights) else weights
    training = encode(inputs).labelled(labels)
    if isinstance(training, Sequences):
        training = training.weighted(weights)
    if not measured:
        return training, None
    return training, encode(measured).labelled(measured_labels)


def _weights(examples: Examples) -> Weights:
    """The weights of the examples, (N,); (0,) where all count the same."""
    weights = examples.weights if isinstance(examples, NameList) else None
    return np.array(weights or (), np.float64)


def hold_out_names(names: NameList, share: float, seed: int, style: str) -> Mask:
    """Which names to hold out, (N,): a share of the distinct names, at least one and
    never all. All copies of a name, as folded to the style, are on the same side.

    Raises ListError for a list with too few names.
    """
    folded = [fold(name, style) for name in names]
    rng = generator(seed, Stream.SPLIT)
    shortage = f"{names.source}: {len(set(folded))} different names are too few"
    chosen = _share_of(folded, share, rng, shortage)
    return np.array([name in chosen for name in folded])


def hold_out_by_label(examples: Examples, share: float, seed: int, style: str) -> Mask:
    """Which examples to hold out, (N,): a share of the distinct examples of each label,
    at least one and never all. All copies of an example, as folded to the style, are on
    the same side.

    Raises ListError for a label with too few examples.
    """
    labels = counted_labels(examples)
    ids, hashes = label_ids(examples, labels), example_hashes(examples, style)
    rng = generator(seed, Stream.SPLIT)
    chosen: set[int] = set()
    for k, label in enumerate(labels):
        shortage = f"{examples.source}: label {label!r} has too few different examples"
        of_label = hashes[ids == k].tolist()
        chosen |= _share_of(of_label, share, rng, shortage)
    return np.isin(hashes, np.array(list(chosen), np.uint64))


def hold_out_pairs(pairs: PairList, share: float, seed: int, style: str) -> Mask:
    """Which pairs to hold out, (N,): a share of the distinct sources, at least one and
    never all. All pairs of a source, as folded to the style, are on the same side.

    Raises ListError for a list with too few sources.
    """
    hashes = example_hashes(pairs.sources, style)
    shortage = f"{pairs.source}: {len(set(hashes))} different sources are too few"
    rng = generator(seed, Stream.SPLIT)
    chosen = _share_of(hashes.tolist(), share, rng, shortage)
    return np.isin(hashes, np.array(list(chosen), np.uint64))


Key = TypeVar("Key", str, int)


def _share_of(
    keys: Sequence[Key], share: float, rng: np.random.Generator, shortage: str
) -> set[Key]:
    """A random share of the distinct keys, at least one of them.

    Raises ListError, beginning with `shortage`, if none would be left to learn from.
    """
    distinct = sorted(set(keys))
    count = round(share * len(distinct)) or 1
    if count >= len(distinct):
        raise ListError(f"{shortage} to hold out {share:g} of them; hold out less")
    return {distinct[i] for i in rng.permutation(len(distinct))[:count]}


def example_hashes(examples: Examples, style: str) -> Hashes:
    """64-bit BLAKE2b hashes of the folded texts, or of the sequences, (N,)."""
    if isinstance(examples, NameList):
        return name_hashes(fold(name, style) for name in examples)
    digests: Iterable[bytes] = (
        blake2b(values.tobytes(), digest_size=8).digest() for values in examples
    )
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
