"""Saving the checkpoints of `train`, and telling the user where they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import model_folder
from charnames.cli.terminal.console import Console, check_output, printable
from charnames.cli.terminal.exits import Stopped, stops
from charnames.cli.terminal.quoting import command_line
from charnames.cli.training_run.checkpoint_file import CheckpointFile, Replaced
from charnames.cli.training_run.planning import TrainingPlan
from charnames.errors import ModelFileError, TrainingError
from charnames.recipes.recipe import CHANGEABLE

if TYPE_CHECKING:
    from charnames.models.base import Trained


class Keeper:
    """Saves each checkpoint to a file, or the last one to standard output at the end.

    recipe: that of the run, complete once the list is read. slim: leave out of the
    finished model what only --resume needs.
    """

    def __init__(self, console: Console, plan: TrainingPlan, slim: bool) -> None:
        self.console, self.output, self.slim = console, plan.target, slim
        self.task, self.recipe = plan.task, plan.recipe
        self._list_options = plan.list_options
        self._suggests_modern = plan.suggests_modern
        # The last model that is saved, and where; at first the one that is resumed.
        self.model: Trained | None = plan.resumed
        self._resumed = plan.resumed
        self.path = plan.request.resume or plan.target
        self._file = CheckpointFile(plan.target, plan.request.resume)
        self._written = False

    def check_target(self, force: bool) -> None:
        """Raise what writing the model would raise, before training.

        force: overwrite a file that is not a model. Raises click.UsageError, OSError
        and ModelFileError.
        """
        if self.output == "-":
            if sys.stdout.isatty():
                raise click.UsageError(
                    "-o -: standard output is a terminal, and a model is not text; "
                    "send it to a file or a pipe"
                )
            check_output()
            return
        from charnames.model_file.storage import check_target

        model_folder.prepare(self.output)
        check_target(self.output, force)

    def keep(self, model: Trained) -> None:
        """Save a checkpoint. Raises ModelFileError, which says what is saved."""
        if self.output == "-":
            self.path = self.output
        else:
            try:
                self._file.save(model)
            except ModelFileError as error:
                if self.model is None:
                    raise
                self.give_up()
                raise ModelFileError(f"{error}; {self._way_on}") from None
            self.path = self._file.path or self.output
        self.model = model

    def complete(self) -> None:
        """Save the finished model. Raises ModelFileError and OSError."""
        if self.slim and self.model:
            with stops.deferred():
                self.keep(self.model.slim())
        try:
            self.finish()
        except ModelFileError as error:
            raise ModelFileError(f"{error}; {self.saved}") from None

    def finish(self) -> None:
        """Give the model its name, or write it to standard output, if not yet done.

        Raises ModelFileError and OSError.
        """
        if self.path == "-":
            self._write()
        elif self._is_unnamed and self.model:
            with stops.deferred():
                replaced = self._file.take_name(self.model)
                self.path = self.output
                if replaced:
                    self._report(replaced, self.model)

    def give_up(self) -> None:
        """After a failure, let the last checkpoint take the name if it is free.

        Raises OSError.
        """
        if self.path == "-":
            self._write()
        elif self._is_unnamed and self.model:
            with stops.deferred(), suppress(ModelFileError):
                self._file.take_free_name(self.model)
                self.path = self._file.path or self.path

    @property
    def _is_unnamed(self) -> bool:
        """Whether the last checkpoint is in a file that has not taken the name yet."""
        return self._file.path == self.path != self.output

    def _write(self) -> None:
        """Write the model to standard output, once. Raises OSError."""
        if self.model and not self._written:
            self._written = True
            with stops.deferred():
                self.console.put(self.model.to_bytes(), nl=False)

    def _report(self, replaced: Replaced, model: Trained) -> None:
        """Print which model was replaced, and where it is now."""
        name = model_folder.name_of(replaced.path)
        is_of_another = (
            replaced.model is not None
            and replaced.model.provenance.fingerprint != model.provenance.fingerprint
        )
        if replaced.is_newer:
            self.console.warn(
                f"another run wrote {self.output} meanwhile; its model is kept as "
                f"{name}"
            )
        elif is_of_another:
            assert replaced.model
            learned = model_folder.learned(replaced.model)
            self.console.warn(
                f"{self.output} was a model of another list ({learned}), which is kept "
                f"as {name}"
            )
        else:
            self.console.say(f"the model that was there is kept as {name}")

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Add to a Stopped that is raised inside how to resume the run.

        If the reader of the report is gone, or for an unexpected error, it prints where
        the last checkpoint is.
        """
        try:
            yield
        except BaseException as error:
            stop = stops.answer(error)
            if stop is None:
                # These two say where the checkpoint is.
                if not isinstance(error, TrainingError | ModelFileError):
                    self._end_early(error)
                raise
            # The reader may have stopped as well; a deferred signal is answered here.
            try:
                with suppress(BrokenPipeError, Stopped):
                    self.finish()
            except ModelFileError as failure:
                raise Stopped(stop.signum, f"{failure}; {self._way_on}") from None
            raise Stopped(stop.signum, self._way_on) from None

    def _end_early(self, error: BaseException) -> None:
        """After an error of writing the report, or a fault, say where the last
        checkpoint is.
        """
        model = self.model
        if model is None or model is self._resumed or self._file.path is None:
            return
        if model.provenance.iterations >= self.recipe.iterations:
            self.finish()
        else:
            self.give_up()
        why = "nobody reads the report; " if isinstance(error, BrokenPipeError) else ""
        self.console.tell(printable(f"charnames: {why}{self._way_on}"))

    @property
    def saved(self) -> str:
        """What is saved of the run, for the line that says that it has stopped."""
        if self.model is None:
            return "there was no checkpoint yet, so nothing was saved"
        where = f"is in {self.path}"
        if self.path == "-":
            where = "went to standard output"
        elif not os.path.exists(self.path):
            where = f"was in {self.path}, which is gone"
        iteration = self.model.provenance.iterations
        return f"the checkpoint of iteration {iteration:,} {where}"

    @property
    def _way_on(self) -> str:
        """`saved`, and the command that continues the run."""
        recipe, model = self.recipe, self.model
        is_done = model and model.provenance.iterations == recipe.iterations
        if (
            model is None
            or is_done
            or not (self.path == "-" or os.path.exists(self.path))
        ):
            return self.saved
        file = "FILE" if self.path == "-" else model_folder.name_of(self.path)
        words = ["charnames", "train", "--resume", file, *self._list_options]
        if self.slim:
            words.append("--slim")
        for name in CHANGEABLE:  # the file has those of the last run
            value = getattr(recipe, name)
            if value != getattr(model.recipe, name):
                words += [f"--{name.replace('_', '-')}", str(value)]
        return f"{self.saved}; go on with: {command_line(words)}"

    @property
    def next_step(self) -> str:
        """Where the finished model is, and how to use it."""
        use = self.task.used_by
        if self.path == "-":
            return (
                "the model went to standard output; in a file, use it with: "
                f"charnames {use} -m ./FILE"
            )
        words = ["charnames", use, "-m", model_folder.name_of(self.path)]
        if use == "sample" and self.model and self.model.labels:
            words += ["--label", next(iter(self.model.labels))]
        better = ""
        if self._suggests_modern:
            better = " (--recipe modern writes better names)"
        return f"saved {self.path}{better}; next: {command_line(words)}"
