"""What `train` prints as it goes: lines to read, or JSON events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from charnames.cli.terminal.console import json_line

if TYPE_CHECKING:
    from charnames.models.base import Trained
    from charnames.training.classifier import ClassifierCheckpoint
    from charnames.training.name_run import Checkpoint

    AnyCheckpoint = Checkpoint | ClassifierCheckpoint

Print = Callable[[str], None]


class TextReport:
    """A line a checkpoint, then its names; a blank line between checkpoints.

    iteration 2,000   loss 18.77
      Ralinium
      Thorium
    """

    def __init__(self, put: Print) -> None:
        self.put = put
        self.begun = False

    def start(self, model: Trained) -> None:
        """Nothing: the report begins with its first checkpoint."""

    def checkpoint(self, checkpoint: AnyCheckpoint) -> None:
        """The line and the names."""
        names = names_of(checkpoint)
        lines = [_line(checkpoint), *(f"  {name}" for name in names)]
        if self.begun and names:
            lines.insert(0, "")
        self.begun = True
        self.put("\n".join(lines))

    def done(self, checkpoint: AnyCheckpoint, model: str) -> None:
        """Nothing: the last checkpoint has said it."""


def _line(checkpoint: AnyCheckpoint) -> str:
    from charnames.training.name_run import Checkpoint

    line = f"iteration {checkpoint.iteration:,}"
    loss, held_out = checkpoint.loss, checkpoint.held_out
    if isinstance(checkpoint, Checkpoint):
        line += f"   loss {loss:.2f}"
        line += "" if held_out is None else f"   held out {held_out:.3f} a symbol"
        return line + (
            "" if checkpoint.gap is None else f"   gap {checkpoint.gap:+.3f}"
        )
    line += f"   loss {loss:.3f}   accuracy {checkpoint.accuracy:.1%}"
    if held_out is not None:
        line += f"   held out {held_out:.3f}   {checkpoint.held_out_accuracy:.1%}"
    return line


def names_of(checkpoint: AnyCheckpoint) -> tuple[str, ...]:
    """The names that a checkpoint shows; a classifier's has none."""
    from charnames.training.name_run import Checkpoint

    return checkpoint.names if isinstance(checkpoint, Checkpoint) else ()


def _accuracies(checkpoint: AnyCheckpoint) -> dict[str, float | None]:
    from charnames.training.name_run import Checkpoint

    if isinstance(checkpoint, Checkpoint):
        return {}
    return {
        "accuracy": checkpoint.accuracy,
        "held_out_accuracy": checkpoint.held_out_accuracy,
    }


class JsonReport:
    """The events start, checkpoint and done, an object a line."""

    def __init__(self, put: Print) -> None:
        self.put = put

    def start(self, model: Trained) -> None:
        """What is to be learned, and by what."""
        self._event(
            "start",
            dataset=model.provenance.dataset,
            names=model.provenance.names,
            alphabet=model.alphabet,
            parameters=model.parameters.values.size,
            seed=model.provenance.seed,
            labels=model.labels,
        )

    def checkpoint(self, checkpoint: AnyCheckpoint) -> None:
        """How far the run is."""
        self._event(
            "checkpoint",
            iteration=checkpoint.iteration,
            loss=checkpoint.loss,
            names=list(names_of(checkpoint)),
            held_out=checkpoint.held_out,
            seconds=round(checkpoint.seconds, 3),
            **_accuracies(checkpoint),
        )

    def done(self, checkpoint: AnyCheckpoint, model: str) -> None:
        """Where the finished model is."""
        self._event(
            "done",
            iteration=checkpoint.iteration,
            loss=checkpoint.loss,
            model=model,
            seconds=round(checkpoint.seconds, 3),
        )

    def _event(self, event: str, **values: object) -> None:
        self.put(json_line({"event": event, **values}))
