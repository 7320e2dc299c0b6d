"""charnames info: what a model file is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder
from charnames.cli.options.command import Command
from charnames.cli.options.recipe_settings import shown
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    with_console,
)
from charnames.cli.options.types import ModelFile
from charnames.cli.tasks.table import TASKS
from charnames.cli.terminal.console import Console, json_line, printable

if TYPE_CHECKING:
    from charnames.models.base import Trained


@click.command(
    cls=Command,
    epilog=examples(
        "charnames info",
        "charnames info elements",
        "charnames info --model elements --json",
    ),
)
@click.argument("name", required=False, metavar="[MODEL]", type=ModelFile())
@model_option()
@json_option
@habits()
@with_console
def command(console: Console, name: str | None, model: str | None, json: bool) -> None:
    """Print what a model is: how it was made, from what, and how far it is.

    --json prints one object: file, bytes, version, recipe (setting -> value),
    alphabet, case, parameters (how many), weights (name -> shape), iterations, loss
    (smoothed, per name, in nats), dataset, names, longest, fingerprint, seed, labels
    (label -> how many names have it). A classifier of numbers has a null alphabet.
    """
    from charnames.models.loading import load_any

    if name and model and name != model:
        raise click.UsageError("give one model: as the argument, or with -m/--model")
    path = name or model or model_folder.latest()
    found = load_any(path)
    if json:
        console.put(json_line(_record(path, found)))
    else:
        console.put("\n".join(map(printable, _lines(path, found))))


def _record(path: str, model: Trained) -> dict[str, Any]:
    provenance = model.provenance
    return {
        "file": path,
        "bytes": os.path.getsize(path),
        "version": provenance.version,
        "recipe": model.recipe.settings(),
        "alphabet": model.alphabet,
        "case": model.case,
        "parameters": model.parameters.values.size,
        "weights": model.parameters.shapes,
        "iterations": provenance.iterations,
        "loss": provenance.loss,
        "dataset": provenance.dataset,
        "names": provenance.names,
        "longest": provenance.longest,
        "fingerprint": provenance.fingerprint,
        "seed": provenance.seed,
        "labels": model.labels,
    }


def _lines(path: str, model: Trained) -> list[str]:
    said = _record(path, model)
    recipe, weights = said["recipe"], said["weights"]
    names, characters = ("names", "characters")
    if model.alphabet is None:
        names, characters = ("sequences", "vectors")
    rows = {
        "model": model_folder.described(path),
        "file": f"{path}, {said['bytes']:,} bytes",
        "version": f"charnames {said['version']}",
        "dataset": f"{said['dataset']}: {said['names']:,} {names} of at most "
        f"{said['longest']:,} {characters}",
        "fingerprint": said["fingerprint"],
        **_alphabet(model),
        **_labels(said["labels"]),
        "case": said["case"],
        "iterations": f"{said['iterations']:,} of {recipe['iterations']:,}",
        "loss": f"{said['loss']:.2f} nats {TASKS[recipe['task']].loss_unit}, smoothed",
        "seed": said["seed"],
        "recipe": None,
        **{
            f"  {setting.replace('_', '-')}": shown(value)
            for setting, value in recipe.items()
        },
        "parameters": f"{said['parameters']:,}",
        **{f"  {name}": _size(shape) for name, shape in weights.items()},
    }
    width = max(map(len, rows)) + 3
    return [
        f"{name:<{width}}{'' if value is None else value}".rstrip()
        for name, value in rows.items()
    ]


def _alphabet(model: Trained) -> dict[str, str]:
    if model.alphabet is None:
        return {}
    if model.recipe.unit == "word":
        words = model.alphabet.split(" ")
        return {
            "words": f"{len(words):,} and the unknown one: {' '.join(words[:10])} …"
        }
    alphabet = model.alphabet
    return {"alphabet": f"{len(alphabet)} characters and the end marker: {alphabet}"}


def _labels(labels: dict[str, int]) -> dict[str, str]:
    counted = (f"{label} {count:,}" for label, count in labels.items())
    return {"labels": ", ".join(counted)} if labels else {}


def _size(shape: tuple[int, ...]) -> str:
    """A weight's shape, to read.

    >>> _size((100, 27))
    '100 × 27'
    """
    return " × ".join(f"{length:,}" for length in shape)
