"""The safetensors layout: bytes <-> a header, and what stands in the buffer.

    8 bytes   the length of the header, little-endian
    header    a JSON object in UTF-8: name -> dtype, shape, data_offsets (from the start
              of the buffer, the end left out); "__metadata__" -> texts by name
    buffer    the tensors, little-endian, C order

The header MUST begin with "{", be no longer than HEADER_LIMIT, and repeat no key; it
MAY end in blanks. The tensors MUST lie in the buffer without gaps, and fill it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from charnames.io.strict_json import FormatError, compact, parse

HEADER_LIMIT = 1 << 20
METADATA = "__metadata__"
_WIDTHS = {"F16": 2, "F32": 4, "U32": 4, "U64": 8}


class Tensor(NamedTuple):
    """The type and the shape of a tensor."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """The number of bytes that it takes in the buffer."""
        return math.prod(self.shape) * _WIDTHS[self.dtype]


class TensorEntry(NamedTuple):
    """What a header says of a tensor. Only the types are checked."""

    tensor: Tensor
    start: int
    end: int


class Header(NamedTuple):
    """The header of a file. room: the number of bytes of the buffer behind it."""

    metadata: dict[str, str]
    entries: dict[str, TensorEntry]
    room: int


def header(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> bytes:
    """Length and header of a file with those tensors, in that order.

    Raises FormatError where it is past the limit.
    """
    contents: dict[str, object] = {METADATA: dict(metadata)}
    start = 0
    for name, tensor in tensors.items():
        end = start + tensor.nbytes
        contents[name] = {
            "dtype": tensor.dtype,
            "shape": tensor.shape,
            "data_offsets": (start, end),
        }
        start = end
    text = compact(contents).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > HEADER_LIMIT:
        raise FormatError(f"its header would take {len(text):,} bytes")
    return len(text).to_bytes(8, "little") + text


def read_header(stream: io.BufferedIOBase, size: int | None) -> Header:
    """The header of a file of that size, the stream left at its buffer. With None, the
    size is what the header says.

    Raises FormatError for whatever is no header, before reading past what one may take.
    """
    first = stream.read(8)
    if size == 0 or not first:
        raise FormatError("the file is empty")
    length = int.from_bytes(first, "little")
    longest = HEADER_LIMIT if size is None else min(HEADER_LIMIT, size - 8)
    if not 0 < length <= longest:
        raise FormatError("it does not begin as one, or is cut short")
    try:
        text = stream.read(length).decode()
    except UnicodeDecodeError:
        raise FormatError("the header is not UTF-8") from None
    if not text.startswith("{"):
        raise FormatError("the header is not a JSON object")
    contents = parse(text, "the header")
    metadata = contents.pop(METADATA, {})
    if not isinstance(metadata, dict) or not all(
        isinstance(value, str) for value in metadata.values()
    ):
        raise FormatError(f"{METADATA} holds other things than text")
    entries = {name: _entry(name, spec) for name, spec in contents.items()}
    if size is None:
        return Header(
            metadata, entries, max((e.end for e in entries.values()), default=0)
        )
    return Header(metadata, entries, size - 8 - length)


def check(header: Header, wanted: Mapping[str, Tensor]) -> None:
    """Check that a header has exactly the wanted tensors, in their order.

    Raises FormatError, naming the first tensor that is not as wanted.
    """
    entries = header.entries
    strangers = [repr(name) for name in entries if name not in wanted]
    for name in wanted:
        if name not in entries:
            instead = f", and {strangers[0]} is there" if strangers else ""
            raise FormatError(f"tensor {name!r} is missing{instead}")
    if strangers:
        raise FormatError(f"tensor {strangers[0]} does not belong there")
    position = 0
    for name, tensor in wanted.items():
        claimed, start, end = entries[name]
        if claimed != tensor:
            raise FormatError(
                f"tensor {name!r} is {_described(claimed)} "
                f"in place of {_described(tensor)}"
            )
        if start != position:
            what = "leaves a hole before it" if start > position else "overlaps another"
            raise FormatError(f"tensor {name!r} {what}")
        position += tensor.nbytes
        if end != position:
            raise FormatError(f"tensor {name!r} has offsets unlike its shape")
        if end > header.room:
            raise FormatError(f"tensor {name!r} runs past the end of the file")
    if position != header.room:
        raise FormatError(f"{header.room - position:,} bytes after tensor {name!r}")


def _entry(name: str, spec: Any) -> TensorEntry:
    keys = {"dtype", "shape", "data_offsets"}
    if not isinstance(spec, dict) or spec.keys() != keys:
        raise FormatError(
            f"tensor {name!r} does not say just {', '.join(sorted(keys))}"
        )
    dtype, shape, offsets = spec["dtype"], spec["shape"], spec["data_offsets"]
    if not isinstance(dtype, str):
        raise FormatError(f"tensor {name!r} has no text for a dtype")
    if not _are_sizes(shape):
        raise FormatError(f"tensor {name!r} has no list of sizes for a shape")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise FormatError(f"tensor {name!r} has no pair of offsets")
    return TensorEntry(Tensor(dtype, tuple(shape)), *offsets)


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)


def _described(tensor: Tensor) -> str:
    return f"{tensor.dtype!r} {list(tensor.shape)}"
