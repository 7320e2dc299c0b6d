"""Printing to standard output and standard error.

Standard output gets the result and nothing else; all other messages go to standard
error. Both are UTF-8 with LF line ends, whatever the locale. A result that cannot be
written is an error. A message that cannot be written to standard error is dropped; the
exit status still tells whether the command failed.
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

STDOUT = "standard output"  # its name in error messages


class _Screen(Protocol):
    def lifted(self) -> AbstractContextManager[None]: ...


class Console:
    """The two output streams of a command, and the options that every command has.

    screen: the training screen, which is removed while text is printed.
    """

    def __init__(self) -> None:
        self.debug = self.quiet = self.verbose = False
        self.no_color = self.no_progress = False
        self.screen: _Screen | None = None
        self._printed: set[str] = set()  # by `say_once`

    @property
    def live(self) -> bool:
        """Whether standard error is a terminal that can move its cursor."""
        terminal = sys.stderr is not None and sys.stderr.isatty()
        return terminal and os.environ.get("TERM") != "dumb"

    @property
    def apart(self) -> bool:
        """Whether standard error and standard output are different files."""
        try:
            return not os.path.samestat(os.fstat(1), os.fstat(2))
        except OSError:  # one of the two is closed
            return True

    @property
    def color(self) -> bool:
        """Whether standard error is to be in colour."""
        return self.live and not (self.no_color or os.environ.get("NO_COLOR"))

    @property
    def shaded(self) -> bool:
        """Whether a result may have colour: standard output is a terminal, too."""
        return self.color and sys.stdout.isatty()

    def put(self, message: str | bytes, nl: bool = True) -> None:
        """Print a result at once. Raises OSError, which names standard output."""
        with self._room(), naming(STDOUT):
            click.echo(message, nl=nl)

    def tell(self, text: str) -> None:
        """Print lines on standard error without changing them."""
        if sys.stderr is None:
            return
        with self._room():
            try:
                click.echo(text, err=True, color=self.color)
            except OSError:
                divert(sys.stderr)

    def say(self, text: str) -> None:
        """Print a notice on standard error, unless --quiet is given."""
        if not self.quiet:
            self.tell(printable(text))

    def say_once(self, text: str) -> None:
        """Print a notice, unless the same one was printed before."""
        if text not in self._printed:
            self._printed.add(text)
            self.say(text)

    def detail(self, text: str) -> None:
        """Print a notice that only --verbose shows."""
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
        """Print Python's warnings as lines of ours, despite PYTHONWARNINGS."""

        def show(message: Warning | str, *_: object, **__: object) -> None:
            self.warn(str(message))

        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = show
            yield


@contextmanager
def naming(target: str) -> Iterator[None]:
    """Give an OSError the name of the file or stream that is written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


@contextmanager
def output_writer(
    console: Console, output: str | None
) -> Iterator[Callable[[str], None]]:
    """A function that writes text to a file, or to standard output for None or "-"."""
    if output is None or output == "-":
        yield lambda text: console.put(text, nl=False)
        return
    # Closing the file writes the rest of the buffer, and can fail as well.
    with naming(output), open(output, "w", encoding="utf-8", newline="\n") as stream:

        def write(text: str) -> None:
            stream.write(text)

        yield write


def open_streams() -> None:
    """Set up the standard streams as the docstring of this module says."""
    # The next file that is opened would get the number of a closed descriptor, and
    # text for the stream would end up in it. So the number is taken by a descriptor
    # that cannot be written.
    while (fd := os.open(os.devnull, os.O_RDONLY)) <= 2:
        pass
    os.close(fd)
    # Another program that shares a stream may have made it non-blocking; then input
    # that is not yet there would look like the end, and a slow reader like a full disk.
    for fd in range(3):
        if not os.get_blocking(fd):
            os.set_blocking(fd, True)
    # With PYTHONUNBUFFERED there is no buffer, and a partial write would lose text.
    if sys.stdout is None or _is_unbuffered(sys.stdout):
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # UTF-8 cannot hold every file name, and one in JSON is then escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace", newline="\n"
            )


def _is_unbuffered(stream: TextIO) -> bool:
    return isinstance(getattr(stream, "buffer", None), io.RawIOBase)


def check_output() -> None:
    """Raise OSError if standard output cannot be written."""
    with naming(STDOUT):
        os.write(sys.stdout.fileno(), b"")


def flush_output() -> None:
    """Flush standard output. Raises OSError if it cannot be written."""
    with naming(STDOUT):
        sys.stdout.flush()


def close_streams() -> None:
    """Flush the streams, so that Python has nothing to write when it exits."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            divert(stream)


def divert(stream: TextIO | None) -> None:
    """Discard the text that is still in the buffer of the stream."""
    if stream is not None:
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def printable(text: str) -> str:
    r"""The text in one line, with characters that could control a terminal escaped.

    >>> print(printable("a\tb"))
    a\tb
    """
    if text.isprintable():
        return text
    from charnames.io.safe_text import escaped

    return escaped(text)


def json_line(record: Mapping[str, Any]) -> str:
    """A JSON object on one line, with null for a number that is not finite.

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
    """The value, with None in place of each number that is not finite."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
