"""Figures of a comparison: a table, and a JSON object for each architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from charnames.cli.terminal.console import printable

if TYPE_CHECKING:
    from charnames.experiments.compare import Compared
    from charnames.experiments.tasks.base import Contest, Figure


def record(
    entry: Compared, contest: Contest, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON object of an architecture. settings: those of each, by its name."""
    names = [*(figure.name for figure in contest.figures), "seconds"]
    return {
        "name": entry.architecture,
        "settings": settings[entry.architecture],
        "parameters": entry.trials[0].parameters,
        **{
            name: {"mean": entry.mean(name), "deviation": entry.deviation(name)}
            for name in names
        },
        "within_noise": entry.within_noise,
        "runs": [
            {
                "seed": trial.seed,
                "fold": trial.fold,
                **{name: trial.figures[name] for name in names},
            }
            for trial in entry.trials
        ],
    }


def table(ranking: Sequence[Compared], contest: Contest) -> list[str]:
    """A header, and a line for each architecture."""
    from rich.cells import cell_len

    names = [printable(entry.architecture) for entry in ranking]
    width = max(map(cell_len, [*names, "architecture"]))
    head = "".join(f"{figure.heading:>18}" for figure in contest.figures)
    lines = [f"{'architecture':<{width}}{'parameters':>12}{head}{'seconds':>10}"]
    for name, entry in zip(names, ranking, strict=True):
        figures = "".join(f"{_text(entry, f):>18}" for f in contest.figures)
        lines.append(
            f"{name}{' ' * (width - cell_len(name))}{entry.trials[0].parameters:>12,}"
            f"{figures}{entry.mean('seconds'):>10.1f}"
            f"{'   noise' if entry.within_noise else ''}"
        )
    return lines


def _text(entry: Compared, figure: Figure) -> str:
    """The mean, with its deviation over the seeds if there are several."""
    deviation = entry.deviation(figure.name)
    spread = "" if deviation is None else f" ± {figure.text(deviation)}"
    return figure.text(entry.mean(figure.name)) + spread
