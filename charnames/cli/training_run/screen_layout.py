"""What the training screen shows: a few lines, for as much room as there is.

━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━───────────────────────────  60%
0:07 left   4,757 iterations/s   iteration 42,000
loss     5.33     ██▇▇▇▆▆▆▅▅▅▅▅▄▄▄▃▃▃▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
held out 2.074    █▄▄▃▃▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
latest   Eunopium   Barium   Fermium   Vanadium   Aluminium   Selenium
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from charnames.cli.training_run.pace import Pace, clock
from charnames.cli.training_run.sparkline import ASCII, BLOCKS, sparkline

_WIDEST = 72  # columns that it takes, however many there are
_NARROW = 50  # columns, below which words are left out
_COLOR = "magenta"  # legible on dark and light; the rest is in the terminal's own


def picture(pace: Pace, columns: int, unicode: bool = True) -> list[Text]:
    """The lines that show how a run goes, the first one blank.

    unicode: whether there are more characters to draw with than those of ASCII.
    """
    width = min(columns, _WIDEST)
    narrow = width < _NARROW
    levels = BLOCKS if unicode else ASCII
    lines = [Text(), _bar(pace.done, width, "━─" if unicode else "=-")]
    lines.append(Text(fitting(_figures(pace, narrow), width)))
    curves = {"loss": (pace.losses, ".2f"), "held out": (pace.held_out, ".3f")}
    for label, (curve, form) in curves.items():
        if values := list(curve.values):  # a copy, as the run goes on meanwhile
            figure = format(curve.last, form)
            line = Text(f"{label:<9}{figure:<{6 if narrow else 9}}")
            line.append(sparkline(values, width - len(line), levels), style=_COLOR)
            lines.append(line)
    if pace.names:
        label = "" if narrow else f"{'latest':<9}"
        lines.append(Text(label + fitting(pace.names, width - len(label))))
    for line in lines:
        line.truncate(width, overflow="ellipsis" if unicode else "crop")
    return lines


def _bar(done: float, width: int, parts: str) -> Text:
    share = f"{done:5.0%}"
    room = max(1, width - len(share))
    reached = int(done * room)
    bar = Text().append(parts[0] * reached, style=_COLOR)
    return bar.append(parts[1] * (room - reached), style="dim").append(share)


def _figures(pace: Pace, narrow: bool) -> list[str]:
    """Time, rate and iteration: what is wanted most comes first."""
    figures = [f"iteration {pace.iteration:,}"]
    if rate := pace.rate:
        figures.insert(0, f"{rate:,.0f}{'/s' if narrow else ' iterations/s'}")
    if pace.left is not None:
        figures.insert(0, f"{clock(pace.left)} left")
    return figures


def fitting(texts: Iterable[str], width: int) -> str:
    """As many of the texts as fit side by side; the first in any case.

    >>> fitting(["Thorium", "Barium", "Tin"], 17)
    'Thorium   Barium'
    """
    line = ""
    for text in texts:
        longer = f"{line}   {text}" if line else text
        if line and cell_len(longer) > width:
            break
        line = longer
    return line
