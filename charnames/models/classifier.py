"""A classifier: what tells the label of a text, or of a sequence of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary, fold
from charnames.encoding.word_vocabulary import Words
from charnames.errors import ListError
from charnames.models.base import Trained
from charnames.nn.batching import Sequences, Vectors
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.networks.shape import Shape
from charnames.recipes.recipe import Recipe

# What makes numbers for a network of texts, or of sequences of numbers.
Reader = Vocabulary | Words | Scaling

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


def read(reader: Reader, case: str, inputs: list[Any]) -> Sequences | Vectors:
    """What a network reads of texts, or of arrays (T, D).

    A character that is not in the alphabet is left out; a word becomes the unknown one.
    Raises ListError for texts in place of arrays, or arrays in place of texts, and for
    another D than the reader's.
    """
    kinds = ["texts", "sequences of numbers"]
    of_numbers = isinstance(reader, Scaling)
    if inputs and isinstance(inputs[0], str) == of_numbers:
        raise ListError(
            f"the classifier learned {kinds[of_numbers]}, and these are "
            f"{kinds[not of_numbers]}"
        )
    if isinstance(reader, Scaling):
        rows = [reader.applied(values) for values in inputs]
        lengths = np.array([len(values) for values in rows], np.intp)
        return Vectors(np.concatenate(rows), lengths)
    if isinstance(reader, Words):
        return reader.sequences(inputs)
    folded = [fold(text, case) for text in inputs]
    new = set().union(*folded).difference(reader.alphabet)
    left_out = dict.fromkeys(map(ord, new))
    return reader.sequences(text.translate(left_out) for text in folded)


def classifier_shape(recipe: Recipe, reader: Reader, classes: int) -> Shape:
    """The shape of the network that a recipe asks for, for a reader and K labels."""
    of_numbers = isinstance(reader, Scaling)
    return Shape(
        0 if isinstance(reader, Scaling) else len(reader),
        recipe.cell,
        recipe.sizes,
        0 if of_numbers else recipe.embedding_size,
        vector_size=len(reader.shift) if isinstance(reader, Scaling) else 0,
        classes=classes,
        bidirectional=recipe.bidirectional,
    )
