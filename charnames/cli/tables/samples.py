"""Sampled names as lines of text or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from charnames.cli.terminal.console import json_line

if TYPE_CHECKING:
    from charnames import Model, NameList
    from charnames.evaluation.nearest import Nearest
    from charnames.generation.search import Ranked
    from charnames.prediction.scoring import Score


def nearest_of(model: Model, names: NameList) -> Nearest:
    """A search for the nearest of these names, with case folded as in the model."""
    from charnames.encoding.letter_case import fold
    from charnames.evaluation.nearest import Nearest

    return Nearest(names, partial(fold, case=model.case))


class Lines:
    """Turns names into the lines that `sample` prints.

    nearest: finds the nearest name of another list, which stands beside each name.
    json: whether a line is a JSON object.
    """

    def __init__(self, model: Model, nearest: Nearest | None, json: bool) -> None:
        self._model, self._nearest, self._json = model, nearest, json

    def of_names(self, names: list[str]) -> Iterable[str]:
        """The lines of names that were drawn."""
        if self._json:
            return self._objects(list(self._model.score(names)))
        if not self._nearest:
            return names
        return [f"{name}{self._beside(name)}" for name in names]

    def of_ranked(self, ranked: list[Ranked]) -> Iterable[str]:
        """The lines of ranked names, each after its information content in bits."""
        if self._json:
            return self._objects(ranked)
        return [
            f"{nats / math.log(2):8.3f}  {name}{self._beside(name)}"
            for name, nats in ranked
        ]

    def _beside(self, name: str) -> str:
        if not self._nearest:
            return ""
        nearest, edits = self._nearest(name)
        return f"\t{nearest}\t{edits}"

    def _objects(self, scored: Sequence[Ranked | Score]) -> Iterator[str]:
        """A JSON object for each name: its loss in nats, whether the model learned from
        it, and the nearest other name with the number of edits between them.
        """
        known = self._model.knows(entry.name for entry in scored).tolist()
        for entry, in_list in zip(scored, known, strict=True):
            record = {"name": entry.name, "nats": entry.nats, "known": in_list}
            if self._nearest:
                record["nearest"], record["edits"] = self._nearest(entry.name)
            yield json_line(record)
