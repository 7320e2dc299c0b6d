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


def with_bits(one: Ranked) -> str:
    """A ranked name after its information content in bits."""
    return f"{one.nats / math.log(2):8.3f}  {one.name}"


def nearest_of(model: Model, others: NameList) -> Nearest:
    """What finds the nearest of the other names, compared as the model folds them."""
    from charnames.encoding.letter_case import fold
    from charnames.evaluation.nearest import Nearest

    return Nearest(others, partial(fold, case=model.case))


def json_lines(
    model: Model, nearest: Nearest | None, scored: Sequence[Ranked | Score]
) -> Iterator[str]:
    """A JSON object for each name: its loss in nats, whether the model learned from it,
    and with `nearest` the nearest other name.
    """
    known = model.knows(one.name for one in scored).tolist()
    for one, in_list in zip(scored, known, strict=True):
        record = {"name": one.name, "nats": one.nats, "known": in_list}
        if nearest:
            record["nearest"] = nearest(one.name)
        yield json_line(record)
