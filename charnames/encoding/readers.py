"""Readers: what turns a classifier's inputs, texts or vectors, into network input."""

from __future__ import annotations

from typing import Any

import numpy as np

from charnames.encoding.letter_case import fold
from charnames.encoding.scaling import Scaling
from charnames.encoding.vocabulary import Vocabulary
from charnames.encoding.word_vocabulary import Words
from charnames.errors import ListError
from charnames.nn.batching import Sequences, Vectors

Reader = Vocabulary | Words | Scaling


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
