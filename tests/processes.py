"""What the tests of processes share: none is waited for without end, none outlives."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, AnyStr

PATIENCE = 60  # seconds; a machine at rest takes one


def until(reached: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def replaced(words: list[Any], **values: object) -> list[Any]:
    """The words of a command with other values for options that they hold already."""
    words = list(words)
    for name, value in values.items():
        words[words.index(f"--{name.replace('_', '-')}") + 1] = value
    return words


@contextmanager
def killed(process: subprocess.Popen[AnyStr]) -> Iterator[subprocess.Popen[AnyStr]]:
    """The process, whose life ends with the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()
