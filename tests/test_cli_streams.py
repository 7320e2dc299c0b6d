"""Standard output, standard error, and the ends of a command."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

from charnames.cli.terminal import exits
from charnames.cli.terminal.console import json_line, printable
from tests.conftest import CommandLine, Ended
from tests.processes import (
    PATIENCE,
    is_writing,
    killed,
    needs_proc,
    redirected,
    replaced,
    until,
)

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = {
    "sample": "charnames sample -q -n 5000",
    "sample json": "charnames sample -q -n 2 --json -o -",
    "best": "charnames sample -q --best 2",
    "score": "charnames score -q Neon",
    "evaluate": "charnames evaluate -q --against elements --json",
    "info": "charnames info",
    "datasets": "charnames datasets",
    "list": "charnames datasets movies",
    "version": "charnames --version",
    "help": "charnames --help",
    "command help": "charnames sample --help",
    "train": "charnames train -d elements --iterations 2",
    "train json": "charnames train -q -d elements --iterations 2 --json",
    "train model": "charnames train -q -d elements --iterations 2 -o -",
}


def redirected_to(
    cli: CommandLine,
    files: Mapping[int, str | None],
    words: Sequence[object],
    status: int = 0,
) -> Ended:
    """Run `charnames` with files for descriptors, which are closed where there is none,
    as a shell has it for `> FILE` and `>&-`.
    """
    process = cli.process(tuple(words), {})
    go_on = partial(redirected, files, process.pop("preexec_fn"))
    done = subprocess.run(
        capture_output=True, text=True, timeout=PATIENCE, preexec_fn=go_on, **process
    )
    ended = Ended(done.returncode, done.stdout, done.stderr)
    assert ended.status == status, ended
    return ended


@pytest.mark.parametrize("case", RESULTS)
def test_a_full_disk_is_an_error(trained: CommandLine, case: str) -> None:
    done = redirected_to(trained, {1: "/dev/full"}, RESULTS[case].split()[1:], 1)
    assert done.out == ""
    assert "charnames: error: standard output: No space left on device" in done.err
    assert "Traceback" not in done.err and "Exception ignored" not in done.err


@pytest.mark.parametrize("case", RESULTS)
def test_a_closed_standard_output_is_an_error(trained: CommandLine, case: str) -> None:
    done = redirected_to(trained, {1: None}, RESULTS[case].split()[1:], 1)
    assert "charnames: error: standard output: Bad file descriptor" in done.err
    assert "Traceback" not in done.err and "Exception ignored" not in done.err


@pytest.mark.parametrize("where", ["> /dev/full", ">&-"])
def test_the_end_of_python_adds_no_line(trained: CommandLine, where: str) -> None:
    *_, line = trained.shell(f"{RESULTS['sample']} {where}", 1).err.splitlines()
    assert line.startswith("charnames: error: standard output: ")


@pytest.mark.parametrize("path", [None, "/dev/full"])
def test_standard_error_may_be_closed(trained: CommandLine, path: str | None) -> None:
    done = redirected_to(trained, {2: path}, ["sample", "--seed", 1])
    assert done.out == trained("sample", "--seed", 1).out
    assert done.err == ""
    assert redirected_to(trained, {2: path}, ["sample", "-m", "nope"], 2).err == ""


def test_training_goes_on_where_standard_error_is_closed(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", "--iterations", 20, "--seed", 1, "-o", "./m"]
    closed = redirected_to(inside, {2: None}, words)
    assert closed == (0, inside(*words).out, "")


def test_closed_descriptors_are_not_taken_by_files(trained: CommandLine) -> None:
    """What a library writes to descriptor 2 may not end up in a model."""
    words = ["train", "-d", "elements", "--iterations", 2]
    redirected_to(trained, {0: None, 1: None, 2: None}, words, 1)
    trained("info", "elements")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("case", ["sample", "train model"])
def test_fault_12_what_does_not_fit_is_an_error(
    trained: CommandLine, case: str, unbuffered: str
) -> None:
    """A write that the system takes a part of, and then refuses."""
    line = f"ulimit -f 1; {RESULTS[case]} > out"
    env = {"PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"}
    done = trained.shell(line, 1, **env)
    assert (trained.folder / "out").stat().st_size == 1024
    assert done.err.endswith(
        "charnames: error: standard output: File too large; make room for it\n"
    )


def test_a_model_for_standard_output_has_to_have_one(trained: CommandLine) -> None:
    # A run of 10**9 iterations would be noticed.
    words = ["train", "-d", "elements", "--iterations", 10**9, "-o", "-"]
    done = redirected_to(trained, {1: None}, words, 1)
    assert done.err.splitlines() == [
        "charnames: error: standard output: Bad file descriptor; it is closed, or not "
        "open for writing"
    ]


@needs_proc
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_does_not_wait(trained: CommandLine, unbuffered: str) -> None:
    """As another program that holds its end may leave it."""
    reading, writing = os.pipe()
    room = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)  # of at least a page
    words = ["sample", "-n", room // 2, "--seed", 1, "--known", "--repeats"]
    expected = trained(*words).out
    assert len(expected) > room
    os.set_blocking(writing, False)
    env = {"PYTHONUNBUFFERED": unbuffered}
    with killed(trained.start(*words, stdout=writing, **env)) as child:
        until(lambda: not select.select([], [writing], [], 0)[1])  # it is full
        until(lambda: is_writing(child.pid) or child.poll() is not None)
        os.close(writing)
        with open(reading) as stream:
            assert stream.read() == expected
        assert child.wait(PATIENCE) == 0


@pytest.mark.parametrize("words", ["train -d - --json -o ./m", "score -m elements"])
def test_names_that_come_bit_by_bit(trained: CommandLine, words: str) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.write(writing, b"Neo")
    env = {"CHARNAMES_ITERATIONS": "1"}
    with killed(trained.start(*words.split(), stdin=reading, **env)) as child:
        until(lambda: not select.select([reading], [], [], 0)[0])  # it is read
        os.close(reading)
        os.write(writing, b"n\nArgon\n")
        os.close(writing)
        out, _ = child.communicate(timeout=PATIENCE)
        assert child.returncode == 0
    if words.startswith("train"):
        assert '"names": 2' in out
    else:
        assert [line.split()[-1] for line in out.splitlines()] == ["Neon", "Argon"]


@pytest.mark.parametrize(
    "words", ["train -d -", "score", "evaluate --against -", "sample --avoid -"]
)
def test_fault_25_standard_input_that_cannot_be_read(
    trained: CommandLine, words: str
) -> None:
    writing = os.open(trained.folder / "nothing", os.O_WRONLY | os.O_CREAT)
    with trained.start(*words.split(), stdin=writing) as child:
        out, err = child.communicate(timeout=PATIENCE)
    os.close(writing)
    assert (child.returncode, out) == (1, "")
    line = "charnames: error: standard input: Bad file descriptor; give a UTF-8"
    assert err.splitlines()[-1].startswith(line)


def test_fault_24_a_line_without_end_is_not_waited_for(trained: CommandLine) -> None:
    done = redirected_to(trained, {0: "/dev/zero"}, ["score", "-q"], 1)
    assert done.out == "" and "standard input, line 1: a name has at most" in done.err


def test_a_reader_that_goes_away_is_no_error(trained: CommandLine) -> None:
    done = trained.shell("charnames sample -q -n 1000000 | head -1")
    assert len(done.out.splitlines()) == 1 and done.err == ""
    assert trained.shell("charnames --help | head -1").err == ""
    line = "charnames train -d elements --iterations 9000 --checkpoint-every 50"
    done = trained.shell(f"{line} | head -1")
    assert done.out == "iteration 0   loss 22.53\n"
    assert done.err.splitlines()[-1].startswith("charnames: nobody reads the report; ")
    assert "error" not in done.err


@pytest.mark.parametrize(
    ("locale", "encoding"),
    [("C", "ascii"), ("POSIX", "utf-16"), ("nowhere.latin1", "cp037:replace")],
)
def test_output_is_utf8_with_line_feeds(
    cli: CommandLine, locale: str, encoding: str
) -> None:
    env = {"LC_ALL": locale, "PYTHONIOENCODING": encoding}
    done = cli("datasets", "movies", **env)
    assert "Amélie\n" in done.out and "\r" not in done.out
    error = cli("sample", "-m", "Zoë", status=2, **env)
    assert "'Zoë'" in error.err


def test_file_names_in_an_ascii_locale(cli: CommandLine) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (cli.folder / "Zoë.txt").write_text("Ada\nGrace\n")
    words = ["train", "-d", "Zoë.txt", "--iterations", 2, "-q"]
    cli(*words, "-o", "./Zoë.safetensors", **env)
    cli(*words, **env)
    assert {"Zoë.txt", "Zoë.safetensors"} <= {*os.listdir(cli.folder)}
    assert os.listdir(cli.models) == ["Zoë.safetensors"]
    cli("train", "-q", "--resume", "Zoë", "-d", "Zoë.txt", "--iterations", 4, **env)


@pytest.mark.parametrize("name", ["[red]", ":ox:", "{0}%s", r"\e[1m"])
def test_a_name_is_printed_as_it_is(cli: CommandLine, name: str) -> None:
    words = ["train", "-d", "-", "--seed", 1, "--iterations", 200, "--clip", 1]
    words += ["--hidden-size", 20, "--learning-rate", 0.2, "--state", "zero"]
    # It learns the name by heart.
    report = cli(*words, input=name).out
    assert report.splitlines()[-7:] == [f"  {name}"] * 7
    assert (
        cli("sample", "-n", 1, "--temperature", 0, "-q", "--known").out == f"{name}\n"
    )


def test_errors_cannot_steer_the_terminal(cli: CommandLine) -> None:
    done = cli("info", "./\x1b[31mred\n", status=1)
    assert "\x1b" not in done.err and len(done.err.splitlines()) == 1
    assert printable("a\x9b\u202eb") == "a\\x9b\\u202eb"
    line = json_line({"model": "a\x9b\u202eb", "loss": float("inf")})
    assert line.isascii()
    assert json.loads(line) == {"model": "a\x9b\u202eb", "loss": None}


def test_no_escape_and_no_carriage_return_in_a_pipe(trained: CommandLine) -> None:
    train = ["train", "-d", "elements", "--iterations", 40, "--checkpoint-every", 20]
    rising = ["--clip", 0, "--learning-rate", 1e6, "--hidden-size", 20]
    for words, status in (
        (["sample", "-m", "nope"], 2),
        (["sample", "-n", 0], 0),
        ([*train, "-v", "--held-out", 0.2], 0),
        ([*replaced(train, iterations=1000), *rising], 0),
    ):
        done = trained(*words, status=status, FORCE_COLOR="1", TTY_COMPATIBLE="1")
        assert done.err
        assert not {"\x1b", "\r"} & {*done.err, *done.out}


def test_seed_and_model_are_said_unless_quiet(trained: CommandLine) -> None:
    done = trained("sample", "-n", 5)
    model, seed = done.err.splitlines()
    assert model == "model: elements" and seed.startswith("seed: ")
    again = trained("sample", "-n", 5, "--seed", seed.removeprefix("seed: "))
    assert again == (0, done.out, "model: elements\n")
    assert trained("sample", "-q").err == ""


each_signal = pytest.mark.parametrize(
    ("signum", "status", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "the terminal closed"),
    ],
)


@each_signal
def test_fault_16_a_stopped_sample(
    trained: CommandLine, signum: int, status: int, word: str
) -> None:
    with trained.start("sample", "-n", 10**9, "-q") as child:
        assert child.stdout and child.stdout.readline()
        child.send_signal(signum)
        _, err = child.communicate()
    assert (child.returncode, err) == (status, f"charnames: {word}\n")


@each_signal
def test_fault_16_stopped_while_names_are_read(
    trained: CommandLine, signum: int, status: int, word: str
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.write(writing, b"Neon")
    with killed(trained.start("score", "-q", stdin=reading)) as child:
        until(lambda: not select.select([reading], [], [], 0)[0])  # it waits for more
        child.send_signal(signum)
        _, err = child.communicate(timeout=PATIENCE)
    os.close(reading)
    os.close(writing)
    assert (child.returncode, err) == (status, f"charnames: {word}\n")


class Thrown:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def read_slowly(path: Path, encoding: str) -> None:
    Thrown()
    time.sleep(PATIENCE)


def throwing_away(go_on: Callable[[], NoReturn]) -> None:
    """Go on in a child (preexec_fn), where reading throws away what sends a signal."""
    exits._RAISED_AGAIN = 0.05
    setattr(pathlib.Path, "read_text", read_slowly)  # noqa: B010
    go_on()


def test_fault_16_a_signal_while_something_is_thrown_away(cli: CommandLine) -> None:
    """Where an exception goes nowhere, and Python prints it."""
    process = cli.process(("datasets", "elements"), {})
    go_on = partial(throwing_away, process.pop("preexec_fn"))
    done = subprocess.run(capture_output=True, text=True, preexec_fn=go_on, **process)
    ended = (done.returncode, done.stdout, done.stderr)
    assert ended == (143, "", "charnames: terminated\n")


def ignoring_interrupts(go_on: Callable[[], NoReturn]) -> None:
    """Go on in a child (preexec_fn) as a shell has it for `trap '' INT`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    go_on()


def test_ignored_interrupts_stay_ignored(trained: CommandLine) -> None:
    process = trained.process(
        ("sample", "-q", "-n", 20_000, "--known", "--repeats"), {}
    )
    go_on = partial(ignoring_interrupts, process.pop("preexec_fn"))
    pipe = subprocess.PIPE
    child = subprocess.Popen(stdout=pipe, text=True, preexec_fn=go_on, **process)
    with killed(child):
        assert child.stdout and child.stdout.readline()  # it writes, to a full pipe
        child.send_signal(signal.SIGINT)
        assert len(child.stdout.readlines()) == 19_999
        assert child.wait(PATIENCE) == 0


def test_warnings_are_lines(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import warnings\n"
        "from pathlib import Path\n"
        "read = Path.read_text\n"
        "def noisy(path, encoding):\n"
        "    for _ in range(2): warnings.warn('odd')\n"
        "    return read(path, encoding)\n"
        "Path.read_text = noisy\n"
    )
    path = f"{tmp_path}:{cli.env['PYTHONPATH']}"
    for extra in ({}, {"PYTHONWARNINGS": "error"}):
        done = cli("datasets", "elements", PYTHONPATH=path, **extra)
        assert done.err == "charnames: warning: odd\n"


def test_a_fault_of_our_own_is_a_line(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from pathlib import Path\nPath.read_text = lambda path, encoding: 1 / 0\n"
    )
    path = f"{tmp_path}:{cli.env['PYTHONPATH']}"
    done = cli("datasets", "elements", status=1, PYTHONPATH=path)
    assert done.err.startswith("charnames: error: unexpected ZeroDivisionError")
    assert len(done.err.splitlines()) == 1
