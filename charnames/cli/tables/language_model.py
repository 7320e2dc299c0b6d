"""What is printed of a model's figures: lines to read, or a JSON object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from charnames.evaluation.language_model import Evaluation


def record(found: Evaluation) -> dict[str, Any]:
    """The figures as `evaluate --json` prints them."""
    samples = found.samples
    return {
        "nats_per_symbol": found.nats_per_symbol,
        "bits_per_symbol": found.bits_per_symbol,
        "perplexity": found.perplexity,
        "nats_per_name": found.total / found.names,
        "names": found.names,
        "unknown": found.unknown,
        "also_learned": found.also_learned,
        "symbols": found.symbols,
        "network_alone": found.network_total / found.symbols,
        "baselines": {
            name: None if total is None else total / found.symbols
            for name, total in found.baselines.items()
        },
        "novel": samples.novel,
        "distinct": samples.distinct,
        "length": samples.length,
        "list_length": samples.list_length,
        "nearest": samples.nearest,
    }


def lines(found: Evaluation) -> list[str]:
    """The figures as text."""
    from charnames.evaluation.language_model import perplexity

    said = record(found)
    losses = {
        "the model": said["nats_per_symbol"],
        "its network alone": said["network_alone"],
        **{f"baseline {name}": loss for name, loss in said["baselines"].items()},
    }
    text = [
        f"{found.names:,} names, {found.symbols:,} symbols",
        "",
        f"{'loss per symbol':<22}{'nats':>8}{'bits':>8}{'perplexity':>12}",
    ]
    for name, loss in losses.items():
        if loss is not None:
            bits, symbols = loss / math.log(2), perplexity(loss)
            text.append(f"{name:<22}{loss:>8.4f}{bits:>8.4f}{symbols:>12.2f}")
    text += [
        "",
        f"loss per name   {said['nats_per_name']:.2f} nats",
        f"novel           {said['novel']:.1%} of the names sampled",
        f"distinct        {said['distinct']:.1%}",
        f"length          {_spread(said['length'])}",
    ]
    if said["list_length"]:
        text.append(f"the list's      {_spread(said['list_length'])}")
    text += [f"{new}, nearest to {old}" for new, old in said["nearest"]]
    return text


def _spread(length: tuple[float, float]) -> str:
    mean, deviation = length
    return f"{mean:.1f} characters, give or take {deviation:.1f}"
