"""The model file of a converter: the symbols of both sides, or the scaling of numbers.

See charnames.model_file.metadata for what every model file says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from charnames.encoding.symbols import SymbolPair
from charnames.io.safetensors import Tensor
from charnames.io.strict_json import FormatError
from charnames.model_file.checks import refuse
from charnames.model_file.classifier import read_scaling
from charnames.model_file.description import (
    CHUNKS,
    LONGEST,
    ModelArrays,
    ModelInfo,
    TaskFormat,
)
from charnames.nn.networks.compound_shapes import AnyShape
from charnames.prediction.chunks import CHUNK_IDS, CHUNK_LENGTH
from charnames.recipes.network import converter_shape


def symbols_of(info: ModelInfo) -> SymbolPair:
    """The symbols of both sides. Raises FormatError or AlphabetError."""
    recipe = info.recipe
    return SymbolPair.of_text(info.alphabet, recipe.source_unit, recipe.target_unit)


def _with_inputs(info: ModelInfo, texts: Mapping[str, str]) -> ModelInfo:
    if texts["list_form"]:
        refuse("list_form", texts["list_form"], "for a converter")
    info = info._replace(alphabet=texts["alphabet"])
    source, scaling = symbols_of(info).source, texts["scaling"]
    if (source is None) != bool(scaling):
        refuse("scaling", scaling, "for such sources")
    if source is None and info.recipe.ngram:
        refuse("ngram", info.recipe.ngram, "possible for sequences of numbers")
    if scaling:
        info = info._replace(scaling=read_scaling(scaling))
    if info.recipe.encoder == "none" and not info.scaling:
        refuse("encoder", info.recipe.encoder, "possible for texts")
    return info


def _shape(info: ModelInfo) -> AnyShape:
    source, target = symbols_of(info)
    reads = info.scaling or source
    assert reads
    return converter_shape(info.recipe, reads, target, len(info.labels))


def _tensors(info: ModelInfo, length: Callable[[str], int]) -> dict[str, Tensor]:
    tensors = {}
    if info.recipe.ngram:
        tensors[CHUNKS] = Tensor("U32", (length(CHUNKS), CHUNK_IDS))
    tensors[LONGEST] = Tensor("U32", (length(LONGEST),))
    return tensors


def _check(info: ModelInfo, arrays: ModelArrays) -> None:
    """Raises FormatError for chunks and lengths that no converter has."""
    longest = arrays.longest
    if (longest[1:] < longest[:-1]).any() or not 0 < longest[-1] <= 10**6:
        raise FormatError(f"tensor {LONGEST!r} is not in order")
    if arrays.chunks is None or arrays.grams is None:
        return
    source, target = symbols_of(info)
    assert source
    ids = arrays.chunks.ids
    behind = (ids[:, 1::2] > 0) & (ids[:, ::2] == 0)  # a second one without a first
    if (
        behind.any()
        or not ids.any(axis=1).all()
        or (ids[:, :CHUNK_LENGTH] >= len(source)).any()
        or (ids[:, CHUNK_LENGTH:] >= len(target) - 1).any()
        or len(np.unique(ids, axis=0)) < len(ids)
    ):
        raise FormatError(f"tensor {CHUNKS!r} holds what is no chunk")
    if (len(ids) + 1) ** arrays.grams.order > 2**64:
        refuse("ngram", arrays.grams.order, "possible with so many chunks")


FORMAT = TaskFormat(_with_inputs, _shape, _tensors, _check)
