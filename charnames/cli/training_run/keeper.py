"""Where `train` keeps its checkpoints, and what it says of that at the end."""

from __future__ import annotations

import os
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
from charnames.cli.training_run.run_file import Replaced, RunFile
from charnames.errors import CharnamesError, ModelFileError
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
        self._file = RunFile(plan.target, plan.request.resume)
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
        """The run has come to its end. Raises ModelFileError and OSError."""
        if self.slim and self.model:
            with stops.deferred():
                self.keep(self.model.slim())
        self.finish()

    def finish(self) -> None:
        """Give the model its name, or hand it over whole, where that is still to be
        done. Raises ModelFileError and OSError.
        """
        if self.path == "-":
            self._hand_over()
        elif self._is_unnamed and self.model:
            with stops.deferred():
                replaced = self._file.take_name(self.model)
                self.path = self.output
                if replaced:
                    self._tell(replaced, self.model)

    def give_up(self) -> None:
        """The run has failed: the last checkpoint takes the name only if it is free.

        Raises OSError.
        """
        if self.path == "-":
            self._hand_over()
        elif self._is_unnamed and self.model:
            with stops.deferred(), suppress(ModelFileError):
                self._file.take_free_name(self.model)
                self.path = self._file.path or self.path

    @property
    def _is_unnamed(self) -> bool:
        """Whether a checkpoint of the run is in a file that waits for its name."""
        return self._file.path == self.path != self.output

    def _hand_over(self) -> None:
        if self.model and not self._handed_over:
            self._handed_over = True
            with stops.deferred():
                self.console.put(self.model.to_bytes(), nl=False)

    def _tell(self, replaced: Replaced, model: Trained) -> None:
        """Say which model was replaced, and where it is now."""
        called = model_folder.called(replaced.kept)
        is_of_another = (
            replaced.model is not None
            and replaced.model.provenance.fingerprint != model.provenance.fingerprint
        )
        if replaced.is_newer:
            self.console.warn(
                f"another run wrote {self.output} meanwhile; its model is kept as "
                f"{called}"
            )
        elif is_of_another:
            assert replaced.model
            provenance = replaced.model.provenance
            self.console.warn(
                f"{self.output} was a model of another list ({provenance.dataset}: "
                f"{provenance.names:,} names), which is kept as {called}"
            )
        else:
            self.console.say(f"the model that was there is kept as {called}")

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Raises Stopped, where it is raised inside, with what to do about it; says
        where the last checkpoint is if the reader of the report has gone, or if the
        run fails for no reason of its own.
        """
        try:
            yield
        except BaseException as error:
            stop = stops.answer(error)
            if stop is None:
                if not isinstance(error, CharnamesError | click.ClickException):
                    self._end_early(error)
                raise
            # The reader was told to stop as well, and what was put off is answered now.
            try:
                with suppress(BrokenPipeError, Stopped):
                    self.finish()
            except ModelFileError as failure:
                raise Stopped(stop.signum, f"{failure}; {self._way_on}") from None
            raise Stopped(stop.signum, self._way_on) from None

    def _end_early(self, error: BaseException) -> None:
        """The run ends by an error of writing its report, or a fault."""
        model = self.model
        if model is None or self._file.path is None:
            return
        if model.provenance.iterations >= self.recipe.iterations:
            self.finish()
        else:
            self.give_up()
        why = "nobody reads the report; " if isinstance(error, BrokenPipeError) else ""
        self.console.tell(f"charnames: {why}{self._way_on}")

    @property
    def kept(self) -> str:
        """What there is of the run, for the line that says that it has stopped."""
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
        """`kept`, and how to go on from there."""
        recipe, model = self.recipe, self.model
        is_done = model and model.provenance.iterations == recipe.iterations
        if (
            model is None
            or is_done
            or not (self.path == "-" or os.path.exists(self.path))
        ):
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
