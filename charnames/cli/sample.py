"""charnames sample: new names, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import click

from charnames.cli import folder
from charnames.cli.console import Console, json_line, opened
from charnames.cli.options import (
    examples,
    habits,
    json_option,
    model_option,
    option,
    seed_option,
    with_console,
)

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
        "charnames sample -n 10000 | awk '{print length}' | sort -n | uniq -c",
        "charnames sample --temperature 0.7 --seed 7 --json",
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
@option(
    "--max-length",
    type=int,
    help="In characters. [default: twice the longest name learned]",
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
    model: str | None,
    count: int,
    temperature: float,
    max_length: int | None,
    seed: int | None,
    output: str | None,
    json: bool,
) -> None:
    """Print new names, one a line, drawn from a model.

    --json prints an object a name: {"name": NAME}.
    """
    from charnames.modelfile import load
    from charnames.seeds import fresh_seed

    path = model or folder.latest()
    names = load(path).sample(
        count,
        seed=(chosen := fresh_seed() if seed is None else seed),
        temperature=temperature,
        max_length=max_length,
    )
    if model is None:
        console.say(f"model: {folder.called(path)}")
    if seed is None:
        console.say(f"seed: {chosen}")
    with opened(console, output) as write:
        for block in _blocks(names):
            lines = (json_line({"name": name}) for name in block) if json else block
            write("".join(f"{line}\n" for line in lines))


def _blocks(names: Iterator[str]) -> Iterator[list[str]]:
    """The names, some at a time: to write each by itself costs more than to draw it."""
    while block := list(islice(names, _BLOCK)):
        yield block
