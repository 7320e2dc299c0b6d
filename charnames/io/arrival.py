"""Lines of a pipe or a terminal as they arrive: whether another one is there yet."""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from select import select
from typing import BinaryIO

PATIENCE = 0.1  # seconds between a line and an answer that waits for more lines
_CHUNK = 2**16  # bytes, which is what a pipe holds


class ArrivingStream:
    """A stream of bytes that tells whether a line can be read without waiting.

    It reads what the descriptor of `stream` gives, so nothing of that may have been
    read before.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._descriptor = stream.fileno()
        self._lines: deque[bytes] = deque()  # whole ones
        self._rest = b""  # after the last of them
        self._has_ended = self._is_read_whole = False
        self._deadline: float | None = None

    def readline(self, limit: int, /) -> bytes:
        """The next line with its end; of one without an end, `limit` bytes or fewer."""
        while not self._lines and len(self._rest) < limit:
            if not self._receive(None):
                break
        if self._lines:
            return self._lines.popleft()
        line, self._rest = self._rest[:limit], self._rest[limit:]
        return line

    def read(self, size: int, /) -> bytes:
        """What is there, or comes next; from now on no lines are told apart."""
        self._is_read_whole = True
        if not self._lines and not self._rest:
            self._receive(None)
        data = b"".join([*self._lines, self._rest])
        self._lines.clear()
        self._rest = b""
        return data

    def has_line(self) -> bool:
        """Whether a line, or the end, can be read at once. It may wait for that, until
        PATIENCE has passed since the first call after one that said no.
        """
        if self._is_read_whole:
            return True
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + PATIENCE
        with suppress(OSError):  # which reading raises again
            while not self._lines and not self._has_ended:
                left = max(self._deadline - time.monotonic(), 0)
                if not self._receive(left) and not self._has_ended:
                    self._deadline = None
                    return False
        return True

    def _receive(self, seconds: float | None) -> bool:
        """Receive more bytes, waiting for so long; whether any came."""
        if self._has_ended or not select([self._descriptor], [], [], seconds)[0]:
            return False
        data = os.read(self._descriptor, _CHUNK)
        self._has_ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += [line + b"\n" for line in lines]
        return bool(data)
