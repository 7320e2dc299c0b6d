"""The settings of a recipe as options, in one table."""

from __future__ import annotations

import dataclasses
from collections.abc import Sized
from functools import cache
from typing import Any, NamedTuple

import click

from charnames.cli.options.command import F, option
from charnames.cli.options.number_types import Duration, Sizes
from charnames.cli.options.types import OneOf, ParentModel
from charnames.recipes.converter_presets import CONVERTER_TIERS
from charnames.recipes.converter_presets import LONG_LIST as LONG_PAIR_LIST
from charnames.recipes.presets import LONG_LIST, MODERN_TIERS, NETWORK
from charnames.recipes.recipe import RECIPES, UNITS, Recipe


class Setting(NamedTuple):
    """The heading and the help of the option for a setting.

    tasks: the tasks whose models have the setting, empty for all.
    """

    heading: str
    help: str
    tasks: tuple[str, ...] = ()


_GENERATE, _CLASSIFY, _CONVERT = ("generate",), ("classify",), ("convert",)


# The type, the choices and the default of each are those of the recipe's field.
SETTINGS = {
    "unit": Setting("What to learn", "Read texts by character or by word.", _CLASSIFY),
    "max_vocabulary": Setting(
        "What to learn",
        "Number of words in the vocabulary; all rarer words count as one.",
        _CLASSIFY,
    ),
    "scale": Setting(
        "What to learn",
        "Scale numbers to mean 0 and deviation 1 (standard), to 0 to 1 (unit), or not.",
        _CLASSIFY + _CONVERT,
    ),
    "source_unit": Setting(
        "What to learn",
        "Read sources by character, or by the symbols between blanks.",
        _CONVERT,
    ),
    "reverse": Setting(
        "What to learn",
        "Learn the other direction: read the targets, write the sources.",
        _CONVERT,
    ),
    "target_unit": Setting(
        "What to learn",
        "Write targets by character, or by the symbols between blanks.",
        _CONVERT,
    ),
    "cell": Setting("Network", "Kind of recurrent cell."),
    "hidden_size": Setting(
        "Network", "Hidden units of each layer; or of every layer: 64,32,32."
    ),
    "layers": Setting("Network", "Number of recurrent layers."),
    "embedding_size": Setting("Network", "Size of an embedding; 0 is one-hot."),
    "bidirectional": Setting(
        "Network", "Read backwards as well as forwards.", _CLASSIFY + _CONVERT
    ),
    "pooling": Setting(
        "Network",
        "Classify by the last hidden state, or the mean or max of all.",
        _CLASSIFY,
    ),
    "encoder": Setting(
        "Network", "Encode sources, or attend to vectors as they are (none).", _CONVERT
    ),
    "decoder": Setting(
        "Network", "Write targets step by step, or frame by frame (ctc).", _CONVERT
    ),
    "attention": Setting(
        "Network",
        "Attention by a learned product (general), by a scaled one (dot), or none.",
        _CONVERT,
    ),
    "upsample": Setting(
        "Network", "Frames for each symbol of a source, with --decoder ctc.", _CONVERT
    ),
    "members": Setting(
        "Network",
        "Networks of an ensemble: their predictions are averaged, in one file.",
        _CONVERT,
    ),
    "dropout": Setting("Network", "Dropout rate between layers."),
    "iterations": Setting("Training", "Number of updates of the weights."),
    "batch_size": Setting("Training", "Number of names in an update."),
    "state": Setting(
        "Training",
        "Start each name from the last hidden state of the name before it (carry; it "
        "needs --batch-size 1: with more the default is zero), or from zeros.",
        _GENERATE,
    ),
    "order": Setting(
        "Training",
        "Shuffle the list once for all passes through it, or for each pass.",
        _GENERATE,
    ),
    "learning_rate": Setting("Training", "Learning rate."),
    "optimizer": Setting("Training", "Optimizer."),
    "weight_decay": Setting("Training", "Weight decay of adamw."),
    "clip": Setting("Training", "Limit to clip the gradient to; 0 is no clipping."),
    "clip_by": Setting(
        "Training", "Clip each value of the gradient, or its global norm."
    ),
    "class_weights": Setting(
        "Training",
        "Weight labels by their examples, or all equally (balanced).",
        _CLASSIFY,
    ),
    "label_smoothing": Setting(
        "Training", "Share of the loss that counts all symbols alike.", _CONVERT
    ),
    "ngram": Setting(
        "Network",
        "Order of the n-gram model that is mixed in; 0 is none.",
        _CLASSIFY + _CONVERT,
    ),
    "time_limit": Setting(
        "Stopping", "Stop training after this time: 90, 90s, 3m; 0 is no limit."
    ),
    "patience": Setting(
        "Stopping",
        "Stop after so many checkpoints without a better loss on what --held-out "
        "leaves out; 0 never stops.",
    ),
    "tolerance": Setting(
        "Stopping",
        "Stop when the loss changes by less from one pass to the next; 0 never stops.",
    ),
    "keep": Setting(
        "Output",
        "Weights to save where no names are held out: those of the checkpoint with the "
        "lowest loss, or the last ones.",
        _GENERATE,
    ),
    "checkpoint_every": Setting("Output", "Iterations between checkpoints."),
    "samples": Setting("Output", "Names to sample at each checkpoint."),
}

# The types of options: of most by the type of the default, of some by name.
_TYPES: dict[type, object] = {
    int: click.INT,
    float: click.FLOAT,
    bool: click.BOOL,
}
_OWN_TYPES: dict[str, object] = {"hidden_size": Sizes(), "time_limit": Duration()}


def _init_from_option(command: F) -> F:
    command = option(
        "--init-from",
        type=ParentModel(),
        metavar="base|none|MODEL",
        heading="Training",
        help="Start from the weights of this model, with its network, or from random "
        "ones. base comes with charnames and knows names of many languages and kinds; "
        "a converter starts from another converter. "
        "[classic: none; modern: base, if the list is not long and has Latin, Greek or "
        "Cyrillic letters]",
    )(command)
    return command


def recipe_options(command: F) -> F:
    """Add an option for each setting of a language model; None by default."""
    return _options(_init_from_option(command), all_tasks=False)


def all_recipe_options(command: F) -> F:
    """Add an option for each setting of any model; None by default."""
    return _options(_init_from_option(command), all_tasks=True)


def _options(command: F, all_tasks: bool) -> F:
    fields = {field.name: field for field in dataclasses.fields(Recipe)}
    for name, setting in reversed(SETTINGS.items()):
        if setting.tasks and not all_tasks and setting.tasks != _GENERATE:
            continue
        field = fields[name]
        choices = field.metadata.get("choices")
        kind = _OWN_TYPES.get(name) or _TYPES.get(type(field.default))
        flag = f"--{name.replace('_', '-')}"
        if isinstance(field.default, bool):
            flag += f"/--no-{name.replace('_', '-')}"
        command = option(
            flag,
            type=OneOf(choices) if choices else kind,
            default=None,
            heading=setting.heading,
            help=f"{setting.help} [{defaults(name, all_tasks)}]",
        )(command)
    return command


def defaults(name: str, all_tasks: bool = True) -> str:
    """The value of a setting in each recipe, and for other tasks if it differs.

    >>> defaults("clip_by")
    'value; classify: norm; convert: norm'
    >>> defaults("clip", all_tasks=False)
    'classic: 5; modern: 0'
    """
    classic = _values([Recipe.classic()], name)
    modern = _values(_modern_recipes(own_network=name in NETWORK), name)
    of_tasks = {task: _values(recipes(), name) for task, recipes in _OF_TASKS.items()}
    tasks = SETTINGS[name].tasks if name in SETTINGS else ()
    if tasks and tasks != _GENERATE:
        values = dict.fromkeys(of_tasks[task] for task in tasks)
        if len(values) == 1:
            return next(iter(values))
        return "; ".join(f"{task}: {of_tasks[task]}" for task in tasks)
    text = classic
    if modern != classic:
        text = f"{RECIPES[0]}: {classic}; {RECIPES[1]}: {modern}"
    for task, value in of_tasks.items() if all_tasks and not tasks else ():
        if value != modern:
            text += f"; {task}: {value}"
    return text


@cache
def _modern_recipes(own_network: bool) -> list[Recipe]:
    """The modern recipe for a list of each length that it distinguishes, from random
    weights, and from the base model, unless a network of its own is asked for.
    """
    lengths = [int(min(symbols, 2 * LONG_LIST)) - 2 for symbols, _ in MODERN_TIERS]
    return [
        Recipe.modern(["a" * length], init_from=parent)
        for length in lengths
        for parent in ("none", "base")[: 1 if own_network else 2]
    ]


@cache
def _classifier_recipes() -> list[Recipe]:
    """The recipes for classifiers of few names, of many names, and of vectors."""
    lists: list[list[Sized]] = [["a"], ["a"] * 10_000, [(0,)]]
    units = [{}, {"unit": "word"}]
    return [
        dataclasses.replace(
            Recipe.modern(examples, task="classify", **unit), unit=UNITS[0]
        )
        for examples in lists
        for unit in units
    ]


@cache
def _converter_recipes() -> list[Recipe]:
    """The recipes for lists of each number of pairs that they distinguish."""
    numbers = [int(min(n, 2 * LONG_PAIR_LIST)) - 1 for n, *_ in CONVERTER_TIERS]
    return [Recipe.modern(["a"] * n, task="convert") for n in (1, *numbers)]


# The recipes of the tasks other than generating names.
_OF_TASKS = {"classify": _classifier_recipes, "convert": _converter_recipes}


def _values(recipes: list[Recipe], name: str) -> str:
    """The value of a setting in the recipes, or both of its two values."""
    values = dict.fromkeys(value_text(getattr(recipe, name)) for recipe in recipes)
    return " or ".join(values) if len(values) <= 2 else "by the list"


def value_text(value: Any) -> str:
    """The value of a setting as text.

    >>> value_text(70000), value_text(5.0), value_text("gru"), value_text((64, 32))
    ('70,000', '5', 'gru', '64,32')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)
