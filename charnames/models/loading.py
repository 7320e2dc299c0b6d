"""Models out of model files. Only the model of the file's own task is imported."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from charnames.io.files import FilePath
from charnames.model_file import storage
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained

if TYPE_CHECKING:
    from charnames.models.classifier import Classifier
    from charnames.models.converter import Converter
    from charnames.models.language_model import Model

PRETRAINED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "pretrained")
BASE_FILE = os.path.join(PRETRAINED, "base.safetensors")


def load(path: FilePath) -> Model:
    """The model of names in that file. Nothing in it is run, and all of it is checked.

    Raises ModelFileError for a file that cannot be read, is no model, is damaged, or
    holds a model of another task.
    """
    return as_language_model(load_any(path), storage.source_of(path))


def load_base() -> Model:
    """The base model that comes with charnames. Raises ModelFileError as `load`."""
    return load(BASE_FILE)


def load_classifier(path: FilePath) -> Classifier:
    """The classifier in that file. Raises ModelFileError as `load` does, and for a
    model of another task.
    """
    return as_classifier(load_any(path), storage.source_of(path))


def load_converter(path: FilePath) -> Converter:
    """The converter in that file. Raises ModelFileError as `load` does, and for a model
    of another task.
    """
    return as_converter(load_any(path), storage.source_of(path))


def load_any(path: FilePath) -> Trained:
    """The model in that file, whatever its task. Raises ModelFileError as `load`."""
    return _model(storage.load(path))


def load_stream(stream: io.BufferedIOBase, source: str) -> Trained:
    """The model that a stream holds to its end; `source` is what an error calls it.

    Raises ModelFileError as `load`.
    """
    return _model(storage.load_stream(stream, source))


def as_language_model(model: Trained, source: str) -> Model:
    """The model of names. Raises ModelFileError for another, which `source` names."""
    from charnames.models.language_model import Model

    if isinstance(model, Model):
        return model
    kind = _KINDS[model.recipe.task]
    what = f"{kind.noun}, which generates no names"
    raise storage.file_error(source, what, f"give it to `charnames {kind.command}`")


def as_classifier(model: Trained, source: str) -> Classifier:
    """The classifier. Raises ModelFileError for another model, which `source` names."""
    from charnames.models.classifier import Classifier

    if isinstance(model, Classifier):
        return model
    what = f"{_KINDS[model.recipe.task].noun}, which tells no labels"
    raise storage.file_error(source, what, "train a classifier with --task classify")


def as_converter(model: Trained, source: str) -> Converter:
    """The converter. Raises ModelFileError for another model, which `source` names."""
    from charnames.models.converter import Converter

    if isinstance(model, Converter):
        return model
    what = f"{_KINDS[model.recipe.task].noun}, which converts nothing"
    raise storage.file_error(source, what, "train a converter with --task convert")


def from_bytes(data: bytes, source: str = "the model") -> Trained:
    """The inverse of `to_bytes` of any model; `source` is what an error calls it.

    Raises ModelFileError.
    """
    return _model(storage.loads(data, source))


def is_for(path: FilePath, task: str) -> bool:
    """Whether the file says that its model is for the task, without reading on."""
    return storage.task_of(path) == task


def _model(stored: StoredModel) -> Trained:
    return _KINDS[stored.info.recipe.task].build(stored)


def _language_model(stored: StoredModel) -> Trained:
    from charnames.models.language_model import Model

    return Model.from_stored(stored)


def _classifier(stored: StoredModel) -> Trained:
    from charnames.models.classifier import Classifier

    return Classifier.from_stored(stored)


def _converter(stored: StoredModel) -> Trained:
    from charnames.models.converter import Converter

    return Converter.from_stored(stored)


class _Kind(NamedTuple):
    """The models of a task: what an error calls one, the command that uses it, and how
    it is built.
    """

    noun: str
    command: str
    build: Callable[[StoredModel], Trained]


_KINDS = {
    "generate": _Kind("a model of names", "sample", _language_model),
    "classify": _Kind("a classifier", "classify", _classifier),
    "convert": _Kind("a converter", "convert", _converter),
}
