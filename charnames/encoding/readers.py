"""Readers, which convert the texts or vectors of a classifier to network input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.letter_case import fold
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.encoding.word_vocabulary import Words
from charnames.errors import AlphabetError, ListError
from charnames.nn.batching import Sequences, VectorSequences

Reader = Vocabulary | Words | Scaling
Input = str | NDArray[np.float32]  # a text, or a sequence of vectors (T, D)


def reader_of(unit: str, alphabet: str, scaling: Scaling | None = None) -> Reader:
    """The reader of a model: its scaling for vectors, or a vocabulary for texts.

    unit: "character" or "word", for texts. Raises AlphabetError for an invalid
    alphabet.
    """
    if scaling:
        return scaling
    if unit == "word":
        return Words(alphabet)
    vocabulary = Vocabulary(alphabet)
    if vocabulary.mark is not None:
        raise AlphabetError("the alphabet of a classifier holds U+000E")
    return vocabulary


def read(
    reader: Reader, case: str, inputs: Sequence[Input]
) -> Sequences | VectorSequences:
    """The network input for texts, folded by the case style, or for arrays (T, D).

    Characters that are not in the alphabet are left out, and words that are not in it
    are read as the unknown word. Raises ListError for texts if the reader expects
    arrays, for arrays if it expects texts, and for arrays of another width.
    """
    texts = [item for item in inputs if isinstance(item, str)]
    arrays = [item for item in inputs if not isinstance(item, str)]
    if isinstance(reader, Scaling):
        if texts:
            raise _wrong_kind("sequences of numbers", "texts")
        rows = [reader.applied(values) for values in arrays]
        lengths = np.array([len(values) for values in rows], np.intp)
        return VectorSequences(np.concatenate(rows), lengths)
    if arrays:
        raise _wrong_kind("texts", "sequences of numbers")
    if isinstance(reader, Words):
        return reader.sequences(texts)
    folded = [fold(text, case) for text in texts]
    unknown = set().union(*folded).difference(reader.alphabet)
    left_out = dict.fromkeys(map(ord, unknown))
    return reader.sequences(text.translate(left_out) for text in folded)


def _wrong_kind(expected: str, actual: str) -> ListError:
    return ListError(f"the classifier learned {expected}, and these are {actual}")
