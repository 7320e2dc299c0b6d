"""How a command ends: its exit status and its last line.

0          done, or the reader of a pipe is gone
1          it failed
2          wrong usage
130, 143   interrupted, terminated; 129 when its terminal closes, 142 by an alarm that
           was set before it began
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
    printable,
)
from charnames.errors import CharnamesError

_SIGNALS = {
    signal.SIGHUP: "the terminal closed",
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    signal.SIGALRM: "out of time",
}

# A terminal and a wrapper, or `timeout` and its group, send one signal twice.
_SAME_SIGNAL = 0.3  # seconds

_RAISED_AGAIN = 1.0  # seconds after which an unanswered stop is raised again

_ADVICE = {
    errno.ENOSPC: "make room for it",
    errno.EDQUOT: "make room for it",
    errno.EFBIG: "make room for it",
    errno.EBADF: "it is closed, or not open for writing",
    errno.ENOENT: "give another name or folder",
    errno.EISDIR: "give a file's name",
    errno.EACCES: "give another name or folder",
    errno.EROFS: "give another name or folder",
}


class Stopped(BaseException):
    """A signal told the command to stop. message: what the user should know."""

    def __init__(self, signum: int, message: str = "") -> None:
        super().__init__(signum, message)
        self.signum = signum
        self.message = message

    def __str__(self) -> str:
        word = _SIGNALS[signal.Signals(self.signum)]
        return f"{word}; {self.message}" if self.message else word


class _Stops:
    """Turns signals to stop into exceptions; a second signal exits at once.

    An exception that is raised during the import of an extension module, or in a
    destructor, is lost or becomes another one. So it is raised again until `answer` is
    called, and every exception after a signal counts as its effect.
    """

    def __init__(self) -> None:
        self._caught: int | None = None
        self._time = 0.0
        self._ignored: set[signal.Signals] = set()
        self._deferring = False

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle the signals while the body runs."""
        handlers = {signum: signal.getsignal(signum) for signum in _SIGNALS}
        self._ignored = {s for s in _SIGNALS if handlers[s] == signal.SIG_IGN}  # nohup
        self._caught = None
        for signum in {*_SIGNALS} - self._ignored | {signal.SIGALRM}:
            signal.signal(signum, self._handle)
        hook, sys.unraisablehook = sys.unraisablehook, _ignore_stops
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            sys.unraisablehook = hook
            for signum, handler in handlers.items():
                signal.signal(signum, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Run the whole body, and raise a stop after it."""
        nested, self._deferring = self._deferring, True
        try:
            yield
        finally:
            self._deferring = nested
        if self._caught is not None and not nested:
            self._stop()

    def answer(self, error: BaseException) -> Stopped | None:
        """The stop that caused the error, if a signal did; it is not raised again."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(error, Stopped) or self._caught is None:
            return error if isinstance(error, Stopped) else None
        return Stopped(self._caught)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._caught is None:
            if signum in self._ignored:
                return
            self._caught, self._time = signum, now
            if not self._deferring:
                self._stop()
        elif signum == signal.SIGALRM:  # that of `_stop`
            if not self._deferring:
                self._stop()
        elif now - self._time > _SAME_SIGNAL:
            os._exit(128 + signum)

    def _stop(self) -> NoReturn:
        assert self._caught is not None
        signal.setitimer(signal.ITIMER_REAL, _RAISED_AGAIN)
        raise Stopped(self._caught)


def _ignore_stops(unraisable: sys.UnraisableHookArgs) -> None:
    """Print nothing for a lost exception that will be raised again."""
    if not isinstance(unraisable.exc_value, Stopped):
        sys.__unraisablehook__(unraisable)


stops = _Stops()


def run(console: Console, work: Callable[[], int]) -> int:
    """Run a command, print its error line, and return its exit status."""
    open_streams()
    try:
        with console.warnings_shown(), stops.handled():
            try:
                status = work()
                flush_output()
            except BaseException as error:
                # Here a signal does not yet cut the error line in two.
                status = _failed(console, error)
    finally:
        close_streams()
    return status


def _failed(console: Console, error: BaseException) -> int:
    """Print the error line, and return the exit status."""
    stop = stops.answer(error)
    if stop is None and isinstance(error, BrokenPipeError):
        return 0
    if isinstance(error, click.UsageError):
        from charnames.cli.terminal.usage_errors import usage_lines

        line, *rest = usage_lines(error)
        console.error(line)
        for text in rest:
            console.tell(text)
        return 2
    if console.debug:
        import traceback

        console.tell("".join(traceback.format_exception(error)).rstrip())
    if stop:
        divert(sys.stdout)  # do not wait for a reader that has stopped reading
        console.tell(f"charnames: {printable(str(stop))}")
        return 128 + stop.signum
    console.error(_line(error))
    return 1


def _line(error: BaseException) -> str:
    if isinstance(error, CharnamesError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        # An error from click.echo has no file name.
        where = os.fsdecode(STDOUT if error.filename is None else error.filename)
        advice = _ADVICE.get(error.errno or 0)
        return f"{where}: {error.strerror}" + (f"; {advice}" if advice else "")
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, MemoryError):
        return "there is not enough memory; use a smaller list, batch or network"
    return (
        f"unexpected {type(error).__name__}: {error}; this is a fault of charnames: "
        "please report it with what --debug shows"
    )
