"""A trained classifier of texts, or of sequences of vectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import fold
from charnames.encoding.readers import Input, Reader, read, reader_of
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.encoding.word_vocabulary import Words
from charnames.io.blocks import blocks
from charnames.model_file.description import StoredModel
from charnames.models.base import Trained
from charnames.nn.batching import Sequences, VectorSequences
from charnames.nn.networks.classifier import ClassifierNetwork
from charnames.nn.networks.shape import Shape
from charnames.prediction.label_mixture import LabelMixture
from charnames.prediction.ngram import Grams
from charnames.prediction.ngram_classifier import NGramClassifier
from charnames.recipes.network import classifier_shape

BLOCK = 1_024  # inputs read side by side


class Classified(NamedTuple):
    """A classifier's result for one input.

    probabilities: of each label, (K,), in the order of the classifier's labels.
    unknown: the characters of a text that are not in the alphabet, and were left out.
    is_known: whether the classifier knows any of the input's characters or words; if
    not, the probabilities say nothing of it.
    """

    probabilities: NDArray[np.float64]
    unknown: str
    is_known: bool


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Classifier(Trained):
    """A classifier: it gives the label of a text, or of a sequence of vectors.

    reader: turns texts, folded by the model's case, or vectors into network input.
    grams: of the n-gram classifier that the network is mixed with, if any; exponent:
    its exponent.
    """

    reader: Reader
    grams: Grams | None = None
    exponent: float = 1.0

    @property
    def alphabet(self) -> str | None:
        """The characters, or words, that it knows; None where it reads numbers."""
        return None if isinstance(self.reader, Scaling) else self.reader.alphabet

    @property
    def example_noun(self) -> str:
        """The word for an example of its list: name, or sequence of numbers."""
        return "sequence" if self.alphabet is None else "name"

    @property
    def shape(self) -> Shape:
        """The shape of its network."""
        return classifier_shape(self.recipe, self.reader, len(self.labels))

    @classmethod
    def from_stored(cls, stored: StoredModel) -> Classifier:
        """The classifier that a classifier's file holds."""
        info, arrays = stored
        return cls(
            recipe=info.recipe,
            parameters=arrays.weights,
            provenance=info.provenance,
            progress=info.progress,
            case=info.case,
            known=arrays.known,
            labels=dict(info.labels),
            state=dict(arrays.state),
            reader=reader_of(info.recipe.unit, info.alphabet, info.scaling),
            grams=arrays.grams,
            exponent=float(arrays.exponent[0]) if len(arrays.exponent) else 1.0,
        )

    def stored(self) -> StoredModel:
        """What a model file holds of it: the inverse of `from_stored`."""
        info, arrays = super().stored()
        scaling = self.reader if isinstance(self.reader, Scaling) else None
        if self.grams:
            exponent = np.array([self.exponent], np.float32)
            arrays = arrays._replace(grams=self.grams, exponent=exponent)
        return StoredModel(info._replace(scaling=scaling), arrays)

    def network(self) -> ClassifierNetwork:
        """The network with its weights."""
        return ClassifierNetwork(self.shape, self.parameters, self.recipe.pooling)

    def mixture(self) -> LabelMixture:
        """The network, and the n-gram classifier if it has one."""
        network, ngram = self.network(), None
        if self.grams and not isinstance(self.reader, Scaling):
            balanced = self.recipe.class_weights == "balanced"
            V, K = len(self.reader), len(self.labels)
            ngram = NGramClassifier(self.grams, V, K, self.exponent, balanced)
        return LabelMixture(network, ngram, self.progress.ngram_weight)

    def classify(
        self, inputs: Iterable[Input], block: int = BLOCK
    ) -> Iterator[Classified]:
        """The probability of each label for each input, in order.

        inputs: texts, or arrays (T, D). block: how many inputs are read before the
        first result is given. Raises ListError for inputs of another kind than those
        learned, or of another D.
        """
        mixture = self.mixture()
        for batch in blocks(inputs, block):
            rows = mixture.probabilities(self.read(batch))
            for item, probabilities in zip(batch, rows, strict=True):
                yield Classified(probabilities, self.unknown(item), self.is_known(item))

    def read(self, inputs: Sequence[Input]) -> Sequences | VectorSequences:
        """What the network reads of the inputs. Raises ListError as `classify` does."""
        return read(self.reader, self.case, inputs)

    def unknown(self, item: Input) -> str:
        """The characters of a text that are not in the alphabet, each once."""
        if not isinstance(self.reader, Vocabulary) or not isinstance(item, str):
            return ""
        new = dict.fromkeys(fold(item, self.case))
        return "".join(c for c in new if c not in self.reader.alphabet)

    def is_known(self, item: Input) -> bool:
        """Whether a text has a character, or word, that is in the alphabet. Sequences
        of vectors always are known.
        """
        if not isinstance(item, str) or isinstance(self.reader, Scaling):
            return True
        if isinstance(self.reader, Words):
            return bool((self.reader.encode(item) < len(self.reader) - 1).any())
        return not set(fold(item, self.case)).isdisjoint(self.reader.alphabet)
