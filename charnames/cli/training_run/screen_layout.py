"""The lines of the training screen, for any size of terminal.

━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━───────────────────────────  60%
0:07 left   4,757 iterations/s   iteration 42,000
loss     5.33     ██▇▇▇▆▆▆▅▅▅▅▅▄▄▄▃▃▃▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
learned  1.622    █▄▄▃▃▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
held out 2.074    █▄▄▃▃▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
gradient 4.81     12% of the steps clipped   largest element 7.31
latest   Eunopium   Barium   Fermium   Vanadium   Aluminium   Selenium
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from charnames.cli.training_run.pace import Pace, clock
from charnames.cli.training_run.sparkline import ASCII, BLOCKS, sparkline

_WIDEST = 72  # columns at most
_NARROW = 50  # columns; with fewer, words are left out
_COLOR = (
    "magenta"  # legible on dark and light; other text is in the terminal's own colour
)


def screen_lines(pace: Pace, columns: int, unicode: bool = True) -> list[Text]:
    """The lines of the screen, the first of them blank.

    unicode: whether the terminal can show more characters than those of ASCII.
    """
    width = min(columns, _WIDEST)
    narrow = width < _NARROW
    levels = BLOCKS if unicode else ASCII
    lines = [Text(), _bar(pace.done, width, "━─" if unicode else "=-")]
    lines.append(Text(fitting(_figures(pace, narrow), width)))
    # Copies of the values, since the run goes on meanwhile.
    losses, learned = list(pace.losses.values), list(pace.learned.values)
    held_out = list(pace.held_out.values)
    both = learned + held_out  # on one axis, so that the gap between them is seen
    curves = [
        ("loss", f"{pace.losses.last:.2f}", losses, losses),
        ("learned", f"{pace.learned.last:.3f}", learned, both),
        ("held out", f"{pace.held_out.last:.3f}", held_out, both),
    ]
    for label, figure, values, axis in curves:
        if values:
            line = Text(f"{label:<9}{figure:<{6 if narrow else 9}}")
            bars = sparkline(values, width - len(line), levels, axis)
            lines.append(line.append(bars, style=_COLOR))
    if measured := _measured(pace):
        label, figure, *texts = measured
        head = f"{label:<9}{figure:<{6 if narrow else 9}}"
        lines.append(Text(head + fitting(texts, width - len(head))))
    if pace.names:
        label = "" if narrow else f"{'latest':<9}"
        lines.append(Text(label + fitting(pace.names, width - len(label))))
    for line in lines:
        line.truncate(width, overflow="ellipsis" if unicode else "crop")
    return lines


def _bar(share: float, width: int, parts: str) -> Text:
    percent = f"{share:5.0%}"
    room = max(1, width - len(percent))
    filled = int(share * room)
    bar = Text().append(parts[0] * filled, style=_COLOR)
    return bar.append(parts[1] * (room - filled), style="dim").append(percent)


def _figures(pace: Pace, narrow: bool) -> list[str]:
    """Time left, rate and iteration, the most useful first."""
    figures = [f"iteration {pace.iteration:,}"]
    if rate := pace.rate:
        figures.insert(0, f"{rate:,.0f}{'/s' if narrow else ' iterations/s'}")
    if pace.left is not None:
        figures.insert(0, f"{clock(pace.left)} left")
    return figures


def _measured(pace: Pace) -> list[str]:
    """What is measured of the gradients since the last checkpoint, their mean norm
    first; before there are any, the loss of the first weights.
    """
    if gradients := pace.gradients:
        figures = ["gradient", f"{gradients.norm:.3g}"]
        if pace.recipe.clip:
            figures.append(f"{gradients.clipped:.0%} of the steps clipped")
        return [*figures, f"largest element {gradients.largest:.3g}"]
    if pace.first_loss is None:
        return []
    return ["measured", f"{pace.first_loss:.2f}", "before the first update"]


def fitting(texts: Iterable[str], width: int) -> str:
    """As many of the texts as fit side by side; always the first.

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
