"""Pairs to learn a conversion from: read, cleaned and checked.

A pair of texts is a line with a source, a tab and a target, and perhaps a tab and a
label; all lines of a list have the same number of tabs. A source may stand on several
lines with other targets, any of which is then right.

    Дмитрий	Dmitry	Russian

Numbers are read from JSON Lines, each with a sequence of vectors and its text:

    {"sequence": [[0.1, 2.5], [0.3, 2.4]], "text": "ka"}
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from charnames.data.cleaning import MAX_LENGTH, clean_label, clean_name
from charnames.data.name_list import NameList, check_labels
from charnames.data.names import MAX_NAMES, list_files
from charnames.data.sequences import MAX_NUMBERS, SequenceList, numbers_with
from charnames.errors import ListError
from charnames.io.lines import opened_input, stream_name, text_lines

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 24 * MAX_LENGTH  # in a line: two texts of the longest characters, a label
_MAX_JSON = 16_000_000  # bytes in a line of JSON
_TOO_LONG = f"a text has at most {MAX_LENGTH:,} characters; shorten or split it"
_TOO_LONG_JSON = f"a line has at most {_MAX_JSON:,} bytes; split the sequence"


class PairList:
    """Sources, all texts or all sequences of vectors, and the target of each.

    source: what to call the list in a message. labels: one for each pair, or None.
    places: the file and line of each pair, or None for pairs that stand in no file.
    Raises ListError for more targets or labels than sources, or fewer.
    """

    def __init__(
        self,
        sources: NameList | SequenceList,
        targets: Iterable[str],
        source: str = "the list",
        labels: Sequence[str] | None = None,
        places: Sequence[str] | None = None,
    ) -> None:
        self.sources, self.targets, self.source = sources, [*targets], source
        if len(self.targets) != len(sources):
            raise ListError(
                f"{source}: {len(self.targets):,} targets for {len(sources):,} sources"
            )
        self.labels = check_labels(labels, len(sources), source)
        self._places = places

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Iterator[tuple[object, str]]:
        """Each source with its target."""
        return zip(self.sources, self.targets, strict=True)

    def __contains__(self, pair: object) -> bool:
        return any(pair == own for own in self)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the sources' fingerprint, and each target and label."""
        digest = hashlib.sha256(self.sources.fingerprint.encode())
        for target, label in zip(
            self.targets, self.labels or [""] * len(self), strict=True
        ):
            digest.update(f"{target}\t{label}\n".encode())
        return digest.hexdigest()

    def place(self, number: int) -> str:
        """Where the pair of that number, from 0, stands: a file and its line."""
        if self._places is None:
            return f"{self.source}, pair {number + 1:,}"
        return self._places[number]

    def chosen(self, numbers: Sequence[int]) -> PairList:
        """The pairs of these numbers, in that order."""
        sources: NameList | SequenceList
        if isinstance(self.sources, NameList):
            sources = NameList([self.sources[i] for i in numbers], self.source)
        else:
            sources = SequenceList([self.sources[i] for i in numbers], self.source)
        targets = [self.targets[i] for i in numbers]
        labels = [self.labels[i] for i in numbers] if self.labels else None
        places = [self.place(i) for i in numbers]
        return PairList(sources, targets, self.source, labels, places)

    def by_source(self) -> tuple[list[int], list[list[str]]]:
        """For each distinct source, with its label, the number of its first pair, and
        the targets of all its pairs.
        """
        groups: dict[tuple[str | bytes, str], list[int]] = {}
        labels = self.labels or [""] * len(self)
        keys: list[str | bytes]
        if isinstance(self.sources, NameList):
            keys = [*self.sources]
        else:
            keys = [source.tobytes() for source in self.sources]
        for i, key in enumerate(zip(keys, labels, strict=True)):
            groups.setdefault(key, []).append(i)
        targets = [[self.targets[i] for i in group] for group in groups.values()]
        return [group[0] for group in groups.values()], targets

    def reversed(self) -> PairList:
        """The pairs of texts in the other direction: targets to sources.

        Raises ListError for sources that are sequences of numbers.
        """
        if not isinstance(self.sources, NameList):
            raise ListError(
                f"{self.source}: numbers cannot be written; only texts can be reversed"
            )
        sources = NameList(self.targets, self.source)
        return PairList(sources, self.sources, self.source, self.labels, self._places)


def joined_pairs(parts: Sequence[PairList]) -> PairList:
    """All pairs of several lists as one list, of which there is one at least.

    Raises ListError for texts beside numbers, or labels in some of the lists only.
    """
    source = ", ".join(part.source for part in parts)
    if len({isinstance(part.sources, NameList) for part in parts}) > 1:
        raise ListError(f"{source}: some are of texts, some of numbers; give one kind")
    if len({part.labels is None for part in parts}) > 1:
        raise ListError(f"{source}: some have labels and some have none; give one kind")
    kind: Callable[[Iterable[Any], str], NameList | SequenceList] = SequenceList
    if isinstance(parts[0].sources, NameList):
        kind = NameList
    every: Iterator[Any] = chain.from_iterable(part.sources for part in parts)
    targets = chain.from_iterable(part.targets for part in parts)
    labels = [label for part in parts for label in part.labels or ()]
    places = [part.place(i) for part in parts for i in range(len(part))]
    return PairList(kind(every, source), targets, source, labels or None, places)


def built_in_pairs() -> dict[str, Path]:
    """The lists of pairs that come with charnames: name -> file."""
    return list_files(".tsv")


def read_pairs(
    dataset: str | os.PathLike[str] | BinaryIO, encoding: str = ""
) -> PairList:
    """The pairs of a built-in list ("cyrillic"), of a file with a pair a line or in
    JSON Lines, by its suffix .jsonl, or of an open binary stream.

    encoding: that of a file or stream; by default UTF-8, or as a byte-order mark says.

    Texts come out in NFC without blanks round them; blank lines are left out. Raises
    ListError, with file and line: no such list, not in that encoding, a harmful
    character, a line without a tab or with another number of them than before, a side
    that is empty, text or vectors that are too long, nothing in it.
    """
    if not isinstance(dataset, str | os.PathLike):
        return _collect(dataset, stream_name(dataset), encoding)
    source = os.fspath(dataset)
    path = built_in_pairs().get(source) if isinstance(dataset, str) else None
    is_word = not os.path.dirname(source) and "\0" not in source
    if path is None and is_word and not os.path.lexists(source):
        raise ListError(
            f"{source}: no such file, and no built-in list of pairs of that name; "
            f"the built-in lists of pairs are {', '.join(built_in_pairs())}"
        )
    with opened_input(str(path or source), "a UTF-8 file of pairs", source) as stream:
        return _collect(stream, source, "" if path else encoding)


def _collect(stream: BinaryIO, source: str, encoding: str) -> PairList:
    if source.lower().endswith(".jsonl"):
        pairs = _of_numbers(stream, source, encoding)
    else:
        pairs = _of_texts(stream, source, encoding)
    if not len(pairs):
        raise ListError(
            f"{source}: there is no pair in it; write a source, a tab and a target a "
            "line"
        )
    return pairs


def _of_texts(stream: BinaryIO, source: str, encoding: str) -> PairList:
    columns: list[tuple[str, ...]] = []
    places: list[str] = []
    known: dict[str, str] = {}  # one text for all of a label
    lines = text_lines(stream, source, _MAX_BYTES, _TOO_LONG, encoding)
    for where, text in lines:
        if not text.strip():
            continue
        if len(columns) == MAX_NAMES:
            raise ListError(f"{where}: a list holds at most {MAX_NAMES:,} pairs")
        pair = _split(text, where)
        if columns and len(pair) != len(columns[0]):
            raise ListError(
                f"{where}: has {_tabs(pair)}, and the pairs before it have "
                f"{_tabs(columns[0])}; give every pair a label, or none"
            )
        places.append(where)
        columns.append((*pair[:2], *(known.setdefault(p, p) for p in pair[2:])))
    labels = [pair[2] for pair in columns if len(pair) > 2] or None
    sources = NameList((pair[0] for pair in columns), source)
    return PairList(sources, (pair[1] for pair in columns), source, labels, places)


def _split(text: str, where: str) -> tuple[str, ...]:
    """A line -> source, target and perhaps a label. Raises ListError."""
    parts = text.split("\t")
    if not 2 <= len(parts) <= 3:
        table = len(parts) == 1 and any(mark in text for mark in ",;")
        raise ListError(
            f"{where}: has {_tabs(parts)}; write a source, a tab and a target, and "
            "perhaps a tab and a label"
            f"{'; save a table as text with tabs, without its header' * table}"
        )
    sides = tuple(clean_name(part, where) for part in parts[:2])
    for side, name in zip(sides, ("source", "target"), strict=True):
        if not side:
            raise ListError(f"{where}: the {name} is empty; write it, or take out both")
    return (*sides, *(clean_label(part, where) for part in parts[2:]))


def _tabs(parts: Sequence[str]) -> str:
    count = len(parts) - 1
    return "no tab" if not count else f"{count} tab{'s' * (count > 1)}"


def _of_numbers(stream: BinaryIO, source: str, encoding: str) -> PairList:
    sources, targets, places = SequenceList((), source), list[str](), list[str]()
    total = 0
    lines = text_lines(stream, source, _MAX_JSON, _TOO_LONG_JSON, encoding)
    for where, line in lines:
        written = line.strip()
        if not written:
            continue
        sequence, target = numbers_with("text", written, where)
        if not isinstance(target, str):
            raise ListError(f'{where}: has no "text", or one that is no text')
        target = clean_name(target, where)
        if not target:
            raise ListError(f"{where}: the text is empty; write it, or take out both")
        sources.add(sequence, where)
        total += sources[-1].size
        if total > MAX_NUMBERS:
            raise ListError(f"{where}: a list holds at most {MAX_NUMBERS:,} numbers")
        targets.append(target)
        places.append(where)
    return PairList(sources, targets, source, places=places)
