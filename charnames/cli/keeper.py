"""Where `train` keeps its checkpoints, and what it says of that at the end."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from charnames.cli import folder
from charnames.cli.console import Console
from charnames.cli.ends import Stopped, stops
from charnames.recipe import Recipe

if TYPE_CHECKING:
    from charnames.model import Model


class Keeper:
    """Saves each checkpoint to a file, or the last one, at the end, to standard output.

    again: the words that, after `charnames train --resume MODEL`, name the list.
    slim: keep no more of a finished run than its model.
    """

    def __init__(
        self,
        console: Console,
        output: str,
        plan: Recipe,
        again: list[str],
        slim: bool = False,
    ) -> None:
        self.console, self.output = console, output
        self.plan, self.again = plan, [*again, *["--slim"] * slim]
        self.slim = slim
        self.model: Model | None = None  # the last that is kept
        self.path = output

    def resumes(self, model: Model, path: str) -> None:
        """The run goes on from that file, which is what is kept for now."""
        self.model, self.path = model, path

    def keep(self, model: Model) -> None:
        """Raises ModelFileError where the file cannot be written."""
        if self.output != "-":
            model.save(self.output)
        self.model, self.path = model, self.output

    def complete(self) -> None:
        """The run has come to its end. Raises ModelFileError and OSError."""
        if self.slim and self.model:
            with stops.deferred():
                self.keep(self.model.slim())
        self.finish()

    def finish(self) -> None:
        """Hand the model over, where that is still to be done. Raises OSError."""
        if self.path == "-" and self.model:
            from charnames.modelfile import dumps

            self.console.put(dumps(self.model), nl=False)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Raises Stopped, where it is raised inside, with what to do about it."""
        try:
            yield
        except BaseException as error:
            stop = stops.answer(error)
            if stop is None:
                raise
            with suppress(BrokenPipeError):  # the reader was told to stop as well
                self.finish()
            raise Stopped(stop.signum, self._way_on) from None

    @property
    def kept(self) -> str:
        """What there is of the run, for the line that says that it has stopped."""
        if self.model is None:
            return "there was no checkpoint yet, so nothing was saved"
        where = "went to standard output" if self.path == "-" else f"is in {self.path}"
        iteration = self.model.provenance.iterations
        return f"the checkpoint of iteration {iteration:,} {where}"

    @property
    def _way_on(self) -> str:
        """`kept`, and how to go on from there."""
        plan, model = self.plan.iterations, self.model
        if model is None or model.provenance.iterations == plan:
            return self.kept
        file = "FILE" if self.path == "-" else folder.called(self.path)
        words = ["charnames", "train", "--resume", file, *self.again]
        if model.recipe.iterations != plan:  # it is still as the last run left it
            words += ["--iterations", str(plan)]
        return f"{self.kept}; go on with: {shlex.join(words)}"

    @property
    def next_step(self) -> str:
        """Where the finished model is, and how to sample from it."""
        if self.path == "-":
            return (
                "the model went to standard output; in a file, use it with: "
                "charnames sample -m ./FILE"
            )
        words = ["charnames", "sample", "-m", folder.called(self.path)]
        return f"saved {self.path}; next: {shlex.join(words)}"
