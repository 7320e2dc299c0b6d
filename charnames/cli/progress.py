"""The progress bar: the only user of rich, imported when there is a bar to show."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from charnames.cli.ends import stops
from charnames.cli.report import Pace, clock

_NARROW = 60  # columns, below which the words are left out
_MARGIN = 4  # columns left free, so that a ^C does not begin another line


class Bar:
    """A bar at the foot of the terminal on standard error, until it is closed.

    Rate, time left and loss stand beside it; the time runs on between checkpoints.
    It is drawn and taken away whole, whenever a signal comes.
    """

    def __init__(self, pace: Pace, color: bool) -> None:
        self._pace, self._color = pace, color
        self._loss = 0.0
        self._until = 0.0
        with stops.deferred():
            self._live = self._begun()

    def update(self, loss: float) -> None:
        """Show how far the run is."""
        self._loss = loss
        self._until = time.monotonic() + self._pace.left
        with stops.deferred():
            self._live.refresh()

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Take the bar away while something else is printed."""
        self.close()
        try:
            yield
        finally:
            with stops.deferred():
                self._live = self._begun()

    def close(self) -> None:
        """Take the bar away."""
        with stops.deferred():
            self._live.stop()

    def _begun(self) -> Live:
        """A new one each time: what an old one knows of the screen is out of date."""
        console = Console(
            file=sys.stderr,
            force_terminal=True,
            no_color=not self._color,
            highlight=False,
            legacy_windows=False,
        )
        console.width = max(1, console.width - _MARGIN)
        live = Live(
            console=console,
            get_renderable=lambda: self._drawn(console.width),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=2,
        )
        live.start(refresh=True)
        return live

    def _drawn(self, width: int) -> Table:
        """One line, however little room there is."""
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True, overflow="crop")
        bar = ProgressBar(completed=self._pace.done, total=1.0)
        grid.add_row(bar, Text(self._figures(width < _NARROW)))
        return grid

    def _figures(self, narrow: bool) -> str:
        share = f"{self._pace.done:4.0%}"
        if not self._pace.rate:
            return share
        left = clock(self._until - time.monotonic())
        rate, loss = f"{self._pace.rate:,.0f}", f"{self._loss:.2f}"
        if narrow:
            return f"{share} {rate}/s {left} {loss}"
        return f"{share}   {rate} names/s   {left} left   loss {loss}"
