"""A run of `train`, followed from checkpoint to checkpoint: kept, reported, shown.

The report goes to standard output, or to standard error with `-o -`. Progress is a bar
on standard error where that is a terminal. Elsewhere the report's own line at each
checkpoint is enough; with --json, which is not for eyes, a plain line stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from charnames.cli.console import Console
from charnames.cli.ends import stops
from charnames.cli.keeper import Keeper
from charnames.cli.report import JsonReport, Pace, TextReport
from charnames.errors import TrainingError

if TYPE_CHECKING:
    from charnames import Checkpoint, Model
    from charnames.cli.progress import Bar


class Follower:
    """What is done with the checkpoints of a run.

    begun: the model that the run goes on from, or None for a new one.
    """

    def __init__(
        self,
        console: Console,
        keeper: Keeper,
        begun: Model | None,
        json: bool,
    ) -> None:
        self.console, self.keeper, self.begun = console, keeper, begun
        aside = keeper.output == "-"
        put = console.tell if aside else console.put
        self.report = JsonReport(put) if json else TextReport(put)
        self.pace = Pace(keeper.plan, begun.provenance.iterations if begun else 0)
        shown = not (console.quiet or console.no_progress)
        self.has_bar = shown and console.live and not json
        self.has_lines = shown and json and not aside
        self.bar: Bar | None = None

    def follow(self, checkpoints: Iterable[Checkpoint]) -> None:
        """To the end. Raises TrainingError, saying what is kept."""
        last: Checkpoint | None = None
        if self.begun:
            self._start(self.begun)
        try:
            with self._progress():
                for checkpoint in checkpoints:
                    with stops.deferred():
                        self.keeper.keep(checkpoint.model)
                    self._report(checkpoint, first=not last)
                    last = checkpoint
        except TrainingError as error:
            self.keeper.finish()
            raise TrainingError(f"{error}; {self.keeper.kept}") from None
        self.keeper.complete()
        if last:
            self.report.done(last, self.keeper.path)
        self.console.say(self.keeper.next_step)

    def _start(self, model: Model) -> None:
        self.report.start(model)
        self.console.detail(
            f"{model.parameters.values.size:,} parameters, "
            f"{len(model.vocabulary.alphabet)} characters and the end marker"
        )

    def _report(self, checkpoint: Checkpoint, first: bool) -> None:
        """Say that it is there, now that it is kept."""
        if first and not self.begun:
            self._start(checkpoint.model)
        self.pace.reached(checkpoint)
        if self.bar:
            self.bar.update(checkpoint.loss)
        self.report.checkpoint(checkpoint)
        if self.has_lines:
            self.console.say(self.pace.line(checkpoint))

    @contextmanager
    def _progress(self) -> Iterator[None]:
        """A bar, where there is to be one, out of the way at the end."""
        if not self.has_bar:
            yield
            return
        from charnames.cli.progress import Bar

        self.bar = Bar(self.pace, self.console.color)
        self.console.bar = self.bar
        try:
            yield
        finally:
            self.console.bar = None
            self.bar.close()
