"""charnames convert: what names, or sequences of numbers, become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import tee
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.inputs.arguments import checked_names, names_argument
from charnames.cli.inputs.lists import (
    arriving_stdin,
    lines_of_stdin,
    sequences_of_stdin,
)
from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import (
    examples,
    habits,
    json_option,
    model_option,
    with_console,
)
from charnames.cli.terminal.console import Console, json_line, printable

if TYPE_CHECKING:
    from charnames.io.arrival import ArrivingStream
    from charnames.models.converter import Conversion, Converted, Converter

_DIGITS = 4  # of a probability


@click.command(
    cls=Command,
    epilog=examples(
        "charnames train --task convert --dataset cyrillic --time-limit 60",
        "charnames convert Дмитрий Наталья",
        r"printf 'Дмитрий\n' | charnames convert --top 3 --label Ukrainian",
    ),
)
@names_argument()
@model_option()
@option(
    "--top",
    type=click.IntRange(min=1),
    help="Print this number of targets, each with its probability.",
)
@option(
    "--cover",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="Print the likeliest targets that together have this probability.",
)
@option(
    "--beam",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Width of the beam search; 1 is greedy.",
)
@option("--label", metavar="LABEL", help="Label of all names. [default: any]")
@option(
    "--show-alignment",
    is_flag=True,
    help="Draw what each symbol of the likeliest target attends to.",
)
@json_option
@habits()
@with_console
def command(
    console: Console,
    names: tuple[str, ...],
    model: str | None,
    top: int | None,
    cover: float | None,
    beam: int,
    label: str | None,
    show_alignment: bool,
    json: bool,
) -> None:
    """Print what each name becomes, from arguments or standard input.

    One line for each, in order: the likeliest target; with --top or --cover, as many,
    each with its probability, tabs between them. A line does not depend on the names
    beside it; what has arrived is converted before more is waited for. A converter of
    sequences of numbers reads them from standard input, {"sequence": [[x, y], ...]} a
    line.

    --json prints an object for each: {"target", "probability", "top": [[target,
    probability], ...], "unknown": a list of the symbols that the model does not know,
    "attention": a row for each symbol of the target, with a weight for the start and
    each symbol of the source, "symbols": [those of the source, those of the target]},
    with "name" for a name. "unknown", "attention" and "symbols" are null where there is
    nothing to say. `charnames plot --what attention` draws this.
    """
    path = model or model_folder.latest_converter()
    converter = models.load_converter(path)
    if model is None:
        console.say(model_folder.default_line(path))
    unknown: dict[str, None] = {}
    options = {
        "beam": beam,
        "label": label,
        "most": None if cover is not None else top or 1,
        "attention": json or show_alignment,
    }
    for name, conversion in _inputs(console, converter, names, options):
        chosen = _chosen(conversion.targets, top, cover)
        unknown.update(dict.fromkeys(conversion.unknown))
        if json:
            console.put(_record(converter, name, conversion, chosen))
            continue
        console.put(_line(chosen, top is not None or cover is not None))
        if show_alignment:
            _draw(console, converter, name, conversion)
    if unknown:
        shown = " ".join(f"{s!r}" if s.isspace() else s for s in unknown)
        console.warn(f"symbols that the model does not know: {printable(shown)}")


def _inputs(
    console: Console,
    model: Converter,
    names: tuple[str, ...],
    options: Mapping[str, Any],
) -> Iterator[tuple[Any, Conversion]]:
    """Each name or sequence, and what the model makes of it with those options."""
    stream = None if names else arriving_stdin()
    shown, read = tee(_given(console, model, names, stream))
    # What has arrived is answered before more is waited for.
    is_there = stream.has_line if stream else None
    conversions = model.convert(read, is_there=is_there, **options)
    return zip(shown, conversions, strict=True)


def _given(
    console: Console,
    model: Converter,
    names: tuple[str, ...],
    stream: ArrivingStream | None,
) -> Iterable[Any]:
    """The names given as arguments, or what the stream holds, names or sequences."""
    if model.alphabet is None:
        if names:
            raise click.UsageError(
                "the model reads sequences of numbers; give them on standard input"
            )
        return sequences_of_stdin(stream=stream)
    return checked_names(console, names) if names else lines_of_stdin(console, stream)


def _chosen(
    targets: Sequence[Converted], top: int | None, cover: float | None
) -> Sequence[Converted]:
    """The targets to print, the likeliest first."""
    if cover is not None:
        total, count = 0.0, 0
        for target in targets:
            count, total = count + 1, total + target.probability
            if total >= cover:
                break
        targets = targets[:count]
    return targets[: top or (None if cover is not None else 1)]


def _line(chosen: Sequence[Converted], with_probabilities: bool) -> str:
    if not with_probabilities:
        return printable(chosen[0].text)
    return "\t".join(
        f"{printable(target.text)}\t{target.probability:.{_DIGITS}f}"
        for target in chosen
    )


def _record(
    model: Converter, name: Any, conversion: Conversion, chosen: Sequence[Converted]
) -> str:
    best = conversion.targets[0]
    symbols = None
    if best.attention is not None and best.attention.any():
        symbols = model.aligned_symbols(name, best.text)
    attention = None if best.attention is None else best.attention.round(_DIGITS)
    return json_line(
        {
            **({"name": name} if isinstance(name, str) else {}),
            "target": best.text,
            "probability": best.probability,
            "top": [(target.text, target.probability) for target in chosen],
            "unknown": conversion.unknown or None,
            "attention": None if attention is None else attention.tolist(),
            "symbols": symbols,
        }
    )


def _draw(
    console: Console, model: Converter, name: Any, conversion: Conversion
) -> None:
    """Draw the attention below the line, where there is any."""
    from charnames.cli.tables.converter import alignment

    best = conversion.targets[0]
    if best.attention is None or not best.attention.any():
        console.warn("there is no alignment to draw: no attention wrote this target")
        return
    source, target = model.aligned_symbols(name, best.text)
    console.put("\n".join(alignment(source, target, best.attention)))
