"""Lists of names, as commands are told of them, read them and speak of them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from charnames.cli.terminal.console import Console

if TYPE_CHECKING:
    from charnames import NameList
    from charnames.data.sequences import Vectors
    from charnames.models.base import Trained
    from charnames.training.holdout import Examples

_STYLES = {
    "capitalised": "capitalised names, folded; the style is put back",
    "title": "titles, folded; the style is put back",
    "upper": "upper-case names, folded; the style is put back",
    "lower": "lower-case names",
    "keep": "kept as it is; the names follow no one style",
}


def read(console: Console, dataset: str, labels: bool = False) -> NameList:
    """The names of a built-in list, a file, or "-"; with labels, where they are wanted.

    Raises ListError.
    """
    from charnames.data.names import read_names, read_stdin

    if dataset != "-":
        await_writer(console, dataset)
        return read_names(dataset, labels)
    await_names(console)
    return read_stdin(labels)


def await_names(console: Console) -> None:
    """Say so where it is a terminal that they are to come from."""
    if is_typed():
        console.say("waiting for names, one a line; Ctrl-D ends them")


def await_writer(console: Console, file: str) -> None:
    """Say so where it is a named pipe, whose writer may never come.

    A pipe of the shell's own, <(...), has one already.
    """
    with suppress(OSError, ValueError):
        is_pipe = stat.S_ISFIFO(os.stat(file).st_mode)
        if is_pipe and not file.startswith(("/dev/", "/proc/")):
            console.say(f"{file} is a pipe; waiting for whoever writes to it")


def is_typed() -> bool:
    """Whether standard input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def lines_of_stdin(console: Console) -> Iterator[str]:
    """The lines of standard input as names. A blank one is a name without letters.

    Raises ListError, with the line.
    """
    from charnames.data.names import stdin_names

    await_names(console)
    return stdin_names()


def checked(names: Iterable[str]) -> Iterator[str]:
    """Names from the command line, held to the length that a line of standard input may
    have. Raises ListError, with the number of the argument.
    """
    from charnames.data.names import check_length

    for i, name in enumerate(names, 1):
        check_length(name, f"name {i}")
        yield name


def sequences_of_stdin() -> Iterator[Vectors]:
    """The sequences of numbers on standard input. Raises ListError, with the line."""
    from charnames.data.names import STDIN, stdin_stream
    from charnames.data.sequences import stream_sequences

    return stream_sequences(stdin_stream(), STDIN)


def list_of(begun: Trained | None) -> str:
    """The list to learn when none is given: the one that a resumed run began with.

    Raises click.UsageError where there is none.
    """
    from charnames.data.names import STDIN, built_in

    if begun and begun.provenance.dataset != STDIN:
        return begun.provenance.dataset
    if begun:
        raise click.UsageError(
            "the run began with names from standard input; give them again, with -d -"
        )
    raise click.UsageError(
        "give a list of names with -d/--dataset: one of the built-in lists "
        f'({", ".join(built_in())}), a file, or "-" for standard input'
    )


def is_lasting(dataset: str) -> bool:
    """Whether the list can be read a second time."""
    from charnames.data.names import built_in

    return dataset in built_in() or os.path.isfile(dataset)


def counted(examples: Examples) -> str:
    """How many there are, in words."""
    from charnames.data.names import NameList

    if isinstance(examples, NameList):
        text = _many(len(examples), "name")
        if examples.repeats:
            text += f", {examples.repeats:,} of them repeats"
    else:
        text = _many(len(examples), "sequence")
        text += f" of vectors of {_many(examples.vector_size, 'number')}"
    if examples.labels is not None:
        text += f", {_many(len(set(examples.labels)), 'label')}"
    return f"{examples.source}: {text}"


def warn_of_learned(console: Console, known: int, examples: str) -> None:
    """Warn that some of the examples that a model is measured on are ones it learned.

    examples: how many there are in all, in words.
    """
    stand = "stands" if known == 1 else "stand"
    console.warn(
        f"{known:,} of the {examples} {stand} in the list that the model learned too, "
        "which flatters it"
    )


def _many(count: int, noun: str) -> str:
    """How many, in words.

    >>> _many(1, "name"), _many(1000, "name")
    ('1 name', '1,000 names')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def decided_case(console: Console, names: NameList, asked: str | None) -> str:
    """The case style to train with, decided and said."""
    if asked == "keep":
        return "keep"
    from charnames.encoding.letter_case import detect_case

    style, odd = detect_case(names)
    line = f"case: {_STYLES[style]}"
    if odd:
        are = "is" if odd == 1 else "are"
        line += f" ({odd:,} of them {are} written otherwise; --case keep keeps that)"
    console.say(line)
    return style
