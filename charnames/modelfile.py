"""The model file: written whole or not at all, checked before it is believed.

A model is one file in the safetensors layout (see charnames.safetensors), which every
library for that layout can read.

- `__metadata__` MUST hold these texts and no others: `format` ("charnames"),
  `format_version` ("1"), `charnames_version` (of the writer), `recipe` (JSON of every
  setting), `alphabet` (in the order of its code points), `case` (a style of
  charnames.vocabulary, or "keep"), `provenance` and `progress` (JSON of the fields of
  those classes in charnames.model), `sha256` (hexadecimal, over the others as one
  JSON object without blanks, its keys sorted, in UTF-8, and then the buffer).
- The buffer MUST hold, in this order: every weight that the recipe and the alphabet
  imply, by its name, F32; `state.NAME` for each array that resuming the run needs, by
  the alphabet, F32, each as long as all weights together, or none of them; `known`,
  U64: the hashes of the names learned, rising; with an n-gram model in the recipe,
  `grams.codes`, U64, rising, and `grams.counts`, U32, one for each. Every F32 MUST be
  finite.
- The keys of the header MAY come in any order. A file that says anything more MUST be
  refused: what a later version adds, it marks by a higher `format_version`.
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charnames import __version__, files, safetensors
from charnames.claims import (
    CODES,
    COUNTS,
    FORMAT,
    FORMAT_VERSION,
    IMPOSSIBLE,
    KNOWN,
    STATE,
    check_numbers,
    claimed,
    metadata,
    total,
)
from charnames.errors import ModelFileError
from charnames.files import FilePath
from charnames.model import Model
from charnames.ngram import Grams
from charnames.nn.parameters import Parameters
from charnames.safetensors import Header, LayoutError, Tensor, compact
from charnames.texts import escaped, shortened

_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype(np.float32),
    "U32": np.dtype(np.uint32),
    "U64": np.dtype(np.uint64),
}
_GIVE_OURS = "give a file that `charnames train` wrote"


def save(model: Model, path: FilePath) -> None:
    """Write the model to that file whole, or leave what was there.

    Raises ModelFileError where it cannot be written, or could not be read again.
    """
    source = _source(path)
    blocks = _blocks(model, source)
    with _writing(source):
        target = files.find_target(path)
        files.write(target, blocks)
    try:
        files.flush_folder(target)
    except OSError as error:
        what = f"written, but could be lost in a power cut ({files.reason(error)})"
        raise _refusal(source, what, "look after the disk") from None


def check_target(path: FilePath, force: bool) -> None:
    """Find out before a long training whether `save` can write that file.

    Raises ModelFileError where it cannot; and, without `force`, where it would take
    the place of something that is not a model.
    """
    source = _source(path)
    with _writing(source):
        target = files.find_target(path)
        if target.mode is not None and not force and not _is_model(target.path):
            raise _refusal(
                source,
                "is there already, and is not a charnames model",
                "give another name, or --force to overwrite it",
            )
        files.try_out(target)


def dumps(model: Model) -> bytes:
    """The bytes of the model's file. Raises ModelFileError as `save` does."""
    return b"".join(_blocks(model, "the model"))


def load(path: FilePath) -> Model:
    """The model in that file. Nothing in it is run, and nothing taken on trust.

    Raises ModelFileError for a file that cannot be read, is no model, or is damaged.
    """
    source = _source(path)
    try:
        with files.opened(path) as (stream, size):
            return _read(stream, size, source)
    except OSError as error:
        what = f"cannot be read ({files.reason(error)})"
        raise _refusal(source, what, _GIVE_OURS) from None


def loads(data: bytes, source: str = "the model") -> Model:
    """The inverse of `dumps`; `source` is what an error calls it."""
    return _read(io.BytesIO(data), len(data), source)


# Reading


def _read(stream: io.BufferedIOBase, size: int, source: str) -> Model:
    try:
        header = _header(stream, size)
    except LayoutError as error:
        what = f"not a charnames model ({error})"
        raise _refusal(source, what, _GIVE_OURS) from None
    version = header.metadata.get("format_version", "")
    if re.fullmatch("[1-9][0-9]{0,8}", version) and version != FORMAT_VERSION:
        writer = shortened(header.metadata.get("charnames_version", "?"), 30)
        raise _refusal(
            source,
            f"written by charnames {writer} in format {version}, and this is charnames "
            f"{__version__}, which reads format {FORMAT_VERSION}",
            "install a newer charnames",
        )
    try:
        return _decoded(header, stream)
    except IMPOSSIBLE as error:
        what = f"a damaged charnames model ({error})"
        to_do = "take a copy of it that is whole, or train again"
        raise _refusal(source, what, to_do) from None
    except MemoryError:
        what = f"a model of {header.room:,} bytes, more than there is memory for"
        raise _refusal(source, what, "free some memory") from None


def _header(stream: io.BufferedIOBase, size: int) -> Header:
    """The header of a model's file. Raises LayoutError for any other file."""
    header = safetensors.read_header(stream, size)
    if header.metadata.get("format") != FORMAT:
        raise LayoutError("another program wrote it")
    return header


def _is_model(path: str) -> bool:
    """Whether the file says that it is a model: damaged or newer, it is one."""
    try:
        with files.opened(path) as (stream, size):
            _header(stream, size)
    except (OSError, LayoutError):
        return False
    return True


def _decoded(header: Header, stream: io.BufferedIOBase) -> Model:
    model, tensors = claimed(header)
    shapes = model.shape.parameters()
    digest = _begun_digest(header.metadata)

    def block(tensor: Tensor) -> NDArray[Any]:
        kind = _TYPES[tensor.dtype]
        array: NDArray[Any] = np.empty(tensor.shape, kind.newbyteorder("<"))
        if stream.readinto(array.view(np.uint8).data) != array.nbytes:
            raise LayoutError("it was cut short while it was read")
        digest.update(array.data)
        return array.astype(kind, copy=False)

    values = block(Tensor("F32", (total(shapes),)))
    rest = {name: block(tensors[name]) for name in tensors if name not in shapes}
    if digest.hexdigest() != header.metadata["sha256"]:
        raise LayoutError("its checksum is not that of its contents")
    order = model.recipe.ngram
    model = dataclasses.replace(
        model,
        parameters=Parameters(shapes, values=values),
        known=rest[KNOWN],
        grams=Grams(order, rest[CODES], rest[COUNTS]) if order else None,
        state={
            name.removeprefix(STATE): array
            for name, array in rest.items()
            if name.startswith(STATE)
        },
    )
    check_numbers(model)
    return model


# Writing


def _blocks(model: Model, source: str) -> list[bytes | memoryview]:
    """The parts of the file: the header, and each block of numbers.

    The header is checked as that of a stranger's file would be, so that nothing is
    written that cannot be loaded.
    """
    arrays: dict[str, NDArray[Any]] = {
        STATE + name: model.state[name] for name in sorted(model.state)
    }
    arrays[KNOWN] = model.known
    if model.grams:
        arrays |= {CODES: model.grams.codes, COUNTS: model.grams.counts}
    try:
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
    except IMPOSSIBLE as error:
        what = f"no file can hold this model ({error})"
        raise _refusal(source, what, "train it again") from None
    return [header, *buffer]


def _type_code(name: str, array: NDArray[Any]) -> str:
    for code, kind in _TYPES.items():
        if array.dtype == kind:
            return code
    raise LayoutError(f"tensor {name!r} is {array.dtype}")


@contextmanager
def _writing(source: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        to_do = "make room for it" if full else "give another name or folder"
        what = f"cannot be written ({files.reason(error)})"
        raise _refusal(source, what, to_do) from None


# Both


def _begun_digest(texts: Mapping[str, str]) -> Any:
    """The checksum over the rest of the metadata, which the buffer has yet to join."""
    rest = {key: texts[key] for key in sorted(texts) if key != "sha256"}
    return hashlib.sha256(compact(rest).encode())


def _source(path: FilePath) -> str:
    """What an error calls the path. Raises ModelFileError where no file can have it."""
    source = escaped(os.fsdecode(path)) or "''"
    if not files.is_possible(path):
        raise _refusal(source, "not the name of a file", "give a file's name")
    return source


def _refusal(source: str, what: str, to_do: str) -> ModelFileError:
    return ModelFileError(f"{source}: {escaped(shortened(what))}; {to_do}")
