"""What the tests of processes share: none is waited for without end, none outlives."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, resource_tracker
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, AnyStr, NoReturn

import pytest

from charnames.__main__ import main
from charnames.experiments import workers as pools

# What proc(5) tells of a process, which not every system does.
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/syscall").exists(), reason="processes are looked at in /proc"
)
PATIENCE = 60  # seconds; a machine at rest takes one


def until(reached: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def is_writing(pid: int, length: int | None = None) -> bool:
    """Whether it waits for its standard output to take something: of that many bytes,
    if told.
    """
    try:
        call = Path(f"/proc/{pid}/syscall").read_text().split()
    except OSError:  # it is no more
        return False
    if len(call) < 4 or call[1] != "0x1":  # number, descriptor, address, length
        return False
    return length is None or int(call[3], 16) == length


def is_in(mask: str, pid: int, signum: signal.Signals) -> bool:
    """Whether a signal is in that mask of all threads of a process: SigBlk of those
    that it blocks, ShdPnd of those that wait to be delivered.
    """
    tasks = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    masks = [text.partition(f"{mask}:")[2].split(maxsplit=1)[0] for text in tasks]
    return bool(masks) and all(int(m, 16) >> (signum - 1) & 1 for m in masks)


def state(pid: str | int) -> list[str]:
    """Its state, its parent, ...: see proc(5). Nothing, where it is no more."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    fields = text.rpartition(")")[2].split()
    return [] if fields[0] == "Z" else fields


def workers(pid: int) -> list[int]:
    """The processes that train for it: they have a thread that watches it."""
    running = {int(p.name): state(p.name) for p in Path("/proc").glob("[0-9]*")}
    return [
        worker
        for worker, fields in running.items()
        if fields and int(fields[1]) == pid and int(fields[17]) > 1
    ]


def replaced(words: list[Any], **values: object) -> list[Any]:
    """The words of a command with other values for options that they hold already."""
    words = list(words)
    for name, value in values.items():
        words[words.index(f"--{name.replace('_', '-')}") + 1] = value
    return words


def go_on_as_program(args: list[str], env: dict[str, str]) -> NoReturn:
    """Go on as `charnames` in the child that subprocess has forked, where it would
    start another program (preexec_fn): in the state in which Python starts.
    """
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # one of them tells of the start
    vars(resource_tracker._resource_tracker)["_fd"] = None  # it is another's
    os.environ.clear()
    os.environ.update(env)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.unraisablehook = sys.__unraisablehook__
    warnings.resetwarnings()
    for category in (DeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    sys.stdin = _stream(0, "r", "surrogateescape")
    sys.stdout = _stream(1, "w", "surrogateescape")
    sys.stderr = _stream(2, "w", "backslashreplace")
    sys.argv = ["charnames", *args]
    sys.modules["__main__"] = sys.modules[main.__module__]
    pools.ProcessPoolExecutor = forked_pool  # type: ignore[assignment,misc]
    status = 1
    try:
        if "SEAM_STEPS" in env:
            import_module("tests.seam.sitecustomize")
        main()
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status if _flushed() else 120)


def _flushed() -> bool:
    """Flush standard output as Python does at its end: whether that could be done."""
    try:
        if sys.stdout and not sys.stdout.closed:
            sys.stdout.flush()
    except OSError:
        sys.stderr.write(f"Exception ignored in: {sys.stdout}\n")
        return False
    return True


def _stream(number: int, mode: str, errors: str) -> Any:
    """The stream of a descriptor as Python opens it at its start: none, if closed."""
    try:
        os.fstat(number)
    except OSError:
        return None
    buffering = 1 if number == 2 else -1
    return open(number, mode, buffering, encoding="utf-8", errors=errors)


def forked_pool(
    jobs: int, context: BaseContext, begin: Callable[..., None], given: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Processes as an experiment starts them, but forked, which takes no time, where no
    thread would be left out; what they are given has gone through a pickle as well.
    """
    if threading.active_count() == 1:
        context, given = get_context("fork"), pickle.loads(pickle.dumps(given))
    return ProcessPoolExecutor(jobs, context, begin, given)


def redirected(files: Mapping[int, str | None], go_on: Callable[[], NoReturn]) -> None:
    """Give descriptors to files by their paths, or close them, in a child that then
    goes on as `charnames` (preexec_fn).
    """
    for number, path in files.items():
        os.close(number)
        if path is not None:
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
            opened = os.open(path, flags)
            os.dup2(opened, number)
    go_on()


@contextmanager
def killed(process: subprocess.Popen[AnyStr]) -> Iterator[subprocess.Popen[AnyStr]]:
    """The process, whose life ends with the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()
