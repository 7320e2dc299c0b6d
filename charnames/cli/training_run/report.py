"""The report that `train` prints: lines of text, or JSON events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from charnames.cli.terminal.console import json_line

if TYPE_CHECKING:
    from charnames.cli.tasks.base import AnyCheckpoint, Task
    from charnames.models.base import Trained

Print = Callable[[str], None]


class TextReport:
    """A line for each checkpoint, then its names; a blank line between checkpoints.

    iteration 2,000   loss 18.77
      Ralinium
      Thorium
    """

    def __init__(self, put: Print, task: Task) -> None:
        self.put, self.task = put, task
        self._is_first = True

    def start(self, model: Trained) -> None:
        """Print nothing: the report begins with the first checkpoint."""

    def checkpoint(self, checkpoint: AnyCheckpoint) -> None:
        """Print the line of a checkpoint and its names."""
        names = self.task.names_of(checkpoint)
        lines = [
            self.task.checkpoint_line(checkpoint),
            *(f"  {name}" for name in names),
        ]
        if names and not self._is_first:
            lines.insert(0, "")
        self._is_first = False
        self.put("\n".join(lines))

    def done(self, checkpoint: AnyCheckpoint, model: str) -> None:
        """Print nothing: the report ends with the last checkpoint."""


class JsonReport:
    """The events start, checkpoint and done, with an object on each line."""

    def __init__(self, put: Print, task: Task) -> None:
        self.put, self.task = put, task

    def start(self, model: Trained) -> None:
        """Print the start event."""
        self._event(
            "start",
            dataset=model.provenance.dataset,
            names=model.provenance.names,
            alphabet=model.alphabet,
            parameters=model.parameters.values.size,
            seed=model.provenance.seed,
            labels=model.labels,
            recipe=model.recipe.settings(),
        )

    def checkpoint(self, checkpoint: AnyCheckpoint) -> None:
        """Print a checkpoint event."""
        gradients = checkpoint.gradients
        self._event(
            "checkpoint",
            iteration=checkpoint.iteration,
            loss=checkpoint.loss,
            names=list(self.task.names_of(checkpoint)),
            held_out=checkpoint.held_out,
            seconds=round(checkpoint.seconds, 3),
            **self.task.checkpoint_record(checkpoint),
            gradient_norm=gradients.norm if gradients else None,
            largest_gradient=gradients.largest if gradients else None,
            clipped=gradients.clipped if gradients else None,
        )

    def done(self, checkpoint: AnyCheckpoint, model: str) -> None:
        """Print the done event. model: its path."""
        self._event(
            "done",
            iteration=checkpoint.iteration,
            loss=checkpoint.loss,
            model=model,
            seconds=round(checkpoint.seconds, 3),
        )

    def _event(self, event: str, **values: object) -> None:
        self.put(json_line({"event": event, **values}))
