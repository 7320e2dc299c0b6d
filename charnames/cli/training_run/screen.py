"""The training screen, on the terminal while a run lasts.

This file and screen_layout.py use rich; they are imported when a screen is shown.
"""

from __future__ import annotations

import locale
import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from charnames.cli.terminal.exits import stops
from charnames.cli.training_run.pace import Pace
from charnames.cli.training_run.screen_layout import picture

_MARGIN = 4  # columns left free, so that a ^C does not begin another line
_LOOKS = 4  # a second
_SHOW_CURSOR = b"\x1b[?25h"
_ERASED_UP = [(ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1)]


class Screen:
    """A few lines at the foot of the terminal on standard error.

    They are drawn and taken away whole, whenever a signal comes, and are not there
    while the command is stopped or in the background.
    """

    def __init__(self, pace: Pace, color: bool) -> None:
        self._pace, self._color = pace, color
        self._live: Live | None = None
        self._busy = False
        handlers = {signal.SIGTSTP: self._suspended, signal.SIGQUIT: self._left}
        self._handlers = {
            signum: handler
            for signum, handler in handlers.items()
            if signal.getsignal(signum) == signal.SIG_DFL  # unlike under nohup
        }

    def open(self) -> None:
        """Show it, until it is closed."""
        for signum, handler in self._handlers.items():
            signal.signal(signum, handler)
        self._draw()

    def close(self) -> None:
        """Take it away."""
        self._erase()
        for signum in self._handlers:
            signal.signal(signum, signal.SIG_DFL)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Take it away while something else is printed."""
        self._erase()
        try:
            yield
        finally:
            self._draw()

    def _suspended(self, signum: int, frame: FrameType | None) -> None:
        """Stop, as Ctrl-Z asks, with the terminal as it was before."""
        there = self._live is not None and not self._busy
        if there:
            self._erase()
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)  # until it is told to go on
        signal.signal(signum, self._suspended)
        if there:
            self._draw()

    def _left(self, signum: int, frame: FrameType | None) -> None:
        r"""Leave at once, as Ctrl-\ asks, with the cursor shown again."""
        if self._busy:  # the screen may be half drawn: only the cursor can be mended
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
        else:
            self._erase()
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)

    def _draw(self) -> None:
        """By a new Live: what an old one knows of the terminal is out of date."""
        if _in_foreground():
            with self._undisturbed():
                self._live = _live(self._pace, self._color)
                self._live.start(refresh=not _is_pipe(1))

    def _erase(self) -> None:
        with self._undisturbed():
            if self._live:
                self._live.stop()
            self._live = None

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        with stops.deferred():
            self._busy = True
            try:
                yield
            finally:
                self._busy = False


def _is_pipe(fd: int) -> bool:
    """Whether another program reads that descriptor. It may print what it reads on
    this terminal: it is left the time to do so before the screen is drawn again.
    """
    return stat.S_ISFIFO(os.fstat(fd).st_mode)


def _live(pace: Pace, color: bool) -> Live:
    """What draws the picture of the pace at the cursor, some times a second."""
    console = Console(
        file=sys.stderr,
        force_terminal=True,
        color_system="standard" if color else None,
        legacy_windows=False,
    )
    unicode = locale.nl_langinfo(locale.CODESET).upper() in ("UTF-8", "UTF8")
    standing: list[int] = []  # the width of each line that is there

    def drawn() -> Text:
        columns, rows = os.get_terminal_size(sys.stderr.fileno())
        columns, rows = columns or 80, rows or 24
        if _rewraps():
            broken = sum((width - 1) // columns for width in standing)
            console.control(Control(*_ERASED_UP * broken))
        console.size = max(1, columns - _MARGIN), rows
        # A row for the cursor below: what scrolls out cannot be taken away any more.
        lines = picture(pace, console.width, unicode)[: max(1, rows - 1)]
        standing[:] = [max(1, line.cell_len) for line in lines]
        return Text("\n", no_wrap=True, overflow="ignore").join(lines)

    return Live(
        console=console,
        get_renderable=drawn,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=_LOOKS,
    )


def _rewraps() -> bool:
    """Whether the terminal, when it is made narrower, breaks a line that stands there
    into several. Those that do say who they are; others cut it off.
    """
    return "TERM_PROGRAM" in os.environ or "VTE_VERSION" in os.environ


def _in_foreground() -> bool:
    """Whether the terminal is ours to draw on, not the shell's or another job's."""
    try:
        return os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()
    except OSError:  # it is not the one that our jobs are controlled from
        return True
