"""What the commands print, and where.

Standard output carries the result and nothing else; what is said beside it goes to
standard error. Both are UTF-8 with LF line ends, whatever the locale. A result that
cannot be written is an error. What cannot be said on standard error is dropped: whoever
closed it did not want to know, and the exit status tells the rest.
"""

from __future__ import annotations

import io
import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Protocol, TextIO

import click

STDOUT = "standard output"  # as errors name it


class _Screen(Protocol):
    def lifted(self) -> AbstractContextManager[None]: ...


class Console:
    """The two streams of a command, and the habits that its options set.

    screen: what stands on the terminal and has to be out of the way of all text.
    """

    def __init__(self) -> None:
        self.debug = self.quiet = self.verbose = False
        self.no_color = self.no_progress = False
        self.screen: _Screen | None = None

    @property
    def live(self) -> bool:
        """Whether standard error is a terminal that can move its cursor."""
        terminal = sys.stderr is not None and sys.stderr.isatty()
        return terminal and os.environ.get("TERM") != "dumb"

    @property
    def apart(self) -> bool:
        """Whether standard error goes elsewhere than standard output."""
        try:
            return not os.path.samestat(os.fstat(1), os.fstat(2))
        except OSError:  # one of them is closed
            return True

    @property
    def color(self) -> bool:
        """Whether standard error is to be in colour."""
        return self.live and not (self.no_color or os.environ.get("NO_COLOR"))

    @property
    def shaded(self) -> bool:
        """Whether a result is to have colour: standard output is a terminal as well."""
        return self.color and sys.stdout.isatty()

    def put(self, message: str | bytes, nl: bool = True) -> None:
        """Print a result, at once. Raises OSError, naming standard output."""
        with self._room(), naming(STDOUT):
            click.echo(message, nl=nl)

    def tell(self, text: str) -> None:
        """Print lines on standard error, as they are."""
        if sys.stderr is None:
            return
        with self._room():
            try:
                click.echo(text, err=True, color=self.color)
            except OSError:
                divert(sys.stderr)

    def say(self, text: str) -> None:
        """Say what is good to know, unless told to be quiet."""
        if not self.quiet:
            self.tell(printable(text))

    def detail(self, text: str) -> None:
        """Say what only --verbose asks for."""
        if self.verbose:
            self.say(text)

    def warn(self, text: str) -> None:
        """Print a warning line."""
        label = click.style("warning:", fg="magenta", bold=True)
        self.tell(f"charnames: {label} {printable(text)}")

    def error(self, text: str) -> None:
        """Print the error line."""
        label = click.style("error:", fg="red", bold=True)
        self.tell(f"charnames: {label} {printable(text)}")

    def _room(self) -> AbstractContextManager[None]:
        return self.screen.lifted() if self.screen else nullcontext()

    @contextmanager
    def warnings_shown(self) -> Iterator[None]:
        """Python's warnings as lines of ours, whatever PYTHONWARNINGS says of them."""

        def show(message: Warning | str, *_: object, **__: object) -> None:
            self.warn(str(message))

        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = show
            yield


@contextmanager
def naming(target: str) -> Iterator[None]:
    """Errors of writing, with the name of what was written to."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


@contextmanager
def opened(console: Console, output: str | None) -> Iterator[Callable[[str], None]]:
    """What writes text to that file, or to standard output for None or "-"."""
    if output is None or output == "-":
        yield lambda text: console.put(text, nl=False)
        return
    # Closing writes what is left, so it is inside.
    with naming(output), open(output, "w", encoding="utf-8", newline="\n") as stream:

        def write(text: str) -> None:
            stream.write(text)

        yield write


def open_streams() -> None:
    """Make the standard streams what this module says of them."""
    # A closed descriptor would be the next file's, and what is written by its number
    # would end up there; so it becomes one that refuses.
    while (fd := os.open(os.devnull, os.O_RDONLY)) <= 2:
        pass
    os.close(fd)
    # Whoever shares them may have left them so that they do not wait; then what is not
    # yet there would pass for the end, and what is not yet taken for a full disk.
    for fd in range(3):
        if not os.get_blocking(fd):
            os.set_blocking(fd, True)
    # Without a buffer, as PYTHONUNBUFFERED asks, a write cut short would be dropped.
    if sys.stdout is None or _is_unbuffered(sys.stdout):
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # Only a file's name, in JSON, can hold what UTF-8 cannot: there, an escape.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace", newline="\n"
            )


def _is_unbuffered(stream: TextIO) -> bool:
    return isinstance(getattr(stream, "buffer", None), io.RawIOBase)


def check_output() -> None:
    """Raises OSError where standard output is not to be written at all."""
    with naming(STDOUT):
        os.write(sys.stdout.fileno(), b"")


def flush_output() -> None:
    """Raises OSError where the result did not get out."""
    with naming(STDOUT):
        sys.stdout.flush()


def close_streams() -> None:
    """Leave nothing that Python, at its exit, would try to write and complain of."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            divert(stream)


def divert(stream: TextIO | None) -> None:
    """Let what the stream still holds go nowhere."""
    if stream is not None:
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def printable(text: str) -> str:
    r"""One line, with what could steer a terminal spelt out.

    >>> print(printable("a\tb"))
    a\tb
    """
    if text.isprintable():
        return text
    from charnames.io.safe_text import escaped

    return escaped(text)


def json_line(record: Mapping[str, Any]) -> str:
    """A JSON object on one line; a number that is not finite is null.

    >>> json_line({"loss": math.inf, "names": ["Amélie"]})
    '{"loss": null, "names": ["Amélie"]}'
    """
    import json

    from charnames.io.safe_text import is_harmful

    line = json.dumps(_finite(record), ensure_ascii=False, allow_nan=False)
    if line.isprintable():
        return line
    return "".join(f"\\u{ord(c):04x}" if is_harmful(c) else c for c in line)


def _finite(value: Any) -> Any:
    """The value with None for each number in it that is not finite."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
