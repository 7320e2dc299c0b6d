"""Sequences of vectors, as pen strokes and frames of speech are: read and checked.

Two kinds of file are read. JSON Lines have an object a line:

    {"label": "ka", "sequence": [[0.1, 2.5], [0.3, 2.4]]}

with a list of vectors, or of numbers where a vector is one number. The .ts files of the
time-series archives have a header, and then a sequence a line, its dimensions one after
the other, its class last:

    @timeStamps false
    @classLabel true ka ki
    @data
    0.1,0.3:2.5,2.4:ka
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charnames.data import ts_format
from charnames.data.cleaning import clean_label
from charnames.data.file_format import ERROR
from charnames.data.name_list import check_labels
from charnames.errors import ListError
from charnames.io.lines import ByteStream, opened_input, stream_name, text_lines
from charnames.io.safe_text import shortened
from charnames.io.strict_json import FormatError, parse

VectorSequence = NDArray[np.float32]

MAX_STEPS = 100_000  # vectors in a sequence
MAX_SIZE = 4_096  # numbers in a vector
MAX_NUMBERS = 100_000_000  # in a list
_MAX_BYTES = 16_000_000  # in a line
_TOO_LONG = f"a line has at most {_MAX_BYTES:,} bytes; split the sequence"


class SequenceList(list[VectorSequence]):
    """Sequences of vectors, (T, D) each, T their own and D that of all, float32.

    A sequence of numbers, (T,), becomes one of vectors of one number, (T, 1). source:
    what to call the list in a message. labels: one for each sequence, or None.

    Raises ListError for a sequence that is empty, too long, holds what is no number of
    32 bits, or has vectors of another size; for more labels than sequences, or fewer.
    """

    def __init__(
        self,
        sequences: Iterable[ArrayLike],
        source: str = "the list",
        labels: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.source = source
        for number, sequence in enumerate(sequences, 1):
            self.add(sequence, f"{source}, sequence {number}")
        self.labels = check_labels(labels, len(self), source)

    def add(self, sequence: ArrayLike, where: str) -> None:
        """Add a sequence. Raises ListError, beginning with `where`."""
        vectors = _vectors(sequence, where)
        size = vectors.shape[1]
        if self and size != self.vector_size:
            raise ListError(
                f"{where}: has vectors of {size:,} numbers, and those before it have "
                f"{self.vector_size:,}; all sequences of a list are of one kind"
            )
        self.append(vectors)

    @property
    def vector_size(self) -> int:
        """D, of a list that is not empty."""
        size: int = self[0].shape[1]
        return size

    @property
    def fingerprint(self) -> str:
        """SHA-256 over each sequence's label, shape and numbers, in hexadecimal."""
        digest = hashlib.sha256()
        for vectors, label in zip(self, self.labels or [""] * len(self), strict=True):
            digest.update(f"{label}\t{vectors.shape}\n".encode())
            digest.update(vectors.astype("<f4").tobytes())
        return digest.hexdigest()


def read_sequences(
    dataset: str | os.PathLike[str] | BinaryIO,
    labels: bool = True,
    missing: str = ERROR,
) -> SequenceList:
    """The sequences of a file, or of an open binary stream: .ts by its suffix or its
    first line, JSON Lines otherwise. Blank lines are left out.

    labels: whether each sequence has to have one; without it, those that there are are
    dropped. missing: "error", "interpolate" or "drop", what to do with missing numbers
    of a .ts file, "?" or NaN: refuse them, put numbers on the line between the known
    ones beside them, or leave out the steps that have any.

    Raises ListError, with file and line, for what is neither, and for what a
    SequenceList is refused for.
    """
    if not isinstance(dataset, str | os.PathLike):
        return _collect(dataset, stream_name(dataset), labels, missing)
    source = os.fspath(dataset)
    with opened_input(source, "a file of sequences") as stream:
        return _collect(stream, source, labels, missing)


def stream_sequences(
    stream: ByteStream, source: str, missing: str = ERROR
) -> Iterator[VectorSequence]:
    """The sequences of a stream, (T, D) each, one at a time; labels are dropped.
    missing: as for `read_sequences`.

    Raises ListError as `read_sequences` does, but for a D that is not that of all.
    """
    for where, sequence, _ in _entries(stream, source, missing):
        yield _vectors(sequence, where)


def _collect(stream: BinaryIO, source: str, labels: bool, missing: str) -> SequenceList:
    sequences = SequenceList((), source)
    labelled, known = list[str](), dict[str, str]()  # one text for all of a label
    total = 0
    for where, sequence, label in _entries(stream, source, missing):
        sequences.add(sequence, where)
        total += sequences[-1].size
        if total > MAX_NUMBERS:
            raise ListError(f"{where}: a list holds at most {MAX_NUMBERS:,} numbers")
        if labels:
            if label is None:
                raise ListError(f"{where}: has no label; give each sequence one")
            label = clean_label(label, where)
            labelled.append(known.setdefault(label, label))
    if not sequences:
        raise ListError(f"{source}: there is no sequence in it; write one a line")
    if labels:
        sequences.labels = labelled
    return sequences


_Entries = Iterator[tuple[str, ArrayLike, str | None]]


def _entries(stream: ByteStream, source: str, missing: str) -> _Entries:
    """Where each sequence stands, the sequence, and its label if it has one."""
    lines = _written_lines(stream, source)
    first = next(lines, None)
    if first is None:
        return iter(())
    lines = chain([first], lines)
    if source.lower().endswith(".ts") or first[1].startswith(ts_format.MARKS):
        return ts_format.sequences(lines, source, missing)
    return (_from_json(line, where) for where, line in lines)


def _written_lines(stream: ByteStream, source: str) -> Iterator[tuple[str, str]]:
    for where, line in text_lines(stream, source, _MAX_BYTES, _TOO_LONG, option=False):
        if text := line.strip():
            yield where, text


def _from_json(line: str, where: str) -> tuple[str, ArrayLike, str | None]:
    sequence, label = numbers_with("label", line, where)
    if type(label) is int:
        label = str(label)
    if not isinstance(label, str | None):
        raise ListError(f"{where}: its label is {_KINDS[type(label)]}, and not text")
    return where, sequence, label


def numbers_with(key: str, line: str, where: str) -> tuple[ArrayLike, Any]:
    """The "sequence" of a line of JSON, and what it holds under another key, or None.

    Raises ListError, beginning with `where`.
    """
    try:
        record = parse(line, "it", _MAX_BYTES)
    except FormatError as error:
        raise ListError(
            f"{where}: {shortened(str(error))}; write "
            f'{{"{key}": "…", "sequence": [[…], …]}} on each line'
        ) from None
    if "sequence" not in record:
        raise ListError(f'{where}: has no "sequence"')
    return _checked(record["sequence"], where), record.get(key)


_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def _checked(value: Any, where: str) -> list[list[float]]:
    """A sequence out of JSON, of which NumPy would take text and null for numbers.

    Raises ListError, beginning with `where`, for other things than lists of numbers,
    as many in each, or numbers alone, which become vectors of one.
    """
    if not isinstance(value, list):
        raise ListError(f"{where}: its sequence is {_KINDS[type(value)]}, no list")
    flat = not any(isinstance(vector, list) for vector in value)
    sequence: list[Any] = [[number] for number in value] if flat else value
    for step, vector in enumerate(sequence, 1):
        if not isinstance(vector, list):
            raise ListError(
                f"{where}: step {step:,} is {_KINDS[type(vector)]}, and others are "
                "lists"
            )
        for kind in set(map(type, vector)) - {int, float}:
            raise ListError(
                f"{where}: step {step:,} holds {_KINDS[kind]}, which is no number"
            )
        if len(vector) != len(sequence[0]):
            raise ListError(
                f"{where}: step {step:,} has {len(vector):,} numbers, and step 1 has "
                f"{len(sequence[0]):,}"
            )
    return sequence


def _vectors(sequence: ArrayLike, where: str) -> VectorSequence:
    """(T, D) or (T,) -> (T, D). Raises ListError, beginning with `where`."""
    try:
        with np.errstate(over="ignore"):
            vectors = np.asarray(sequence, np.float32, order="C")
    except (TypeError, ValueError, OverflowError):
        raise ListError(f"{where}: is no list of vectors of one size") from None
    if vectors.ndim == 1:
        vectors = vectors[:, None]
    if vectors.ndim != 2:
        raise ListError(f"{where}: has {vectors.ndim} dimensions in place of 2")
    steps, size = vectors.shape
    if not steps:
        raise ListError(f"{where}: the sequence is empty; take it out")
    if not size:
        raise ListError(f"{where}: its vectors are empty")
    if steps > MAX_STEPS:
        raise ListError(f"{where}: a sequence has at most {MAX_STEPS:,} steps")
    if size > MAX_SIZE:
        raise ListError(f"{where}: a vector has at most {MAX_SIZE:,} numbers")
    finite = np.isfinite(vectors)
    if not finite.all():
        step, place = np.unravel_index(np.argmin(finite), finite.shape)
        nan = np.isnan(vectors[step, place])
        what = "NaN, which is no number" if nan else "a number too large for 32 bits"
        raise ListError(f"{where}: step {step + 1:,} holds {what}")
    return vectors
