"""charnames sample: new names, one a line."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli import folder
from charnames.cli.console import Console, json_line, opened
from charnames.cli.kinds import Dataset
from charnames.cli.lists import read
from charnames.cli.options import (
    examples,
    habits,
    json_option,
    model_option,
    option,
    seed_option,
    with_console,
)

if TYPE_CHECKING:
    from charnames import Model
    from charnames.best import Ranked

_OF_DRAWING = ("temperature", "top_k", "top_p", "unique")

_BLOCK = 1024  # names written at once: as many as are drawn side by side


def _no_model(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    if value and value.endswith(folder.SUFFIX):
        raise click.BadParameter(
            f"{value!r} is called as a model is; -o is for the names, -m for the model"
        )
    return value


@click.command(
    epilog=examples(
        "charnames sample -n 10",
        "charnames sample --prefix Al --suffix ium --max-length 9",
        "charnames sample --best 5 --match '[aeiou]??*' --known --json",
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
@option("--min-length", type=int, help="In characters.")
@option(
    "--max-length",
    type=int,
    help="In characters. [default: cut at twice the longest name learned]",
)
@option(
    "--label",
    "labels",
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
    **wanted: Any,
) -> None:
    """Print new names, one a line, drawn from a model.

    They are as frequent as the model makes them among the names that meet all that is
    asked; the case of letters does not matter where the model folds it. Where there are
    fewer names than asked for, those found are printed, and the exit status is 1.

    --best prints names in the order of their probability, exactly, and before each how
    many bits it takes: half as probable, one bit more.

    --json prints an object a name: {"name", "nats", "known"}: how unlikely the model
    thinks it, and whether it learned from it.
    """
    from charnames.modelfile import load
    from charnames.seeds import fresh_seed

    if wanted["avoid_within"] and avoid is None:
        raise click.UsageError("--avoid-within needs a list; give one with --avoid")
    _only_drawn(best)
    path = model or folder.latest()
    found = load(path)
    if labels:
        found = found.for_label(_weights(labels, found.labels))
    blocked = read(console, avoid) if avoid else ()
    if best is None:
        chosen = fresh_seed() if seed is None else seed
        names = found.sample(count, seed=chosen, avoid=blocked, **wanted)
    else:
        kept = {key: wanted[key] for key in wanted if key not in _OF_DRAWING}
        ranked = found.best(best, avoid=blocked, **kept)
        names = (one.name if json else _with_bits(one) for one in ranked)
    if model is None:
        console.say(f"model: {folder.called(path)}")
    if seed is None and best is None:
        console.say(f"seed: {chosen}")
    with opened(console, output) as write:
        for block in _blocks(names):
            lines = _records(found, block) if json else block
            write("".join(f"{line}\n" for line in lines))


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


def _records(model: Model, names: list[str]) -> Iterator[str]:
    known = model.knows(names).tolist()
    for scored, in_list in zip(model.score(names), known, strict=True):
        yield json_line({"name": scored.name, "nats": scored.nats, "known": in_list})


def _blocks(names: Iterator[str]) -> Iterator[list[str]]:
    """The names, some at a time: to write each by itself costs more than to draw it.

    Those before an error are written before it is raised.
    """
    from charnames.errors import SamplingError

    while True:
        block: list[str] = []
        try:
            for name in islice(names, _BLOCK):
                block.append(name)
        except SamplingError:
            yield block
            raise
        if not block:
            return
        yield block
