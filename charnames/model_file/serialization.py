"""A model as the bytes of its file, and back: the buffer, and its checksum.

charnames.model_file.storage tells what the bytes are, charnames.model_file.metadata
checks what the header says.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from charnames.io import safetensors
from charnames.io.safetensors import Header, Tensor
from charnames.io.strict_json import FormatError, compact
from charnames.model_file.description import (
    CHUNKS,
    EXPONENT,
    LONGEST,
    ModelArrays,
    ModelInfo,
    StoredModel,
)
from charnames.model_file.metadata import (
    CODES,
    COUNTS,
    DIRECTIONS,
    FAMILIAR,
    KNOWN,
    NEAR,
    PAIRS,
    STATE,
    WORDS,
    check_arrays,
    metadata,
    read_metadata,
    total,
)
from charnames.nn.parameters import Array, Parameters

if TYPE_CHECKING:
    from hashlib import _Hash

    from charnames.prediction.chunks import Chunks
    from charnames.prediction.ngram import Grams
    from charnames.prediction.whole_words import WordPairs

_TYPES: dict[str, np.dtype[Any]] = {
    "F16": np.dtype(np.float16),
    "F32": np.dtype(np.float32),
    "U32": np.dtype(np.uint32),
    "U64": np.dtype(np.uint64),
}


def decoded(header: Header, stream: io.BufferedIOBase) -> StoredModel:
    """The model of a file whose header was read; the stream stands at the buffer.

    Raises what IMPOSSIBLE holds for a model that cannot be, MemoryError for one that is
    too large.
    """
    info, shape, dtype, others = read_metadata(header)
    weights = shape.parameters()
    digest = _metadata_digest(header.metadata)

    def block(tensor: Tensor) -> NDArray[Any]:
        kind = _TYPES[tensor.dtype]
        array: NDArray[Any] = np.empty(tensor.shape, kind.newbyteorder("<"))
        if stream.readinto(array.view(np.uint8).data) != array.nbytes:
            raise FormatError("it was cut short while it was read")
        digest.update(array.data)
        return array.astype(kind, copy=False)

    values = _float32(block(Tensor(dtype, (total(weights),))))
    blocks = {name: block(tensor) for name, tensor in others.items()}
    if digest.hexdigest() != header.metadata["sha256"]:
        raise FormatError("its checksum is not that of its contents")
    arrays = ModelArrays(
        weights=Parameters(weights, values=values),
        known=blocks[KNOWN],
        state={
            name.removeprefix(STATE): array
            for name, array in blocks.items()
            if name.startswith(STATE)
        },
        grams=_grams(info, blocks) if CODES in blocks else None,
        words=_word_pairs(blocks) if WORDS in blocks else None,
        near=blocks.get(NEAR, np.empty(0, np.uint64)),
        familiar=blocks.get(FAMILIAR, np.empty(0, np.uint64)),
        directions=_float32(blocks[DIRECTIONS]) if DIRECTIONS in blocks else None,
        chunks=_chunks(blocks[CHUNKS]) if CHUNKS in blocks else None,
        longest=blocks.get(LONGEST, np.empty(0, np.uint32)),
        exponent=blocks.get(EXPONENT, np.empty(0, np.float32)),
    )
    check_arrays(info, arrays, shape.V)
    return StoredModel(info, arrays)


def _chunks(ids: NDArray[np.uint32]) -> Chunks:
    from charnames.prediction.chunks import Chunks

    return Chunks(ids)


def _grams(info: ModelInfo, blocks: Mapping[str, NDArray[Any]]) -> Grams:
    from charnames.prediction.ngram import Grams

    return Grams(info.recipe.ngram, blocks[CODES], blocks[COUNTS])


def _word_pairs(blocks: Mapping[str, NDArray[Any]]) -> WordPairs:
    from charnames.prediction.whole_words import WordPairs

    return WordPairs(blocks[WORDS], blocks[PAIRS])


def encoded(model: StoredModel) -> list[bytes | memoryview]:
    """The parts of the file: the header, and each block of numbers.

    The header is checked as one from a stranger would be, so that nothing is written
    that cannot be loaded. Raises what IMPOSSIBLE holds for such a model.
    """
    info, arrays = model
    others: dict[str, NDArray[Any]] = {
        STATE + name: arrays.state[name] for name in sorted(arrays.state)
    }
    others[KNOWN] = arrays.known
    if arrays.grams:
        others |= {CODES: arrays.grams.codes, COUNTS: arrays.grams.counts}
    if arrays.chunks:
        others[CHUNKS] = arrays.chunks.ids
    if len(arrays.longest):
        others[LONGEST] = arrays.longest
    if len(arrays.exponent):
        others[EXPONENT] = arrays.exponent
    if arrays.words:
        others |= {WORDS: arrays.words.symbols, PAIRS: arrays.words.pairs}
    for name, hashes in ((NEAR, arrays.near), (FAMILIAR, arrays.familiar)):
        if len(hashes):
            others[name] = hashes
    weights = _shortest(arrays.weights.values)
    if arrays.directions is not None:
        others[DIRECTIONS] = arrays.directions.astype(weights.dtype)
    dtype = _type_code(next(iter(arrays.weights.views)), weights)
    tensors = {
        name: Tensor(dtype, view.shape) for name, view in arrays.weights.views.items()
    } | {
        name: Tensor(_type_code(name, array), array.shape)
        for name, array in others.items()
    }
    buffer = [
        np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data
        for array in (weights, *others.values())
    ]
    texts = metadata(info)
    digest = _metadata_digest(texts)
    for block in buffer:
        digest.update(block)
    texts["sha256"] = digest.hexdigest()
    header = safetensors.header(texts, tensors)
    size = len(header) + sum(block.nbytes for block in buffer)
    contents = read_metadata(safetensors.read_header(io.BytesIO(header), size))
    check_arrays(info, arrays, contents.shape.V)
    return [header, *buffer]


def _float32(numbers: NDArray[Any]) -> Array:
    """The numbers of a file, F16 or F32, as networks read them."""
    return numbers.astype(np.float32, copy=False)


def _shortest(values: Array) -> NDArray[Any]:
    """The values in float16 where that loses nothing, as of slim models, else as they
    are.
    """
    if values.dtype != np.float32:
        return values
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16)
    return halves if np.array_equal(halves, values) else values


def _type_code(name: str, array: NDArray[Any]) -> str:
    for code, kind in _TYPES.items():
        if array.dtype == kind:
            return code
    raise FormatError(f"tensor {name!r} is {array.dtype}")


def _metadata_digest(texts: Mapping[str, str]) -> _Hash:
    """The checksum after the metadata; the buffer is still to be added."""
    rest = {key: texts[key] for key in sorted(texts) if key != "sha256"}
    return hashlib.sha256(compact(rest).encode())
