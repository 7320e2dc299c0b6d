"""Models out of model files. Only the model of the file's own task is imported."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from charnames.io.files import FilePath
from charnames.model_file import storage
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained

if TYPE_CHECKING:
    from charnames.models.classifier import Classifier
    from charnames.models.converter import Converter
    from charnames.models.language_model import Model

PRETRAINED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "pretrained")
BASE = os.path.join(PRETRAINED, "base.safetensors")

_OTHERS = {  # than models of names: what they are, and what to do with them
    "classify": (
        "a classifier, which writes no names",
        "give it to `charnames classify`",
    ),
    "convert": (
        "a converter, which writes no new names",
        "give it to `charnames convert`",
    ),
}


def load(path: FilePath) -> Model:
    """The model of names in that file. Nothing in it is run, and nothing taken on
    trust.

    Raises ModelFileError for a file that cannot be read, is no model, is damaged, or
    holds a classifier.
    """
    return as_language_model(load_any(path), storage.source_of(path))


def load_base() -> Model:
    """The base model that comes with charnames. Raises ModelFileError as `load`."""
    return load(BASE)


def load_classifier(path: FilePath) -> Classifier:
    """The classifier in that file. Raises ModelFileError as `load` does, and for a
    model of names.
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
    raise storage.refusal(source, *_OTHERS[model.recipe.task])


def as_classifier(model: Trained, source: str) -> Classifier:
    """The classifier. Raises ModelFileError for another model, which `source` names."""
    from charnames.models.classifier import Classifier

    if isinstance(model, Classifier):
        return model
    what = "a converter" if model.recipe.task == "convert" else "a model of names"
    what += ", which tells no labels"
    raise storage.refusal(source, what, "train a classifier with --task classify")


def as_converter(model: Trained, source: str) -> Converter:
    """The converter. Raises ModelFileError for another model, which `source` names."""
    from charnames.models.converter import Converter

    if isinstance(model, Converter):
        return model
    what = "a model that converts nothing"
    raise storage.refusal(source, what, "train a converter with --task convert")


def from_bytes(data: bytes, source: str = "the model") -> Trained:
    """The inverse of `to_bytes` of any model; `source` is what an error calls it.

    Raises ModelFileError.
    """
    return _model(storage.loads(data, source))


def is_for(path: FilePath, task: str) -> bool:
    """Whether the file says that its model is for the task, without reading on."""
    return storage.task_of(path) == task


def _model(stored: StoredModel) -> Trained:
    task = stored.info.recipe.task
    if task == "classify":
        from charnames.models.classifier import Classifier

        return Classifier.from_stored(stored)
    if task == "convert":
        from charnames.models.converter import Converter

        return Converter.from_stored(stored)
    from charnames.models.language_model import Model

    return Model.from_stored(stored)
