"""What a search reports in the end: figures, settings, and the recipe as a file."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from charnames.cli.terminal.console import printable
from charnames.cli.tuning_run.output import written_as_json
from charnames.cli.tuning_run.progress import figure, setting_text
from charnames.recipes.presets import NETWORK

if TYPE_CHECKING:
    from charnames.experiments.tasks.base import Losses, Objective
    from charnames.experiments.tuning.search import Comparison
    from charnames.experiments.tuning.splits import Split
    from charnames.experiments.tuning.trials import Outcome
    from charnames.recipes.recipe import Recipe

_SURE = 2  # standard errors, from which on a difference is more than noise


class Result(NamedTuple):
    """The best trial of a search, beside the recipe that was to be improved.

    searched: the settings that were searched. first: the trial of the preset, if it is
    complete. comparison: both on examples that no trial saw. importances: how much each
    setting decided, as shares of 1; empty for too few trials.
    """

    objective: Objective
    searched: Sequence[str]
    preset: Recipe
    tuned: Recipe
    first: Outcome | None
    best: Outcome
    comparison: Comparison
    importances: dict[str, float]


def measured(objective: Objective, split: Split) -> str:
    """What a trial is measured by, in words."""
    searched = len(split.searched())
    if split.folds > 1:
        return f"{objective.text}, mean of {split.folds} folds of {searched:,}"
    share = len(split.measured(0))
    return (
        f"{objective.text} on {share:,}, of a recipe that learns {searched - share:,}"
    )


def lines(result: Result) -> list[str]:
    """The settings, then the figures, of the preset and of the best trial."""
    return [*_settings_table(result), "", *_figures_table(result)]


def _settings_table(result: Result) -> list[str]:
    rows = [("setting", "preset", "tuned", "mattered")]
    order = sorted(result.searched, key=lambda n: -result.importances.get(n, 0))
    for name in order:
        share = result.importances.get(name)
        rows.append(
            (
                name,
                _setting(result.preset, name),
                _setting(result.tuned, name),
                "" if share is None else f"{share:.0%}",
            )
        )
    return _aligned(rows)


def _setting(recipe: Recipe, name: str) -> str:
    """The value of a setting, or whose network a run takes."""
    if name in NETWORK and recipe.init_from != "none":
        return f"of {recipe.init_from}"
    return setting_text(getattr(recipe, name))


def _figures_table(result: Result) -> list[str]:
    value, compared = result.objective.value, result.comparison
    unseen = len(compared.preset[0].counts)
    first = _spread(list(map(value, result.first.folds))) if result.first else ""
    best = _spread(list(map(value, result.best.folds)))
    rows = [
        (result.objective.text, "preset", "tuned"),
        ("in the search", first, best),
        (f"on {unseen:,} that no trial saw", *map(_spread, _unseen(result))),
    ]
    return [*_aligned(rows), "", verdict(result)]


def verdict(result: Result) -> str:
    """How sure it is that one of the two is better, in a sentence."""
    if result.preset == result.tuned:
        return "no trial was better than the preset"
    compared = result.comparison
    size, error = abs(compared.difference), compared.error
    which = "the tuned recipe" if compared.difference > 0 else "the preset"
    text = f"{which} is better by {figure(size)} (standard error {figure(error)})"
    if size < _SURE * error:
        return f"{text}: within the noise of so few examples"
    return text


def record(result: Result, trials: int, output: str) -> dict[str, Any]:
    """The last event of `tune --json`."""
    value, compared = result.objective.value, result.comparison
    preset, tuned = _unseen(result)
    return {
        "event": "done",
        "trials": trials,
        "objective": result.objective.text,
        "best": result.best.number,
        "settings": {name: getattr(result.tuned, name) for name in result.searched},
        "preset": {name: getattr(result.preset, name) for name in result.searched},
        "importances": result.importances,
        "folds": list(map(value, result.best.folds)),
        "preset_folds": list(map(value, result.first.folds)) if result.first else None,
        "unseen": {
            "examples": len(compared.preset[0].counts),
            "preset": _mean_and_deviation(preset),
            "tuned": _mean_and_deviation(tuned),
            "gain": compared.difference,
            "standard_error": compared.error,
        },
        "recipe": output,
    }


def recipe_file(recipe: Recipe, output: str, comments: Sequence[str]) -> str:
    """The recipe as `train --recipe` reads it: JSON for a file .json, else TOML, with
    comments.
    """
    from charnames.recipes.recipe_file import recipe_json, recipe_text

    if written_as_json(output):
        return recipe_json(recipe)
    head = "".join(f"# {printable(line)}".rstrip() + "\n" for line in comments)
    return head + recipe_text(recipe)


def _unseen(result: Result) -> tuple[list[float], list[float]]:
    """The values of both recipes on what no trial saw, for each seed."""
    value = result.objective.value

    def values(runs: Sequence[Losses]) -> list[float]:
        return [value(losses.mean) for losses in runs]

    return values(result.comparison.preset), values(result.comparison.tuned)


def _mean_and_deviation(values: Sequence[float]) -> dict[str, float | None]:
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.fmean(values), "deviation": deviation}


def _spread(values: Sequence[float]) -> str:
    """The mean, and the deviation over folds or seeds if there are several."""
    text = figure(statistics.fmean(values))
    return f"{text} ± {figure(statistics.stdev(values))}" if len(values) > 1 else text


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The rows as lines, the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "   ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
