"""The errors of a converter in training on held-out pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from charnames.data.pairs import PairList
from charnames.encoding.labels import label_ids
from charnames.encoding.letter_case import encode
from charnames.generation.beam_search import Hypothesis
from charnames.generation.conversion import mixture
from charnames.models.converter import Converter
from charnames.nn.parameters import Array
from charnames.prediction.candidates import Candidate

_WEIGHTS = np.linspace(0, 1, 21).tolist()  # of the joint n-gram model, to choose from
_BEAM = 3  # to measure with


class HeldOutErrors:
    """Held-out sources, and what a converter's joint n-gram model makes of them."""

    def __init__(self, pairs: PairList, model: Converter) -> None:
        first, targets = pairs.by_source()
        self.targets = [
            {
                tuple(model.target.encode(encode(text, model.case)).tolist())
                for text in texts
            }
            for texts in targets
        ]
        some = pairs.chosen(first)
        self.sources = model.read(list(some.sources))
        self.blend: Array | None = None
        if model.labels:
            one_hot = np.eye(len(model.labels), dtype=np.float32)
            self.blend = one_hot[label_ids(some, model.labels)]
        self.by_ngram: list[list[Candidate]] | None = None
        if model.grams:
            self.by_ngram = model.conversion_model().by_ngram(self.sources)

    def measure(self, model: Converter) -> tuple[float, float, float]:
        """The share of sources whose likeliest target is wrong, for the weight of the
        joint n-gram model that makes it smallest; that weight; and the share of the
        network alone.
        """
        network = replace(model, grams=None).conversion_model()
        hypotheses = network.by_network(self.sources, _BEAM, self.blend)
        alone = self._error(hypotheses)
        if self.by_ngram is None:
            return alone, 0.0, alone
        errors = []
        for weight in _WEIGHTS:
            mixtures = map(partial(mixture, weight=weight), hypotheses, self.by_ngram)
            errors.append((self._error(mixtures), weight))
        return *min(errors), alone

    def _error(self, results: Iterable[Sequence[Hypothesis]]) -> float:
        wrong = [
            not hypotheses or hypotheses[0].ids not in targets
            for hypotheses, targets in zip(results, self.targets, strict=True)
        ]
        return sum(wrong) / len(wrong)
