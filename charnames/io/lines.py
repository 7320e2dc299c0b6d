"""Lines of UTF-8 text, each with where it stands, as errors are to say it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from charnames.errors import ListError


def numbered(
    stream: BinaryIO, source: str, most: int, too_long: str
) -> Iterator[tuple[str, bytes]]:
    """Where each line stands, and the line, without a byte-order mark.

    Only a line feed ends a line. Raises ListError for one of more than `most` bytes,
    saying `too_long`, before the rest of it is read; or where reading fails.
    """
    lines = iter(partial(_line, stream, source, most + 1), b"")
    for number, line in enumerate(lines, 1):
        where = f"{source}, line {number}"
        if len(line) > most:
            raise ListError(f"{where}: {too_long}")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield where, line


def _line(stream: BinaryIO, source: str, most: int) -> bytes:
    try:
        return stream.readline(most)
    except OSError as error:
        raise ListError(
            f"{source}: {error.strerror}; give a UTF-8 file of names"
        ) from None


def decoded(line: bytes, where: str) -> str:
    """The text of a line without its end. Raises ListError where it is not UTF-8."""
    try:
        return line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise ListError(
            f"{where}: not UTF-8 (byte {error.start + 1} of the line); "
            "save the list as UTF-8"
        ) from None


def stream_name(stream: BinaryIO) -> str:
    """What to call a stream in a message."""
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) else "the stream"
