"""The progress bar: the only user of rich, imported when there is a bar to show."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task
from rich.text import Text

from charnames.cli.report import Pace, clock

_NARROW = 60  # columns, below which the words are left out


class _Figures(ProgressColumn):
    """Rate, time left and loss; the time runs on between checkpoints."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def render(self, task: Task) -> Text:
        """The figures, without their words where there is little room."""
        share = f"{task.percentage:3.0f}%"
        if "rate" not in task.fields:
            return Text(share)
        left = clock(task.fields["until"] - time.monotonic())
        rate, loss = f"{task.fields['rate']:,.0f}", f"{task.fields['loss']:.2f}"
        if self.console.width < _NARROW:
            return Text(f"{share} {rate}/s {left} {loss}")
        return Text(f"{share}   {rate} names/s   {left} left   loss {loss}")


class Bar:
    """A bar at the foot of the terminal on standard error, until it is closed."""

    def __init__(self, color: bool) -> None:
        console = Console(
            file=sys.stderr,
            force_terminal=True,
            no_color=not color,
            highlight=False,
            legacy_windows=False,
        )
        self._progress = Progress(
            BarColumn(bar_width=None),
            _Figures(console),
            console=console,
            expand=True,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=2,
        )
        self._task = self._progress.add_task("", total=1.0)
        self._progress.start()

    def update(self, pace: Pace, loss: float) -> None:
        """Show how far the run is."""
        known: dict[str, Any] = {}
        if pace.rate:
            until = time.monotonic() + pace.left
            known = {"loss": loss, "rate": pace.rate, "until": until}
        self._progress.update(self._task, completed=pace.done, **known)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Take the bar away while something else is printed."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def close(self) -> None:
        """Take the bar away for good."""
        self._progress.stop()
