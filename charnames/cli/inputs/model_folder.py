"""Models by name: the user's own, in their model folder, and those that come along.

A model is called by a path, which holds a "/" or ends in .safetensors, or by a name:
that of the user's own, or else of one that comes with charnames. Only the user's own
are ever written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import charnames
from charnames.errors import ModelFileError

SUFFIX = ".safetensors"
FIRST = "elements"  # comes along, for whoever has trained none yet

UNFINISHED = "unfinished"  # the word that a run adds to the name that it will take

_ALONG = os.path.join(os.path.dirname(charnames.__file__), "pretrained")


def folder() -> str:
    """$XDG_DATA_HOME/charnames/models. Raises ModelFileError where there is no home."""
    base = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):  # which the XDG specification says to pass over
        home = os.environ.get("HOME", "")
        if not home:
            raise ModelFileError(
                "there is no folder for models, as neither HOME nor XDG_DATA_HOME is "
                "set; set one, or give a model's path"
            )
        base = os.path.join(home, ".local", "share")
    return os.path.join(base, "charnames", "models")


def is_path(model: str) -> bool:
    """Whether a model is called by its path, not by its name."""
    return "/" in model or model.endswith(SUFFIX)


def finished_path(path: str) -> str | None:
    """The model file whose name a run takes that writes to that path; None for a path
    that is not one of an unfinished run.

    >>> finished_path("models/elements-unfinished.safetensors")
    'models/elements.safetensors'
    """
    pattern = rf"(.+)-{UNFINISHED}(?:-[0-9]+)?({re.escape(SUFFIX)})?"
    match = re.fullmatch(pattern, path, re.DOTALL)
    return match[1] + (match[2] or "") if match else None


def path_of(model: str) -> str:
    """The file of the user's own model that is, or is to be, called so.

    Raises ModelFileError where a name has no folder to be in.
    """
    return model if is_path(model) else os.path.join(folder(), model + SUFFIX)


def found(model: str) -> str | None:
    """The file of the model that is called so; None for a name that has none."""
    if is_path(model):
        return model
    files = [os.path.join(_ALONG, model + SUFFIX)]
    if own := _own_folder():
        files.insert(0, os.path.join(own, model + SUFFIX))
    return next(filter(os.path.exists, files), None)


def called(path: str) -> str:
    """How to call the model in that file: the inverse of `found`."""
    name = os.path.basename(path).removesuffix(SUFFIX)
    return name if not is_path(name) and found(name) == path else path


def comes_along(path: str) -> bool:
    """Whether the file is one of those that come with charnames."""
    return os.path.dirname(path) == _ALONG


def own_names() -> list[str]:
    """The user's own models, the one trained last first."""
    found = []
    for name in _names_in(_own_folder()):
        try:
            changed = os.stat(path_of(name)).st_mtime_ns
        except OSError:  # taken away since, or a link to nothing
            continue
        found.append((-changed, name))
    return [name for _, name in sorted(found)]


def names() -> list[str]:
    """Every model that has a name: the user's own, then those that come along."""
    own = own_names()
    return [*own, *(name for name in sorted(_names_in(_ALONG)) if name not in own)]


def latest() -> str:
    """The file of the user's model trained last, or else of the first to come along."""
    return next(_finished(), os.path.join(_ALONG, FIRST + SUFFIX))


def latest_writer() -> str:
    """The same of those that write names."""
    from charnames.models.loading import is_classifier

    first = os.path.join(_ALONG, FIRST + SUFFIX)
    return next((path for path in _finished() if not is_classifier(path)), first)


def latest_classifier() -> str:
    """The same of those that tell labels. Raises ModelFileError where there is none."""
    from charnames.models.loading import is_classifier

    for path in _finished():
        if is_classifier(path):
            return path
    raise ModelFileError(
        "there is no classifier yet; train one with: "
        "charnames train --task classify --dataset surnames"
    )


def described(path: str) -> str:
    """How to call the model in that file, and where it is from if not the user."""
    along = ", which comes with charnames" if comes_along(path) else ""
    return called(path) + along


def chosen(path: str) -> str:
    """Which model was taken where none was asked for, in words."""
    line = f"model: {described(path)}"
    own = "; train one of your own with: charnames train --dataset FILE"
    return line + own if comes_along(path) else line


def named_after(dataset: str, suffix: str = "") -> str:
    """The file of a new model when none is given: its list's name and a suffix."""
    from charnames.data.names import built_in

    name = dataset
    if dataset not in built_in():
        is_file = os.path.isfile(dataset)
        name = os.path.splitext(os.path.basename(dataset))[0] if is_file else "names"
    return os.path.join(folder(), name + suffix + SUFFIX)


def prepare(path: str) -> None:
    """Make the folder, if the file is to be in it. Raises OSError."""
    parent = os.path.dirname(path)
    if parent == _own_folder():
        os.makedirs(parent, exist_ok=True)


def _finished() -> Iterator[str]:
    """The files of the user's own models, the one trained last first, without the
    checkpoints of runs that have not ended.
    """
    return (path for path in map(path_of, own_names()) if not finished_path(path))


def _own_folder() -> str | None:
    try:
        return folder()
    except ModelFileError:
        return None


def _names_in(where: str | None) -> list[str]:
    """The models in that folder, if there is one."""
    try:
        files = os.listdir(where) if where else []
    except OSError:
        return []
    return [file[: -len(SUFFIX)] for file in files if file[1:].endswith(SUFFIX)]
