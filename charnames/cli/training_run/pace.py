"""How far a run of `train` is, how fast it goes, and how its loss went."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from charnames.cli.training_run.sparkline import Curve
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.cli.tasks.base import AnyCheckpoint
    from charnames.models.base import Trained


class Pace:
    """A run from update to update, for who looks at it meanwhile.

    iteration: of the last update. losses: of the updates, smoothed, per name, in nats.
    held_out: of the checkpoints, per symbol, in nats. names: of the last checkpoint.
    """

    def __init__(self, recipe: Recipe, begun: Trained | None) -> None:
        self.recipe = recipe
        self.iteration = self._from = begun.provenance.iterations if begun else 0
        self.losses, self.held_out = Curve(), Curve()
        self.names: tuple[str, ...] = ()
        self._seconds = begun.progress.seconds if begun else 0.0  # at the last look
        self._start = self._looked = time.monotonic()

    def updated(self, iteration: int, loss: float) -> None:
        """The weights were. It is done often, so it does little."""
        self.iteration = iteration
        self.losses.add(loss)

    def reached(self, checkpoint: AnyCheckpoint, names: tuple[str, ...] = ()) -> None:
        """Take over the figures of a checkpoint, and the names that it shows."""
        self.names = names
        if checkpoint.held_out is not None:
            self.held_out.add(checkpoint.held_out)
        self._seconds, self._looked = checkpoint.seconds, time.monotonic()

    @property
    def done(self) -> float:
        """The share of the run that is behind it, by its iterations or its time."""
        done = self.iteration / max(self.recipe.iterations, 1)
        if self.recipe.time_limit:
            done = max(done, self._trained / self.recipe.time_limit)
        return min(done, 1.0)

    @property
    def rate(self) -> float:
        """Iterations a second since it began or was resumed; 0 before the first."""
        passed = time.monotonic() - self._start
        return (self.iteration - self._from) / passed if passed else 0.0

    @property
    def left(self) -> float | None:
        """Seconds to its last iteration or its time limit; None before one is known."""
        ends = []
        if rate := self.rate:
            ends.append((self.recipe.iterations - self.iteration) / rate)
        if self.recipe.time_limit:
            ends.append(self.recipe.time_limit - self._trained)
        return max(0.0, min(ends)) if ends else None

    @property
    def _trained(self) -> float:
        """Seconds of training so far; it begins with the first update."""
        since = time.monotonic() - self._looked if self.losses.values else 0.0
        return self._seconds + since

    def line(self, checkpoint: AnyCheckpoint) -> str:
        """A plain line in place of a screen."""
        line = (
            f"iteration {checkpoint.iteration:,} of {self.recipe.iterations:,}   "
            f"loss {checkpoint.loss:.2f}"
        )
        if rate := self.rate:
            line += f"   {rate:,.0f} iterations/s   {clock(self.left or 0)} left"
        return line


def clock(seconds: float) -> str:
    """Seconds, as a clock shows them.

    >>> clock(75.2), clock(3600)
    ('1:15', '1:00:00')
    """
    minutes, second = divmod(max(0, round(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
