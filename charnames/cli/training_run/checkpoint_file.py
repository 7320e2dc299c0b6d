"""The file of a run's checkpoints, until it takes the name of the model.

A run of NAME writes NAME-unfinished. When it is done, or stopped on purpose, that file
is renamed to NAME, and the model that had the name to NAME-previous. So the checkpoints
of a run never overwrite a finished model.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from charnames.cli.inputs.model_folder import UNFINISHED, finished_path
from charnames.errors import ModelFileError

if TYPE_CHECKING:
    from charnames.models.base import Trained

PREVIOUS, STOPPED = "previous", "stopped"


class Replaced(NamedTuple):
    """A model that had the name of a run's model before.

    path: its new path. model: None if it cannot be read. is_newer: whether another run
    wrote it in the meantime.
    """

    path: str
    model: Trained | None
    is_newer: bool


class CheckpointFile:
    """The file with the last checkpoint of a run.

    target: the path of the model file whose name the run takes. resumed: the model
    file whose run is continued, None for a new run. path: that of the file with the
    last checkpoint, None before the first.
    """

    def __init__(self, target: str, resumed: str | None) -> None:
        from charnames.io import files

        self.target = target
        self._base = os.path.realpath(target) if os.path.islink(target) else target
        self.path = resumed if resumed and finished_path(resumed) == target else None
        self._before = files.identity(target)
        self._is_resumed = resumed is not None and self._before == files.identity(
            resumed
        )

    def save(self, model: Trained) -> None:
        """Write a checkpoint. Raises ModelFileError."""
        from charnames.io import files
        from charnames.model_file import storage

        if self.path is not None:
            storage.save(model.stored(), self.path, self.target)
            return
        with storage.writing(storage.source_of(self.target)):
            mode = files.find_target(self.target).mode
        for number in count(1):
            word = UNFINISHED if number == 1 else f"{UNFINISHED}-{number}"
            path = files.sibling(self._base, word)
            try:
                storage.save_new(model.stored(), path, mode, self.target)
            except FileExistsError:  # of another run
                continue
            self.path = path
            return

    def take_name(self, model: Trained) -> Replaced | None:
        """Rename the file to the target, and keep the model that is there.

        model: that of the last checkpoint. A model that the run itself was resumed
        from, before its end, is not kept. Raises ModelFileError.
        """
        from charnames.io import files
        from charnames.model_file import storage

        source = storage.source_of(self.target)
        with storage.writing(source):
            if self.path is None or not os.path.exists(self.path):  # it was deleted
                self.path = None
                self.save(model)
            assert self.path is not None
            target = files.find_target(self.target)
            with files.locked_folder(target):
                replaced = self._replaced()
                files.move(self.path, target, replaced.path if replaced else None)
        self.path = self.target
        storage.flush(target, source)
        return replaced

    def take_free_name(self, model: Trained) -> None:
        """Rename the file to the target if there is nothing. Raises ModelFileError."""
        if self.path and not os.path.lexists(self.target):
            self.take_name(model)

    def _replaced(self) -> Replaced | None:
        """The model at the target and its new path; None if it is not to be kept."""
        from charnames.io import files
        from charnames.model_file import storage
        from charnames.models.loading import load_any

        now = files.identity(self.target)
        if now is None or not storage.is_model(self.target):
            return None
        try:
            model = load_any(self.target)
        except ModelFileError:
            model = None
        stopped = model is not None and _is_stopped(model)
        is_newer = now != self._before
        if stopped and self._is_resumed and not is_newer:
            return None
        kept = files.sibling(self._base, PREVIOUS)
        if stopped and os.path.lexists(kept):
            kept = files.sibling(self._base, STOPPED)
        return Replaced(kept, model, is_newer)


def _is_stopped(model: Trained) -> bool:
    """Whether the run that wrote the model was stopped before its end, as far as the
    file says.
    """
    from charnames.training.state import TrainingState

    return not (model.recipe.tolerance or TrainingState(model).finished())
