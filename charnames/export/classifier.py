"""What a module holds of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from charnames.encoding.scaling import Scaling
from charnames.encoding.word_vocabulary import Words
from charnames.errors import ExportError
from charnames.export.mixture import sparse_ngram_arrays
from charnames.export.packing import ModuleContents
from charnames.export.precision import Measure
from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.prediction.sparse_ngram import SparseNGram
from charnames.random_streams import Stream, generator

MEASURED = 256  # texts, to compare probabilities on
_LONGEST = 40  # symbols of such a text


def classifier_contents(model: Classifier) -> ModuleContents:
    """What a module holds of a classifier beside its weights.

    Raises ExportError for a classifier of sequences of numbers.
    """
    shape, symbols = model.shape, _symbols(model)
    header: dict[str, Any] = {
        "cell": shape.cell,
        "sizes": shape.sizes,
        "V": shape.V,
        "bidirectional": shape.bidirectional,
        "pooling": model.recipe.pooling,
        "unit": model.recipe.unit,
        "case": model.case,
        "symbols": symbols,
        "labels": [*model.labels.items()],
    }
    ngram, weight = model.mixture().ngram, model.progress.ngram_weight
    if not (ngram and weight):
        return ModuleContents(header, {})
    header["ngram"] = {
        "weight": weight,
        "exponent": ngram.exponent,
        "logPrior": ngram.log_prior.tolist(),
        "start": _start(ngram.all_labels),
        "starts": [_start(of_label) for of_label in ngram.by_label],
    }
    arrays = {**sparse_ngram_arrays(ngram.all_labels, "all")}
    for k, of_label in enumerate(ngram.by_label):
        if of_label:
            arrays |= sparse_ngram_arrays(of_label, str(k))
    return ModuleContents(header, arrays)


def _start(ngram: SparseNGram | None) -> int | None:
    """The number of the context that a text begins with; None without n-grams."""
    return int(len(ngram.levels) > 1) if ngram else None


def classifier_measure(model: Classifier) -> Measure[Classifier]:
    """A function that gives the probabilities of all labels for some random texts."""
    symbols, rng = _symbols(model), generator(0, Stream.SAMPLE)
    between = " " if isinstance(model.reader, Words) else ""
    longest = min(model.provenance.longest, _LONGEST)
    texts = [
        between.join(rng.choice(symbols, rng.integers(1, longest + 1)))
        for _ in range(MEASURED)
    ]

    def measure(other: Classifier) -> Floats:
        return np.array([item.probabilities for item in other.classify(texts)])

    return measure


def _symbols(model: Classifier) -> list[str]:
    """The characters, or words, that it knows. Raises ExportError for numbers."""
    if isinstance(model.reader, Scaling):
        raise ExportError(
            "the model classifies sequences of numbers, and a module reads texts"
        )
    if isinstance(model.reader, Words):
        return model.reader.alphabet.split(" ")
    return [*model.reader.alphabet]
