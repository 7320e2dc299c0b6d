"""Models out of model files."""

from __future__ import annotations

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
    model = load_any(path)
    if isinstance(model, Model):
        return model
    what = "a classifier, which writes no names"
    to_do = "give it to `charnames classify`"
    raise storage.refusal(storage.source_of(path), what, to_do)


def load_base() -> Model:
    """The base model that comes with charnames. Raises ModelFileError as `load`."""
    return load(BASE)


def load_classifier(path: FilePath) -> Classifier:
    """The classifier in that file. Raises ModelFileError as `load` does, and for a
    model of names.
    """
    model = load_any(path)
    if isinstance(model, Classifier):
        return model
    what = "a model of names, which tells no labels"
    to_do = "train a classifier with --task classify"
    raise storage.refusal(storage.source_of(path), what, to_do)


def load_any(path: FilePath) -> Trained:
    """The model in that file, whatever its task. Raises ModelFileError as `load`."""
    return _model(storage.load(path))


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
