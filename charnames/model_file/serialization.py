"""A model as the bytes of its file, and back: the buffer, and its checksum.

charnames.model_file.storage tells what they are, charnames.model_file.metadata checks
what the header says.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames.io import safetensors
from charnames.io.safetensors import Header, Tensor
from charnames.io.strict_json import FormatError, compact
from charnames.model_file.metadata import (
    CODES,
    COUNTS,
    KNOWN,
    STATE,
    check_numbers,
    claimed,
    metadata,
    total,
)
from charnames.models.base import Trained
from charnames.models.language_model import Model
from charnames.nn.parameters import Parameters
from charnames.prediction.ngram import Grams

_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype(np.float32),
    "U32": np.dtype(np.uint32),
    "U64": np.dtype(np.uint64),
}


def decoded(header: Header, stream: io.BufferedIOBase) -> Trained:
    """The model of a file whose header was read. Raises what IMPOSSIBLE holds where it
    cannot be, MemoryError where it is too large.
    """
    model, tensors = claimed(header)
    shapes = model.shape.parameters()
    digest = _begun_digest(header.metadata)

    def block(tensor: Tensor) -> NDArray[Any]:
        kind = _TYPES[tensor.dtype]
        array: NDArray[Any] = np.empty(tensor.shape, kind.newbyteorder("<"))
        if stream.readinto(array.view(np.uint8).data) != array.nbytes:
            raise FormatError("it was cut short while it was read")
        digest.update(array.data)
        return array.astype(kind, copy=False)

    values = block(Tensor("F32", (total(shapes),)))
    rest = {name: block(tensors[name]) for name in tensors if name not in shapes}
    if digest.hexdigest() != header.metadata["sha256"]:
        raise FormatError("its checksum is not that of its contents")
    order = model.recipe.ngram
    if isinstance(model, Model) and order:
        grams = Grams(order, rest[CODES], rest[COUNTS])
        model = dataclasses.replace(model, grams=grams)
    model = dataclasses.replace(
        model,
        parameters=Parameters(shapes, values=values),
        known=rest[KNOWN],
        state={
            name.removeprefix(STATE): array
            for name, array in rest.items()
            if name.startswith(STATE)
        },
    )
    check_numbers(model)
    return model


def encoded(model: Trained) -> list[bytes | memoryview]:
    """The parts of the file: the header, and each block of numbers.

    The header is checked as that of a stranger's file would be, so that nothing is
    written that cannot be loaded. Raises what IMPOSSIBLE holds for such a model.
    """
    arrays: dict[str, NDArray[Any]] = {
        STATE + name: model.state[name] for name in sorted(model.state)
    }
    arrays[KNOWN] = model.known
    if isinstance(model, Model) and model.grams:
        arrays |= {CODES: model.grams.codes, COUNTS: model.grams.counts}
    tensors = {
        name: Tensor(_type_code(name, array), array.shape)
        for name, array in (model.parameters.views | arrays).items()
    }
    buffer = [
        np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data
        for array in (model.parameters.values, *arrays.values())
    ]
    texts = metadata(model)
    digest = _begun_digest(texts)
    for block in buffer:
        digest.update(block)
    texts["sha256"] = digest.hexdigest()
    header = safetensors.header(texts, tensors)
    size = len(header) + sum(block.nbytes for block in buffer)
    claimed(safetensors.read_header(io.BytesIO(header), size))
    check_numbers(model)
    return [header, *buffer]


def _type_code(name: str, array: NDArray[Any]) -> str:
    for code, kind in _TYPES.items():
        if array.dtype == kind:
            return code
    raise FormatError(f"tensor {name!r} is {array.dtype}")


def _begun_digest(texts: Mapping[str, str]) -> Any:
    """The checksum over the rest of the metadata, which the buffer has yet to join."""
    rest = {key: texts[key] for key in sorted(texts) if key != "sha256"}
    return hashlib.sha256(compact(rest).encode())
