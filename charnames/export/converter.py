"""What a module holds of a converter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.symbols import Symbols
from charnames.encoding.vocabulary import Vocabulary
from charnames.errors import ExportError
from charnames.export.mixture import ngram_arrays
from charnames.export.packing import ModuleContents
from charnames.export.precision import Measure
from charnames.export.spelling import spelling_header
from charnames.models.converter import Converter
from charnames.nn.array_types import Floats
from charnames.nn.batching import END, Packed
from charnames.nn.networks.compound_shapes import EncoderDecoderShape, EnsembleShape
from charnames.nn.networks.encoder_decoder import EncoderDecoder
from charnames.nn.networks.ensemble import Network
from charnames.nn.networks.shape import Shape
from charnames.nn.networks.step_decoder import StepDecoder
from charnames.nn.parameters import Array
from charnames.prediction.candidates import TargetIds
from charnames.prediction.joint_ngram import JointNGram
from charnames.random_streams import Stream, generator

MEASURED = 64  # sources, to compare probabilities on
_LONGEST = 12  # symbols of such a source


def converter_contents(model: Converter) -> ModuleContents:
    """What a module holds of a converter beside its weights.

    Raises ExportError for a converter of sequences of numbers.
    """
    source, shape = _source(model), model.shape
    members = [""]  # what the names of each network's weights begin with
    if isinstance(shape, EnsembleShape):
        members, shape = [f"{name}." for name in shape.names], shape.member
    characters = sorted({*"".join(model.target.alphabet)})
    header: dict[str, Any] = {
        "labels": [*model.labels.items()],
        "members": members,
        "repeat": model.recipe.upsample,
        "source": _side(source),
        "target": {
            **_side(model.target),
            "spelling": spelling_header(Vocabulary("".join(characters)), model.case),
        },
    }
    if isinstance(shape, EncoderDecoderShape):
        header["attention"] = shape.attention
        header |= {name: _stack(part) for name, part in shape.stacks.items()}
    else:
        header["encoder"] = _stack(shape)
    arrays: dict[str, NDArray[Any]] = {"longest": model.longest.astype(np.uint32)}
    weight = model.progress.ngram_weight
    if model.grams is not None and model.chunks is not None and weight:
        start = int(len(JointNGram(model.grams, model.chunks).ngram.levels) > 1)
        header["ngram"] = {"weight": weight, "start": start}
        arrays |= ngram_arrays(model.grams, len(model.chunks) + 1)
        arrays["chunks"] = model.chunks.ids
    return ModuleContents(header, arrays)


def converter_measure(model: Converter) -> Measure[Converter]:
    """What gives the probabilities of all next symbols in what the network writes of
    some sources of random symbols; for CTC those of all symbols at all frames.
    """
    source, rng = _source(model), generator(0, Stream.SAMPLE)
    size = min(len(model.longest) - 1, _LONGEST)
    between = " " if source.unit == "blank" else ""
    texts = [
        between.join(rng.choice(source.alphabet, rng.integers(1, max(size, 1) + 1)))
        for _ in range(MEASURED)
    ]
    blend = model.blend(None)
    results = model.conversion_model().by_network(
        model.read(texts), 1, None if blend is None else blend.repeat(MEASURED, axis=0)
    )

    def measure(other: Converter) -> Floats:
        read = other.read(texts)
        parts = [
            probabilities
            for network in other.conversion_model().networks
            for number, hypotheses in enumerate(results)
            for probabilities in _probabilities(
                network, read.pack([number]), hypotheses[0].ids, blend
            )
        ]
        return np.concatenate([part.ravel() for part in parts]).astype(np.float64)

    return measure


def _probabilities(
    network: Network, batch: Packed, target: TargetIds, blend: Array | None
) -> Iterator[NDArray[np.floating]]:
    """Those of all next symbols in a target of one source; for CTC, of all symbols at
    all frames.
    """
    if not isinstance(network, EncoderDecoder):
        yield np.exp(network.log_probabilities(batch, blend))
        return
    encoded, _ = network.encode(batch, blend=blend)
    decoding = StepDecoder(network).start(encoded, blend)
    for symbol in (END, *target):
        z, _ = decoding.step(np.array([symbol]))
        p = np.exp(z.astype(np.float64) - z.max())
        yield p / p.sum()


def _source(model: Converter) -> Symbols:
    """The symbols of sources. Raises ExportError where these are numbers."""
    if not isinstance(model.source, Symbols):
        raise ExportError(
            "the model converts sequences of numbers, and a module reads texts"
        )
    return model.source


def _side(symbols: Symbols) -> dict[str, Any]:
    return {
        "symbols": symbols.alphabet,
        "unit": symbols.unit,
        "form": symbols.form,
    }


def _stack(shape: Shape) -> dict[str, Any]:
    return shape._asdict()
