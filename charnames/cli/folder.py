"""The user's model folder: where it is, and how its models are called.

A model is called by a path, which holds a "/" or ends in .safetensors, or by the name
of one in the folder.
"""

from __future__ import annotations

import os
from pathlib import Path

from charnames.errors import ModelFileError

SUFFIX = ".safetensors"


def folder() -> Path:
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
    return Path(base, "charnames", "models")


def is_path(model: str) -> bool:
    """Whether a model is called by its path, not by its name."""
    return "/" in model or model.endswith(SUFFIX)


def path_of(model: str) -> str:
    """The file of the model that is called so."""
    return model if is_path(model) else str(folder() / f"{model}{SUFFIX}")


def called(path: str) -> str:
    """How to call the model in that file: the inverse of `path_of`."""
    name = Path(path).name.removesuffix(SUFFIX)
    return path if is_path(name) or not in_folder(path) else name


def in_folder(path: str) -> bool:
    """Whether the file is one of the user's folder, if there is one."""
    try:
        return Path(path).parent == folder()
    except ModelFileError:
        return False


def names() -> list[str]:
    """The models in the folder, the one trained last first."""
    found = []
    for path in folder().glob(f"*{SUFFIX}"):
        try:
            found.append((-path.stat().st_mtime_ns, path.name.removesuffix(SUFFIX)))
        except OSError:  # taken away since, or a link to nothing
            continue
    return [name for _, name in sorted(found)]


def latest() -> str:
    """The file of the model trained last. Raises ModelFileError where there is none."""
    for name in names():
        return str(folder() / f"{name}{SUFFIX}")
    raise ModelFileError(
        "there is no model yet; train one with: charnames train --dataset elements"
    )


def named_after(dataset: str, classifier: bool = False) -> str:
    """The file of a new model when none is given: named after its list."""
    from charnames.names import built_in

    if dataset in built_in():
        name = dataset
    else:
        name = Path(dataset).stem if os.path.isfile(dataset) else "names"
    if classifier:
        name += "-classifier"
    return str(folder() / f"{name}{SUFFIX}")


def prepare(path: str) -> None:
    """Make the folder, if the file is to be in it. Raises OSError."""
    if in_folder(path):
        folder().mkdir(parents=True, exist_ok=True)
