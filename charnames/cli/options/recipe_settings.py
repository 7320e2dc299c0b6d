"""The settings of a recipe as options: one table, a line a setting."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from charnames.cli.options.shared import F, option
from charnames.cli.options.types import Duration, OneOf, Sizes
from charnames.recipes.presets import MODERN_TIERS
from charnames.recipes.recipe import RECIPES, Recipe

# By the recipe's field, which says the kind, the choices and the default.
SETTINGS = {
    "cell": "Kind of recurrent cell.",
    "hidden_size": "Units in a layer; of each, from the lowest: 64,32,32.",
    "layers": "Recurrent layers, one above the other.",
    "embedding_size": "Numbers that stand for a character; 0 is one-hot.",
    "iterations": "Updates of the weights.",
    "batch_size": "Names in an update.",
    "optimizer": "How the weights are updated.",
    "learning_rate": "Size of an update.",
    "clip": "Limit of the gradient; 0 is none.",
    "clip_by": "Limit each value of the gradient, or its norm.",
    "dropout": "Share of what a layer hands up that is left out.",
    "weight_decay": "Pull of the weights towards zero, with adamw.",
    "checkpoint_every": "Iterations from checkpoint to checkpoint.",
    "samples": "Names in a checkpoint's report.",
    "patience": "Checkpoints to wait for a better one on names held out; 0: for ever.",
    "tolerance": "Stop when the loss changes by less from pass to pass; 0 is never.",
    "time_limit": "When to stop: 90, 90s, 3m; 0 is never.",
}

# Those that mean something to classifiers alone.
OF_CLASSIFIERS = {
    "bidirectional": "Read backwards too.",
    "pooling": "Tell the label by the last state, or the mean or highest of all.",
    "class_weights": "Let each label weigh as many names as it has, or the same.",
    "unit": "Read texts by the character, or by the word.",
    "max_vocabulary": "Words to tell apart; rarer ones are one.",
    "scale": "Sequences of numbers: to mean 0 and deviation 1, to 0 to 1, or not.",
}

_KINDS: dict[str, Any] = {
    "int": click.INT,
    "float": click.FLOAT,
    "bool": click.BOOL,
    "hidden_size": Sizes(),
    "time_limit": Duration(),
}


def recipe_options(command: F) -> F:
    """An option for each setting of any recipe; those not given are None."""
    return _options(command, SETTINGS)


def classifier_options(command: F) -> F:
    """An option for each setting of classifiers alone; those not given are None."""
    return _options(command, OF_CLASSIFIERS)


def _options(command: F, table: dict[str, str]) -> F:
    fields = {field.name: field for field in dataclasses.fields(Recipe)}
    for name, text in reversed(table.items()):
        field = fields[name]
        choices = field.metadata.get("choices")
        kind = _KINDS.get(name) or _KINDS.get(str(field.type))
        called = name.replace("_", "-")
        if field.type == "bool":
            called += f"/--no-{called}"
        command = option(
            f"--{called}",
            type=OneOf(choices) if choices else kind,
            default=None,
            help=f"{text} [{defaults(name)}]",
        )(command)
    return command


def defaults(name: str) -> str:
    """What each recipe has for the setting, in a few words.

    >>> defaults("clip_by")
    'value'
    """
    if name in OF_CLASSIFIERS:
        return shown(Recipe.modern((), task="classify").settings()[name])
    values = {
        recipe: shown(Recipe.named(recipe).settings()[name]) for recipe in RECIPES
    }
    if len({tier.get(name) for _, tier in MODERN_TIERS}) > 1:
        values["modern"] = "by the list"
    if len(set(values.values())) == 1:
        return values[RECIPES[0]]
    return ", ".join(f"{recipe}: {value}" for recipe, value in values.items())


def shown(value: Any) -> str:
    """A setting's value, to read.

    >>> shown(70000), shown(5.0), shown("gru"), shown((64, 32))
    ('70,000', '5', 'gru', '64,32')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)
