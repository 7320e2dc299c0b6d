"""charnames report: a page about a model."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import lists, model_folder, models
from charnames.cli.inputs.lists import ListSource
from charnames.cli.options.command import Command, option
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.shared import (
    examples,
    habits,
    model_option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, ModelFile, OutputFile
from charnames.cli.plotting.extra import needing
from charnames.cli.tables import model as model_tables
from charnames.cli.tasks.base import ReportRequest
from charnames.cli.tasks.table import TASKS
from charnames.cli.terminal.console import Console
from charnames.cli.terminal.output_files import write_whole

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.experiments.plotting.records import RecordedRun
    from charnames.experiments.report.contents import Page, Section
    from charnames.models.base import Trained


@click.command(
    cls=Command,
    epilog=examples(
        "charnames report elements -o report.html",
        "charnames train --dataset elements --json > run.jsonl",
        "charnames report elements --training run.jsonl -o report.html",
    ),
)
@click.argument("name", required=False, metavar="[MODEL]", type=ModelFile())
@model_option()
@option(
    "-o",
    "--output",
    type=OutputFile(),
    required=True,
    help="File to write: a page of HTML.",
)
@option(
    "--against",
    type=Dataset(),
    help="Names, examples with labels, or pairs to measure the model on, which it has "
    "not learned.",
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    multiple=True,
    help="The list that the model learned, if it has moved. Several are joined.",
)
@list_format_options("General")
@option(
    "--training",
    type=click.Path(),
    metavar="REPORT",
    help="What `charnames train --json` printed of the model's run.",
)
@seed_option("General", default="0")
@habits()
@with_console
def command(
    console: Console,
    /,
    name: str | None,
    model: str | None,
    output: str,
    against: str | None,
    dataset: tuple[str, ...],
    list_format: FileFormat,
    training: str | None,
    seed: int | None,
) -> None:
    """Make a page about a model: how it learned, what it writes, how good that is.

    The page has the settings and the curves of the run; names at its checkpoints, new
    names beside the nearest learned ones, lengths and letters beside the list's; losses
    beside the baselines of `charnames evaluate`; and the letter embeddings in two
    dimensions. Of a classifier it has the confusion matrix and ROC curves, of a
    converter alignments and the worst errors. It is one file that opens offline, light
    or dark as the reader's screen is.

    It needs matplotlib and Jinja2: pip install 'charnames[report]'.
    """
    if name and model and name != model:
        raise click.UsageError("give one model: as the argument, or with -m/--model")
    with needing("the page is made by matplotlib and Jinja2", "report"):
        from charnames.experiments.report.letters import letters_section
        from charnames.experiments.report.page import render
        from charnames.experiments.report.training import training_section

    path = name or model or model_folder.latest()
    trained = models.load_any(path)
    if not (name or model):
        console.say(model_folder.default_line(path))
    run = _recorded(console, training, trained) if training else None
    source = ListSource(dataset, list_format)
    request = ReportRequest(
        source.at(against) if against else None,
        source if dataset else None,
        list_format,
        seed or 0,
    )
    sections = TASKS[trained.recipe.task].report_sections(console, trained, request)
    sections = [_facts(path, trained), training_section(trained, run), *sections]
    sections.append(letters_section(trained))
    write_whole(output, render(_page(path, trained, sections)))
    console.say(f"saved {output}")


def _recorded(console: Console, report: str, model: Trained) -> RecordedRun:
    """The run that a saved report is of. Raises click.ClickException if it is none, or
    the run of another model.
    """
    from charnames.cli.plotting.recorded import read_reports

    lists.await_writer(console, report)
    runs = read_reports(console, [report]).runs
    if len(runs) != 1:
        raise click.ClickException(f"{report}: give the report of one training run")
    own = {"list": model.provenance.dataset, "seed": str(model.provenance.seed)}
    for setting, value in own.items():
        other = runs[0].settings.get(setting, value)
        if other != value:
            raise click.ClickException(
                f"{report}: is of a run with the {setting} {other}, and the model has "
                f"the {setting} {value}"
            )
    return runs[0]


def _page(path: str, model: Trained, sections: Sequence[Section]) -> Page:
    """The page, with some figures at its head."""
    from charnames.experiments.report.contents import Page

    provenance = model.provenance
    title = "a model" if models.is_stdin(path) else os.path.basename(path)
    return Page(
        title=title.removesuffix(model_folder.SUFFIX),
        summary=f"Learned from {model_folder.learned(model)}.",
        figures={
            "weights": f"{model.parameters.values.size:,}",
            "iterations": f"{provenance.iterations:,}",
            f"nats {TASKS[model.recipe.task].loss_unit}, smoothed loss": (
                f"{provenance.loss:.2f}"
            ),
            "seed": str(provenance.seed),
        },
        sections=sections,
    )


def _facts(path: str, model: Trained) -> Section:
    """What the model is, and how it was trained."""
    from charnames.experiments.report.contents import Section, Table

    facts = model_tables.facts(path, model)
    del facts["file"]  # nobody else has it there
    settings, weights = model_tables.settings(model), model_tables.weights(model)
    return Section(
        "The model",
        [
            Table((), list(facts.items()), texts=2),
            Table((), list(settings.items()), texts=2, summary="Settings"),
            Table((), list(weights.items()), texts=2, summary="Weights"),
        ],
    )
