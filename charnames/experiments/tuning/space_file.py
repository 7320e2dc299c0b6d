"""Files that describe a space to search: settings by name, in TOML or JSON.

batch_size = 32                                        # the same in all trials
cell = ["gru", "lstm"]                                 # choices
hidden_size = [64, 128, [64, 32]]                      # the last: two layers
learning_rate = {low = 1e-3, high = 3e-2, log = true}  # a range, both ends included
"""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any, NamedTuple

from charnames.errors import RecipeError
from charnames.experiments.tuning.space import Choices, Range, Space
from charnames.io.safe_text import shortened
from charnames.recipes.fields import checked, refusal, shown
from charnames.recipes.recipe import Recipe, settings_of
from charnames.recipes.settings_file import (
    Place,
    Settings,
    check_settings,
    read_settings,
)
from charnames.suggestions import did_you_mean

_IN_JSON = '{"cell": ["gru", "lstm"], "learning_rate": {"low": 0.001, "high": 0.03}}'
_KEYS = ("low", "high", "log")  # of a range
# A trial decides what it learns from, and how often it is measured.
_OF_TRIALS = ("task", "held_out", "patience", "checkpoint_every", "samples")
_OF_SAMPLING = ("temperature", "min_p", "min_edits")  # nothing is sampled
_FIELDS = {field.name: field for field in dataclasses.fields(Recipe)}


class SpaceFile(NamedTuple):
    """The settings that all trials have, and those that are searched."""

    fixed: Settings
    space: Space


def read_space(path: str, task: str) -> SpaceFile:
    """What a file says of the settings of a task.

    Raises RecipeError, with file and line, for a file that cannot be read or searches
    nothing, a key that is no setting of the task, and a value, choice or range that the
    setting cannot have.
    """
    file = read_settings(path, "a file of settings to search", _IN_JSON)
    known = [name for name in settings_of(task) if name not in _OF_TRIALS]
    place = Place(file)
    fixed: Settings = {}
    space: dict[str, Range | Choices] = {}
    for name, value in file.values.items():
        if name in _FIELDS and name not in known:
            raise RecipeError(f"{place.of(name)}: {name} is not searched for this task")
        check_settings({name: value}, known, lambda: None, place)
        try:
            values = _searched(name, value)
        except RecipeError as error:
            where, text = place.of(name), shortened(str(error))
            raise RecipeError(f"{where}: {text}", name) from None
        if isinstance(values, Range | Choices):
            space[name] = values
        else:
            fixed[name] = values
    if not space:
        raise RecipeError(
            f"{path}: has no setting to search; give one choices, as in "
            'cell = ["gru", "lstm"], or a range, as in dropout = {low = 0, high = 0.5}'
        )
    return SpaceFile(fixed, space)


def _searched(name: str, value: Any) -> Any:
    """The range or the choices of a setting, or its value if there is only one."""
    if not isinstance(value, dict | list):
        return _valid(name, value)
    if name in _OF_SAMPLING:
        raise refusal(name, "changes only how names are sampled, which is not measured")
    if isinstance(value, dict):
        return _range(name, value)
    choices = tuple(_valid(name, choice) for choice in value)
    if not choices:
        raise refusal(name, "has no choice; give at least one")
    if len(set(map(repr, choices))) < len(choices):
        raise refusal(name, "has a choice twice; give each once")
    return Choices(choices) if len(choices) > 1 else choices[0]


def _range(name: str, value: Settings) -> Range:
    for key in value:
        if key not in _KEYS:
            raise refusal(
                name,
                f"a range has no {key!r}{did_you_mean(key, _KEYS)}; it has "
                "low, high and log",
            )
    if "low" not in value or "high" not in value:
        raise refusal(name, "a range has low and high; give both")
    log = value.get("log", False)
    if not isinstance(log, bool):
        raise refusal(name, f"log: {shown(log)} is neither true nor false")
    field = _FIELDS[name]
    if "low" not in field.metadata:
        raise refusal(name, 'has no range; list its choices, as in ["a", "b"]')
    low, high = _valid(name, value["low"]), _valid(name, value["high"])
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise refusal(name, "a range is of numbers; list sizes of layers as choices")
    if low >= high:
        raise refusal(name, f"low {low:g} is not below high {high:g}")
    if log and low <= 0:
        raise refusal(name, f"a range with log begins above 0, not at {low:g}")
    return Range(low, high, log, isinstance(field.default, int))


def _valid(name: str, value: Any) -> Any:
    """The value, if the setting can have it by itself. Raises RecipeError."""
    return checked(SimpleNamespace(**{name: value}), _FIELDS[name])
