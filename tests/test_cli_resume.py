"""Runs that are stopped, and go on: what is kept, what is said, what comes of it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

import charnames
from charnames.cli.terminal import exits
from charnames.models import loading
from tests.processes import PATIENCE, is_in, is_writing, killed, needs_proc, until

if TYPE_CHECKING:
    from conftest import CommandLine

ENDLESS = ["--iterations", 10**9, "--checkpoint-every", 100, "--hidden-size", 8]
TIMEOUT = ["timeout", "--kill-after", "20", str(PATIENCE)]
SIGNALS = [
    (signal.SIGINT, 130, "interrupted"),
    (signal.SIGTERM, 143, "terminated"),
    (signal.SIGHUP, 129, "the terminal closed"),
]


def stop(child: subprocess.Popen[str], signum: int, lines: int = 1) -> tuple[int, str]:
    """Send the signal after that many lines; exit status and standard error."""
    with killed(child):
        assert child.stdout
        for _ in range(lines):
            child.stdout.readline()
        child.send_signal(signum)
        _, err = child.communicate(timeout=PATIENCE)
    return child.returncode, err


@pytest.mark.parametrize(("signum", "status", "word"), SIGNALS)
def test_fault_16_a_stopped_run_says_how_to_go_on(
    cli: CommandLine, signum: int, status: int, word: str
) -> None:
    child = cli.start("train", "-d", "elements", *ENDLESS, "--samples", 0)
    code, err = stop(child, signum, lines=3)
    line = err.splitlines()[-1]
    model = charnames.load(cli.models / "elements.safetensors")
    iteration = model.provenance.iterations
    assert code == status and iteration >= 200
    assert line == (
        f"charnames: {word}; the checkpoint of iteration {iteration:,} is in "
        f"{cli.models / 'elements.safetensors'}; go on with: "
        "charnames train --resume elements"
    )
    pasted = line.partition("go on with: ")[2]
    done = cli(*bash_words(cli, pasted)[1:], CHARNAMES_ITERATIONS=str(iteration + 100))
    assert done.out.splitlines()[0].startswith(f"iteration {iteration + 100:,} ")


def test_fault_16_the_list_is_in_the_line_where_it_is_needed(cli: CommandLine) -> None:
    names = cli.folder / "names.txt"
    names.write_text("Ada\nGrace\nAlan\n")
    words = ["train", "-d", "-", "-o", "./m", "--iterations", 4, "-q"]
    cli(*words, input=names.read_bytes())
    refused = cli("train", "--resume", "./m", "--iterations", 8, status=2)
    assert "-d -" in refused.err
    words = ["train", "--resume", "./m", "-d", "names.txt", *ENDLESS[:4]]
    code, err = stop(cli.start(*words), signal.SIGTERM)
    assert code == 143
    assert err.endswith("go on with: charnames train --resume ./m -d names.txt\n")


@pytest.mark.parametrize(("signum", "status", "word"), SIGNALS)
def test_fault_16_nothing_saved_is_said(
    cli: CommandLine, signum: int, status: int, word: str
) -> None:
    fifo = cli.folder / "list.txt"
    subprocess.run(["mkfifo", fifo], check=True)
    child = cli.start("train", "-q", "-d", "list.txt", "-o", "./m")
    with child, open(fifo, "w"):  # it waits for names
        child.send_signal(signum)
        _, err = child.communicate()
    assert (child.returncode, err) == (
        status,
        f"charnames: {word}; there was no checkpoint yet, so nothing was saved\n",
    )
    assert not (cli.folder / "m").exists()


def test_fault_16_out_of_the_time_of_timeout(cli: CommandLine) -> None:
    cli.words = [*TIMEOUT, *cli.words]
    child = cli.start("train", "-d", "elements", *ENDLESS)
    code, err = stop(child, signal.SIGALRM)  # which tells it that the time is over
    assert code == 124
    assert "charnames: terminated; the checkpoint of iteration" in err


def test_fault_16_a_report_that_nobody_reads_is_not_waited_for(
    cli: CommandLine,
) -> None:
    words = ["train", "-d", "elements", *ENDLESS, "--no-progress", "--samples", 1000]
    reading, writing = os.pipe()
    with killed(cli.start(*words, stdout=writing)) as child:
        until(lambda: not select.select([], [writing], [], 0)[1])  # it is full
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 143
        assert child.stderr and "charnames train --resume" in child.stderr.read()
    os.close(reading)
    os.close(writing)


@contextmanager
def full_pipe() -> Iterator[int]:
    """The writing end of a pipe that takes nothing more, and that nobody reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    try:
        yield writing
    finally:
        os.close(reading)
        os.close(writing)


@needs_proc
@pytest.mark.parametrize("count", [20, 100])
def test_fault_16_names_that_nobody_takes_are_not_waited_for(
    trained: CommandLine, count: int
) -> None:
    """They are in the buffer of standard output when the signal comes."""
    words = ["sample", "-n", count, "--seed", 1]
    length = len(trained(*words).out.encode())
    with full_pipe() as pipe, killed(trained.start(*words, stdout=pipe)) as child:
        until(lambda: is_writing(child.pid, length))
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, err) == (143, "model: elements\ncharnames: terminated\n")


def telling_signals_apart(go_on: Callable[[], NoReturn]) -> None:
    """Go on in a child (preexec_fn), where two signals soon are two."""
    exits._SAME_SIGNAL = 0.02  # seconds
    go_on()


def test_fault_16_a_second_signal_leaves_at_once(trained: CommandLine) -> None:
    """The first waits for the error line to be written, which nobody reads."""
    process = trained.process(("sample", "-q", "-n", 10**9), {})
    go_on = partial(telling_signals_apart, process.pop("preexec_fn"))
    process |= {"preexec_fn": go_on, "stdout": subprocess.PIPE}
    with (
        full_pipe() as writing,
        killed(subprocess.Popen(stderr=writing, **process)) as child,
    ):
        assert child.stdout and child.stdout.readline()
        child.send_signal(signal.SIGTERM)
        os.set_blocking(child.stdout.fileno(), False)
        until(lambda: child.stdout.read() == b"")  # closed to answer the first
        time.sleep(0.05)  # two signals that come closer together count as one
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 143


def test_fault_16_a_model_for_standard_output_is_handed_over(cli: CommandLine) -> None:
    cli.words = [*TIMEOUT, *cli.words]
    words = ["train", "-d", "elements", *ENDLESS, "-o", "-"]
    with open(cli.folder / "m.safetensors", "wb") as file:
        child = cli.start(*words, stdout=file.fileno())
    with child:
        assert child.stderr
        next(line for line in child.stderr if line.startswith("iteration 100 "))
        child.send_signal(signal.SIGALRM)  # which tells it that the time is over
        err = child.stderr.read()
    assert child.returncode == 124
    model = charnames.load(cli.folder / "m.safetensors")
    assert model.provenance.iterations % 100 == 0
    assert "charnames train --resume FILE\n" in err


@pytest.mark.parametrize(("signum", "status", "word"), SIGNALS)
def test_fault_16_nothing_is_said_where_there_was_nothing_yet(
    cli: CommandLine, signum: int, status: int, word: str
) -> None:
    """Stopped while the commands are still being imported."""
    (cli.folder / "click.py").write_text(
        "print(flush=True)\nimport time; time.sleep(60)"
    )
    path = f"{cli.folder}:{cli.env['PYTHONPATH']}"
    code, err = stop(cli.start("--help", PYTHONPATH=path), signum)
    assert (code % 256, err) == (256 - signum, "")  # which a shell calls 128 + signum


@needs_proc
def test_fault_16_a_model_is_handed_over_once(cli: CommandLine) -> None:
    """Stopped while it is being taken."""
    reading, writing = os.pipe()
    words = ["train", "-d", "elements", "--iterations", 2, "--hidden-size", 200]
    with killed(cli.start(*words, "-o", "-", stdout=writing)) as child:
        os.close(writing)
        until(lambda: is_writing(child.pid))  # until somebody reads
        child.send_signal(signal.SIGTERM)
        until(lambda: not is_in("ShdPnd", child.pid, signal.SIGTERM))
        until(lambda: is_writing(child.pid) or child.poll() is not None)
        with open(reading, "rb") as stream:
            model = loading.from_bytes(stream.read())
        _, err = child.communicate(timeout=PATIENCE)
    assert model.provenance.iterations == 2
    assert child.returncode == 143
    assert err.endswith("the checkpoint of iteration 2 went to standard output\n")


def test_fault_17_stopped_and_resumed_is_as_if_not_stopped(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", "--checkpoint-every", 50, "--hidden-size", 20]
    words += ["--seed", 3]
    whole = inside(*words, "--iterations", 300, "-o", "./whole").out
    first = inside(*words, "--iterations", 130, "-o", "./parts").out
    second = inside("train", "--resume", "./parts", "--iterations", 300).out
    # The first part ended on a checkpoint of its own, at 130.
    assert whole.startswith(first.partition("\n\niteration 130 ")[0])
    assert whole.endswith(second)
    models = [charnames.load(inside.folder / name) for name in ("whole", "parts")]
    assert len({model.parameters.values.tobytes() for model in models}) == 1
    assert models[0].provenance == models[1].provenance
    assert models[0].recipe == models[1].recipe


def test_fault_17_interrupted_and_resumed(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", "--checkpoint-every", 100, "--hidden-size", 20]
    words += ["--seed", 3, "--samples", 0]
    child = cli.start(*words, "--iterations", 10**9, "-o", "./parts")
    code, err = stop(child, signal.SIGTERM, lines=4)
    assert code == 143
    iterations = charnames.load(cli.folder / "parts").provenance.iterations + 150
    env = {"CHARNAMES_ITERATIONS": str(iterations)}
    cli(*bash_words(cli, err.partition("go on with: ")[2])[1:], **env)
    cli(*words, "-o", "./whole", **env)
    models = [charnames.load(cli.folder / name) for name in ("whole", "parts")]
    assert len({model.parameters.values.tobytes() for model in models}) == 1
    assert models[0].provenance == models[1].provenance


def test_fault_18_a_list_that_has_changed_is_refused(inside: CommandLine) -> None:
    names = inside.folder / "names.txt"
    names.write_text("Ada\nGrace\nAlan\n")
    inside("train", "-d", "names.txt", "-o", "./m", "--iterations", 4, "-q")
    before = (inside.folder / "m").read_bytes()
    names.write_text("Ada\nGrace\nEdsger\n")
    refused = inside("train", "--resume", "./m", "--iterations", 8, status=1)
    assert refused.out == ""
    assert refused.err.startswith("charnames: error: names.txt: not the list that")
    assert "--init-from" in refused.err and len(refused.err.splitlines()) == 1
    names.unlink()
    gone = inside("train", "--resume", "./m", status=1).err
    assert "names.txt: " in gone and "give it with -d/--dataset" in gone
    assert (inside.folder / "m").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ([], 1, "has had its 300 iterations"),
        ([], 1, "to go on, ask for more than that with --iterations"),
        (["--iterations", 400, "--time-limit", "0.001s"], 1, "with --time-limit"),
        (["--iterations", 40], 1, "has had its 300 iterations"),
        (["--iterations", 400, "--hidden-size", 40], 1, "hidden_size: a resumed run"),
        (["--iterations", 400, "--recipe", "classic"], 1, "hidden_size: a resumed run"),
        (["--iterations", 400, "--seed", 2], 2, "--seed: a resumed run keeps"),
        (["--iterations", 400, "--case", "keep"], 2, "--case: a resumed run keeps"),
    ],
)
def test_what_a_resumed_run_cannot_change(
    inside: CommandLine, words: list[str], status: int, expected: str
) -> None:
    done = inside("train", "--resume", "elements", *words, status=status)
    assert done.out == "" and expected in done.err


def test_lists_that_were_joined_are_given_again(inside: CommandLine) -> None:
    lists = []
    for name in ("towns", "rivers"):
        (inside.folder / f"{name}.txt").write_text("Ulm\nIller\nAu\n")
        lists += ["-d", f"{name}.txt"]
    inside("train", *lists, "--iterations", 2, "-o", "./m")
    words = ["train", "--resume", "./m", "--iterations", 4]
    error = inside(*words, status=1).err
    assert "towns.txt, rivers.txt: learned by the run, and not here; give" in error
    inside(*words, *lists)


def test_another_model_s_weights_to_start_from(inside: CommandLine) -> None:
    words = ["train", "-d", "movies", "--init-from", "elements", "--iterations", 2]
    inside(*words)
    model = charnames.load(inside.models / "movies.safetensors")
    assert (model.recipe.hidden_size, model.provenance.iterations) == (30, 2)
    slip = inside(*words, "--hidden-size", 3, status=2)
    assert "--hidden-size: with --init-from" in slip.err
    slip = inside(*words, "--resume", "elements", status=2)
    assert "give one of them" in slip.err


def test_what_a_resumed_run_may_be_told(inside: CommandLine) -> None:
    words = ["--iterations", 400, "--seed", 1, "--case", "auto", "--hidden-size", 30]
    old = (inside.models / "elements.safetensors").read_bytes()
    done = inside("train", "--resume", "elements", *words, "-o", "./more", "--json")
    assert '"start"' in done.out.splitlines()[0] and '"seed": 1' in done.out
    assert charnames.load(inside.folder / "more").provenance.iterations == 400
    assert (inside.models / "elements.safetensors").read_bytes() == old
    inside(
        *["train", "-q", "--resume", "elements", "--iterations", 310],
        **{"CHARNAMES_SEED": "7", "CHARNAMES_TRAIN_CASE": "keep"},
    )


def test_a_run_stopped_before_it_got_further(trained: CommandLine) -> None:
    words = ["--iterations", 10**9, "--checkpoint-every", 10**9, "--json"]
    words += ["--time-limit", "2h"]
    child = trained.start("train", "--resume", "elements", *words)
    code, err = stop(child, signal.SIGINT)
    assert code == 130
    assert re.search(
        "the checkpoint of iteration 300 is in .*--resume elements "
        f"--iterations {10**9} --checkpoint-every {10**9} --time-limit 7200.0$",
        err,
    )


def test_an_alarm_that_was_set_before_ends_a_run(cli: CommandLine) -> None:
    """As that of `alarm` in a program that then becomes charnames."""
    program = (
        "import os, signal, sys; signal.alarm(60); os.execv(sys.argv[1], sys.argv[1:])"
    )
    cli.words = [sys.executable, "-c", program, *cli.words]
    child = cli.start("train", "-d", "elements", *ENDLESS)
    code, err = stop(child, signal.SIGALRM)
    assert code == 142
    assert "charnames: out of time; the checkpoint of iteration" in err
    assert "fault" not in err


ODD = {
    "line feed": "new\nline.txt",
    "tab": "a\tb.txt",
    "not UTF-8": os.fsdecode(b"\xffa\xe9.txt"),
    "long": "/".join(["d" * 200] * 6) + "/names.txt",
    "quotes": "it's \"\\ $HOME `ls`\n.txt",
    "override": "\u202egpj.txt",
}


@pytest.mark.parametrize("path", ODD.values(), ids=ODD.keys())
def test_fault_36_the_line_can_be_pasted_whatever_the_path(
    cli: CommandLine, path: str
) -> None:
    """Twice: what is resumed is stopped again, and says the same."""
    file = cli.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("Ada\nGrace\nAlan\n")
    words = ["train", "-d", path, *ENDLESS, "--samples", "0", "-o", "./m\n"]
    for _ in range(2):
        code, err = stop(cli.start(*words), signal.SIGTERM)
        assert code == 143
        line = err.splitlines()[-1]
        assert line.startswith("charnames: terminated; ") and line.isprintable()
        pasted = line.partition("go on with: ")[2]
        words = bash_words(cli, pasted)[1:]
        assert words[:3] == ["train", "--resume", "./m\n"] and path in words
    iteration = charnames.load(cli.folder / "m\n").provenance.iterations
    cli(*words, CHARNAMES_ITERATIONS=str(iteration + 100))


def bash_words(cli: CommandLine, line: str) -> list[str]:
    """The words that bash makes of a line."""
    words = ["bash", "-c", f"printf '%s\\0' {line}"]
    done = subprocess.run(words, check=True, capture_output=True, **cli.settings({}))
    return [os.fsdecode(word) for word in done.stdout.split(b"\0")[:-1]]
