"""charnames classify: the labels of names, or of sequences, by a trained classifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder
from charnames.cli.inputs.lists import (
    checked,
    is_typed,
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
    from charnames.models.classifier import Classified, Classifier

_DIGITS = 4  # of a probability: enough to tell the sure from the very sure


@click.command(
    cls=Command,
    epilog=examples(
        "charnames train --dataset surnames --task classify",
        "charnames classify Rossi Virtanen",
        r"printf 'Rossi\nVirtanen\n' | charnames classify --top 3 --json",
    ),
)
@click.argument("names", nargs=-1)
@model_option()
@option(
    "--top",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Labels to print.",
)
@json_option
@habits()
@with_console
def command(
    console: Console, names: tuple[str, ...], model: str | None, top: int, json: bool
) -> None:
    """Print the label of each name, from arguments or standard input.

    One line for each, in order: the likeliest label and its probability, a tab between
    them; with --top, as many, the likeliest first. For a name without a character (or
    word) that the model knows, "-". A classifier of sequences of numbers
    reads them from standard input, {"sequence": [[x, y], ...]} a line.

    --json prints an object for each: {"label", "probability", "top": [[label,
    probability], ...], "unknown": the characters that the model does not know, which
    it leaves out}, with "name" for a name. Where the line has "-", label and
    probability are null, and top is empty.
    """
    from charnames.models.loading import load_classifier

    path = model or model_folder.latest_classifier()
    found = load_classifier(path)
    if model is None:
        console.say(model_folder.chosen(path))
    inputs = _inputs(console, found, names)
    labels = list(found.labels)
    count = unknown = 0
    for one, told in inputs:
        ranked = _ranked(labels, told)[:top] if told.is_known else []
        console.put(_record(one, told, ranked) if json else _line(ranked))
        count += 1
        unknown += not told.is_known
    if unknown:
        console.warn(
            f"{unknown:,} of {count:,} names hold nothing that the model knows; the "
            'output has "-" for them'
        )


def _inputs(
    console: Console, model: Classifier, names: tuple[str, ...]
) -> Iterator[tuple[Any, Classified]]:
    """Each name or sequence, and what the model makes of it."""
    from charnames.models.classifier import BLOCK

    if model.alphabet is None:
        if names:
            raise click.UsageError(
                "the model reads sequences of numbers; give them on standard input"
            )
        given: Iterable[Any] = sequences_of_stdin()
    else:
        given = checked(names) if names else lines_of_stdin(console)
    shown, read = tee(given)
    block = BLOCK if names or not is_typed() else 1  # each to be answered
    return zip(shown, model.classify(read, block), strict=True)


def _ranked(labels: list[str], told: Classified) -> list[tuple[str, float]]:
    """The labels and their probabilities, the likeliest first."""
    order = (-told.probabilities).argsort(kind="stable")
    return [(labels[k], float(told.probabilities[k])) for k in order]


def _line(ranked: list[tuple[str, float]]) -> str:
    if not ranked:
        return "-"
    return "\t".join(f"{printable(label)}\t{p:.{_DIGITS}f}" for label, p in ranked)


def _record(one: Any, told: Classified, ranked: list[tuple[str, float]]) -> str:
    label, probability = ranked[0] if ranked else (None, None)
    return json_line(
        {
            **({"name": one} if isinstance(one, str) else {}),
            "label": label,
            "probability": probability,
            "top": ranked,
            "unknown": told.unknown or None,
        }
    )
