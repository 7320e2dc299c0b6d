"""Models out of model files."""

from __future__ import annotations

import io
import os

from charnames.io.files import FilePath
from charnames.model_file import storage
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.language_model import Model

PRETRAINED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "pretrained")
BASE = os.path.join(PRETRAINED, "base.safetensors")

_MODELS: dict[str, type[Trained]] = {"generate": Model, "classify": Classifier}


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


def load_any(path: FilePath) -> Trained:
    """The model in that file, whatever its task. Raises ModelFileError as `load`."""
    return _model(storage.load(path))


def load_stream(stream: io.BufferedIOBase, source: str) -> Trained:
    """The model that a stream holds to its end; `source` is what an error calls it.

    Raises ModelFileError as `load`.
    """
    return _model(storage.load_stream(stream, source))


def as_language_model(model: Trained, source: str) -> Model:
    """The model. Raises ModelFileError for a classifier, which `source` names."""
    if isinstance(model, Model):
        return model
    what = "a classifier, which writes no names"
    raise storage.refusal(source, what, "give it to `charnames classify`")


def as_classifier(model: Trained, source: str) -> Classifier:
    """The classifier. Raises ModelFileError for another model, which `source` names."""
    if isinstance(model, Classifier):
        return model
    what = "a model of names, which tells no labels"
    raise storage.refusal(source, what, "train a classifier with --task classify")


def from_bytes(data: bytes, source: str = "the model") -> Trained:
    """The inverse of `to_bytes` of any model; `source` is what an error calls it.

    Raises ModelFileError.
    """
    return _model(storage.loads(data, source))


def is_classifier(path: FilePath) -> bool:
    """Whether the file says that it holds a classifier, without reading on."""
    return storage.task_of(path) == "classify"


def _model(stored: StoredModel) -> Trained:
    return _MODELS[stored.info.recipe.task].from_stored(stored)
