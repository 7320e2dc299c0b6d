"""The values of --label, with their weights."""

from __future__ import annotations

from collections.abc import Collection

import click


def read_label_weights(
    values: tuple[str, ...], labels: Collection[str]
) -> dict[str, float]:
    """The weight of each label in the values of --label; 1 by default."""
    weights: dict[str, float] = {}
    for text in values:
        label, _, weight = text.rpartition(":")
        if text in labels or not label:
            label, weight = text, "1"
        try:
            weights[label] = weights.get(label, 0.0) + float(weight)
        except ValueError:
            raise click.UsageError(
                f"--label: {weight!r} is not a weight; write a number after the colon, "
                "as in Italian:0.7"
            ) from None
    return weights
