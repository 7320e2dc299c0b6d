"""The screen that a command shows on the terminal while a run or a search lasts.

This file and those that lay a screen out use rich; they are imported when it is shown.
"""

from __future__ import annotations

import locale
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from charnames.cli.terminal.console import Console as CommandConsole
from charnames.cli.terminal.exits import stops

_MARGIN = 4  # free columns, so that an echoed ^C does not break the line
_REFRESH_RATE = 4  # pictures per second
_SHOW_CURSOR = b"\x1b[?25h"
_ERASE_AND_UP = [(ControlType.ERASE_IN_LINE, 2), (ControlType.CURSOR_UP, 1)]

# The lines for so many columns, and whether the terminal shows more than ASCII.
Layout = Callable[[int, bool], list[Text]]


@contextmanager
def open_screen(console: CommandConsole, layout: Layout) -> Iterator[None]:
    """A screen while the block runs, removed at its end."""
    console.screen = screen = Screen(layout, console.color)
    try:
        screen.open()
        yield
    finally:
        with stops.deferred():
            console.screen = None
            screen.close()


class Screen:
    """A few lines at the foot of the terminal on standard error.

    layout: called several times a second. Signals do not interrupt drawing and erasing.
    There is no screen while the command is stopped or in the background.
    """

    def __init__(self, layout: Layout, color: bool) -> None:
        self._layout, self._color = layout, color
        self._live: Live | None = None
        self._busy = False
        handlers = {signal.SIGTSTP: self._suspended, signal.SIGQUIT: self._quit}
        self._handlers = {
            signum: handler
            for signum, handler in handlers.items()
            if signal.getsignal(signum) == signal.SIG_DFL  # unlike under nohup
        }

    def open(self) -> None:
        """Show the screen."""
        for signum, handler in self._handlers.items():
            signal.signal(signum, handler)
        self._draw()

    def close(self) -> None:
        """Remove the screen."""
        self._erase()
        for signum in self._handlers:
            signal.signal(signum, signal.SIG_DFL)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Remove the screen while something else is printed."""
        self._erase()
        try:
            yield
        finally:
            self._draw()

    def _suspended(self, signum: int, frame: FrameType | None) -> None:
        """Stop, as Ctrl-Z asks, with the terminal as it was before."""
        visible = self._live is not None and not self._busy
        if visible:
            self._erase()
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)  # returns when the command is continued
        signal.signal(signum, self._suspended)
        if visible:
            self._draw()

    def _quit(self, signum: int, frame: FrameType | None) -> None:
        r"""Leave at once, as Ctrl-\ asks, with the cursor shown again."""
        if self._busy:  # the screen may be half drawn; restore the cursor
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
        else:
            self._erase()
        signal.signal(signum, signal.SIG_DFL)
        signal.raise_signal(signum)

    def _draw(self) -> None:
        """Draw with a new Live, since an old one may not know the terminal as it is."""
        if _in_foreground():
            with self._undisturbed():
                self._live = _live(self._layout, self._color)
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
    """Whether another program reads from that descriptor.

    It may print on this terminal, and gets time for it before the next drawing.
    """
    return stat.S_ISFIFO(os.fstat(fd).st_mode)


def _live(layout: Layout, color: bool) -> Live:
    """An object of rich that draws the picture several times a second."""
    console = Console(
        file=sys.stderr,
        force_terminal=True,
        color_system="standard" if color else None,
        legacy_windows=False,
    )
    unicode = locale.nl_langinfo(locale.CODESET).upper() in ("UTF-8", "UTF8")
    widths: list[int] = []  # of the lines on the terminal

    def current_picture() -> Text:
        columns, rows = os.get_terminal_size(sys.stderr.fileno())
        columns, rows = columns or 80, rows or 24
        if _rewraps():
            extra_lines = sum((width - 1) // columns for width in widths)
            console.control(Control(*_ERASE_AND_UP * extra_lines))
        console.size = max(1, columns - _MARGIN), rows
        # One row is left for the cursor: lines that scroll out cannot be erased.
        lines = layout(console.width, unicode)[: max(1, rows - 1)]
        widths[:] = [max(1, line.cell_len) for line in lines]
        return Text("\n", no_wrap=True, overflow="ignore").join(lines)

    return Live(
        console=console,
        get_renderable=current_picture,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=_REFRESH_RATE,
    )


def _rewraps() -> bool:
    """Whether the terminal breaks a line into several when it is made narrower.

    Terminals that do so set these variables; others cut the line off.
    """
    return "TERM_PROGRAM" in os.environ or "VTE_VERSION" in os.environ


def _in_foreground() -> bool:
    """Whether the terminal belongs to this command, not to the shell or another job."""
    try:
        return os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()
    except OSError:  # not the controlling terminal
        return True
