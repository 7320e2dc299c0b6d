"""Pseudo-terminals for tests: a command run on one, and what it shows then."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.processes import PATIENCE

if TYPE_CHECKING:
    from conftest import CommandLine

_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(.)", re.S)


class Seen(NamedTuple):
    """raw: all that reached the terminal; out: standard output, where it is a pipe.
    before: how much had reached it when something was typed last.
    """

    status: int
    raw: str
    out: str
    before: int


def resize(terminal: int, columns: int, rows: int = 24) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def on_terminal(
    cli: CommandLine,
    *words: object,
    columns: int = 100,
    rows: int = 24,
    typed: list[tuple[str, str | int]] | None = None,
    piped: bool = False,
    session: str | None = None,
    **env: str | None,
) -> Seen:
    """Run it on a terminal of its own.

    typed: (what to wait for, what to type then, or how many columns to have).
    piped: standard output is a pipe. session: a Python program that starts it, instead
    of a process that takes the terminal as the one that Ctrl-C is typed on.
    """
    process = cli.process(words, env)
    if session is None:
        process["preexec_fn"] = partial(_take_terminal, process.get("preexec_fn"))
    else:
        process["args"] = [sys.executable, "-c", session, *process["args"]]
        process["preexec_fn"] = None
    ours, theirs = pty.openpty()
    resize(theirs, columns, rows)
    child = subprocess.Popen(
        stdin=theirs,
        stdout=subprocess.PIPE if piped else theirs,
        stderr=theirs,
        **process,
    )
    os.close(theirs)
    raw, waits, before = b"", list(typed or []), 0
    deadline = time.monotonic() + PATIENCE
    with child:
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux's way to say that nobody holds the other end
                break
            if not chunk:
                break
            raw += chunk
            if waits and waits[0][0].encode() in raw[before:]:
                _, what = waits.pop(0)
                before = len(raw)
                if isinstance(what, int):
                    resize(ours, what)
                else:
                    os.write(ours, what.encode())
        else:
            child.kill()
        out = child.stdout.read().decode() if child.stdout else ""
    os.close(ours)
    return Seen(child.returncode, raw.decode(), out, before)


def _take_terminal(go_on: Callable[[], object] | None) -> None:
    """In a new process: make the terminal that is its standard error its own."""
    os.setsid()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)
    if go_on:
        go_on()


class Terminal:
    """As much of one as is needed: what it shows after all that it is fed."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0

    def feed(self, raw: str) -> None:
        for numbers, final, character in _TOKEN.findall(raw):
            if final == "A":
                self.row = max(0, self.row - (int(numbers) if numbers else 1))
            elif final == "K":
                assert numbers == "2"
                self.lines[self.row] = []
            elif final:
                assert final in "mhl", f"what does {numbers}{final} do?"
            elif character == "\r":
                self.column = 0
            elif character == "\n":
                self.row += 1
            else:
                self._write(character)
            self._reach()

    def _write(self, character: str) -> None:
        if self.column == self.columns:
            self.row, self.column = self.row + 1, 0
            self._reach()
        line = self.lines[self.row]
        line.extend(" " * (self.column + 1 - len(line)))
        line[self.column] = character
        self.column += 1

    def _reach(self) -> None:
        self.lines += [[] for _ in range(self.row + 1 - len(self.lines))]

    def narrow(self, columns: int, rewraps: bool) -> None:
        """Lines that are too long now are broken, or else cut off."""
        lines: list[list[str]] = []
        self.columns, before = columns, self.row
        for number, line in enumerate(self.lines):
            if number == before:
                self.row = len(lines) + (self.column // columns if rewraps else 0)
            ends = range(0, max(1, len(line)), columns) if rewraps else [0]
            lines += [line[i : i + columns] for i in ends]
        self.column = self.column % columns if rewraps else min(self.column, columns)
        self.lines = lines

    @property
    def shown(self) -> list[str]:
        shown = ["".join(line).rstrip() for line in self.lines]
        while shown and not shown[-1]:
            shown.pop()
        return shown


def screen(raw: str, columns: int = 100) -> list[str]:
    """The lines that a terminal shows after all that."""
    terminal = Terminal(columns)
    terminal.feed(raw)
    return terminal.shown


def pictures(raw: str) -> list[list[str]]:
    """The lines of each picture that was drawn, without colour."""
    bare = re.sub(r"\x1b\[[0-9;]*m", "", raw).replace("\r\n", "\n")
    drawn = re.split(r"(?:\x1b\[[?]25[lh]|\x1b\[2K|\x1b\[1A|\r)+", bare)
    parts = [part.splitlines()[1:] for part in drawn if part.startswith("\n")]
    return [lines for lines in parts if lines and "%" in lines[0]]
