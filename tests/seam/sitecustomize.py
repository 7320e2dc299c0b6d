"""A seam in how charnames writes files, for whom this folder is on PYTHONPATH.

SEAM_STEPS names a file that gets a line before every system call that writing makes.
The process kills itself before call number SEAM_KILL_AT, if there is one, and sleeps
SEAM_DELAY seconds before each. The first write after a file has got its name waits for
the file SEAM_AWAITED, if that is set.
"""

import fcntl
import io
import os
import signal
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from charnames.io import files

KILL_AT = int(os.environ.get("SEAM_KILL_AT", "-1"))
DELAY = float(os.environ.get("SEAM_DELAY", "0"))
AWAITED = os.environ.get("SEAM_AWAITED", "")
CALLS = ("open", "close", "stat", "listdir", "fstat", "fchmod", "fsync", "replace")
CALLS += ("link",)
log = os.open(os.environ["SEAM_STEPS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
number = 0
named = False


def step(name: str) -> None:
    global number, named
    if number == KILL_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    number += 1
    named |= name == "link"
    os.write(log, f"{name}\n".encode())
    time.sleep(DELAY)
    while AWAITED and named and name == "write" and not os.path.exists(AWAITED):
        time.sleep(0.001)


def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def watch(*args: Any, **settings: Any) -> Any:
        step(name)
        return call(*args, **settings)

    return watch


class Watched(io.FileIO):
    """Takes half of what there is to write, as a system may."""

    def write(self, block: Any) -> int:
        step("write")
        return super().write(memoryview(block)[: max(256, len(block) // 2)])


def opened(path: Any, mode: str, **settings: Any) -> Any:
    if mode == "wb":
        return io.BufferedWriter(Watched(path, mode))
    return open(path, mode, **settings)


calls = {name: watched(name, getattr(os, name)) for name in (*CALLS, "unlink")}
files.os = SimpleNamespace(**{**vars(os), **calls})
files.flock = watched("flock", fcntl.flock)
files.open = opened
