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

    from charnames.classifier import Classifier as Classifier
    from charnames.classifying import train_classifier as train_classifier
    from charnames.errors import CharnamesError as CharnamesError
    from charnames.model import Model as Model
    from charnames.modelfile import load as load
    from charnames.modelfile import load_classifier as load_classifier
    from charnames.names import NameList as NameList
    from charnames.names import read_names as read_names
    from charnames.naming import Checkpoint as Checkpoint
    from charnames.recipe import Recipe as Recipe
    from charnames.sequences import SequenceList as SequenceList
    from charnames.sequences import read_sequences as read_sequences
    from charnames.training import train as train

_HOMES = {
    "CharnamesError": "errors",
    "Checkpoint": "naming",
    "Classifier": "classifier",
    "Model": "model",
    "NameList": "names",
    "Recipe": "recipe",
    "SequenceList": "sequences",
    "load": "modelfile",
    "load_classifier": "modelfile",
    "read_names": "names",
    "read_sequences": "sequences",
    "train": "training",
    "train_classifier": "classifying",
}

__all__ = [
    "CharnamesError",
    "Checkpoint",
    "Classifier",
    "Model",
    "NameList",
    "Recipe",
    "SequenceList",
    "load",
    "load_classifier",
    "read_names",
    "read_sequences",
    "train",
    "train_classifier",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'charnames' has no attribute {name!r}")
    return getattr(import_module(f"charnames.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
