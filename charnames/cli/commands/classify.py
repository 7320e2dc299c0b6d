"""charnames classify: the labels that a classifier predicts for names or sequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.inputs.arguments import checked_names, names_argument
from charnames.cli.inputs.lists import (
    is_typed,
    lines_of_stdin,
    sequences_of_stdin,
)
from charnames.cli.options.command import Command, option
from charnames.cli.options.list_format import missing_option
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

_DIGITS = 4  # decimal places of a probability


@click.command(
    cls=Command,
    epilog=examples(
        "charnames train --dataset surnames --task classify",
        "charnames classify Rossi Virtanen",
        r"printf 'Rossi\nVirtanen\n' | charnames classify --top 3 --json",
    ),
)
@names_argument()
@model_option()
@option(
    "--top",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of labels to print, the most probable first.",
)
@missing_option
@json_option
@habits()
@with_console
def command(
    console: Console,
    names: tuple[str, ...],
    model: str | None,
    top: int,
    missing: str | None,
    json: bool,
) -> None:
    """Print the label of each name, given as arguments or on standard input.

    There is one line for each name, in order: the most probable label, a tab, and its
    probability; or "-" for a name without any character (or word) that the model knows.
    A classifier of sequences of numbers reads {"sequence": [[x, y], ...]} from each
    line of standard input.

    --json prints an object for each name: {"name", "label", "probability", "top":
    [[label, probability], ...], "unknown"}, where unknown holds the characters that the
    model does not know and leaves out, or null. If it knows none, label and probability
    are null, and top is empty. A sequence has no "name".
    """
    path = model or model_folder.latest_classifier()
    classifier = models.load_classifier(path)
    if model is None:
        console.say(model_folder.default_line(path))
    labels = list(classifier.labels)
    count = unknown = 0
    for item, result in _classified(console, classifier, names, missing or "error"):
        ranked = _ranked(labels, result)[:top] if result.is_known else []
        console.put(_record(item, result, ranked) if json else _line(ranked))
        count += 1
        unknown += not result.is_known
    if unknown:
        console.warn(
            f"{unknown:,} of {count:,} names hold nothing that the model knows; the "
            'output has "-" for them'
        )


def _classified(
    console: Console, model: Classifier, names: tuple[str, ...], missing: str
) -> Iterator[tuple[Any, Classified]]:
    """Each name or sequence with its result."""
    from charnames.models.classifier import BLOCK

    if model.alphabet is None:
        if names:
            raise click.UsageError(
                "the model reads sequences of numbers; give them on standard input"
            )
        items: Iterable[Any] = sequences_of_stdin(missing)
    else:
        items = checked_names(console, names) if names else lines_of_stdin(console)
    items, inputs = tee(items)
    block = BLOCK if names or not is_typed() else 1  # answer each typed line at once
    return zip(items, model.classify(inputs, block), strict=True)


def _ranked(labels: list[str], result: Classified) -> list[tuple[str, float]]:
    """The labels and their probabilities, the most probable first."""
    order = (-result.probabilities).argsort(kind="stable")
    return [(labels[k], float(result.probabilities[k])) for k in order]


def _line(ranked: list[tuple[str, float]]) -> str:
    if not ranked:
        return "-"
    return "\t".join(f"{printable(label)}\t{p:.{_DIGITS}f}" for label, p in ranked)


def _record(item: Any, result: Classified, ranked: list[tuple[str, float]]) -> str:
    label, probability = ranked[0] if ranked else (None, None)
    return json_line(
        {
            **({"name": item} if isinstance(item, str) else {}),
            "label": label,
            "probability": probability,
            "top": ranked,
            "unknown": result.unknown or None,
        }
    )
