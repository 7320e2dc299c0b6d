"""What stands on a terminal: the bar while it lasts, and nothing of it after."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from conftest import CommandLine

# Makes the terminal that is its standard error the one that Ctrl-C is typed on.
_SESSION = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(.)", re.S)
TRAIN = ["train", "-d", "elements", "--iterations", 60, "--checkpoint-every", 20]
TRAIN += ["--hidden-size", 10, "--seed", 1, "--samples", 3]


class Seen(NamedTuple):
    """raw: all that reached the terminal; out: standard output, where it is a pipe."""

    status: int
    raw: str
    out: str


def on_terminal(
    cli: CommandLine,
    *words: object,
    columns: int = 100,
    typed: list[tuple[str, str]] | None = None,
    piped: bool = False,
    **env: str | None,
) -> Seen:
    """Run it on a terminal of its own.

    typed: (what to wait for, what to type then). piped: standard output is a pipe.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    python, *program = cli.words
    child = subprocess.Popen(
        [python, "-c", _SESSION, python, *program, *map(str, words)],
        stdin=theirs,
        stdout=subprocess.PIPE if piped else theirs,
        stderr=theirs,
        **cli.settings(env),
    )
    os.close(theirs)
    raw, waits = b"", list(typed or [])
    deadline = time.monotonic() + 30
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
            if waits and waits[0][0].encode() in raw:
                os.write(ours, waits.pop(0)[1].encode())
        else:
            child.kill()
        out = child.stdout.read().decode() if child.stdout else ""
    os.close(ours)
    return Seen(child.returncode, raw.decode(), out)


def screen(raw: str, columns: int = 100) -> list[str]:
    """The lines that a terminal shows after all that: as much of one as is needed."""
    lines: list[list[str]] = [[]]
    row = column = 0
    for numbers, final, character in _TOKEN.findall(raw):
        count = int(numbers) if numbers.isdigit() else 1
        if final == "A":
            row = max(0, row - count)
        elif final == "K":
            assert numbers == "2"
            lines[row] = []
        elif final in ("m", "h", "l"):
            pass
        elif final:
            raise AssertionError(f"what does {numbers}{final} do?")
        elif character == "\r":
            column = 0
        elif character == "\n":
            row += 1
        else:
            if column == columns:
                row, column = row + 1, 0
            while len(lines) <= row:
                lines.append([])
            line = lines[row]
            line.extend(" " * (column + 1 - len(line)))
            line[column] = character
            column += 1
        while len(lines) <= row:
            lines.append([])
    shown = ["".join(line).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def plain(cli: CommandLine, *words: object) -> list[str]:
    """What the screen is to show: standard error's lines round the report."""
    done = cli(*words)
    *notices, last = done.err.splitlines()
    return [*notices, *done.out.splitlines(), last]


@pytest.mark.parametrize("columns", [100, 40, 12])
def test_the_bar_leaves_nothing(cli: CommandLine, columns: int) -> None:
    expected = plain(cli, *TRAIN, "-o", "./m")
    seen = on_terminal(cli, *TRAIN, "-o", "./m", columns=columns)
    assert seen.status == 0
    assert "━" in seen.raw and "\x1b[" in seen.raw
    assert screen(seen.raw, columns) == screen("\r\n".join(expected), columns)
    assert seen.raw.count("\x1b[?25l") == seen.raw.count("\x1b[?25h")
    assert not seen.raw.rstrip().endswith("\x1b[?25l")


def test_the_bar_shows_rate_time_left_and_loss(cli: CommandLine) -> None:
    wide = on_terminal(cli, *TRAIN, NO_COLOR="1").raw
    assert re.search(r" 33%   [\d,]+ names/s   0:00 left   loss \d+\.\d\d", wide)
    narrow = on_terminal(cli, *TRAIN, columns=40, NO_COLOR="1").raw
    assert re.search(r"[━╸] +\d+% [\d,]+/s 0:00 \d+\.\d\d", narrow)
    tiny = on_terminal(cli, *TRAIN, columns=12, NO_COLOR="1").raw
    for columns, raw in ((100, wide), (40, narrow), (12, tiny)):
        lines = re.split(r"[\r\n]", re.sub(r"\x1b\[[?0-9]*[A-Za-z]", "", raw))
        bars = [line for line in lines if "%" in line]
        assert bars and all(len(line) < columns for line in bars)


def test_nothing_of_the_bar_is_in_standard_output(cli: CommandLine) -> None:
    expected = cli(*TRAIN).out
    seen = on_terminal(cli, *TRAIN, piped=True)
    assert seen.out == expected
    assert "━" in seen.raw and "iteration" not in seen.raw


PLAIN = {
    "--no-progress": (["--no-progress"], {}),
    "-q": (["-q"], {}),
    "dumb": ([], {"TERM": "dumb"}),
    "json": (["--json"], {}),
    "environment": ([], {"CHARNAMES_NO_PROGRESS": "1"}),
}


@pytest.mark.parametrize("how", PLAIN)
def test_no_bar(cli: CommandLine, how: str) -> None:
    words, env = PLAIN[how]
    seen = on_terminal(cli, *TRAIN, *words, **env)
    assert seen.status == 0 and "\x1b" not in seen.raw
    assert seen.raw.count("\r") == seen.raw.count("\r\n")
    assert "60" in seen.raw


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": ""}, True),
        ([], {"NO_COLOR": "0"}, False),
        ([], {"NO_COLOR": "false"}, False),
        (["--no-color"], {}, False),
        ([], {"TERM": "dumb"}, False),
    ],
)
def test_colour(
    cli: CommandLine, words: list[str], env: dict[str, str], coloured: bool
) -> None:
    error = on_terminal(cli, "info", "./nothing", *words, **env)
    assert error.status == 1
    assert ("\x1b[" in error.raw) == coloured
    if env.get("TERM") != "dumb":
        bar = on_terminal(cli, *TRAIN, *words, **env).raw
        assert bool(re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", bar)) == coloured


def test_ctrl_c_takes_the_bar_away(cli: CommandLine) -> None:
    words = [*TRAIN, "--iterations", 10**9, "-o", "./m"]
    seen = on_terminal(cli, *words, typed=[("iteration 40 ", "\x03")])
    assert seen.status == 130
    lines = screen(seen.raw)
    assert not any("━" in line for line in lines)
    said = "".join(lines[-2:]).replace("^C", "")
    assert re.search("charnames: interrupted; .* charnames train --resume ./m$", said)
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


def test_names_typed_on_the_terminal(cli: CommandLine) -> None:
    words = ["train", "-d", "-", "--iterations", 2, "--no-progress", "-o", "./m"]
    waiting = "waiting for names, one a line; Ctrl-D ends them"
    typed = [(waiting, "Ada\nGrace\n\x04")]
    seen = on_terminal(cli, *words, typed=typed)
    assert seen.status == 0
    assert "standard input: 2 names" in seen.raw


def test_a_model_is_not_printed_on_a_terminal(cli: CommandLine) -> None:
    seen = on_terminal(cli, *TRAIN, "-o", "-")
    assert seen.status == 2 and "standard output is a terminal" in seen.raw


def test_a_warning_stands_above_the_bar(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", "--clip", 0, "--learning-rate", 1e6]
    words += ["--hidden-size", 20, "--iterations", 1000, "--checkpoint-every", 250]
    lines = screen(on_terminal(cli, *words, "--samples", 0, "-q").raw)
    assert sum("charnames: warning:" in line for line in lines) == 1
    assert not any("━" in line for line in lines)


@pytest.mark.parametrize("name", ["[red]", ":ox:"])
def test_a_name_is_shown_as_it_is(cli: CommandLine, name: str) -> None:
    (cli.folder / "one.txt").write_text(name)
    words = ["train", "-d", "one.txt", "--seed", 1, "--iterations", 600, "--clip", 1]
    seen = on_terminal(cli, *words, "--learning-rate", 0.1)
    assert f"  {name}" in screen(seen.raw)
    assert screen(seen.raw).count(f"  {name}") >= 7


def test_the_screen_is_what_a_terminal_shows() -> None:
    assert screen("ab\r\ncd\x1b[2K\r\x1b[1A\x1b[2Kx\n") == ["x"]
    assert screen("abcde", columns=3) == ["abc", "de"]
