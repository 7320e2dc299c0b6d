"""charnames sample: new names, one on each line."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli.inputs import model_folder, models
from charnames.cli.inputs.label_weights import read_label_weights
from charnames.cli.inputs.lists import ListSource, read
from charnames.cli.options.command import Command, option
from charnames.cli.options.constraints import constraint_options
from charnames.cli.options.executor import executor_options
from charnames.cli.options.list_format import list_format_options
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, Label, OutputFile
from charnames.cli.tables.samples import Lines, nearest_of
from charnames.cli.terminal.console import Console, output_writer
from charnames.cli.terminal.quoting import quoted

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.evaluation.nearest import Nearest
    from charnames.experiments.executors import Executor
    from charnames.generation.sampler import Names
    from charnames.models.language_model import Model

_SAMPLING_OPTIONS = ("temperature", "top_k", "top_p", "min_p", "best_of", "unique")


def _not_a_model(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    if value and value.endswith(model_folder.SUFFIX):
        raise click.BadParameter(
            f"{value!r} is the name of a model; -o is for the names, -m for the model"
        )
    return value


@click.command(
    cls=Command,
    epilog=examples(
        "charnames sample -n 10",
        "charnames sample --prefix Al --suffix ium --max-length 9",
        "charnames sample -m elements --best 5 --match '[aeiou]??*' --json",
    ),
)
@model_option("What to write")
@option(
    "-n",
    "--count",
    type=int,
    default=10,
    show_default=True,
    heading="What to write",
    help="Number of names.",
)
@option(
    "--label",
    "labels",
    type=Label(),
    multiple=True,
    metavar="LABEL[:WEIGHT]",
    heading="What to write",
    help="Generate names of this label, if the model learned labels; given several "
    "times, a blend by weight. [default: labels as frequent as in the list]",
)
@option(
    "--best",
    type=int,
    metavar="N",
    heading="What to write",
    help="Print the N most probable names with their bits, instead of sampling.",
)
@seed_option("What to write")
@constraint_options
@option(
    "--temperature",
    type=float,
    heading="Choice of characters",
    help="Below 1 sharpens the distribution of the next character; 0 is greedy. "
    "[default: the model's; and its min-p, without --suffix, --contains, --match and "
    "--regex; see `charnames info`; where these have too few names, 1]",
)
@option(
    "--best-of",
    type=int,
    metavar="N",
    heading="Choice of names",
    help="Keep of every N new names the most probable one, among names of its length, "
    "beginning and ending: more make names safer, 1 keeps all. [default: the model's; "
    "with an option of the choice of characters, 1]",
)
@option(
    "--top-k",
    type=int,
    heading="Choice of characters",
    help="Sample from the K most probable characters only.",
)
@option(
    "--top-p",
    type=float,
    heading="Choice of characters",
    help="Sample from the most probable characters with this total probability only.",
)
@option(
    "--min-p",
    type=float,
    heading="Choice of characters",
    help="Sample from characters with at least this share of the probability of the "
    "most probable one only.",
)
@option(
    "--novel/--known",
    default=True,
    show_default=True,
    heading="Novelty",
    help="Leave out names that the model learned from, or allow them.",
)
@option(
    "--unique/--repeats",
    default=True,
    show_default=True,
    heading="Novelty",
    help="Leave out repeats (of the first 16,777,216 names), or allow them; with "
    "--known, names come as often as the model learned them.",
)
@option(
    "--min-edits",
    type=int,
    heading="Novelty",
    help="Least number of edits from every name that the model learned from: 2 leaves "
    "out near-copies, which are one edit from one or have all characters but one in "
    "common with it, in order. [default: the model's]",
)
@option(
    "--max-run",
    type=int,
    metavar="N",
    heading="Novelty",
    help="Most times that one character stands in a row. [default: as in the list]",
)
@option(
    "--any-form",
    is_flag=True,
    heading="Novelty",
    help="Allow names of another form than those learned: shorter, with longer runs of "
    "a character, more or fewer words, a repeated word, or marks, joiners and final "
    "letters where the list has none; and --min-edits 1.",
)
@option(
    "--avoid",
    type=Dataset(),
    multiple=True,
    heading="Novelty",
    help="A list of names to leave out, and of patterns: damn* for the beginning of a "
    "name, *damn for its end, *damn* for any part. Several lists add up.",
)
@option(
    "--avoid-within",
    is_flag=True,
    heading="Novelty",
    help="Also leave out names that contain a name of --avoid.",
)
@list_format_options("Novelty", numbers=False)
@option(
    "-o",
    "--output",
    type=OutputFile(),
    callback=_not_a_model,
    heading="Output",
    help="File to write the names to. [default: standard output]",
)
@json_option
@executor_options(
    "Output", "Number of processes that draw names; the names do not depend on it."
)
@option(
    "--nearest",
    type=Dataset(),
    heading="Output",
    help="Print after each name a tab, the nearest name of this list, a tab, and the "
    "number of edits between them.",
)
@habits()
@with_console
def command(
    console: Console,
    /,
    model: str | None,
    labels: tuple[str, ...],
    count: int,
    seed: int | None,
    avoid: tuple[str, ...],
    list_format: FileFormat,
    best: int | None,
    executor: Executor,
    output: str | None,
    json: bool,
    nearest: str | None,
    **options: Any,
) -> None:
    """Sample new names from a model, and print one on each line.

    Names are as frequent as the model makes them among the names that meet every
    constraint; constraints ignore case where the model folds it. If there are fewer
    names than asked for, those found are printed and the exit status is 1: after 65,536
    tries in a row without a name (fewer with a --min-length of 64 or more), or a
    million with fewer than one in a thousand.

    --best prints names in order of their exact probability, each after its number of
    bits: a name that is half as probable takes one bit more.

    --json prints an object for each name: {"name", "nats", "known"}, where nats is the
    negative log probability and known says whether the model learned from the name.
    With --nearest LIST it also has "nearest", the name of that list with the smallest
    edit distance, and "edits", that distance.
    """
    from charnames.random_streams import fresh_seed

    _check_usage(click.get_current_context())
    path = model or model_folder.latest_writer()
    trained = models.load(path)
    if labels:
        trained = trained.for_label(read_label_weights(labels, trained.labels))
    blocked = read(console, ListSource(avoid, list_format)) if avoid else ()
    near = _nearest(console, trained, nearest, list_format)
    as_lines = Lines(trained, near, json)
    used_seed = fresh_seed() if seed is None else seed
    lines: Generator[Iterable[str]]
    if best is None:
        names = trained.sample(
            count, seed=used_seed, avoid=blocked, spread=executor.in_order, **options
        )
        lines = _sampled_lines(names, as_lines)
    else:
        ranked = trained.best(best, avoid=blocked, **_search_options(options))
        lines = (as_lines.of_ranked([name]) for name in ranked)
    if model is None:
        console.say(model_folder.default_line(path))
    if seed is None and best is None:
        console.say(f"seed: {used_seed}")
    with closing(lines), output_writer(console, output) as write:
        for batch in lines:  # the next batch can take long, so this one is written now
            write("\n".join([*batch, ""]))


def _nearest(
    console: Console, model: Model, dataset: str | None, form: FileFormat
) -> Nearest | None:
    """A search for the nearest names of a list, if one is given."""
    if not dataset:
        return None
    return nearest_of(model, read(console, ListSource((dataset,), form)))


def _sampled_lines(names: Names, lines: Lines) -> Generator[Iterable[str]]:
    """The lines of each batch of names; closing it ends processes that draw them."""
    with closing(names.batches):
        yield from map(lines.of_names, names.batches)


def _search_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options without those that only sampling has."""
    return {name: options[name] for name in options if name not in _SAMPLING_OPTIONS}


def _check_usage(ctx: click.Context) -> None:
    """Raise click.UsageError for options that do not go together."""
    if ctx.params["avoid_within"] and not ctx.params["avoid"]:
        raise click.UsageError("--avoid-within needs a list; give one with --avoid")
    for word in ctx.params["avoid"]:
        if "*" in word and not os.path.exists(word):
            raise click.UsageError(
                "--avoid takes a list, in which patterns may stand: "
                f"echo {quoted(word)} | charnames sample --avoid -"
            )
    if ctx.params["best"] is None:
        return
    for name in ("count", "jobs", "cluster", *_SAMPLING_OPTIONS):
        if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            option_name = name.replace("_", "-")
            raise click.UsageError(
                f"--{option_name} is for sampled names, and --best samples none"
            )
