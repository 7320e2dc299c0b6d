"""The settings of a training run, which are checked when a recipe is built."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Collection, Mapping, Sized
from dataclasses import dataclass
from typing import Any

from charnames.errors import RecipeError
from charnames.recipes.presets import MODERN, NETWORK
from charnames.suggestions import did_you_mean

CELLS = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "adamw")
CLIPS = ("value", "norm")
STARTS = ("textbook", "scaled")
STATES = ("carry", "zero")
ORDERS = ("once", "each-pass")
KEPT = ("best", "last")
SCHEDULES = ("constant", "linear", "cosine")
RECIPES = ("classic", "modern")
TASKS = tuple(MODERN)
POOLINGS = ("last", "mean", "max")
CLASS_WEIGHTS = ("none", "balanced")
UNITS = ("character", "word")
PARENTS = ("none", "base", "model")  # nothing, the base model, or a given model
SYMBOLS = ("character", "blank")
ENCODERS = ("recurrent", "none")
DECODERS = ("recurrent", "ctc")
ATTENTIONS = ("general", "dot", "none")
SCALES = ("none", "standard", "unit")
MOST_LAYERS = 16
# The settings that a resumed run may change.
CHANGEABLE = ("iterations", "checkpoint_every", "samples", "patience", "time_limit")

# The settings of a converter alone; the recipes of other tasks are written without.
_OF_CONVERTERS = (
    "source_unit",
    "target_unit",
    "upsample",
    "encoder",
    "decoder",
    "attention",
    "label_smoothing",
)
# For each task the settings that have no meaning for it.
_OF_OTHER_TASKS: dict[str, tuple[str, ...]] = {
    "generate": ("unit", "bidirectional", "pooling", "class_weights", *_OF_CONVERTERS),
    "classify": (
        *("state", "order", "keep"),
        *("tied", "ngram", "fit_ngram_weight", "word_weight", "init_from"),
        *("temperature", "min_p", "min_edits"),
        *_OF_CONVERTERS,
    ),
    "convert": (
        *("state", "order", "keep", "fit_ngram_weight"),
        *("unit", "tied", "pooling", "class_weights", "word_weight", "init_from"),
        *("temperature", "min_p", "min_edits"),
    ),
}


def _number(
    default: float, *, low: float, high: float = math.inf, per_layer: bool = False
) -> Any:
    """A number of the default's type, low to high; per_layer: or a tuple of them."""
    limits = {"low": low, "high": high, "per_layer": per_layer}
    return dataclasses.field(default=default, metadata=limits)


def _choice(default: str, choices: tuple[str, ...]) -> Any:
    return dataclasses.field(default=default, metadata={"choices": choices})


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run. The defaults are the classic recipe.

    Raises RecipeError for a value that is out of its range, of another type, or not
    among its choices.
    """

    # the task, and how its inputs are read
    task: str = _choice("generate", TASKS)
    unit: str = _choice("character", UNITS)  # of texts
    max_vocabulary: int = _number(10_000, low=1, high=50_000)  # words
    scale: str = _choice("standard", SCALES)  # of sequences of numbers
    source_unit: str = _choice("character", SYMBOLS)  # of pairs
    target_unit: str = _choice("character", SYMBOLS)
    upsample: int = _number(1, low=1, high=16)  # frames of a source symbol
    # the network
    cell: str = _choice("rnn", CELLS)
    # one size for all layers, or a size for each layer, the lowest first
    hidden_size: int | tuple[int, ...] = _number(100, low=1, high=4096, per_layer=True)
    layers: int = _number(1, low=1, high=MOST_LAYERS)
    embedding_size: int = _number(0, low=0, high=4096)  # 0 is one-hot
    tied: bool = False  # whether the output's weights are the embedding
    start: str = _choice("textbook", STARTS)
    bidirectional: bool = False
    pooling: str = _choice("last", POOLINGS)  # of classifiers
    encoder: str = _choice("recurrent", ENCODERS)  # of converters
    decoder: str = _choice("recurrent", DECODERS)
    attention: str = _choice("general", ATTENTIONS)
    # the run
    iterations: int = _number(70_000, low=0, high=10**12)
    batch_size: int = _number(1, low=1, high=65_536)
    # what a name starts from: the last hidden state of the name before it, or zeros
    state: str = _choice("carry", STATES)
    order: str = _choice("once", ORDERS)  # how often the list is shuffled
    # the weights that a run without held-out names ends with: those of the checkpoint
    # with the lowest smoothed loss, or of the last one
    keep: str = _choice("best", KEPT)
    time_limit: float = _number(0.0, low=0)  # seconds; 0 is none
    held_out: float = _number(0.0, low=0, high=0.9)  # share of the list
    patience: int = _number(0, low=0, high=10**6)  # checkpoints; 0 is unlimited
    tolerance: float = _number(0.0, low=0)  # change of the loss per pass; 0 is none
    checkpoint_every: int = _number(2_000, low=1, high=10**12)
    samples: int = _number(7, low=0, high=1_000)
    # the update
    optimizer: str = _choice("sgd", OPTIMIZERS)
    learning_rate: float = _number(0.01, low=0)
    momentum: float = _number(0.0, low=0, high=0.9999)  # of sgd
    schedule: str = _choice("constant", SCHEDULES)
    warm_up: int = _number(0, low=0, high=10**9)  # iterations
    clip: float = _number(5.0, low=0)  # 0 is off
    clip_by: str = _choice("value", CLIPS)
    class_weights: str = _choice("none", CLASS_WEIGHTS)
    # regularisation
    dropout: float = _number(0.0, low=0, high=0.95)  # between layers
    embedding_dropout: float = _number(0.0, low=0, high=0.95)
    recurrent_dropout: float = _number(0.0, low=0, high=0.95)
    weight_decay: float = _number(0.0, low=0, high=100)  # of adamw
    anchor: float = _number(0.0, low=0, high=10_000)  # decay to the start, of adamw
    label_smoothing: float = _number(0.0, low=0, high=0.9)  # of converters
    average: float = _number(0.0, low=0, high=0.999999)  # decay of averaged weights
    ngram: int = _number(0, low=0, high=8)  # order of the n-gram model; 0 is none
    ngram_weight: float = _number(0.4, low=0, high=1)  # without held-out names
    fit_ngram_weight: bool = False  # before training, instead of ngram_weight
    word_weight: float = _number(0.0, low=0, high=0.99)  # of whole words of the list
    # what the run starts from, and how names are sampled by default
    init_from: str = _choice("none", PARENTS)
    temperature: float = _number(1.0, low=0, high=100)
    min_p: float = _number(0.0, low=0, high=1)
    min_edits: int = _number(2, low=1, high=2)  # from every name learned

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _checked(self, field))
        if isinstance(self.hidden_size, tuple):
            if self.layers not in (1, len(self.hidden_size)):
                raise _error(
                    "hidden_size",
                    f"{len(self.hidden_size)} sizes do not make {self.layers} layers; "
                    "give one size, or one for each layer",
                )
            object.__setattr__(self, "layers", len(self.hidden_size))
        if self.tied and self.embedding_size != self.sizes[-1]:
            raise _error(
                "tied",
                f"an embedding of {self.embedding_size} cannot be the weights of an "
                f"output from {self.sizes[-1]} units; make the sizes equal",
            )
        if self.carries_state and self.batch_size > 1:
            raise _error(
                "state",
                "'carry' leads from one name to the next, and a batch has "
                f"{self.batch_size:,}; make state 'zero', or batch_size 1",
            )
        self._check_converter()
        for name in _OF_OTHER_TASKS[self.task]:
            value = getattr(self, name)
            if value != type(self).__dataclass_fields__[name].default:
                raise _error(name, f"{_shown(value)} is not for the task {self.task!r}")

    def _check_converter(self) -> None:
        """Raise RecipeError for parts of a converter that do not go together."""
        if self.attention == "dot" and self.bidirectional:
            raise _error(
                "attention",
                "'dot' compares states of one width, and a bidirectional encoder's are "
                "twice as wide; use 'general', or one direction",
            )
        if self.decoder == "ctc" and self.encoder == "none":
            raise _error("encoder", "'none' leaves CTC without a network; use another")
        if self.upsample > 1 and self.decoder != "ctc":
            raise _error("upsample", "frames are repeated for the decoder 'ctc' only")

    @classmethod
    def named(cls, name: str, names: Collection[Sized] = (), **settings: Any) -> Recipe:
        """The recipe of that name for a list of names; `settings` replace its own.

        Raises RecipeError for an unknown name, and as `from_settings` does.
        """
        if name == "classic":
            return cls.classic(**settings)
        if name == "modern":
            return cls.modern(names, **settings)
        raise _error("recipe", f"no {name!r}; there are {', '.join(RECIPES)}")

    @classmethod
    def classic(cls, **settings: Any) -> Recipe:
        """The textbook's: a vanilla RNN and clipped SGD, one name an iteration, which
        starts from the hidden state that the name before it ended in. With a batch size
        above 1, where no name is before another, names start from zeros.
        """
        return cls.from_settings(settings)

    @classmethod
    def modern(cls, names: Collection[Sized], **settings: Any) -> Recipe:
        """The best known recipe for a list of names, or of sequences of numbers.

        It depends on the length of the list, on the task, and on whether a NameList has
        labels; see charnames.recipes.presets.
        """
        task = cls.from_settings({"task": settings.get("task", TASKS[0])}).task
        return cls.from_settings({**MODERN[task](names, settings), **settings})

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Recipe:
        """A recipe from names and values, as they stand in a model file. A batch size
        other than 1 changes the default of `state` to "zero".

        Raises RecipeError for an unknown setting, and for a value that is wrong.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in settings:
            if name not in known:
                hint = did_you_mean(name, known)
                raise RecipeError(f"there is no setting {name!r}{hint}", name)
        generates = settings.get("task", TASKS[0]) == TASKS[0]
        if generates and settings.get("batch_size", 1) != 1:
            settings = {"state": "zero", **settings}
        return cls(**settings)

    @property
    def carries_state(self) -> bool:
        """Whether names start from the last hidden state of the name before them."""
        return self.task == "generate" and self.state == "carry"

    @property
    def keeps_order(self) -> bool:
        """Whether all passes through the list take it in the same order."""
        return self.task == "generate" and self.order == "once"

    @property
    def sizes(self) -> tuple[int, ...]:
        """The hidden units of each layer, the lowest first."""
        if isinstance(self.hidden_size, tuple):
            return self.hidden_size
        return (self.hidden_size,) * self.layers

    def with_network_of(self, other: Recipe) -> Recipe:
        """A copy of the recipe with the network of the other."""
        return dataclasses.replace(
            self, **{name: getattr(other, name) for name in NETWORK}
        )

    def settings(self) -> dict[str, Any]:
        """Every setting of the task by name: the inverse of `from_settings`."""
        settings = dataclasses.asdict(self)
        if self.task != "convert":
            for name in _OF_CONVERTERS:
                del settings[name]
        return settings


def _error(setting: str, text: str) -> RecipeError:
    return RecipeError(f"{setting}: {text}", setting)


def _checked(recipe: Recipe, field: dataclasses.Field[Any]) -> Any:
    """The value of the field. Raises RecipeError for a value that is wrong."""
    value = getattr(recipe, field.name)
    choices = field.metadata.get("choices")
    if choices:
        if value not in choices:
            text = f"{_shown(value)} is none of {', '.join(choices)}"
            raise _error(field.name, text)
        return value
    if isinstance(field.default, bool):
        if not isinstance(value, bool):
            raise _error(field.name, f"{_shown(value)} is neither true nor false")
        return value
    if isinstance(value, list | tuple) and field.metadata["per_layer"]:
        if not 1 <= len(value) <= MOST_LAYERS:
            text = f"{len(value):,} sizes are out of range (1 to {MOST_LAYERS})"
            raise _error(field.name, text)
        return tuple(_checked_number(size, field) for size in value)
    return _checked_number(value, field)


def _checked_number(value: Any, field: dataclasses.Field[Any]) -> float:
    """The value, of the field's type and in its range. Raises RecipeError."""
    whole = isinstance(field.default, int)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        noun = "whole number" if whole else "number"
        raise _error(field.name, f"{_shown(value)} is not a {noun}")
    low, high = field.metadata["low"], field.metadata["high"]
    if not (low <= value <= high and abs(value) <= sys.float_info.max):
        limits = f"at least {low:,}" if high == math.inf else f"{low:,} to {high:,}"
        raise _error(field.name, f"{_shown(value)} is out of range ({limits})")
    return value if whole else float(value)


def _shown(value: Any) -> str:
    """The value as an error message shows it."""
    try:
        return repr(value)
    except ValueError:  # Python's limit on the digits of an integer
        return "a number of very many digits"
