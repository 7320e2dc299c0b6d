"""The figures of a language model as text or as a JSON object."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from charnames.evaluation.language_model import Evaluation


def record(evaluation: Evaluation) -> dict[str, Any]:
    """The figures as `evaluate --json` prints them."""
    samples = evaluation.samples
    return {
        "nats_per_symbol": evaluation.nats_per_symbol,
        "bits_per_symbol": evaluation.bits_per_symbol,
        "perplexity": evaluation.perplexity,
        "nats_per_name": evaluation.total / evaluation.names,
        "names": evaluation.names,
        "unknown": evaluation.unknown,
        "also_learned": evaluation.also_learned,
        "symbols": evaluation.symbols,
        "network_alone": evaluation.network_total / evaluation.symbols,
        "baselines": {
            name: None if total is None else total / evaluation.symbols
            for name, total in evaluation.baselines.items()
        },
        "novel": samples.novel,
        "distinct": samples.distinct,
        "length": samples.length,
        "list_length": samples.list_length,
        "nearest": samples.nearest,
        "told_apart": samples.told_apart,
        "near_copies": samples.near_copies,
        "list_near_copies": samples.list_near_copies,
    }


def lines(evaluation: Evaluation) -> list[str]:
    """The figures as text."""
    from charnames.evaluation.language_model import perplexity

    figures = record(evaluation)
    losses = {
        "the model": figures["nats_per_symbol"],
        "its network alone": figures["network_alone"],
        **{f"baseline {name}": loss for name, loss in figures["baselines"].items()},
    }
    text = [
        f"{evaluation.names:,} names, {evaluation.symbols:,} symbols",
        "",
        f"{'loss per symbol':<22}{'nats':>8}{'bits':>8}{'perplexity':>12}",
    ]
    for name, loss in losses.items():
        if loss is not None:
            bits, symbols = loss / math.log(2), perplexity(loss)
            text.append(f"{name:<22}{loss:>8.4f}{bits:>8.4f}{symbols:>12.2f}")
    text += [
        "",
        f"loss per name   {figures['nats_per_name']:.2f} nats",
        f"novel           {figures['novel']:.1%} of the names sampled",
        f"distinct        {figures['distinct']:.1%}",
        f"length          {_spread(figures['length'])}",
    ]
    if figures["list_length"]:
        text.append(f"the list's      {_spread(figures['list_length'])}")
    text += [
        f"told apart      {_told_apart(figures['told_apart'])}",
        f"near-copies     {_share(figures['near_copies'])} of the new names, "
        f"{_share(figures['list_near_copies'])} of the list's",
    ]
    text += [f"{new}, nearest to {old}" for new, old in figures["nearest"]]
    return text


def _told_apart(area: float | None) -> str:
    from charnames.evaluation.discriminator import FEWEST_NAMES as fewest

    if area is None:
        return (
            f"not measured; it takes {fewest} real names not learned, and {fewest} new"
        )
    return f"{area:.3f} (area under the ROC curve; 0.5 is best, 1 worst)"


def _share(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.1%}"


def _spread(length: tuple[float, float]) -> str:
    mean, deviation = length
    return f"{mean:.1f} characters, give or take {deviation:.1f}"
