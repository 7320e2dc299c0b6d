"""Reading the lists that commands name, and describing them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import click

from charnames.cli.inputs import models
from charnames.cli.terminal.console import Console
from charnames.errors import ListError

if TYPE_CHECKING:
    from charnames import NameList
    from charnames.data.file_format import FileFormat
    from charnames.data.pairs import PairList
    from charnames.data.sequences import VectorSequence
    from charnames.io.arrival import ArrivingStream
    from charnames.io.lines import ByteStream
    from charnames.models.base import Trained
    from charnames.training.holdout import Examples

NUMBERS = (".jsonl", ".ts")  # the suffixes of files of sequences of numbers

_STYLES = {
    "capitalised": "capitalised names, folded; the style is put back",
    "title": "titles, folded; the style is put back",
    "upper": "upper-case names, folded; the style is put back",
    "lower": "lower-case names",
    "keep": "kept as it is; the names follow no one style",
}


class ListSource(NamedTuple):
    """Lists that are read as one: built-in lists, files, or "-" for standard input.

    form: how the files are written. label_from_file: whether the label of each name is
    the name of its file, without folder and suffix.
    """

    datasets: tuple[str, ...]
    form: FileFormat
    label_from_file: bool = False

    def at(self, *datasets: str) -> ListSource:
        """Other lists, in files written alike, whose labels are inside."""
        return ListSource(datasets, self.form)


def read(console: Console, source: ListSource, labels: bool = False) -> NameList:
    """The names of a source; with labels, where they are wanted. Prints notices of what
    was left out, once if a list is read again, and of lists that are joined.

    labels: whether each name has a label. Raises ListError.
    """
    from charnames.data.name_list import joined

    parts = []
    for dataset in source.datasets:
        part = _read_one(console, dataset, labels, source)
        for notice in part.notices:
            console.say_once(f"{part.source}: {notice}")
        if len(source.datasets) > 1:
            console.say(summary(part))
        parts.append(part)
    return joined(parts) if len(parts) > 1 else parts[0]


def _read_one(
    console: Console, dataset: str, labels: bool, source: ListSource
) -> NameList:
    from charnames.data.names import read_names, read_stdin

    inside = labels and not source.label_from_file
    if dataset == "-":
        await_names(console)
        names = read_stdin(inside, source.form)
    else:
        check_no_numbers(dataset)
        await_writer(console, dataset)
        names = read_names(dataset, inside, source.form)
    if labels and source.label_from_file:
        names.labels = [label_of(dataset)] * len(names)
    return names


def label_of(dataset: str) -> str:
    """The label of all names in a file. Raises ListError for a name that is no label.

    >>> label_of("names/Italian.txt")
    'Italian'
    """
    from charnames.data.cleaning import clean_label

    stem = os.path.splitext(os.path.basename(dataset))[0]
    return clean_label(stem, f"{dataset}: --label-from-file")


def check_no_numbers(dataset: str) -> None:
    """Raise ListError for a file that holds sequences of numbers by its suffix."""
    if dataset.lower().endswith(NUMBERS):
        raise ListError(
            f"{dataset}: holds sequences of numbers, which only classifiers learn; "
            "add --task classify to train one"
        )


def await_names(console: Console) -> None:
    """If standard input is a terminal, tell the user to type names.

    Raises click.UsageError where standard input is the model.
    """
    check_stdin_is_free()
    if is_typed():
        console.say("waiting for names, one on each line; Ctrl-D ends them")


def await_writer(console: Console, file: str) -> None:
    """If the file is a named pipe, tell the user that it waits for a writer.

    A pipe of the shell, <(...), has a writer already.
    """
    with suppress(OSError, ValueError):
        is_pipe = stat.S_ISFIFO(os.stat(file).st_mode)
        if is_pipe and not file.startswith(("/dev/", "/proc/")):
            console.say(f"{file} is a pipe; waiting for whoever writes to it")


def check_stdin_is_free() -> None:
    """Raise click.UsageError where standard input is the model that is asked for."""
    context = click.get_current_context(silent=True)
    params = context.params if context else {}
    if any(models.is_stdin(params.get(name)) for name in ("model", "init_from")):
        raise click.UsageError(
            "standard input is the model; give the names in a file, or as arguments"
        )


def is_typed() -> bool:
    """Whether standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def arriving_stdin() -> ArrivingStream:
    """Standard input, which tells whether another line is there. Raises ListError where
    it is closed.
    """
    from charnames.data.names import stdin_stream
    from charnames.io.arrival import ArrivingStream

    return ArrivingStream(stdin_stream())


def lines_of_stdin(console: Console, stream: ByteStream | None = None) -> Iterator[str]:
    """The lines of standard input, or of a stream over it, as names; a blank line is an
    empty name. Raises ListError, at once where it is closed, or with the line.
    """
    from charnames.data.names import stdin_names, stdin_stream

    await_names(console)
    return stdin_names(stream or stdin_stream())


def sequences_of_stdin(
    missing: str = "error", stream: ByteStream | None = None
) -> Iterator[VectorSequence]:
    """The sequences of numbers on standard input, or on a stream over it; missing: as
    for `read_sequences`. Raises ListError, with the line.
    """
    from charnames.data.names import stdin_stream
    from charnames.data.sequences import stream_sequences
    from charnames.io.lines import STANDARD_INPUT

    check_stdin_is_free()
    return stream_sequences(stream or stdin_stream(), STANDARD_INPUT, missing)


def default_list(resumed: Trained | None) -> str:
    """The list to learn if none is given: the one that a resumed run learns.

    Raises click.UsageError if there is none, ListError if it is not there any more.
    """
    from charnames.data.names import built_in, list_files
    from charnames.io.lines import STANDARD_INPUT

    if resumed:
        dataset = resumed.provenance.dataset
        if dataset == STANDARD_INPUT:
            raise click.UsageError(
                "the run began with names from standard input; give them again, "
                "with -d -"
            )
        if is_list(dataset) or dataset in list_files(".tsv"):
            return dataset
        raise ListError(
            f"{dataset}: learned by the run, and not here; give it with -d/--dataset"
        )
    raise click.UsageError(
        "give a list of names with -d/--dataset: one of the built-in lists "
        f'({", ".join(built_in())}), a file, or "-" for standard input'
    )


def is_list(word: str) -> bool:
    """Whether a word is a built-in list or a file."""
    from charnames.data.names import built_in

    return word in built_in() or os.path.exists(word)


def is_lasting(dataset: str) -> bool:
    """Whether the list can be read a second time."""
    from charnames.data.names import list_files

    known = list_files(".txt") | list_files(".tsv")
    return dataset in known or os.path.isfile(dataset)


def summary(examples: Examples | PairList) -> str:
    """The number of examples, repeats and labels of a list, in words."""
    from charnames.data.name_list import NameList
    from charnames.data.pairs import PairList

    if isinstance(examples, NameList):
        text = _quantity(len(examples), "name")
        if examples.repeats:
            text += f", {examples.repeats:,} of them repeats"
        if examples.weights is not None:
            text += f" that count {sum(examples.weights):,.10g} in all"
    elif isinstance(examples, PairList):
        text = _quantity(len(examples), "pair")
    else:
        text = _quantity(len(examples), "sequence")
        text += f" of vectors of {_quantity(examples.vector_size, 'number')}"
    if examples.labels is not None:
        text += f", {_quantity(len(set(examples.labels)), 'label')}"
    return f"{examples.source}: {text}"


def warn_of_learned(console: Console, learned: int, examples: str) -> None:
    """Warn that a model learned some of the examples that it is measured on.

    learned: the number of these. examples: the number of all examples, in words.
    """
    are = "is" if learned == 1 else "are"
    console.warn(
        f"{learned:,} of the {examples} {are} in the list that the model learned, too; "
        "this makes the figures better than they should be"
    )


def _quantity(count: int, noun: str) -> str:
    """A number and a noun in the singular or plural.

    >>> _quantity(1, "name"), _quantity(1000, "name")
    ('1 name', '1,000 names')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def case_style(
    console: Console,
    names: NameList,
    option: str | None,
    marks: bool = True,
    most: float | None = None,
) -> str:
    """Choose the case style to train with, and print it.

    option: that of --case. marks: whether the model keeps the case of names that differ
    from the style. most: the share of names that may, by default MOST_EXCEPTIONS.
    """
    if option == "keep":
        return "keep"
    from charnames.encoding.case_detection import detect_case
    from charnames.encoding.letter_case import MOST_EXCEPTIONS, own_words, style_of

    style, exceptions = detect_case(names, most or MOST_EXCEPTIONS)
    line = f"case: {_STYLES[style_of(style)]}"
    if words := own_words(style):
        shown = ", ".join(words[:6]) + (", …" if len(words) > 6 else "")
        line += f", with {shown} small"
    if exceptions:
        differ = "differs" if exceptions == 1 else "differ"
        line += f" ({_quantity(exceptions, 'name')} {differ}"
        if marks:
            keep = "keeps its" if exceptions == 1 else "keep their"
            line += f" and {keep} case)"
        else:
            line += "; --case keep trains on the original case)"
    console.say(line)
    return style
