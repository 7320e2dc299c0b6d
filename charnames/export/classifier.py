"""What a module holds of a classifier."""

from __future__ import annotations

import numpy as np

from charnames.encoding.scaling import Scaling
from charnames.encoding.word_vocabulary import Words
from charnames.errors import ExportError
from charnames.export.packing import ModuleContents
from charnames.export.precision import Measure
from charnames.models.classifier import Classifier
from charnames.nn.array_types import Floats
from charnames.random_streams import Stream, generator

MEASURED = 256  # texts, to compare probabilities on
_LONGEST = 40  # symbols of such a text


def classifier_contents(model: Classifier) -> ModuleContents:
    """What a module holds of a classifier beside its weights.

    Raises ExportError for a classifier of sequences of numbers.
    """
    shape, symbols = model.shape, _symbols(model)
    header = {
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
    return ModuleContents(header, {})


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
