"""What stands on a terminal: the screen while a run lasts, and nothing of it after."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from charnames.cli.training_run import screen as training_screen
from tests.processes import replaced
from tests.terminals import Terminal, on_terminal, pictures, screen

if TYPE_CHECKING:
    from conftest import CommandLine


@pytest.fixture
def cli(here: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """In this process: what is on a terminal has a process of its own.

    That is a fork of this one, unless a shell starts it, and draws ten times as often.
    """
    monkeypatch.setattr(training_screen, "_REFRESH_RATE", 40)
    return here


TRAIN = ["train", "-d", "elements", "--iterations", 60, "--checkpoint-every", 20]
TRAIN += ["--hidden-size", 10, "--seed", 1, "--samples", 3]
RISING = ["train", "-d", "elements", "--clip", 0, "--learning-rate", 1e6]
RISING += ["--hidden-size", 20, "--iterations", 1000, "--checkpoint-every", 250]
LASTING = 0.4  # seconds of training: time for a busy machine to draw the screen in


def plain(cli: CommandLine, *words: object) -> list[str]:
    """What the screen is to show: standard error's lines round the report."""
    done = cli(*words, "--no-progress")
    notices = done.err.splitlines()
    last = 2 if notices[-2].startswith("the weights are those of iteration") else 1
    return [*notices[:-last], *done.out.splitlines(), *notices[-last:]]


@pytest.mark.parametrize("columns", [200, 40, 12])
def test_the_screen_leaves_nothing(cli: CommandLine, columns: int) -> None:
    expected = plain(cli, *TRAIN, "-o", "./m")
    (cli.folder / "m").unlink()
    seen = on_terminal(cli, *TRAIN, "-o", "./m", columns=columns)
    assert seen.status == 0
    assert "━" in seen.raw and "\x1b[" in seen.raw
    assert screen(seen.raw, columns) == screen("\r\n".join(expected), columns)
    assert seen.raw.count("\x1b[?25l") == seen.raw.count("\x1b[?25h")
    assert not seen.raw.rstrip().endswith("\x1b[?25l")


@pytest.mark.parametrize("columns", [200, 40])
def test_the_screen_shows_how_the_run_goes(cli: CommandLine, columns: int) -> None:
    words = [*TRAIN, "--held-out", 0.1]
    seen = pictures(on_terminal(cli, *words, columns=columns, NO_COLOR="1").raw)
    bar, figures, loss, learned, held_out, gradient, latest = seen[-1]
    assert re.fullmatch("━+ 100%", bar)
    rate = r"[\d,]+/s" if columns == 40 else r"[\d,]+ iterations/s"
    assert re.fullmatch(rf"0:00 left   {rate}   iteration 60", figures)
    assert re.fullmatch(r"loss     \d\d\.\d\d +[▁-█]+", loss)
    assert re.fullmatch(r"learned  \d\.\d{3} +[▁-█]+", learned)
    assert re.fullmatch(r"held out \d\.\d{3} +[▁-█]+", held_out)
    assert re.match(r"gradient \d[.\d]* +0% of the steps clip", gradient)
    assert re.match("(?:latest   )?[A-Z]", latest)
    assert all(len(line) <= min(columns - 4, 72) for lines in seen for line in lines)


def test_the_screen_is_no_higher_than_the_terminal(cli: CommandLine) -> None:
    for rows, columns, height, width in ((5, 60, 4, 56), (1, 60, 1, 0), (0, 0, 6, 72)):
        raw = on_terminal(cli, *TRAIN, rows=rows, columns=columns, NO_COLOR="1").raw
        drawn = re.findall(r"\x1b\[[?]25l([^\x1b]*)", raw)
        assert max(text.count("\n") for text in drawn) == height - 1
        assert max(map(len, "".join(drawn).splitlines())) == width


def test_the_screen_moves_between_checkpoints(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", "--iterations", 10**9, "--checkpoint-every"]
    words += [10**9, "--time-limit", LASTING, "--samples", 0]
    seen = pictures(on_terminal(cli, *words).raw)
    iterations = [line.split()[-1] for _, line, *_ in seen]
    shares = [int(bar.split()[-1].rstrip("%")) for bar, *_ in seen]
    assert len(set(iterations)) >= 4
    assert shares == sorted(shares) and 40 < shares[-2] <= 100
    left = {"0:00", "0:01"}
    assert {line.split()[0] for _, line, *_ in seen[1:]} <= left


@pytest.mark.parametrize("rewraps", [True, False])
def test_the_screen_in_a_terminal_made_narrower(
    cli: CommandLine, rewraps: bool
) -> None:
    words = [*replaced(TRAIN, iterations=10**9, checkpoint_every=10**9), "-o", "./m"]
    words += ["--time-limit", LASTING]
    env = {"TERM_PROGRAM": "any"} if rewraps else {}
    seen = on_terminal(cli, *words, typed=[("iterations/s", 38)], **env)
    drawn = pictures(seen.raw)
    widths = [len(max(lines, key=len)) for lines in drawn]
    assert (widths[0], widths[-1]) == (72, 34)
    terminal = Terminal(100)
    data = seen.raw.encode()
    terminal.feed(data[: seen.before].decode())
    assert not rewraps or len(terminal.shown) > 8
    terminal.narrow(38, rewraps)
    terminal.feed(data[seen.before :].decode())
    text = "\n".join(terminal.shown)
    assert not re.search("[%─━▁]", text)
    # All of the report is there, and nothing but.
    assert len(re.findall("(?m)^iteration |^  [A-Z]|^$", text)) == 9


def test_nothing_of_the_screen_is_in_standard_output(cli: CommandLine) -> None:
    expected = cli(*TRAIN).out
    seen = on_terminal(cli, *TRAIN, piped=True)
    assert seen.out == expected
    assert "━" in seen.raw and "   loss " not in seen.raw


# Prints what it reads on the same terminal, as `tee` does, and takes its time.
_READER = """
import sys, time
for line in sys.stdin:
    time.sleep(0.03)
    print(line, end="", flush=True)
"""


def test_what_another_program_prints_of_the_report_stays_whole(
    cli: CommandLine,
) -> None:
    words = replaced(TRAIN, samples=1, iterations=10**9, checkpoint_every=10**9)
    words += ["--time-limit", LASTING]
    line = " ".join(["charnames", *map(str, words)])
    expected = plain(cli, *replaced(TRAIN, samples=1, iterations=0))
    cli.words = ["/bin/bash", "-c"]
    seen = on_terminal(cli, f"{line} | {sys.executable} -c '{_READER}'")
    assert "━" in seen.raw and seen.status == 0
    shown = screen(seen.raw)
    assert not any("%" in line for line in shown)
    start = shown.index("iteration 0   loss 22.53")
    assert shown[start : start + 2] == expected[-3:-1]
    assert sum(line.startswith("iteration ") for line in shown) == 2


PLAIN = {
    "--no-progress": (["--no-progress"], {}),
    "-q": (["-q"], {}),
    "dumb": ([], {"TERM": "dumb"}),
    "json": (["--json"], {}),
    "environment": ([], {"CHARNAMES_NO_PROGRESS": "1"}),
}


@pytest.mark.parametrize("how", PLAIN)
def test_no_screen(cli: CommandLine, how: str) -> None:
    words, env = PLAIN[how]
    seen = on_terminal(cli, *TRAIN, *words, **env)
    assert seen.status == 0 and "\x1b" not in seen.raw
    assert seen.raw.count("\r") == seen.raw.count("\r\n")
    assert ("60" in seen.raw) == (how != "-q")


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
        drawn = on_terminal(cli, *TRAIN, *words, **env).raw
        assert "━" in drawn and bool(re.search(r"\x1b\[[0-9;]*m", drawn)) == coloured


def test_colours_are_the_terminal_s_own(cli: CommandLine) -> None:
    """Legible on dark and on light: neither black, white, yellow nor an exact shade."""
    drawn = on_terminal(cli, *TRAIN, COLORFGBG="15;0").raw
    warned = on_terminal(cli, *RISING, "--samples", 0, COLORFGBG="0;15").raw
    codes = re.findall(r"\x1b\[([0-9;]+)m", drawn + warned)
    used = {code for group in codes for code in group.split(";")}
    assert used <= {"0", "1", "2", "35", "39", "49"} and "35" in used


def test_a_terminal_without_blocks_gets_ascii(cli: CommandLine) -> None:
    raw = on_terminal(cli, *TRAIN, LC_ALL="C").raw
    assert raw.isascii() and re.search("=+ +100%", pictures(raw)[-1][0])


def test_ctrl_c_takes_the_screen_away(cli: CommandLine) -> None:
    words = [*replaced(TRAIN, iterations=10**9), "-o", "./m"]
    seen = on_terminal(cli, *words, typed=[("iteration 40 ", "\x03")])
    assert seen.status == 130
    lines = screen(seen.raw)
    assert not any("─" in line for line in lines)
    ending = "".join(lines[-2:]).replace("^C", "")
    assert re.search("charnames: interrupted; .* charnames train --resume ./m$", ending)
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


def test_ctrl_backslash_shows_the_cursor_again(cli: CommandLine) -> None:
    words = [*replaced(TRAIN, iterations=10**9), "-o", "./m"]
    seen = on_terminal(cli, *words, typed=[("iteration 40 ", "\x1c")])
    assert seen.status == -signal.SIGQUIT
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "-d", "-", "--iterations", 2], "standard input: 2 names"),
        (["score"], r"\d\.\d{3}  Boron"),
        (["evaluate", "--against", "-"], "2 names, 11 symbols"),
    ],
)
def test_names_typed_on_the_terminal(
    trained: CommandLine, words: list[object], message: str
) -> None:
    waiting = "waiting for names, one on each line; Ctrl-D ends them"
    typed: list[tuple[str, str | int]] = [(waiting, "Neon\nBoron\n\x04")]
    seen = on_terminal(trained, *words, typed=typed)
    assert seen.status == 0
    assert re.search(message, seen.raw)


def test_a_typed_name_is_scored_at_once(trained: CommandLine) -> None:
    typed: list[tuple[str, str | int]] = [("waiting", "Neon\n"), ("  Neon", "\x04")]
    seen = on_terminal(trained, "score", typed=typed)
    assert seen.status == 0 and re.search(r"\d\.\d{3}  Neon", seen.raw)


def test_a_model_is_not_printed_on_a_terminal(cli: CommandLine) -> None:
    seen = on_terminal(cli, *TRAIN, "-o", "-")
    assert seen.status == 2 and "standard output is a terminal" in seen.raw


def test_a_warning_stands_above_the_screen(cli: CommandLine) -> None:
    raw = on_terminal(cli, *RISING, "--samples", 0).raw
    lines = screen(raw)
    assert sum("charnames: warning:" in line for line in lines) == 1
    assert "━" in raw and not any("━" in line for line in lines)


def test_an_error_takes_the_screen_away(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", "--clip", 0, "--learning-rate", 1e38]
    seen = on_terminal(cli, *words, "--seed", 1)
    assert seen.status == 1
    text = "".join(screen(seen.raw))
    assert "charnames: error: the loss is no longer a number" in text
    assert "─" not in text
    assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")


# A shell: it runs the command as a job of its own, in the foreground where it is told
# to; lets one that was stopped go on; and says so.
_SHELL = """
import fcntl, os, signal, sys, termios
os.setsid()
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if not job:
    os.setpgid(0, 0)
    if FOREGROUND:
        os.tcsetpgrp(2, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
_, status = os.waitpid(job, os.WUNTRACED)
if os.WIFSTOPPED(status):
    os.write(2, b"stopped\\n")
    os.kill(job, signal.SIGCONT)
    _, status = os.waitpid(job, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_ctrl_z_leaves_the_terminal_as_it_was(cli: CommandLine) -> None:
    words = replaced(TRAIN, iterations=10**9, checkpoint_every=10**9)
    words += ["--time-limit", 1]
    shell = _SHELL.replace("FOREGROUND", "True")
    seen = on_terminal(cli, *words, session=shell, typed=[("/s ", "\x1a")])
    assert seen.status == 0
    stopped, gone_on = seen.raw.split("stopped")
    assert not any("%" in line for line in screen(stopped))
    assert stopped.count("\x1b[?25l") == stopped.count("\x1b[?25h") > 0
    assert pictures(gone_on) and gone_on.count("\x1b[?25l") > 0
    assert not any("%" in line for line in screen(seen.raw))


def test_no_screen_in_the_background(cli: CommandLine) -> None:
    shell = _SHELL.replace("FOREGROUND", "False")
    seen = on_terminal(cli, *TRAIN, session=shell)
    assert seen.status == 0
    assert "\x1b" not in seen.raw and "iteration 60 " in seen.raw


@pytest.mark.parametrize("name", ["[red]", ":ox:"])
def test_a_name_is_shown_as_it_is(cli: CommandLine, name: str) -> None:
    (cli.folder / "one.txt").write_text(name)
    words = ["train", "-d", "one.txt", "--seed", 1, "--iterations", 600, "--clip", 1]
    words += ["--state", "zero"]  # so that it learns the name by heart
    seen = on_terminal(cli, *words, "--learning-rate", 0.1)
    assert pictures(seen.raw)[-1][-1].startswith(f"latest   {name}   {name}   ")
    assert screen(seen.raw).count(f"  {name}") >= 7


def test_the_screen_is_what_a_terminal_shows() -> None:
    assert screen("ab\r\ncd\x1b[2K\r\x1b[1A\x1b[2Kx\n") == ["x"]
    assert screen("abcde", columns=3) == ["abc", "de"]
