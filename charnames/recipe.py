"""Every setting of a training run, checked when it is built."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charnames.errors import RecipeError

CELLS = ("rnn", "gru", "lstm")
OPTIMIZERS = ("sgd", "adamw")
CLIPS = ("value", "norm")
STARTS = ("textbook", "scaled")
SCHEDULES = ("constant", "linear", "cosine")
RECIPES = ("classic", "modern")


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

    @classmethod
    def named(cls, name: str, **settings: Any) -> Recipe:
        """The recipe of that name, with `settings` in place of its own."""
        if name not in RECIPES:
            raise RecipeError(f"recipe: no {name!r}; there are {', '.join(RECIPES)}")
        return cls.from_settings(settings)

    @classmethod
    def classic(cls, **settings: Any) -> Recipe:
        """The textbook: a vanilla RNN, 100 units, one name an iteration, clipped SGD."""
        return cls.from_settings(settings)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Recipe:
        """A recipe from names and values, as they stand in a model file.

        Raises RecipeError also for a setting that there is not.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in settings:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise RecipeError(f"there is no setting {name!r}{hint}")
        return cls(**settings)

    def settings(self) -> dict[str, Any]:
        """Every setting by name: the inverse of `from_settings`."""
        return dataclasses.asdict(self)


def _checked(recipe: Recipe, field: dataclasses.Field[Any]) -> Any:
    value = getattr(recipe, field.name)
    choices = field.metadata.get("choices")
    if choices:
        if value not in choices:
            raise RecipeError(
                f"{field.name}: {value!r} is none of {', '.join(choices)}"
            )
        return value
    if field.type == "bool":
        if not isinstance(value, bool):
            raise RecipeError(f"{field.name}: {value!r} is neither true nor false")
        return value
    whole = field.type == "int"
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        wanted = "whole number" if whole else "number"
        raise RecipeError(f"{field.name}: {value!r} is not a {wanted}")
    low, high = field.metadata["low"], field.metadata["high"]
    if not (math.isfinite(value) and low <= value <= high):
        limits = f"at least {low:,}" if high == math.inf else f"{low:,} to {high:,}"
        raise RecipeError(f"{field.name}: {value!r} is out of range ({limits})")
    return value if whole else float(value)
