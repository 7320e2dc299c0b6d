"""The examples of any task, parts of them, and what all parts share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import (
    KEEP,
    encode_list,
)
from charnames.training.holdout import Examples

AnyExamples = Examples | PairList


class Spelling(NamedTuple):
    """What all parts of a list share, so that any of them can spell the rest.

    style: the case style of the texts of the whole list, "keep" for numbers. alphabet:
    the characters of all its names, empty for other lists.
    """

    style: str
    alphabet: str

    @classmethod
    def of(cls, examples: AnyExamples, most_odd: float) -> Spelling:
        """The spelling of a list of any task; that of the targets for pairs. most_odd:
        the share of texts that may differ from a case style.
        """
        texts = examples.targets if isinstance(examples, PairList) else examples
        style = KEEP
        if not isinstance(texts, SequenceList):
            style, _ = detect_case(texts, most_odd)
        if not isinstance(examples, NameList):
            return cls(style, "")
        characters = set().union(*encode_list(examples, style))
        return cls(style, "".join(sorted(characters)))


def chosen(examples: AnyExamples, numbers: Sequence[int]) -> AnyExamples:
    """The examples of these numbers, with their labels and weights."""
    if isinstance(examples, PairList):
        return examples.chosen(numbers)
    labels = [examples.labels[i] for i in numbers] if examples.labels else None
    if isinstance(examples, SequenceList):
        return SequenceList((examples[i] for i in numbers), examples.source, labels)
    part = examples.unlabelled(numbers)
    part.labels = labels
    return part
