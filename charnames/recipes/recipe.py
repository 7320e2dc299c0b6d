"""Every setting of a training run, checked when it is built."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Collection, Mapping, Sized
from dataclasses import dataclass
from typing import Any

from charnames.errors import RecipeError
from charnames.recipes.presets import classifier_settings, generator_settings
from charnames.suggestions import did_you_mean

CELLS = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "adamw")
CLIPS = ("value", "norm")
STARTS = ("textbook", "scaled")
SCHEDULES = ("constant", "linear", "cosine")
RECIPES = ("classic", "modern")
TASKS = ("generate", "classify")
POOLINGS = ("last", "mean", "max")
CLASS_WEIGHTS = ("none", "balanced")
UNITS = ("character", "word")
SCALES = ("none", "standard", "unit")
MOST_LAYERS = 16
NETWORK = ("cell", "hidden_size", "layers", "embedding_size", "tied")
# What a run that is resumed may change.
FREE = ("iterations", "checkpoint_every", "samples", "patience", "time_limit")

# A word for each task -> the settings that mean nothing to it.
_OF_OTHER_TASKS = {
    "generate": ("unit", "bidirectional", "pooling", "class_weights"),
    "classify": ("tied", "ngram"),
}


def _setting(default: Any, *, low: float = -math.inf, high: float = math.inf) -> Any:
    return dataclasses.field(default=default, metadata={"low": low, "high": high})


def _choice(default: str, choices: tuple[str, ...]) -> Any:
    return dataclasses.field(default=default, metadata={"choices": choices})


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run. The defaults are the textbook's recipe.

    Raises RecipeError, naming the setting, for a value out of its range, of another
    type, or not among its choices.
    """

    # what is to be learned: to write names, or to tell the label of what is read
    task: str = _choice("generate", TASKS)
    unit: str = _choice("character", UNITS)  # what a text is read by
    max_vocabulary: int = _setting(10_000, low=1, high=50_000)  # words
    scale: str = _choice("standard", SCALES)  # of sequences of numbers
    # the network
    cell: str = _choice("rnn", CELLS)
    # one for all layers; or as many as there are layers, the lowest first
    hidden_size: int | tuple[int, ...] = _setting(100, low=1, high=4096)
    layers: int = _setting(1, low=1, high=MOST_LAYERS)
    embedding_size: int = _setting(0, low=0, high=4096)  # 0 is one-hot
    tied: bool = False  # the embedding is the output's weights too
    start: str = _choice("textbook", STARTS)
    bidirectional: bool = False
    pooling: str = _choice("last", POOLINGS)  # of a classifier
    # the run
    iterations: int = _setting(70_000, low=0, high=10**12)
    batch_size: int = _setting(1, low=1, high=65_536)
    time_limit: float = _setting(0.0, low=0)  # seconds; 0 is none
    held_out: float = _setting(0.0, low=0, high=0.9)  # a share of the list
    patience: int = _setting(0, low=0, high=10**6)  # checkpoints; 0 is for ever
    tolerance: float = _setting(0.0, low=0)  # change of loss a pass; 0 is none
    checkpoint_every: int = _setting(2_000, low=1, high=10**12)
    samples: int = _setting(7, low=0, high=1_000)
    # the update
    optimizer: str = _choice("sgd", OPTIMIZERS)
    learning_rate: float = _setting(0.01, low=0)
    momentum: float = _setting(0.0, low=0, high=0.9999)  # of sgd
    schedule: str = _choice("constant", SCHEDULES)
    warm_up: int = _setting(0, low=0, high=10**9)  # iterations
    clip: float = _setting(5.0, low=0)  # 0 is off
    clip_by: str = _choice("value", CLIPS)
    class_weights: str = _choice("none", CLASS_WEIGHTS)
    # against learning by heart
    dropout: float = _setting(0.0, low=0, high=0.95)  # of what layers hand up
    embedding_dropout: float = _setting(0.0, low=0, high=0.95)
    recurrent_dropout: float = _setting(0.0, low=0, high=0.95)
    weight_decay: float = _setting(0.0, low=0, high=100)  # of adamw
    average: float = _setting(0.0, low=0, high=0.999999)  # decay of averaged weights
    ngram: int = _setting(
        0, low=0, high=8
    )  # order of the n-gram to mix with; 0 is none
    ngram_weight: float = _setting(0.4, low=0, high=1)  # unless held-out names choose

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _checked(self, field))
        if isinstance(self.hidden_size, tuple):
            if self.layers not in (1, len(self.hidden_size)):
                raise RecipeError(
                    f"hidden_size: {len(self.hidden_size)} sizes do not make "
                    f"{self.layers} layers; give one size, or one for each layer"
                )
            object.__setattr__(self, "layers", len(self.hidden_size))
        if self.tied and self.embedding_size != self.sizes[-1]:
            raise RecipeError(
                f"tied: an embedding of {self.embedding_size} cannot be the weights of "
                f"an output from {self.sizes[-1]} units; make the sizes equal"
            )
        for name in _OF_OTHER_TASKS[self.task]:
            value = getattr(self, name)
            if value != type(self).__dataclass_fields__[name].default:
                raise RecipeError(
                    f"{name}: {_shown(value)} is not for the task {self.task!r}"
                )

    @classmethod
    def named(cls, name: str, names: Collection[Sized] = (), **settings: Any) -> Recipe:
        """The recipe of that name for a list of names, `settings` in place of its own.

        Raises RecipeError where there is none of that name.
        """
        if name == "classic":
            return cls.classic(**settings)
        if name == "modern":
            return cls.modern(names, **settings)
        raise RecipeError(f"recipe: no {name!r}; there are {', '.join(RECIPES)}")

    @classmethod
    def classic(cls, **settings: Any) -> Recipe:
        """The textbook: a vanilla RNN, a name an iteration, clipped SGD."""
        return cls.from_settings(settings)

    @classmethod
    def modern(cls, names: Collection[Sized], **settings: Any) -> Recipe:
        """The best that the engine can do with a list of names, or of sequences of
        numbers: see charnames.recipes.presets. For a NameList with labels it is
        another one.
        """
        if settings.get("task") == "classify":
            unit = settings.get("unit", "character")
            return cls.from_settings({**classifier_settings(names, unit), **settings})
        limited = bool(settings.get("time_limit"))
        labelled = bool(getattr(names, "labels", None))
        chosen = generator_settings(names, limited, labelled)
        return cls.from_settings({**chosen, **settings})

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Recipe:
        """A recipe from names and values, as they stand in a model file.

        Raises RecipeError also for a setting that there is not.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in settings:
            if name not in known:
                hint = did_you_mean(name, known)
                raise RecipeError(f"there is no setting {name!r}{hint}")
        return cls(**settings)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The hidden units of each layer, the lowest first."""
        if isinstance(self.hidden_size, tuple):
            return self.hidden_size
        return (self.hidden_size,) * self.layers

    def with_network_of(self, other: Recipe) -> Recipe:
        """The recipe with a network like the other's."""
        return dataclasses.replace(
            self, **{name: getattr(other, name) for name in NETWORK}
        )

    def settings(self) -> dict[str, Any]:
        """Every setting by name: the inverse of `from_settings`."""
        return dataclasses.asdict(self)


def _checked(recipe: Recipe, field: dataclasses.Field[Any]) -> Any:
    value = getattr(recipe, field.name)
    choices = field.metadata.get("choices")
    if choices:
        if value not in choices:
            raise RecipeError(
                f"{field.name}: {_shown(value)} is none of {', '.join(choices)}"
            )
        return value
    if field.type == "bool":
        if not isinstance(value, bool):
            raise RecipeError(
                f"{field.name}: {_shown(value)} is neither true nor false"
            )
        return value
    if isinstance(value, list | tuple) and "tuple" in field.type:
        if not 1 <= len(value) <= MOST_LAYERS:
            raise RecipeError(
                f"{field.name}: {len(value):,} sizes are out of range (1 to "
                f"{MOST_LAYERS})"
            )
        return tuple(_number(one, field) for one in value)
    return _number(value, field)


def _number(value: Any, field: dataclasses.Field[Any]) -> float:
    """The value, in the range of the field."""
    whole = field.type != "float"
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        wanted = "whole number" if whole else "number"
        raise RecipeError(f"{field.name}: {_shown(value)} is not a {wanted}")
    low, high = field.metadata["low"], field.metadata["high"]
    if not (low <= value <= high and abs(value) <= sys.float_info.max):
        limits = f"at least {low:,}" if high == math.inf else f"{low:,} to {high:,}"
        raise RecipeError(f"{field.name}: {_shown(value)} is out of range ({limits})")
    return value if whole else float(value)


def _shown(value: Any) -> str:
    """The value for an error line; one that Python will not print, in words."""
    try:
        return repr(value)
    except ValueError:
        return "a number of very many digits"
