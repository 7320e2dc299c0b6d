"""Models by name: the user's own models in their model folder, and the bundled ones.

The command line names a model by its path, which has a "/" or ends in .safetensors, or
by its name, which the user's model folder is searched for before the bundled models.
Only the user's own models are ever written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import charnames
from charnames.errors import ModelFileError

if TYPE_CHECKING:
    from charnames.models.base import Trained

SUFFIX = ".safetensors"
FIRST = "elements"  # the bundled model for users who have not trained one
BASE = "base"  # the bundled model that new models start from

UNFINISHED = "unfinished"  # the suffix of a model name while its run lasts

_FEW = 3  # lists, whose names make up that of a model

_BUNDLED = os.path.join(os.path.dirname(charnames.__file__), "pretrained")


def folder() -> str:
    """$XDG_DATA_HOME/charnames/models. Raises ModelFileError without a home folder."""
    base = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):  # the XDG specification ignores a relative path
        home = os.environ.get("HOME", "")
        if not home:
            raise ModelFileError(
                "there is no folder for models, as neither HOME nor XDG_DATA_HOME is "
                "set; set one, or give a model's path"
            )
        base = os.path.join(home, ".local", "share")
    return os.path.join(base, "charnames", "models")


def is_path(model: str) -> bool:
    """Whether `model` is the path of a model, not its name."""
    return "/" in model or model.endswith(SUFFIX)


def finished_path(path: str) -> str | None:
    """The path that the model of an unfinished run will have; None for other paths.

    >>> finished_path("models/elements-unfinished.safetensors")
    'models/elements.safetensors'
    """
    pattern = rf"(.+)-{UNFINISHED}(?:-[0-9]+)?({re.escape(SUFFIX)})?"
    match = re.fullmatch(pattern, path, re.DOTALL)
    return match[1] + (match[2] or "") if match else None


def path_of(model: str) -> str:
    """The path of the user's model with that name or path; it need not exist.

    Raises ModelFileError for a name if there is no model folder.
    """
    return model if is_path(model) else os.path.join(folder(), model + SUFFIX)


def find(model: str) -> str | None:
    """The path of the model with that name or path; None for an unknown name."""
    if is_path(model):
        return model
    files = [os.path.join(_BUNDLED, model + SUFFIX)]
    if own := _own_folder():
        files.insert(0, os.path.join(own, model + SUFFIX))
    return next(filter(os.path.exists, files), None)


def name_of(path: str) -> str:
    """The name of the model in that file, or the path if it has none.

    It is the inverse of `find`.
    """
    name = os.path.basename(path).removesuffix(SUFFIX)
    return name if not is_path(name) and find(name) == path else path


def is_bundled(path: str) -> bool:
    """Whether the file is that of a model that comes with charnames."""
    return os.path.dirname(path) == _BUNDLED


def own_names() -> list[str]:
    """The names of the user's own models, the latest first."""
    ages = []
    for name in _names_in(_own_folder()):
        try:
            changed = os.stat(path_of(name)).st_mtime_ns
        except OSError:  # it was deleted just now, or is a broken link
            continue
        ages.append((-changed, name))
    return [name for _, name in sorted(ages)]


def names() -> list[str]:
    """The names of all models: the user's own, then the bundled ones, without the base
    model.
    """
    own = own_names()
    return [*own, *sorted({*_names_in(_BUNDLED)} - {BASE, *own})]


def latest() -> str:
    """The path of the user's latest model, or of the bundled model FIRST."""
    return next(_finished(), os.path.join(_BUNDLED, FIRST + SUFFIX))


def latest_writer() -> str:
    """As `latest`, among the models that generate names."""
    return _latest_for("generate") or os.path.join(_BUNDLED, FIRST + SUFFIX)


def latest_classifier() -> str:
    """The path of the user's latest classifier. Raises ModelFileError without one."""
    if path := _latest_for("classify"):
        return path
    raise ModelFileError(
        "there is no classifier yet; train one with: "
        "charnames train --task classify --dataset surnames"
    )


def latest_converter() -> str:
    """The path of the user's latest converter. Raises ModelFileError without one."""
    if path := _latest_for("convert"):
        return path
    raise ModelFileError(
        "there is no converter yet; train one with: "
        "charnames train --task convert --dataset cyrillic"
    )


def _latest_for(task: str) -> str | None:
    """The path of the user's latest model for a task, or None."""
    from charnames.models.loading import is_for

    return next((path for path in _finished() if is_for(path, task)), None)


def described(path: str) -> str:
    """The name of the model in that file, with a remark on a bundled one."""
    remark = ", which comes with charnames" if is_bundled(path) else ""
    return name_of(path) + remark


def learned(model: Trained) -> str:
    """The list that a model learned, with its number of names, pairs or sequences."""
    count = model.provenance.names
    nouns = model.example_noun + "s" * (count != 1)
    return f"{model.provenance.dataset}: {count:,} {nouns}"


def default_line(path: str) -> str:
    """The line that tells the user which model is used by default."""
    line = f"model: {described(path)}"
    advice = "; train one of your own with: charnames train --dataset FILE"
    return line + advice if is_bundled(path) else line


def named_after(datasets: Sequence[str], suffix: str = "") -> str:
    """The file of a new model when none is given: its lists' names and a suffix."""
    from charnames.data.names import list_files

    known = list_files(".txt") | list_files(".tsv")
    names = []
    for dataset in datasets:
        name = dataset
        if dataset not in known:
            stem = os.path.splitext(os.path.basename(dataset))[0]
            name = stem if os.path.isfile(dataset) else "names"
        names.append(name)
    if len(names) > _FEW:
        names = [names[0], "and", str(len(names) - 1), "more"]
    return os.path.join(folder(), "-".join(names) + suffix + SUFFIX)


def prepare(path: str) -> None:
    """Create the model folder if the file is to be in it. Raises OSError."""
    parent = os.path.dirname(path)
    if parent == _own_folder():
        os.makedirs(parent, exist_ok=True)


def _finished() -> Iterator[str]:
    """The paths of the user's own models, the latest first, without those of
    unfinished runs.
    """
    return (path for path in map(path_of, own_names()) if not finished_path(path))


def _own_folder() -> str | None:
    try:
        return folder()
    except ModelFileError:
        return None


def _names_in(path: str | None) -> list[str]:
    """The names of the models in that folder, if it exists."""
    try:
        files = os.listdir(path) if path else []
    except OSError:
        return []
    return [file[: -len(SUFFIX)] for file in files if file[1:].endswith(SUFFIX)]
