"""The settings of a training run, which are checked when a recipe is built."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sized
from dataclasses import dataclass
from typing import Any

from charnames.errors import RecipeError
from charnames.recipes.fields import (
    MOST_LAYERS,
    checked,
    choice,
    number,
    refusal,
    shown,
)
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
    "reverse",
    "members",
)
# For each task the settings that have no meaning for it.
_OF_OTHER_TASKS: dict[str, tuple[str, ...]] = {
    "generate": ("unit", "bidirectional", "pooling", "class_weights", *_OF_CONVERTERS),
    "classify": (
        *("state", "order", "keep"),
        *("tied", "word_weight", "init_from"),
        *("temperature", "min_p", "best_of", "sampling_word_weight", "min_edits"),
        *_OF_CONVERTERS,
    ),
    "convert": (
        *("state", "order", "keep", "fit_ngram_weight"),
        *("unit", "tied", "pooling", "class_weights", "word_weight"),
        *("temperature", "min_p", "best_of", "sampling_word_weight", "min_edits"),
    ),
}
# For each task whose runs can start from another model, the settings of that model that
# they then have.
NETWORKS: dict[str, tuple[str, ...]] = {
    "generate": NETWORK,
    "convert": (
        *("cell", "hidden_size", "layers", "embedding_size", "bidirectional"),
        *("encoder", "decoder", "attention", "members", "upsample", "scale"),
    ),
}
_WITHOUT_BASE = ("convert",)  # of these tasks, those for which there is no base model


def settings_of(task: str) -> tuple[str, ...]:
    """The names of the settings that have a meaning for a task."""
    fields = dataclasses.fields(Recipe)
    return tuple(f.name for f in fields if f.name not in _OF_OTHER_TASKS[task])


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run. The defaults are the classic recipe.

    Raises RecipeError for a value that is out of its range, of another type, or not
    among its choices.
    """

    # the task, and how its inputs are read
    task: str = choice("generate", TASKS)
    unit: str = choice("character", UNITS)  # of texts
    max_vocabulary: int = number(10_000, low=1, high=50_000)  # words
    scale: str = choice("standard", SCALES)  # of sequences of numbers
    source_unit: str = choice("character", SYMBOLS)  # of pairs
    target_unit: str = choice("character", SYMBOLS)
    reverse: bool = False  # whether targets are read, and sources written
    upsample: int = number(1, low=1, high=16)  # frames of a source symbol
    # the network
    cell: str = choice("rnn", CELLS)
    # one size for all layers, or a size for each layer, the lowest first
    hidden_size: int | tuple[int, ...] = number(100, low=1, high=4096, per_layer=True)
    layers: int = number(1, low=1, high=MOST_LAYERS)
    embedding_size: int = number(0, low=0, high=4096)  # 0 is one-hot
    tied: bool = False  # whether the output's weights are the embedding
    start: str = choice("textbook", STARTS)
    bidirectional: bool = False
    pooling: str = choice("last", POOLINGS)  # of classifiers
    encoder: str = choice("recurrent", ENCODERS)  # of converters
    decoder: str = choice("recurrent", DECODERS)
    attention: str = choice("general", ATTENTIONS)
    members: int = number(1, low=1, high=32)  # networks of an ensemble
    # the run
    iterations: int = number(70_000, low=0, high=10**12)
    batch_size: int = number(1, low=1, high=65_536)
    # what a name starts from: the last hidden state of the name before it, or zeros
    state: str = choice("carry", STATES)
    order: str = choice("once", ORDERS)  # how often the list is shuffled
    # the weights that a run without held-out names ends with: those of the checkpoint
    # with the lowest smoothed loss, or of the last one
    keep: str = choice("best", KEPT)
    time_limit: float = number(0.0, low=0)  # seconds; 0 is none
    held_out: float = number(0.0, low=0, high=0.9)  # share of the list
    patience: int = number(0, low=0, high=10**6)  # checkpoints; 0 is unlimited
    tolerance: float = number(0.0, low=0)  # change of the loss per pass; 0 is none
    checkpoint_every: int = number(2_000, low=1, high=10**12)
    samples: int = number(7, low=0, high=1_000)
    # the update
    optimizer: str = choice("sgd", OPTIMIZERS)
    learning_rate: float = number(0.01, low=0)
    momentum: float = number(0.0, low=0, high=0.9999)  # of sgd
    schedule: str = choice("constant", SCHEDULES)
    warm_up: int = number(0, low=0, high=10**9)  # iterations
    clip: float = number(5.0, low=0)  # 0 is off
    clip_by: str = choice("value", CLIPS)
    class_weights: str = choice("none", CLASS_WEIGHTS)
    # regularisation
    dropout: float = number(0.0, low=0, high=0.95)  # between layers
    embedding_dropout: float = number(0.0, low=0, high=0.95)
    recurrent_dropout: float = number(0.0, low=0, high=0.95)
    weight_decay: float = number(0.0, low=0, high=100)  # of adamw
    anchor: float = number(0.0, low=0, high=10_000)  # decay to the start, of adamw
    label_smoothing: float = number(0.0, low=0, high=0.9)  # of converters
    average: float = number(0.0, low=0, high=0.999999)  # decay of averaged weights
    ngram: int = number(0, low=0, high=8)  # order of the n-gram model; 0 is none
    ngram_weight: float = number(0.4, low=0, high=1)  # without held-out names
    # before training, in place of ngram_weight; of classifiers, at most that
    fit_ngram_weight: bool = False
    word_weight: float = number(0.0, low=0, high=0.99)  # of whole words of the list
    # what the run starts from, and how names are sampled by default
    init_from: str = choice("none", PARENTS)
    temperature: float = number(1.0, low=0, high=100)
    min_p: float = number(0.0, low=0, high=1)
    best_of: int = number(1, low=1, high=1_000)  # new names, of which one is kept
    sampling_word_weight: float = number(0.0, low=0, high=0.99)  # 0 is word_weight
    min_edits: int = number(2, low=1, high=2)  # from every name learned

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, checked(self, field))
        if isinstance(self.hidden_size, tuple):
            if self.layers not in (1, len(self.hidden_size)):
                raise refusal(
                    "hidden_size",
                    f"{len(self.hidden_size)} sizes do not make {self.layers} layers; "
                    "give one size, or one for each layer",
                )
            object.__setattr__(self, "layers", len(self.hidden_size))
        if self.tied and self.embedding_size != self.sizes[-1]:
            raise refusal(
                "tied",
                f"an embedding of {self.embedding_size} cannot be the weights of an "
                f"output from {self.sizes[-1]} units; make the sizes equal",
            )
        if self.carries_state and self.batch_size > 1:
            raise refusal(
                "state",
                "'carry' leads from one name to the next, and a batch has "
                f"{self.batch_size:,}; make state 'zero', or batch_size 1",
            )
        self._check_converter()
        for name in _OF_OTHER_TASKS[self.task]:
            value = getattr(self, name)
            if value != type(self).__dataclass_fields__[name].default:
                raise refusal(name, f"{shown(value)} is not for the task {self.task!r}")

    def _check_converter(self) -> None:
        """Raise RecipeError for parts of a converter that do not go together."""
        if self.attention == "dot" and self.bidirectional:
            raise refusal(
                "attention",
                "'dot' compares states of one width, and a bidirectional encoder's are "
                "twice as wide; use 'general', or one direction",
            )
        if self.decoder == "ctc" and self.encoder == "none":
            raise refusal("encoder", "'none' leaves CTC without a network; use another")
        if self.init_from == "base" and self.task in _WITHOUT_BASE:
            raise refusal("init_from", "'base' learned names and no pairs")
        if self.upsample > 1 and self.decoder != "ctc":
            raise refusal("upsample", "frames are repeated for the decoder 'ctc' only")

    @classmethod
    def named(cls, name: str, names: Collection[Sized] = (), **settings: Any) -> Recipe:
        """The recipe of that name for a list of names; `settings` replace its own.

        Raises RecipeError for an unknown name, and as `from_settings` does.
        """
        if name == "classic":
            return cls.classic(**settings)
        if name == "modern":
            return cls.modern(names, **settings)
        raise refusal("recipe", f"no {name!r}; there are {', '.join(RECIPES)}")

    @classmethod
    def classic(cls, **settings: Any) -> Recipe:
        """The textbook recipe: a vanilla RNN and clipped SGD, one name an iteration,
        which starts from the hidden state that the name before it ended in. With a
        batch size above 1, where no name is before another, names start from zeros.
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
        without = _OF_OTHER_TASKS.get(str(settings.get("task", TASKS[0])), ())
        if "state" not in without and settings.get("batch_size", 1) != 1:
            settings = {"state": "zero", **settings}
        return cls(**settings)

    @property
    def carries_state(self) -> bool:
        """Whether names start from the last hidden state of the name before them."""
        return self.state == "carry" and "state" in settings_of(self.task)

    @property
    def keeps_order(self) -> bool:
        """Whether all passes through the list take it in the same order."""
        return self.order == "once" and "order" in settings_of(self.task)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The hidden units of each layer, the lowest first."""
        if isinstance(self.hidden_size, tuple):
            return self.hidden_size
        return (self.hidden_size,) * self.layers

    def with_network_of(self, other: Recipe) -> Recipe:
        """A copy of the recipe with the network of the other."""
        return dataclasses.replace(
            self, **{name: getattr(other, name) for name in NETWORKS[self.task]}
        )

    def settings(self) -> dict[str, Any]:
        """Every setting of the task by name: the inverse of `from_settings`."""
        settings = dict(vars(self))
        for name in {*_OF_CONVERTERS} & {*_OF_OTHER_TASKS[self.task]}:
            del settings[name]
        return settings
