"""A classifier: what tells the label of a text, or of a sequence of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import fold
from charnames.encoding.readers import Reader, read
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.models.base import Trained
from charnames.nn.batching import Sequences, Vectors
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.networks.shape import Shape
from charnames.recipes.network import classifier_shape

BLOCK = 1_024  # inputs read side by side


class Classified(NamedTuple):
    """What a classifier makes of one input.

    probabilities: of each label, (K,), in the order of the classifier's labels.
    unknown: the characters of a text that it does not know, and left out.
    """

    probabilities: NDArray[np.float64]
    unknown: str


@dataclass(frozen=True, kw_only=True)
class Classifier(Trained):
    """What tells labels.

    reader: of the texts, or of the sequences of numbers. Texts are folded as those of a
    Model are.
    """

    reader: Reader

    @property
    def alphabet(self) -> str | None:
        """The characters, or words, that it knows; None where it reads numbers."""
        return None if isinstance(self.reader, Scaling) else self.reader.alphabet

    @property
    def shape(self) -> Shape:
        """What decides the shapes of the weights."""
        return classifier_shape(self.recipe, self.reader, len(self.labels))

    def network(self) -> ClassifierNetwork:
        """The network, to read with."""
        return ClassifierNetwork(self.shape, self.parameters, self.recipe.pooling)

    def classify(
        self, inputs: Iterable[Any], block: int = BLOCK
    ) -> Iterator[Classified]:
        """How likely each label is for each input, in order: texts, or arrays (T, D).

        block: how many are read before the first is told. Raises ListError for a
        sequence with another D than those learned.
        """
        network, rest = self.network(), iter(inputs)
        while taken := list(islice(rest, block)):
            found = network.probabilities(self.read(taken))
            for one, probabilities in zip(taken, found, strict=True):
                yield Classified(probabilities, self.unknown(one))

    def read(self, inputs: list[Any]) -> Sequences | Vectors:
        """What the network reads of the inputs."""
        return read(self.reader, self.case, inputs)

    def unknown(self, one: Any) -> str:
        """The characters of a text that are not in the alphabet, each once."""
        if not isinstance(self.reader, Vocabulary):
            return ""
        new = dict.fromkeys(fold(one, self.case))
        return "".join(c for c in new if c not in self.reader.alphabet)
