"""Where `train` keeps its checkpoints, and what it says of that at the end."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import model_folder
from charnames.cli.terminal.console import Console, check_output
from charnames.cli.terminal.exits import Stopped, stops
from charnames.cli.training_run.planning import Plan
from charnames.errors import ModelFileError
from charnames.recipes.recipe import CHANGEABLE

if TYPE_CHECKING:
    from charnames.models.base import Trained


class Keeper:
    """Saves each checkpoint to a file, or the last one, at the end, to standard output.

    recipe: of the run, completed once the list is read. slim: keep no more of a
    finished run than its model.
    """

    def __init__(self, console: Console, plan: Plan, slim: bool) -> None:
        self.console, self.output, self.slim = console, plan.target, slim
        self.task, self.recipe = plan.task, plan.recipe
        self._list_options = plan.list_options
        # The last model that is kept, and where: at first the one that is resumed.
        self.model: Trained | None = plan.begun
        self.path = plan.request.resume or plan.target
        self._handed_over = False

    def check_target(self, force: bool) -> None:
        """Raise what writing the model would raise, before the work is done.

        force: overwrite a file that is not a model. Raises click.UsageError, OSError
        and ModelFileError.
        """
        if self.output == "-":
            if sys.stdout.isatty():
                raise click.UsageError(
                    "-o -: standard output is a terminal, and a model is no text; "
                    "send it to a file or a pipe"
                )
            check_output()
            return
        from charnames.model_file.storage import check_target

        model_folder.prepare(self.output)
        check_target(self.output, force)

    def keep(self, model: Trained) -> None:
        """Raises ModelFileError where it cannot be written, and says what is kept."""
        if self.output != "-":
            try:
                model.save(self.output)
            except ModelFileError as error:
                if self.model is None:
                    raise
                raise ModelFileError(f"{error}; {self._way_on}") from None
        self.model, self.path = model, self.output

    def complete(self) -> None:
        """The run has come to its end. Raises ModelFileError and OSError."""
        if self.slim and self.model:
            with stops.deferred():
                self.keep(self.model.slim())
        self.finish()

    def finish(self) -> None:
        """Hand the model over whole, where that is still to be done. Raises OSError."""
        if self.path == "-" and self.model and not self._handed_over:
            self._handed_over = True
            with stops.deferred():
                self.console.put(self.model.to_bytes(), nl=False)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Raises Stopped, where it is raised inside, with what to do about it."""
        try:
            yield
        except BaseException as error:
            stop = stops.answer(error)
            if stop is None:
                raise
            # The reader was told to stop as well, and what was put off is answered now.
            with suppress(BrokenPipeError, Stopped):
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
        recipe, model = self.recipe, self.model
        if model is None or model.provenance.iterations == recipe.iterations:
            return self.kept
        file = "FILE" if self.path == "-" else model_folder.called(self.path)
        words = ["charnames", "train", "--resume", file, *self._list_options]
        if self.slim:
            words.append("--slim")
        for name in CHANGEABLE:  # the file is still as the last run left it
            value = getattr(recipe, name)
            if value != getattr(model.recipe, name):
                words += [f"--{name.replace('_', '-')}", str(value)]
        return f"{self.kept}; go on with: {shlex.join(words)}"

    @property
    def next_step(self) -> str:
        """Where the finished model is, and how to use it."""
        use = self.task.used_by
        if self.path == "-":
            return (
                "the model went to standard output; in a file, use it with: "
                f"charnames {use} -m ./FILE"
            )
        words = ["charnames", use, "-m", model_folder.called(self.path)]
        if use == "sample" and self.model and self.model.labels:
            words += ["--label", next(iter(self.model.labels))]
        return f"saved {self.path}; next: {shlex.join(words)}"
