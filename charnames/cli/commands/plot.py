"""charnames plot: pictures of what other commands print with --json."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import lists
from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import examples, habits, with_console
from charnames.cli.options.types import OneOf, OutputFile
from charnames.cli.plotting.extra import needing
from charnames.cli.terminal.console import Console
from charnames.cli.terminal.output_files import write_whole

if TYPE_CHECKING:
    from charnames.cli.plotting.recorded import Recorded
    from charnames.experiments.plotting.drawing import Draw
    from charnames.experiments.plotting.records import RecordedAttention, RecordedRun

_WHAT = ("confusion", "roc", "attention")


@click.command(
    cls=Command,
    epilog=examples(
        "charnames train --dataset elements --json > run.jsonl",
        "charnames plot -o run.svg < run.jsonl",
        "charnames plot run.jsonl run.jsonl -o run.png",
    ),
)
@click.argument("reports", nargs=-1, metavar="[REPORT]...", type=click.Path())
@option(
    "-o",
    "--output",
    type=OutputFile(),
    required=True,
    help="File to write, which ends in .png or .svg.",
)
@option(
    "--what",
    type=OneOf(_WHAT),
    help=f"What to draw: of an evaluation {_WHAT[0]} (the default) or {_WHAT[1]}, of "
    f"conversions {_WHAT[2]}.",
)
@habits()
@with_console
def command(
    console: Console, reports: tuple[str, ...], output: str, what: str | None
) -> None:
    """Draw training curves, a confusion matrix, ROC curves or attention.

    REPORT, or standard input, is the output of `charnames train --json`, of which the
    losses and accuracies are drawn, those of several runs with what differs between
    them; or that of `charnames evaluate --json` for a
    classifier, of which the confusion matrix is drawn or, with --what roc, the ROC
    curve of each label against the rest; or that of `charnames convert --json`, of
    which it is drawn what each symbol of a target attends to.

    Drawing needs matplotlib: pip install 'charnames[plot]'.
    """
    reports = reports or ("-",)
    if not all(reports):
        raise click.UsageError("give the file of a report, or - for standard input")
    if reports.count("-") > 1:
        raise click.UsageError("standard input can be only one of the reports")
    with needing("plots are drawn by matplotlib", "plot"):
        from charnames.experiments.plotting import drawing
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in drawing.SUFFIXES:
        suffixes = " nor in ".join(drawing.SUFFIXES)
        raise click.UsageError(f"-o/--output: {output!r} ends neither in {suffixes}")

    from charnames.cli.plotting.recorded import read_reports

    for report in reports:
        lists.await_writer(console, report)
    draw, texts = _plan(read_reports(console, reports), what)
    if suffix == ".png" and (unknown := drawing.missing(texts)):
        console.warn(
            f"the font of a .png has no {unknown[:10]}, and shows boxes; an .svg is "
            "shown in the viewer's own fonts"
        )
    write_whole(output, drawing.image_bytes(draw, suffix))
    console.say(f"saved {output}")


def _plan(recorded: Recorded, what: str | None) -> tuple[Draw, list[str]]:
    """The function that draws what the reports hold, and the texts that it writes."""
    from charnames.experiments.plotting import classification

    if recorded.runs:
        if what:
            raise click.UsageError("--what does not go with a run of training")
        return _plan_of_runs(recorded.runs)
    if recorded.conversions:
        return _attention_plan(recorded.conversions, what)
    (report,) = recorded.evaluations
    if what == "attention":
        raise click.UsageError("--what attention goes with the output of convert")
    if what == "roc":
        if not report.curves:
            raise click.ClickException(
                "there is no ROC curve to draw: all the examples have one label"
            )
        draw = partial(classification.draw_roc_curves, evaluation=report)
        return draw, report.labels
    draw = partial(classification.draw_confusion_matrix, evaluation=report)
    return draw, report.labels


def _plan_of_runs(runs: list[RecordedRun]) -> tuple[Draw, list[str]]:
    from charnames.experiments.plotting import curves

    if len(runs) == 1:
        return partial(curves.draw_training_curves, run=runs[0]), [runs[0].title]
    texts = [*(run.title for run in runs), *curves.run_labels(runs)]
    return partial(curves.draw_runs, runs=runs), texts


def _attention_plan(
    conversions: list[RecordedAttention], what: str | None
) -> tuple[Draw, list[str]]:
    from charnames.experiments.plotting import attention

    if what not in (None, "attention"):
        raise click.UsageError(f"--what {what} goes with an evaluation of a classifier")
    texts = [s for part in conversions for s in (*part.source, *part.target)]
    return partial(attention.draw_attention, conversions=conversions), texts
