"""Following a run of `train`: each checkpoint is saved, reported and shown.

The report goes to standard output, or to standard error with `-o -`; -q leaves it out,
but for the events of --json. Progress is a screen on standard error where that is a
terminal, and elsewhere a plain line at each checkpoint, unless the report's own line
stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from charnames.cli.terminal.console import Console
from charnames.cli.terminal.exits import stops
from charnames.cli.training_run.checkpoint_keeper import Keeper
from charnames.cli.training_run.pace import Pace
from charnames.cli.training_run.report import JsonReport, TextReport
from charnames.errors import TrainingError

if TYPE_CHECKING:
    from charnames.cli.tasks.base import AnyCheckpoint
    from charnames.models.base import Trained


class Follower:
    """Saves and reports the checkpoints of a run.

    resumed: the model whose run is continued, or None for a new run.
    """

    def __init__(
        self,
        console: Console,
        keeper: Keeper,
        resumed: Trained | None,
        json: bool,
    ) -> None:
        self.console, self.keeper, self.resumed = console, keeper, resumed
        aside = keeper.output == "-"
        put = console.tell if aside else console.put
        if console.quiet and not json:
            put = _drop
        self.report = (
            JsonReport(put, keeper.task) if json else TextReport(put, keeper.task)
        )
        self.pace = Pace(keeper.recipe, resumed)
        progress = not (console.quiet or console.no_progress)
        self.has_screen = progress and console.live and not json
        self.has_lines = progress and console.apart and not (self.has_screen or aside)

    def follow(self, checkpoints: Iterable[AnyCheckpoint]) -> None:
        """Follow the run to its end. Raises TrainingError, which says what is saved."""
        last: AnyCheckpoint | None = None
        if self.resumed:
            self._start(self.resumed)
        try:
            with self._progress():
                for checkpoint in checkpoints:
                    with stops.deferred():
                        self.keeper.keep(checkpoint.model)
                    self._report(checkpoint, first=not last)
                    last = checkpoint
        except TrainingError as error:
            self.keeper.give_up()
            raise TrainingError(f"{error}; {self.keeper.saved}") from None
        self.keeper.complete()
        if last:
            self.report.done(last, self.keeper.path)
            self._ended(last)
        self.console.say(self.keeper.next_step)

    def _ended(self, last: AnyCheckpoint) -> None:
        """Print why the run ended early, and which weights the model has."""
        recipe, progress = self.keeper.recipe, last.model.progress
        has_held_out = last.model.has_held_out
        if last.iteration < recipe.iterations:
            late = recipe.time_limit and progress.seconds >= recipe.time_limit
            waited = last.iteration - progress.best_iteration
            longest_wait = recipe.patience * recipe.checkpoint_every
            why = "the loss settled"
            if late:
                why = "time ran out"
            elif recipe.patience and has_held_out and waited >= longest_wait:
                why = "patience ran out"
            self.console.say(f"ended early: {why}")
        best = progress.best_iteration
        if progress.best is not None and (has_held_out or best < last.iteration):
            why = "where the loss was lowest"
            if has_held_out:
                figure = self.keeper.task.held_out_figure.format(progress.best)
                why = f"the best on what was held out: {figure}"
            self.console.say(f"the weights are those of iteration {best:,}, {why}")

    def _start(self, model: Trained) -> None:
        self.report.start(model)
        self.console.detail(f"{model.parameters.values.size:,} parameters")

    def _report(self, checkpoint: AnyCheckpoint, first: bool) -> None:
        """Report a checkpoint, which is saved by now."""
        if first and not self.resumed:
            self._start(checkpoint.model)
        self.pace.reached(checkpoint)
        self.report.checkpoint(checkpoint)
        if self.has_lines:
            self.console.say(self.pace.line(checkpoint))

    @contextmanager
    def _progress(self) -> Iterator[None]:
        """The training screen, if there is to be one, removed at the end."""
        if not self.has_screen:
            yield
            return
        from charnames.cli.training_run.screen import open_screen
        from charnames.cli.training_run.screen_layout import screen_lines

        with open_screen(self.console, partial(screen_lines, self.pace)):
            yield


def _drop(text: str) -> None:
    """Print nothing of a report."""
