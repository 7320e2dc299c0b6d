"""Lines of text from a stream of bytes, each with its position for error messages."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import BinaryIO, Protocol

from charnames.errors import CharnamesError, ListError
from charnames.io.encodings import advice, no_text, remedy, wide_encoding

STANDARD_INPUT = "standard input"
_MARKS = {  # byte-order marks; that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_WIDE = ("utf-16", "utf-32")  # encodings in which a line feed is several bytes
_CHUNK = 2**16  # bytes


class ByteStream(Protocol):
    """What lines are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, b"" at the end."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its end, or `limit` bytes of it; b"" at the end."""


@contextmanager
def opened_input(
    path: str,
    wanted: str,
    source: str = "",
    error_type: type[CharnamesError] = ListError,
) -> Iterator[BinaryIO]:
    """Open a file for reading bytes.

    Raises `error_type`, which names the file (as `source`, if given) and what is wanted
    in its place, if it cannot be opened or read.
    """
    try:
        with open(path, "rb") as stream:
            yield stream
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and "://" in path:
            raise error_type(
                f"{source or path}: is an address, and nothing is fetched from one; "
                "download the file and give its path"
            ) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise error_type(f"{source or path}: {reason}; give {wanted}") from None


def text_lines(
    stream: ByteStream,
    source: str,
    limit: int,
    too_long: str,
    encoding: str = "",
    option: bool = True,
) -> Iterator[tuple[str, str]]:
    """Each line's position, such as "names.txt, line 2", and its text without its end.

    limit: the largest number of bytes in a line. encoding: by default that of the
    byte-order mark, UTF-8 without one. option: whether a message may say --encoding.
    A line ends with a line feed or CRLF; in a stream that begins without a line feed,
    with a carriage return.

    Raises ListError with the position for bytes that are not text in the encoding, or
    that look like UTF-16 or UTF-32 where no mark says so; for a longer line (with
    `too_long`, before its rest is read); and where reading fails.
    """
    first = _read(stream.readline, limit + 1, source)
    if kind := no_text(first):
        raise ListError(f"{source}, line 1: {kind}")
    mark = b""
    if not encoding:
        mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
        encoding = _MARKS.get(mark, "utf-8")
        if not mark and (wide := wide_encoding(first)):
            raise ListError(
                f"{source}, line 1: looks like {wide} without a byte-order mark: "
                f"{remedy(wide, option)}"
            )
    first = first.removeprefix(mark)
    lines: Iterator[bytes]
    if codecs.lookup(encoding).name.startswith(_WIDE):
        lines = _split(_as_utf_8(_chunks(first, stream, source), source, encoding))
        encoding = "utf-8"
    elif b"\n" not in first and b"\r" in first[:-1]:
        lines = _split(_chunks(first, stream, source))
    else:
        rest = iter(partial(_read, stream.readline, limit + 1, source), b"")
        lines = chain([first] if first else [], rest)
    for number, line in enumerate(lines, 1):
        where = f"{source}, line {number}"
        if len(line) > limit:
            raise ListError(f"{where}: {too_long}")
        yield where, _decoded(line, where, encoding, option)


def _read(read: Callable[[int], bytes], size: int, source: str) -> bytes:
    try:
        return read(size)
    except OSError as error:
        raise ListError(
            f"{source}: {error.strerror}; give a UTF-8 file of names"
        ) from None


def _chunks(first: bytes, stream: ByteStream, source: str) -> Iterator[bytes]:
    """The stream, whose first bytes are already read, in chunks."""
    yield first + _read(stream.read, _CHUNK, source)
    yield from iter(partial(_read, stream.read, _CHUNK, source), b"")


def _as_utf_8(chunks: Iterator[bytes], source: str, encoding: str) -> Iterator[bytes]:
    """The same text in UTF-8. Raises ListError for bytes that are not in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise ListError(f"{source}: not {encoding}; save the list as UTF-8") from None


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of UTF-8 text, without their ends.

    They end with line feeds if the first chunk has one, else with carriage returns. A
    line that is longer than a chunk may come out in parts.
    """
    rest, end = b"", b""
    for chunk in chunks:
        end = end or (b"\n" if b"\n" in chunk else b"\r")
        *lines, rest = (rest + chunk).split(end)
        yield from lines
        if len(rest) > _CHUNK:
            yield rest
            rest = b""
    if rest:
        yield rest


def _decoded(line: bytes, where: str, encoding: str, option: bool) -> str:
    """The text of a line. Raises ListError, beginning with `where`."""
    try:
        return line.decode(encoding).removesuffix("\n").removesuffix("\r")
    except UnicodeError as error:
        start = getattr(error, "start", 0) + 1
        name = "UTF-8" if encoding == "utf-8" else encoding
        raise ListError(
            f"{where}: not {name} (byte {start} of the line); "
            f"{advice(line, encoding, option)}"
        ) from None


def stream_name(stream: BinaryIO) -> str:
    """What to call a stream in a message."""
    if stream is getattr(sys.stdin, "buffer", None):
        return STANDARD_INPUT
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) else "the stream"
