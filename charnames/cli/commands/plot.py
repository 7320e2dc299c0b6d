"""charnames plot: what train and evaluate say with --json, as a picture."""

from __future__ import annotations

import logging
import os
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

import click

from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import examples, habits, with_console
from charnames.cli.options.types import OneOf, OutputFile
from charnames.cli.terminal.console import Console

if TYPE_CHECKING:
    from charnames.cli.plotting.drawing import Draw
    from charnames.cli.plotting.recorded import Evaluation, Run

_WHAT = ("confusion", "roc")


@click.command(
    cls=Command,
    epilog=examples(
        "charnames train --dataset elements --json > run.jsonl",
        "charnames plot run.jsonl -o run.png",
        "charnames plot -o run.svg < run.jsonl",
    ),
)
@click.argument("report", default="-", type=click.Path())
@option(
    "-o",
    "--output",
    type=OutputFile(),
    required=True,
    help="File to write, which ends in .png or .svg.",
)
@option(
    "--what", type=OneOf(_WHAT), help=f"Of an evaluation, what to draw. [{_WHAT[0]}]"
)
@habits()
@with_console
def command(console: Console, report: str, output: str, what: str | None) -> None:
    """Draw training curves, a confusion matrix or ROC curves.

    REPORT, or standard input, is what charnames train --json prints, for its losses and
    accuracies; or what charnames evaluate --json prints of a classifier, for its
    confusion matrix or, with --what roc, the ROC curve of each label against the rest.

    It takes matplotlib: pip install 'charnames[plot]'.
    """
    drawing = _drawing()
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in drawing.SUFFIXES:
        known = " nor in ".join(drawing.SUFFIXES)
        raise click.UsageError(f"-o/--output: {output!r} ends neither in {known}")

    from charnames.cli.plotting.recorded import read

    draw, texts = _plan(drawing, read(console, report), what)
    if suffix == ".png" and (unknown := drawing.missing(texts)):
        console.warn(
            f"a .png's font has no {unknown[:10]}, and shows boxes; an .svg leaves the "
            "font to whoever opens it"
        )
    _write(output, drawing.picture(draw, suffix))
    console.say(f"saved {output}")


def _drawing() -> ModuleType:
    """The room that draws. Fails where matplotlib is not there."""
    os.environ["MPLBACKEND"] = "agg"  # whatever it was: no window is opened
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        from charnames.cli.plotting import drawing
    except ImportError as error:
        raise click.ClickException(
            f"plots are drawn by matplotlib ({error}); get it with: "
            "pip install 'charnames[plot]'"
        ) from None
    return drawing


def _plan(
    drawing: ModuleType, found: Run | Evaluation, what: str | None
) -> tuple[Draw, list[str]]:
    """What draws it, and its texts."""
    from charnames.cli.plotting.recorded import Run

    if isinstance(found, Run):
        if what:
            raise click.UsageError("--what goes with an evaluation; this is a run")
        return partial(drawing.training_curves, run=found), [found.title]
    if what == "roc":
        if not found.curves:
            raise click.ClickException(
                "there is no ROC curve to draw: all the examples have one label"
            )
        return partial(drawing.roc_curves, found=found), found.labels
    return partial(drawing.confusion_matrix, found=found), found.labels


def _write(output: str, picture: bytes) -> None:
    """Write the file whole, or leave what was there."""
    from charnames.io import files

    try:
        target = files.find_target(output)
        files.write(target, [picture])
        files.flush_folder(target)
    except OSError as error:
        raise click.ClickException(
            f"{output}: cannot be written ({files.reason(error)})"
        ) from None
