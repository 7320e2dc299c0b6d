"""Reading the lists that commands name, and describing them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from charnames.cli.inputs import models
from charnames.cli.terminal.console import Console

if TYPE_CHECKING:
    from charnames import NameList
    from charnames.data.sequences import Vectors
    from charnames.models.base import Trained
    from charnames.training.holdout import Examples

_STYLES = {  # what `train` prints of each case style
    "capitalised": "capitalised names, folded; the style is put back",
    "title": "titles, folded; the style is put back",
    "upper": "upper-case names, folded; the style is put back",
    "lower": "lower-case names",
    "keep": "kept as it is; the names follow no one style",
}


def read(console: Console, dataset: str, labels: bool = False) -> NameList:
    """Read a built-in list, a file, or standard input for "-".

    labels: whether each name has a label. Raises ListError.
    """
    from charnames.data.names import read_names, read_stdin

    if dataset != "-":
        await_writer(console, dataset)
        return read_names(dataset, labels)
    await_names(console)
    return read_stdin(labels)


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


def lines_of_stdin(console: Console) -> Iterator[str]:
    """The lines of standard input as names; a blank line is an empty name.

    Raises ListError, which names the line.
    """
    from charnames.data.names import stdin_names

    await_names(console)
    return stdin_names()


def checked(names: Iterable[str]) -> Iterator[str]:
    """Names from the command line, checked for the length limit of a list.

    Raises ListError, which has the number of the argument.
    """
    from charnames.data.names import check_length

    for i, name in enumerate(names, 1):
        check_length(name, f"name {i}")
        yield name


def sequences_of_stdin() -> Iterator[Vectors]:
    """The sequences of numbers on standard input. Raises ListError."""
    from charnames.data.names import STDIN, stdin_stream
    from charnames.data.sequences import stream_sequences

    check_stdin_is_free()

    return stream_sequences(stdin_stream(), STDIN)


def default_list(resumed: Trained | None) -> str:
    """The list to learn if none is given: the one that a resumed run learns.

    Raises click.UsageError if there is none.
    """
    from charnames.data.names import STDIN, built_in

    if resumed and resumed.provenance.dataset != STDIN:
        return resumed.provenance.dataset
    if resumed:
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


def summary(examples: Examples) -> str:
    """The number of examples, repeats and labels of a list, in words."""
    from charnames.data.names import NameList

    if isinstance(examples, NameList):
        text = _quantity(len(examples), "name")
        if examples.repeats:
            text += f", {examples.repeats:,} of them repeats"
    else:
        text = _quantity(len(examples), "sequence")
        text += f" of vectors of {_quantity(examples.vector_size, 'number')}"
    if examples.labels is not None:
        text += f", {_quantity(len(set(examples.labels)), 'label')}"
    return f"{examples.source}: {text}"


def warn_of_learned(console: Console, learned: int, examples: str) -> None:
    """Warn that a model learned some of the examples that it is measured on.

    known: the number of these. examples: the number of all examples, in words.
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
    console: Console, names: NameList, option: str | None, marks: bool = True
) -> str:
    """Choose the case style to train with, and print it.

    option: that of --case. marks: whether the model keeps the case of names that differ
    from the style.
    """
    if option == "keep":
        return "keep"
    from charnames.encoding.letter_case import detect_case

    style, exceptions = detect_case(names)
    line = f"case: {_STYLES[style]}"
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
