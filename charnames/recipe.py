"""Every setting of a training run, checked when it is built."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from charnames.errors import RecipeError

CELLS = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "adamw")
CLIPS = ("value", "norm")
STARTS = ("textbook", "scaled")
SCHEDULES = ("constant", "linear", "cosine")
RECIPES = ("classic", "modern")
NETWORK = ("cell", "hidden_size", "layers", "embedding_size", "tied")


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

    # the network
    cell: str = _choice("rnn", CELLS)
    hidden_size: int = _setting(100, low=1, high=4096)
    layers: int = _setting(1, low=1, high=16)
    embedding_size: int = _setting(0, low=0, high=4096)  # 0 is one-hot
    tied: bool = False  # the embedding is the output's weights too
    start: str = _choice("textbook", STARTS)
    # the run
    iterations: int = _setting(70_000, low=0, high=10**12)
    batch_size: int = _setting(1, low=1, high=65_536)
    time_limit: float = _setting(0.0, low=0)  # seconds; 0 is none
    held_out: float = _setting(0.0, low=0, high=0.9)  # a share of the list
    patience: int = _setting(0, low=0, high=10**6)  # checkpoints; 0 is for ever
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
        if self.tied and self.embedding_size != self.hidden_size:
            raise RecipeError(
                f"tied: an embedding of {self.embedding_size} cannot be the weights of "
                f"an output from {self.hidden_size} units; make the sizes equal"
            )

    @classmethod
    def named(cls, name: str, names: Collection[str] = (), **settings: Any) -> Recipe:
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
    def modern(cls, names: Collection[str], **settings: Any) -> Recipe:
        """The best that the engine can do with a list of names.

        The fewer symbols it has (its characters and an end marker for each name), the
        smaller the network and the more is done against learning by heart. A long list
        with a time limit trains for all of it; a short one is done sooner.
        """
        symbols = len(names) + sum(map(len, names))
        chosen = next(tier for most, tier in MODERN_TIERS if symbols < most)
        if symbols >= LONG_LIST:
            passes = _PASSES * len(names) // chosen["batch_size"]
            iterations = min(max(passes, _FEWEST), _MOST)
            if settings.get("time_limit"):
                iterations = 10**9
            chosen = {**chosen, "iterations": iterations}
        return cls.from_settings({**_MODERN, **chosen, **settings})

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Recipe:
        """A recipe from names and values, as they stand in a model file.

        Raises RecipeError also for a setting that there is not.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in settings:
            if name not in known:
                from difflib import get_close_matches

                close = get_close_matches(name, known, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise RecipeError(f"there is no setting {name!r}{hint}")
        return cls(**settings)

    def with_network_of(self, other: Recipe) -> Recipe:
        """The recipe with a network like the other's."""
        return dataclasses.replace(
            self, **{name: getattr(other, name) for name in NETWORK}
        )

    def settings(self) -> dict[str, Any]:
        """Every setting by name: the inverse of `from_settings`."""
        return dataclasses.asdict(self)


# The settings of the modern recipe that do not depend on the list.
_MODERN: dict[str, Any] = {
    "embedding_size": 48,
    "start": "scaled",
    "optimizer": "adamw",
    "schedule": "linear",
    "warm_up": 50,
    "clip": 0.0,
    "checkpoint_every": 100,
}

LONG_LIST = 100_000  # symbols
_PASSES, _FEWEST, _MOST = 16, 4_000, 30_000  # through a long list; iterations

# Those that do, by how many symbols the list has less than. Chosen on names held out
# of parts of two lists; README.md says which.
MODERN_TIERS: tuple[tuple[float, dict[str, Any]], ...] = (
    (
        2_500,
        {
            "cell": "gru",
            "hidden_size": 64,
            "batch_size": 32,
            "iterations": 500,
            "learning_rate": 0.015,
            "dropout": 0.5,
            "embedding_dropout": 0.4,
            "recurrent_dropout": 0.4,
            "weight_decay": 1.0,
            "average": 0.98,
            "ngram": 5,
            "ngram_weight": 0.35,
        },
    ),
    (
        20_000,
        {
            "cell": "lstm",
            "hidden_size": 128,
            "batch_size": 32,
            "iterations": 1_200,
            "learning_rate": 0.006,
            "dropout": 0.6,
            "embedding_dropout": 0.2,
            "recurrent_dropout": 0.3,
            "weight_decay": 0.1,
            "average": 0.99,
            "ngram": 6,
            "ngram_weight": 0.4,
        },
    ),
    (
        LONG_LIST,
        {
            "cell": "lstm",
            "hidden_size": 160,
            "batch_size": 64,
            "iterations": 4_000,
            "learning_rate": 0.01,
            "dropout": 0.4,
            "embedding_dropout": 0.1,
            "recurrent_dropout": 0.2,
            "weight_decay": 0.1,
            "average": 0.995,
            "ngram": 6,
            "ngram_weight": 0.3,
        },
    ),
    (
        math.inf,
        {
            "cell": "gru",
            "hidden_size": 256,
            "batch_size": 128,
            "learning_rate": 0.01,
            "dropout": 0.4,
            "recurrent_dropout": 0.15,
            "weight_decay": 0.1,
            "average": 0.999,
            "ngram": 6,
            "ngram_weight": 0.3,
            "checkpoint_every": 200,
        },
    ),
)


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
    whole = field.type == "int"
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
