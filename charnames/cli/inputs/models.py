"""Models, as commands read them: from a file, or from standard input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from charnames.errors import ModelFileError

if TYPE_CHECKING:
    from charnames import Classifier, Model
    from charnames.models.base import Trained
    from charnames.models.converter import Converter

STDIN = "-"  # the path that stands for standard input
_NAMES = (STDIN, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_SOURCE = "standard input"


def is_stdin(path: object) -> bool:
    """Whether a model's path stands for standard input."""
    return path in _NAMES


def load(path: str) -> Model:
    """The model of names there. Raises ModelFileError, also for another model."""
    from charnames.models import loading

    if not is_stdin(path):
        return loading.load(path)
    return loading.as_language_model(load_any(path), _SOURCE)


def load_classifier(path: str) -> Classifier:
    """The classifier there. Raises ModelFileError, also for another model."""
    from charnames.models import loading

    if not is_stdin(path):
        return loading.load_classifier(path)
    return loading.as_classifier(load_any(path), _SOURCE)


def load_converter(path: str) -> Converter:
    """The converter there. Raises ModelFileError, also for another model."""
    from charnames.models import loading

    if not is_stdin(path):
        return loading.load_converter(path)
    return loading.as_converter(load_any(path), _SOURCE)


def load_any(path: str) -> Trained:
    """The model there, whatever its task.

    Raises ModelFileError; click.UsageError where standard input is a terminal.
    """
    from charnames.models import loading

    if not is_stdin(path):
        return loading.load_any(path)
    if sys.stdin is None:
        raise ModelFileError(f"{_SOURCE} is closed; give it a model")
    if sys.stdin.isatty():
        raise click.UsageError(
            "-m -: standard input is a terminal; send it a model, as `charnames train "
            "-o -` writes one"
        )
    try:
        with open(0, "rb", closefd=False) as stream:
            return loading.load_stream(stream, _SOURCE)
    except OSError as error:
        raise ModelFileError(
            f"{_SOURCE}: cannot be read ({error.strerror}); give it a model"
        ) from None
