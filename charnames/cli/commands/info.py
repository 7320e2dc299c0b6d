"""charnames info: a description of a model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.options.command import Command, option
from charnames.cli.options.recipe_settings import value_text
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
        "charnames info --model elements --json",
        "charnames info elements --recipe",
    ),
)
@click.argument("name", required=False, metavar="[MODEL]", type=ModelFile())
@model_option()
@option(
    "--recipe",
    is_flag=True,
    is_shared=False,
    help="Print the settings alone, as a file that `charnames train --recipe` takes.",
)
@json_option
@habits()
@with_console
def command(
    console: Console, name: str | None, model: str | None, recipe: bool, json: bool
) -> None:
    """Describe a model: its list, its training, its settings and its weights.

    --json prints one object: file, bytes, version, recipe (the settings), alphabet,
    case, parameters (their number), weights (their shapes), iterations, loss (smoothed,
    in nats per name or example), dataset, names (their number), longest (its number of
    characters), fingerprint (of the list), seed, labels (the number of names of each),
    parent (the model that the run started from, or empty), ngram_weight (the share of
    the n-gram model in the mixture), familiar (the number of names that everybody
    knows, and parts of its names, which it leaves out). The alphabet of a classifier of
    numbers is null.
    """
    if name and model and name != model:
        raise click.UsageError("give one model: as the argument, or with -m/--model")
    path = name or model or model_folder.latest()
    trained = models.load_any(path)
    if recipe and json:
        raise click.UsageError("give --recipe or --json, not both")
    if recipe:
        from charnames.recipes.recipe_file import recipe_text

        console.put(recipe_text(trained.recipe).rstrip("\n"))
    elif json:
        console.put(json_line(_record(path, trained)))
    else:
        console.put("\n".join(map(printable, _lines(path, trained))))


def _record(path: str, model: Trained) -> dict[str, Any]:
    provenance = model.provenance
    return {
        "file": path,
        "bytes": (
            len(model.to_bytes()) if models.is_stdin(path) else os.path.getsize(path)
        ),
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
        "parent": provenance.parent,
        "ngram_weight": model.progress.ngram_weight,
        "familiar": len(getattr(model, "familiar", ())),
    }


def _lines(path: str, model: Trained) -> list[str]:
    record = _record(path, model)
    recipe, weights = record["recipe"], record["weights"]
    loss_unit = TASKS[recipe["task"]].loss_unit
    characters = "vectors" if model.alphabet is None else "characters"
    rows = {
        "model": model_folder.described(path),
        "file": f"{path}, {record['bytes']:,} bytes",
        "version": f"charnames {record['version']}",
        "dataset": f"{model_folder.learned(model)} of at most {record['longest']:,} "
        f"{characters}",
        "fingerprint": record["fingerprint"],
        **_alphabet(model),
        **_labels(record["labels"]),
        "case": record["case"],
        "iterations": f"{record['iterations']:,} of {recipe['iterations']:,}",
        "loss": f"{record['loss']:.2f} nats {loss_unit}, smoothed",
        "seed": record["seed"],
        **({"started from": record["parent"]} if record["parent"] else {}),
        **_mixed(record),
        "recipe": None,
        **{
            f"  {setting.replace('_', '-')}": value_text(value)
            for setting, value in recipe.items()
        },
        "parameters": f"{record['parameters']:,}",
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
    if model.recipe.task == "convert":
        symbols = model.alphabet.split(" ")
        return {"symbols": f"{len(symbols)} of sources: {' '.join(symbols)}"}
    if model.recipe.unit == "word":
        words = model.alphabet.split(" ")
        return {
            "words": f"{len(words):,} and the unknown one: {' '.join(words[:10])} …"
        }
    from charnames.models.language_model import Model

    alphabet = model.alphabet
    marked = isinstance(model, Model) and model.vocabulary.mark is not None
    more = ", the mark of letter case and" if marked else " and"
    return {"alphabet": f"{len(alphabet)} characters{more} the end marker: {alphabet}"}


def _mixed(record: dict[str, Any]) -> dict[str, str]:
    """What the model mixes in and leaves out, where it does."""
    rows = {}
    if record["ngram_weight"]:
        order = record["recipe"]["ngram"]
        rows["mixed with"] = (
            f"an n-gram model of order {order}, {record['ngram_weight']:.0%}"
        )
    if record["familiar"]:
        rows["left out"] = f"{record['familiar']:,} familiar names, and parts of names"
    return rows


def _labels(labels: dict[str, int]) -> dict[str, str]:
    counts = (f"{label} {count:,}" for label, count in labels.items())
    return {"labels": ", ".join(counts)} if labels else {}


def _size(shape: tuple[int, ...]) -> str:
    """The shape of a weight as text.

    >>> _size((100, 27))
    '100 × 27'
    """
    return " × ".join(f"{length:,}" for length in shape)
