"""What a model file says of its model, as text or as a JSON object."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from charnames.cli.inputs import model_folder, models
from charnames.cli.options.recipe_settings import value_text
from charnames.cli.tasks.table import TASKS

if TYPE_CHECKING:
    from charnames.models.base import Trained


def record(path: str, model: Trained) -> dict[str, Any]:
    """What `info --json` prints."""
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


def lines(path: str, model: Trained) -> list[str]:
    """The facts, the settings and the weights as lines of text."""
    rows = {
        **facts(path, model),
        "recipe": None,
        **{f"  {name}": value for name, value in settings(model).items()},
        "parameters": f"{model.parameters.values.size:,}",
        **{f"  {name}": size for name, size in weights(model).items()},
    }
    width = max(map(len, rows)) + 3
    return [
        f"{name:<{width}}{'' if value is None else value}".rstrip()
        for name, value in rows.items()
    ]


def facts(path: str, model: Trained) -> dict[str, str]:
    """What the model is and where it came from, by what it is called."""
    described = record(path, model)
    recipe = described["recipe"]
    task = TASKS[recipe["task"]]
    characters = "vectors" if model.alphabet is None else "characters"
    return {
        "model": model_folder.described(path),
        "file": f"{path}, {described['bytes']:,} bytes",
        "version": f"charnames {described['version']}",
        "dataset": f"{model_folder.learned(model)} of at most "
        f"{described['longest']:,} {characters}",
        "fingerprint": described["fingerprint"],
        **task.alphabet_rows(model),
        **_labels(described["labels"]),
        "case": described["case"],
        "iterations": f"{described['iterations']:,} of {recipe['iterations']:,}",
        "loss": f"{described['loss']:.2f} nats {task.loss_unit}, smoothed",
        "seed": str(described["seed"]),
        **({"started from": described["parent"]} if described["parent"] else {}),
        **_mixed(described),
    }


def settings(model: Trained) -> dict[str, str]:
    """The settings of the recipe, by the names of their options."""
    return {
        name.replace("_", "-"): value_text(value)
        for name, value in model.recipe.settings().items()
    }


def weights(model: Trained) -> dict[str, str]:
    """The shape of each weight, by its name."""
    return {name: _size(shape) for name, shape in model.parameters.shapes.items()}


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
