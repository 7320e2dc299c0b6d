"""What `train` prints as it goes: lines to read, or JSON events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from charnames.cli.console import json_line

if TYPE_CHECKING:
    from charnames import Checkpoint, Model

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

    def start(self, model: Model) -> None:
        """Nothing: the report begins with its first checkpoint."""

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """The line and the names."""
        line = f"iteration {checkpoint.iteration:,}   loss {checkpoint.loss:.2f}"
        if checkpoint.held_out is not None:
            line += f"   held out {checkpoint.held_out:.3f} a symbol"
        if checkpoint.gap is not None:
            line += f"   gap {checkpoint.gap:+.3f}"
        lines = [line]
        lines += [f"  {name}" for name in checkpoint.names]
        if self.begun and checkpoint.names:
            lines.insert(0, "")
        self.begun = True
        self.put("\n".join(lines))

    def done(self, checkpoint: Checkpoint, model: str) -> None:
        """Nothing: the last checkpoint has said it."""


class JsonReport:
    """The events start, checkpoint and done, an object a line."""

    def __init__(self, put: Print) -> None:
        self.put = put

    def start(self, model: Model) -> None:
        """What is to be learned, and by what."""
        self._event(
            "start",
            dataset=model.provenance.dataset,
            names=model.provenance.names,
            alphabet=model.vocabulary.alphabet,
            parameters=model.parameters.values.size,
            seed=model.provenance.seed,
        )

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """How far the run is."""
        self._event(
            "checkpoint",
            iteration=checkpoint.iteration,
            loss=checkpoint.loss,
            names=list(checkpoint.names),
            held_out=checkpoint.held_out,
            seconds=round(checkpoint.seconds, 3),
        )

    def done(self, checkpoint: Checkpoint, model: str) -> None:
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
