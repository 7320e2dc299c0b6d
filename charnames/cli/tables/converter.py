"""What is printed of a converter: its errors, and what it attends to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from charnames.cli.terminal.console import printable

if TYPE_CHECKING:
    from charnames.evaluation.converter import ConverterEvaluation
    from charnames.nn.parameters import Array

_SHADES = " ░▒▓█"


def record(evaluation: ConverterEvaluation) -> dict[str, Any]:
    """The figures as `evaluate --json` prints them."""
    figures = asdict(evaluation)
    del figures["mistakes"]  # they are the list's own texts, and no figures
    return {**figures.pop("converter"), **figures}


def lines(evaluation: ConverterEvaluation) -> list[str]:
    """The figures as text."""
    rows = {
        "the model": evaluation.converter,
        "its network alone": evaluation.network,
        "its joint n-gram alone": evaluation.joint_ngram,
    }
    text = [
        f"{evaluation.pairs:,} pairs, {evaluation.sources:,} sources",
        "",
        f"{'errors':<24}{'of words':>10}{'of symbols':>12}{'right in 5':>12}",
    ]
    for name, errors in rows.items():
        if errors:
            text.append(
                f"{name:<24}{errors.word_error_rate:>10.1%}"
                f"{errors.symbol_error_rate:>12.1%}{errors.top_5:>12.1%}"
            )
    return text


def alignment(
    source: Sequence[str], target: Sequence[str], attention: Array
) -> list[str]:
    """A line for each symbol of the target, and how much it attends to each of the
    source, in five shades.
    """
    heads = [printable(symbol) for symbol in source]
    cells = [max(2, cell_len(head) + 1) for head in heads]
    names = [printable(symbol) for symbol in target]
    room = max(map(cell_len, names), default=0) + 2
    columns = (set_cell_size(h, c) for h, c in zip(heads, cells, strict=True))
    text = [" " * room + "".join(columns).rstrip()]
    for name, weights in zip(names, attention, strict=True):
        shades = (
            _SHADES[min(int(weight * len(_SHADES)), len(_SHADES) - 1)] * (cell - 1)
            for weight, cell in zip(weights.tolist(), cells, strict=True)
        )
        text.append((set_cell_size(name, room) + " ".join(shades)).rstrip())
    return text
