"""Sampled names as lines of text or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from charnames.cli.terminal.console import json_line

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.evaluation.nearest import Nearest
    from charnames.generation.search import Ranked
    from charnames.prediction.scoring import Score


def with_bits(ranked: Ranked) -> str:
    """A ranked name after its information content in bits."""
    return f"{ranked.nats / math.log(2):8.3f}  {ranked.name}"


def nearest_of(model: Model, names: NameList) -> Nearest:
    """A search for the nearest of these names, with case folded as in the model."""
    from charnames.encoding.letter_case import fold
    from charnames.evaluation.nearest import Nearest

    return Nearest(names, partial(fold, case=model.case))


def json_lines(
    model: Model, nearest: Nearest | None, scored: Sequence[Ranked | Score]
) -> Iterator[str]:
    """A JSON object for each name: its loss in nats, whether the model learned from it,
    and with `nearest` the nearest other name.
    """
    in_list = model.knows(score.name for score in scored).tolist()
    for score, known in zip(scored, in_list, strict=True):
        record = {"name": score.name, "nats": score.nats, "known": known}
        if nearest:
            record["nearest"] = nearest(score.name)
        yield json_line(record)
