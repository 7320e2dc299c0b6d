"""The section about a run: its curves, and the names of its checkpoints."""

from __future__ import annotations

from functools import partial

from charnames.experiments.plotting.curves import draw_panel, panels
from charnames.experiments.plotting.drawing import inline_svg
from charnames.experiments.plotting.records import RecordedRun
from charnames.experiments.report.contents import (
    Block,
    NameLists,
    Note,
    Plot,
    Plots,
    Section,
)
from charnames.models.base import Trained

_SHOWN = 6  # checkpoints whose names are shown
_NO_RUN = (
    "A model file does not keep the checkpoints of its run. Save what `charnames train "
    "--json` prints, and give that file with `--training`."
)


def training_section(model: Trained, run: RecordedRun | None) -> Section:
    """How the model learned. run: of a saved report, None where there is none."""
    blocks: list[Block] = []
    if model.progress.best is not None:
        where = " on what was held out" if model.has_held_out else ""
        iteration = f"{model.progress.best_iteration:,}"
        text = f"The weights are those of iteration {iteration}, which were the best"
        blocks.append(Note(f"{text}{where}."))
    if run is None:
        return Section("Training", [*blocks, Note(_NO_RUN, is_missing=True)])
    plots = []
    for i, name in enumerate(panels(run)):
        draw = partial(draw_panel, run=run, name=name)
        caption = f"{name[0].upper()}{name[1:]}, by iteration."
        plots.append(Plot(*inline_svg(draw, f"run{i}"), caption))
    blocks.append(Plots(plots))
    lists = {
        f"iteration {run.iterations[i]:,.0f}": run.names[i] for i in _spread(run.names)
    }
    if lists:
        blocks += [Note("Names sampled at checkpoints:"), NameLists(lists)]
    return Section("Training", blocks)


def _spread(names: list[list[str]]) -> list[int]:
    """The numbers of some checkpoints that have names, the first and last among them.

    >>> _spread([["a"], [], ["b"]]), _spread([["a"]] * 26)
    ([0, 2], [0, 5, 10, 15, 20, 25])
    """
    numbers = [i for i, part in enumerate(names) if part]
    if len(numbers) <= _SHOWN:
        return numbers
    last = len(numbers) - 1
    return [numbers[round(k * last / (_SHOWN - 1))] for k in range(_SHOWN)]
