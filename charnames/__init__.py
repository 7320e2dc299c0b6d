r"""charnames: a character-level name generator.

    import charnames

    names = charnames.read_names("elements")
    for checkpoint in charnames.train(names, charnames.Recipe.classic(iterations=4000)):
        print(checkpoint.iteration, checkpoint.loss, *checkpoint.names)
    checkpoint.model.save("elements.safetensors")
    print(*charnames.load("elements.safetensors").sample(10), sep="\n")

Nothing is imported before it is used, so that `charnames --help` does not import
numpy.
"""

from __future__ import annotations

from importlib import import_module

from charnames.version import __version__ as __version__

TYPE_CHECKING = False  # type checkers take it as true; importing typing is slow
if TYPE_CHECKING:
    from typing import Any

    from charnames.data.name_list import NameList as NameList
    from charnames.data.names import read_names as read_names
    from charnames.data.pairs import PairList as PairList
    from charnames.data.pairs import read_pairs as read_pairs
    from charnames.data.sequences import SequenceList as SequenceList
    from charnames.data.sequences import read_sequences as read_sequences
    from charnames.errors import CharnamesError as CharnamesError
    from charnames.models.classifier import Classifier as Classifier
    from charnames.models.converter import Converter as Converter
    from charnames.models.language_model import Model as Model
    from charnames.models.loading import load as load
    from charnames.models.loading import load_classifier as load_classifier
    from charnames.models.loading import load_converter as load_converter
    from charnames.recipes.recipe import Recipe as Recipe
    from charnames.training.classifier import train_classifier as train_classifier
    from charnames.training.converter import train_converter as train_converter
    from charnames.training.language_model import Checkpoint as Checkpoint
    from charnames.training.language_model import train as train

_MODULES = {
    "CharnamesError": "errors",
    "Checkpoint": "training.language_model",
    "Classifier": "models.classifier",
    "Converter": "models.converter",
    "Model": "models.language_model",
    "NameList": "data.name_list",
    "PairList": "data.pairs",
    "Recipe": "recipes.recipe",
    "SequenceList": "data.sequences",
    "load": "models.loading",
    "load_classifier": "models.loading",
    "load_converter": "models.loading",
    "read_names": "data.names",
    "read_pairs": "data.pairs",
    "read_sequences": "data.sequences",
    "train": "training.language_model",
    "train_classifier": "training.classifier",
    "train_converter": "training.converter",
}

__all__ = [
    "CharnamesError",
    "Checkpoint",
    "Classifier",
    "Converter",
    "Model",
    "NameList",
    "PairList",
    "Recipe",
    "SequenceList",
    "load",
    "load_classifier",
    "load_converter",
    "read_names",
    "read_pairs",
    "read_sequences",
    "train",
    "train_classifier",
    "train_converter",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'charnames' has no attribute {name!r}")
    return getattr(import_module(f"charnames.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
