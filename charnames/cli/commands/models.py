"""charnames models: a list of the user's models and of the included ones."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Any

import click

from charnames.cli.inputs import model_folder
from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    with_console,
)
from charnames.cli.options.types import ModelFile
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
@option(
    "--remove",
    type=ModelFile(),
    metavar="NAME",
    heading="Output",
    help="Delete your model of this name.",
)
@json_option
@habits()
@with_console
def command(console: Console, remove: str | None, json: bool) -> None:
    """List your models, the latest first, and the models that come with charnames.

    Each line has a model's name, the time of its training, its loss (smoothed, in nats
    per name or example) and the list that it learned. A model file that cannot be read
    is listed too, with a warning on standard error.

    A run of `charnames train` saves its checkpoints as NAME-unfinished. When it takes
    the name, the model that had the name becomes NAME-previous; or NAME-stopped, if its
    own run was stopped and there is a NAME-previous already.

    --json prints an object for each model: {"model", "file", "bundled" (whether it
    comes with charnames), "trained" (a time in UTC, or null for a bundled model),
    "dataset", "names" (their number), "iterations", "loss", "task" ("generate",
    "classify" or "convert")}. The last five are null if the file cannot be read.
    """
    if remove:
        _remove(console, remove)
        return
    paths = {name: model_folder.find(name) for name in model_folder.names()}
    width = max(map(len, paths))
    for name, path in paths.items():
        if path is None:  # the file was deleted just now
            continue
        record = {"model": name, **_record(console, path)}
        console.put(json_line(record) if json else _line(record, width))


def _remove(console: Console, path: str) -> None:
    """Delete the user's own model. Raises click.UsageError for another one."""
    if model_folder.is_bundled(path):
        raise click.UsageError("--remove: that one comes with charnames, and stays")
    if model_folder.name_of(path) == path:
        raise click.UsageError(
            f"--remove: {path!r} is a path; give the name of a model in your folder"
        )
    try:
        os.unlink(path)
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be removed ({error.strerror})") from None
    console.say(f"removed {path}")


def _record(console: Console, path: str) -> dict[str, Any]:
    from charnames.models.loading import load_any

    bundled = model_folder.is_bundled(path)
    trained = (
        None
        if bundled
        else datetime.fromtimestamp(os.path.getmtime(path), timezone.utc)
    )
    provenance = task = None
    try:
        model = load_any(path)
        provenance, task = model.provenance, model.recipe.task
    except ModelFileError as error:
        console.warn(str(error))
    fields = ("dataset", "names", "iterations", "loss")
    return {
        "file": path,
        "bundled": bundled,
        "trained": trained and trained.isoformat(timespec="seconds"),
        **{key: getattr(provenance, key, None) for key in fields},
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
