"""The lines of the screen of a search, for any size of terminal.

trial     value   seconds   settings
   11    1.7519      23.1   learning_rate 0.00314   anchor 23   iterations 97
   12      poor       6.4   learning_rate 0.0077   anchor 151   iterations 61
    7    1.7487      24.0   best   learning_rate 0.00291   anchor 41   iterations 120
12 of 50 trials   12:03 left
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from charnames.cli.training_run.pace import clock
from charnames.cli.tuning_run.progress import SearchProgress, setting_text

if TYPE_CHECKING:
    from charnames.experiments.tuning.trials import Outcome

_ROWS = 6  # of the latest trials
_COLOR = "magenta"


def search_lines(
    progress: SearchProgress, columns: int, unicode: bool = True
) -> list[Text]:
    """The lines of the screen, the first of them blank: the latest trials, the best of
    all, and the time left.
    """
    outcomes, best = list(progress.outcomes), progress.best
    lines = [Text(), Text(f"{'trial':>5}{'value':>10}{'seconds':>10}   settings")]
    lines += [Text(_row(progress, outcome)) for outcome in outcomes[-_ROWS:]]
    if best:
        lines.append(Text(_row(progress, best, "best   "), style=_COLOR))
    last = f"{progress.done} of {progress.trials} trials"
    if progress.left is not None:
        last += f"   {clock(progress.left)} left"
    lines.append(Text(last))
    for line in lines:
        line.truncate(columns, overflow="ellipsis" if unicode else "crop")
    return lines


def _row(progress: SearchProgress, outcome: Outcome, mark: str = "") -> str:
    settings = "   ".join(
        f"{name} {setting_text(value)}" for name, value in outcome.settings.items()
    )
    return (
        f"{outcome.number:>5}{progress.value(outcome):>10}{outcome.seconds:>10.1f}   "
        f"{mark}{settings}"
    )
