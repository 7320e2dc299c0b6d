r"""charnames: a character-level name generator.

    import charnames

    names = charnames.read_names("elements")
    for checkpoint in charnames.train(names, charnames.Recipe.classic(iterations=4000)):
        print(checkpoint.iteration, checkpoint.loss, *checkpoint.names)
    checkpoint.model.save("elements.safetensors")
    print(*charnames.load("elements.safetensors").sample(10), sep="\n")

Nothing is imported before it is used, so that `charnames --help` need not wait for
numpy.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers read it; typing would take a while to import
if TYPE_CHECKING:
    from typing import Any

    from charnames.errors import CharnamesError as CharnamesError
    from charnames.model import Model as Model
    from charnames.modelfile import load as load
    from charnames.names import NameList as NameList
    from charnames.names import read_names as read_names
    from charnames.naming import Checkpoint as Checkpoint
    from charnames.recipe import Recipe as Recipe
    from charnames.training import train as train

_HOMES = {
    "CharnamesError": "errors",
    "Checkpoint": "naming",
    "Model": "model",
    "NameList": "names",
    "Recipe": "recipe",
    "load": "modelfile",
    "read_names": "names",
    "train": "training",
}

__all__ = [
    "CharnamesError",
    "Checkpoint",
    "Model",
    "NameList",
    "Recipe",
    "load",
    "read_names",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'charnames' has no attribute {name!r}")
    return getattr(import_module(f"charnames.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
