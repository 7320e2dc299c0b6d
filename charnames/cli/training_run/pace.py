"""The progress of a run of `train`: its iterations, speed and losses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from charnames.cli.tasks.table import TASKS
from charnames.cli.training_run.sparkline import Curve
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.cli.tasks.base import AnyCheckpoint
    from charnames.models.base import Trained
    from charnames.training.gradients import GradientFigures


class Pace:
    """The progress of a run, for the training screen.

    iteration: the number of the last update. losses: the loss of each update, smoothed,
    per name, in nats. learned and held_out: the losses of each checkpoint on names that
    are learned and held out, per symbol (of a classifier per example), in nats; empty
    if nothing is held out. names, gradients: those of the last checkpoint.
    first_loss: measured before the first update, in nats, where the smoothed loss
    starts from another number.
    """

    def __init__(self, recipe: Recipe, resumed: Trained | None) -> None:
        self.recipe = recipe
        self.iteration = self._from = resumed.provenance.iterations if resumed else 0
        self.losses, self.learned, self.held_out = Curve(), Curve(), Curve()
        self._task = TASKS[recipe.task]
        self.names: tuple[str, ...] = ()
        self.gradients: GradientFigures | None = None
        self.first_loss: float | None = None
        self._seconds = resumed.progress.seconds if resumed else 0.0  # at the last look
        self._start = self._looked = time.monotonic()

    def updated(self, iteration: int, loss: float) -> None:
        """Record an update. Called after each update; keep it fast."""
        self.iteration = iteration
        self.losses.add(loss)

    def reached(self, checkpoint: AnyCheckpoint) -> None:
        """Record the figures of a checkpoint."""
        self.names = self._task.names_of(checkpoint)
        learned = self._task.learned_loss(checkpoint)
        if checkpoint.held_out is not None and learned is not None:
            self.held_out.add(checkpoint.held_out)
            self.learned.add(learned)
        if (measured := self._task.measured_loss(checkpoint)) is not None:
            self.first_loss = measured
        if checkpoint.gradients:
            self.gradients = checkpoint.gradients
        self._seconds, self._looked = checkpoint.seconds, time.monotonic()

    @property
    def done(self) -> float:
        """The share of the run that is done, by iterations or by time, from 0 to 1."""
        done = self.iteration / max(self.recipe.iterations, 1)
        if self.recipe.time_limit:
            done = max(done, self._trained / self.recipe.time_limit)
        return min(done, 1.0)

    @property
    def rate(self) -> float:
        """Iterations per second since the start or resumption; 0 before the first."""
        passed = time.monotonic() - self._start
        return (self.iteration - self._from) / passed if passed else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to the last iteration or the time limit; None if not known yet."""
        ends = []
        if rate := self.rate:
            ends.append((self.recipe.iterations - self.iteration) / rate)
        if self.recipe.time_limit:
            ends.append(self.recipe.time_limit - self._trained)
        return max(0.0, min(ends)) if ends else None

    @property
    def _trained(self) -> float:
        """Seconds of training so far, counted from the first update."""
        since = time.monotonic() - self._looked if self.losses.values else 0.0
        return self._seconds + since

    def line(self, checkpoint: AnyCheckpoint) -> str:
        """The line of a checkpoint where there is no screen."""
        line = (
            f"iteration {checkpoint.iteration:,} of {self.recipe.iterations:,}   "
            f"loss {checkpoint.loss:.2f}"
        )
        if (measured := self._task.measured_loss(checkpoint)) is not None:
            line += f"   measured {measured:.2f}"
        if rate := self.rate:
            line += f"   {rate:,.0f} iterations/s   {clock(self.left or 0)} left"
        return line


def clock(seconds: float) -> str:
    """Seconds as hours, minutes and seconds.

    >>> clock(75.2), clock(3600)
    ('1:15', '1:00:00')
    """
    minutes, second = divmod(max(0, round(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
