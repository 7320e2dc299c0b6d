"""charnames sample: new names, one a line."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli.inputs import model_folder
from charnames.cli.inputs.lists import read
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    option,
    seed_option,
    with_console,
)
from charnames.cli.options.types import Dataset, Label
from charnames.cli.terminal.console import Console, json_line, opened

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.evaluation.nearest import Nearest
    from charnames.generation.search import Ranked
    from charnames.prediction.scoring import Score

_OF_DRAWING = ("temperature", "top_k", "top_p", "unique")


def _no_model(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    if value and value.endswith(model_folder.SUFFIX):
        raise click.BadParameter(
            f"{value!r} is called as a model is; -o is for the names, -m for the model"
        )
    return value


def _readable(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    if value is not None:
        from charnames.errors import SamplingError
        from charnames.generation.constraints.regex_syntax import parsed

        try:
            parsed(value)
        except SamplingError as error:
            raise click.BadParameter(str(error)) from None
    return value


@click.command(
    epilog=examples(
        "charnames sample -n 10",
        "charnames sample --prefix Al --suffix ium --max-length 9",
        "charnames sample -m elements --best 5 --match '[aeiou]??*' --json",
    )
)
@model_option
@option(
    "-n", "--count", type=int, default=10, show_default=True, help="How many names."
)
@option(
    "--temperature",
    type=float,
    default=1.0,
    show_default=True,
    help="Below 1 the likely gets likelier; 0 always takes the likeliest.",
)
@option("--top-k", type=int, help="Every character among so many of the likeliest.")
@option(
    "--top-p",
    type=float,
    help="Every character among the likeliest that together have that probability.",
)
@option("--prefix", metavar="TEXT", help="What every name begins with.")
@option("--suffix", metavar="TEXT", help="What every name ends with.")
@option("--contains", metavar="TEXT", help="What every name holds.")
@option(
    "--match",
    metavar="PATTERN",
    help="A shell pattern for the whole name: * any run of characters, ? any one, "
    "[aeiou] one of these, [a-f] a range, [!x] one that is not x.",
)
@option(
    "--regex",
    metavar="PATTERN",
    callback=_readable,
    help="A regular expression for the whole name: characters, ., [a-f], [^x], (a|b), "
    r"*, +, ?, {2,4}, and \d, \w, \s for ASCII. Needs the extra charnames[regex].",
)
@option("--min-length", type=int, help="In characters.")
@option(
    "--max-length",
    type=int,
    help="In characters. [default: cut at twice the longest name learned]",
)
@option(
    "--label",
    "labels",
    type=Label(),
    multiple=True,
    metavar="LABEL[:WEIGHT]",
    help="Write names of that label, where the model learned labels; several blend, by "
    "their weights. [default: as often as the list has them]",
)
@option(
    "--novel/--known",
    default=True,
    show_default=True,
    help="Leave out names that the model learned from, or let them through.",
)
@option(
    "--unique/--repeats",
    default=True,
    show_default=True,
    help="Leave out repeats (the first 16,777,216 names are remembered), "
    "or let them through.",
)
@option("--avoid", type=Dataset(), help="A list of names to leave out.")
@option(
    "--avoid-within",
    is_flag=True,
    help="Leave out names that hold one of --avoid anywhere, too.",
)
@option(
    "--best",
    type=int,
    metavar="N",
    help="Print the N most probable names, with their bits, instead of drawing some.",
)
@seed_option
@option(
    "-o",
    "--output",
    type=click.Path(),
    callback=_no_model,
    help="The file to write to. [default: standard output]",
)
@json_option
@option(
    "--nearest",
    type=Dataset(),
    help="With --json: a list of names, to tell the nearest of each.",
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
    avoid: str | None,
    best: int | None,
    output: str | None,
    json: bool,
    nearest: str | None,
    **wanted: Any,
) -> None:
    """Print new names, one a line, drawn from a model.

    They are as frequent as the model makes them among the names that meet all that is
    asked; the case of letters does not matter where the model folds it. Where there are
    fewer names than asked for, those found are printed, and the exit status is 1: that
    is when 65,536 tries in a row gave none, or a million fewer than one in a thousand.

    --best prints names in the order of their probability, exactly, and before each how
    many bits it takes: half as probable, one bit more.

    --json prints an object a name: {"name", "nats", "known"}: how unlikely the model
    thinks it, and whether it learned from it. With --nearest LIST also "nearest": the
    name of that list that the fewest edits lead to.
    """
    from charnames.models.loading import load
    from charnames.random_streams import fresh_seed

    if wanted["avoid_within"] and avoid is None:
        raise click.UsageError("--avoid-within needs a list; give one with --avoid")
    if nearest is not None and not json:
        raise click.UsageError("--nearest is for the objects of --json; add --json")
    _only_drawn(best)
    path = model or model_folder.latest_writer()
    found = load(path)
    if labels:
        found = found.for_label(_weights(labels, found.labels))
    blocked = read(console, avoid) if avoid else ()
    near = _nearest_of(found, read(console, nearest)) if nearest else None
    lines: Iterator[Iterable[str]]
    if best is None:
        chosen = fresh_seed() if seed is None else seed
        names = found.sample(count, seed=chosen, avoid=blocked, **wanted)
        lines = (
            _records(found, near, list(found.score(some))) if json else some
            for some in names.batches
        )
    else:
        kept = {key: wanted[key] for key in wanted if key not in _OF_DRAWING}
        ranked = found.best(best, avoid=blocked, **kept)
        lines = (
            _records(found, near, [one]) if json else [_with_bits(one)]
            for one in ranked
        )
    if model is None:
        console.say(model_folder.chosen(path))
    if seed is None and best is None:
        console.say(f"seed: {chosen}")
    with opened(console, output) as write:
        for some in lines:  # at once, however long the next take
            write("\n".join([*some, ""]))


def _only_drawn(best: int | None) -> None:
    """Fails for options of drawing on the command line beside --best."""
    ctx = click.get_current_context()
    for name in ("count", *_OF_DRAWING):
        given = ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if given and best is not None:
            called = name.replace("_", "-")
            raise click.UsageError(
                f"--{called} is about names that are drawn; --best draws none"
            )


def _weights(given: tuple[str, ...], labels: Collection[str]) -> dict[str, float]:
    """What --label says: each label's weight, 1 unless told."""
    weights: dict[str, float] = {}
    for text in given:
        label, _, weight = text.rpartition(":")
        if text in labels or not label:
            label, weight = text, "1"
        try:
            weights[label] = weights.get(label, 0.0) + float(weight)
        except ValueError:
            raise click.UsageError(
                f"--label: {weight!r} is no weight; write a number after the colon, as "
                "in Italian:0.7"
            ) from None
    return weights


def _with_bits(one: Ranked) -> str:
    return f"{one.nats / math.log(2):8.3f}  {one.name}"


def _nearest_of(model: Model, others: NameList) -> Nearest:
    from charnames.encoding.letter_case import fold
    from charnames.evaluation.nearest import Nearest

    return Nearest(others, partial(fold, case=model.case))


def _records(
    model: Model, nearest: Nearest | None, scored: Sequence[Ranked | Score]
) -> Iterator[str]:
    known = model.knows(one.name for one in scored).tolist()
    for one, in_list in zip(scored, known, strict=True):
        record = {"name": one.name, "nats": one.nats, "known": in_list}
        if nearest:
            record["nearest"] = nearest(one.name)
        yield json_line(record)
