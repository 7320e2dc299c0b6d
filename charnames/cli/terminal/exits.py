"""How a command ends: the exit status, and the line that goes with it.

0          done, or the reader of a pipe went away
1          it failed
2          wrong usage
130, 143   interrupted, terminated; 142 by an alarm that was set before it began
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from charnames.cli.terminal.console import (
    STDOUT,
    Console,
    close_streams,
    divert,
    flush_output,
    open_streams,
)
from charnames.cli.terminal.usage_errors import usage_lines
from charnames.errors import CharnamesError

_SIGNALS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    signal.SIGALRM: "out of time",
}

# A terminal and a wrapper, or `timeout` and its group, send one signal as two.
_SAME = 0.3  # seconds

_ANEW = 1.0  # seconds after which a stop that nobody has answered is raised anew

_TO_DO = {
    errno.ENOSPC: "make room for it",
    errno.EDQUOT: "make room for it",
    errno.EFBIG: "make room for it",
    errno.EBADF: "it is closed, or not to be written",
    errno.ENOENT: "give another name or folder",
    errno.EISDIR: "give a file's name",
    errno.EACCES: "give another name or folder",
    errno.EROFS: "give another name or folder",
}


class Stopped(BaseException):
    """A signal told the command to stop. `said` is what the user should know."""

    def __init__(self, signum: int, said: str = "") -> None:
        super().__init__(signum, said)
        self.signum = signum
        self.said = said

    def __str__(self) -> str:
        word = _SIGNALS[signal.Signals(self.signum)]
        return f"{word}; {self.said}" if self.said else word


class _Stops:
    """Signals to stop, as exceptions; the second leaves at once.

    An exception that is raised while an extension module is imported, or an object is
    thrown away, gets lost or turned into another. So it is raised anew until somebody
    answers it, and every exception after a signal counts as its effect.
    """

    def __init__(self) -> None:
        self._caught: int | None = None
        self._when = 0.0
        self._ignored: set[signal.Signals] = set()
        self._deferring = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen, while what is inside is done."""
        before = {signum: signal.getsignal(signum) for signum in _SIGNALS}
        self._ignored = {s for s in _SIGNALS if before[s] == signal.SIG_IGN}  # nohup
        self._caught = None
        for signum in {*_SIGNALS} - self._ignored | {signal.SIGALRM}:
            signal.signal(signum, self._hear)
        told, sys.unraisablehook = sys.unraisablehook, _pass_over_stops
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            sys.unraisablehook = told
            for signum, handler in before.items():
                signal.signal(signum, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Do what is inside whole, and stop after it."""
        before, self._deferring = self._deferring, True
        try:
            yield
        finally:
            self._deferring = before
        if self._caught is not None and not before:
            self._stop()

    def answer(self, error: BaseException) -> Stopped | None:
        """What the error is if it comes of a signal, which then is done with."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(error, Stopped) or self._caught is None:
            return error if isinstance(error, Stopped) else None
        return Stopped(self._caught)

    def _hear(self, signum: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._caught is None:
            if signum in self._ignored:
                return
            self._caught, self._when = signum, now
            if not self._deferring:
                self._stop()
        elif signum == signal.SIGALRM:  # that of `_stop`
            if not self._deferring:
                self._stop()
        elif now - self._when > _SAME:
            os._exit(128 + signum)

    def _stop(self) -> NoReturn:
        assert self._caught is not None
        signal.setitimer(signal.ITIMER_REAL, _ANEW)
        raise Stopped(self._caught)


def _pass_over_stops(lost: sys.UnraisableHookArgs) -> None:
    """Say nothing of an exception that got lost and is to be raised anew."""
    if not isinstance(lost.exc_value, Stopped):
        sys.__unraisablehook__(lost)


stops = _Stops()


def run(console: Console, work: Callable[[], int]) -> int:
    """Do the work of a command; the exit status, all lines printed."""
    open_streams()
    try:
        with console.warnings_shown(), stops.heard():
            try:
                status = work()
                flush_output()
            except BaseException as error:
                # Told while signals are still ours: a line may not be cut in two.
                status = _failed(console, error)
    finally:
        close_streams()
    return status


def _failed(console: Console, error: BaseException) -> int:
    """Say what went wrong; the exit status for it."""
    stop = stops.answer(error)
    if stop is None and isinstance(error, BrokenPipeError):
        return 0
    if isinstance(error, click.UsageError):
        line, *more = usage_lines(error)
        console.error(line)
        for text in more:
            console.tell(text)
        return 2
    if console.debug:
        import traceback

        console.tell("".join(traceback.format_exception(error)).rstrip())
    if stop:
        divert(sys.stdout)  # a reader may have left a line half taken; do not wait
        console.tell(f"charnames: {stop}")
        return 128 + stop.signum
    console.error(_line(error))
    return 1


def _line(error: BaseException) -> str:
    if isinstance(error, CharnamesError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        # An error of click's own printing names no file.
        where = os.fsdecode(STDOUT if error.filename is None else error.filename)
        to_do = _TO_DO.get(error.errno or 0)
        return f"{where}: {error.strerror}" + (f"; {to_do}" if to_do else "")
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, MemoryError):
        return "there is not enough memory for it; ask for less"
    return (
        f"unexpected {type(error).__name__}: {error}; this is a fault of charnames: "
        "please report it with what --debug shows"
    )
