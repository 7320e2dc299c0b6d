"""charnames models: the models that can be called by their names."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Any

import click

from charnames.cli.inputs import model_folder
from charnames.cli.options.command import Command
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.cli.tasks.table import TASKS
from charnames.cli.terminal.console import Console, json_line, printable
from charnames.errors import ModelFileError


@click.command(
    cls=Command,
    epilog=examples(
        "charnames models",
        "charnames models --json | head -1",
    ),
)
@json_option
@habits()
@with_console
def command(console: Console, json: bool) -> None:
    """List your models, the one trained last first, and those that come with charnames.

    Of each its name, when it was trained, its loss (smoothed, per name, in nats), and
    the list; a classifier is marked. One that cannot be read is listed too; standard
    error says why it cannot.

    --json prints an object a model: {"model", "file", "bundled" (whether it comes with
    charnames), "trained" (when, in UTC; null for those), "dataset", "names" (how many),
    "iterations", "loss", "task" ("generate" or "classify")}; the last five are null
    where the file cannot be read.
    """
    paths = {name: model_folder.found(name) for name in model_folder.names()}
    width = max(map(len, paths))
    for name, path in paths.items():
        if path is None:  # it was taken away since
            continue
        record = {"model": name, **_record(console, path)}
        console.put(json_line(record) if json else _line(record, width))


def _record(console: Console, path: str) -> dict[str, Any]:
    from charnames.models.loading import load_any

    along = model_folder.comes_along(path)
    trained = (
        None if along else datetime.fromtimestamp(os.path.getmtime(path), timezone.utc)
    )
    provenance = task = None
    try:
        model = load_any(path)
        provenance, task = model.provenance, model.recipe.task
    except ModelFileError as error:
        console.warn(str(error))
    kept = ("dataset", "names", "iterations", "loss")
    return {
        "file": path,
        "bundled": along,
        "trained": trained and trained.isoformat(timespec="seconds"),
        **{key: getattr(provenance, key, None) for key in kept},
        "task": task,
    }


def _line(record: dict[str, Any], width: int) -> str:
    when = "comes with charnames"
    if record["trained"]:
        local = datetime.fromisoformat(record["trained"]).astimezone()
        when = f"{local:%Y-%m-%d %H:%M}"
    what = "cannot be read"
    if record["dataset"]:
        what = (
            f"loss {record['loss']:>6.2f}   {record['names']:,} names of "
            f"{record['dataset']}"
        )
        if noun := TASKS[record["task"]].model_noun:
            what += f", {noun}"
    return printable(f"{record['model']:<{width}}   {when:<20}   {what}")
