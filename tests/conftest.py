"""What pytest leaves alone, and the command line as tests run it.

The command line is run in a process of its own, with real pipes and a home of its own,
so that standard output, standard error and the exit status are what a shell would get.
The process is a fork of this one, which has imported what it needs already, unless a
shell starts it, it starts processes, or Python is to start in another way.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import charnames
from charnames.cli import main
from charnames.experiments import workers
from tests.processes import forked_pool, go_on_as_program

# Programs that stand beside the tests.
collect_ignore_glob = ["benchmarks/*", "golden/*", "seam/*", "soak/*"]

# Small products gain nothing by a second thread, and lose much where cores are shared.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

MEMORY = "/dev/shm"  # Linux's file system in memory


def can_be_used(folder: str) -> bool:
    """Whether there is such a folder, with room, whose files may be run."""
    if not os.access(folder, os.W_OK):
        return False
    status = os.statvfs(folder)
    runs = not status.f_flag & getattr(os, "ST_NOEXEC", 0)
    return runs and status.f_bavail * status.f_frsize > 2**32


# Thousands of files are written, flushed and deleted, which takes time on a disk.
if can_be_used(MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

# A shell has what it runs in the background ignore Ctrl-C and Ctrl-\, and a child
# inherits it.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Leave what all tests share to no later collection of garbage."""
    gc.collect()
    gc.freeze()


PROGRAM = [sys.executable, "-m", "charnames"]
ROOT = Path(charnames.__file__).parents[1]
AT_START = {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
WITH_SEAM = {**AT_START, "PYTHONPATH": f"{ROOT / 'tests' / 'seam'}:{ROOT}"}
READ_AT_START = re.compile("PYTHON|LC_|LANG|OMP|OPENBLAS")
STARTS_PROCESSES = {"--cluster"}


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class CommandLine:
    """Runs `charnames` in a folder of its own, where it is on the PATH as well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "data" / "charnames" / "models"
        self.words = PROGRAM
        program = folder / "bin" / "charnames"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m charnames "$@"\n')
        program.chmod(0o755)
        self.env = {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "XDG_DATA_HOME": str(folder / "data"),
            "HOME": str(folder / "home"),
            "TERM": "xterm-256color",
            **AT_START,
        }

    def settings(self, env: Mapping[str, str | None]) -> dict[str, Any]:
        """Arguments for subprocess; a variable that is None is taken away."""
        merged = {**self.env, **env}
        kept = {name: value for name, value in merged.items() if value is not None}
        return {"cwd": self.folder, "env": kept}

    def __call__(
        self,
        *args: object,
        status: int = 0,
        input: str | bytes = b"",
        **env: str | None,
    ) -> Ended:
        """Run it to its end, and expect that exit status."""
        data = input.encode() if isinstance(input, str) else input
        return self._expect(status, data, self.process(args, env))

    def shell(self, line: str, status: int = 0, **env: str | None) -> Ended:
        """Run a line of bash; a pipe ends as its worst command does."""
        words = ["bash", "-o", "pipefail", "-c", line]
        return self._expect(status, b"", {"args": words, **self.settings(env)})

    def pasted(self, line: str, status: int = 0, **env: str | None) -> Ended:
        """Run the command of a line that was printed to be pasted, as bash reads it."""
        words = ["bash", "-c", f"printf '%s\\0' {line}"]
        read = subprocess.run(
            words, check=True, capture_output=True, **self.settings({})
        )
        program, *args = map(os.fsdecode, read.stdout.split(b"\0")[:-1])
        assert program == "charnames"
        return self(*args, status=status, **env)

    def _expect(self, status: int, data: bytes, process: dict[str, Any]) -> Ended:
        done = subprocess.run(input=data, capture_output=True, timeout=60, **process)
        ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert ended.status == status, ended
        return ended

    def start(
        self,
        *args: object,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        **env: str | None,
    ) -> subprocess.Popen[str]:
        """Begin it, with text pipes."""
        return subprocess.Popen(
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            **self.process(args, env),
        )

    def process(
        self, args: tuple[object, ...], env: Mapping[str, str | None]
    ) -> dict[str, Any]:
        """Arguments for subprocess to run it with those arguments."""
        settings, words = self.settings(env), [*map(str, args)]
        at_start = {k: v for k, v in settings["env"].items() if READ_AT_START.match(k)}
        usual = self.words == PROGRAM and at_start in (AT_START, WITH_SEAM)
        alone = threading.active_count() == 1  # a fork would leave out other threads
        if usual and alone and not STARTS_PROCESSES.intersection(words):
            settings["preexec_fn"] = partial(go_on_as_program, words, settings["env"])
        return {"args": [*self.words, *words], **settings}


class Inside(CommandLine):
    """The same in this process, where one of its own would add nothing but time."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        super().__init__(folder)
        self.monkeypatch, self.capfd = monkeypatch, capfd

    def __call__(
        self,
        *args: object,
        status: int = 0,
        input: str | bytes = b"",
        **env: str | None,
    ) -> Ended:
        if input:
            return super().__call__(*args, status=status, input=input, **env)
        settings = self.settings(env)
        with self.monkeypatch.context() as here, pytest.raises(SystemExit) as ended:
            for name in list(os.environ):
                here.delenv(name)
            for name, value in settings["env"].items():
                here.setenv(name, value)
            here.chdir(settings["cwd"])
            here.setattr(workers, "ProcessPoolExecutor", forked_pool)
            here.setattr(os, "fsync", int)  # which matters to no process but a disk
            main([str(arg) for arg in args])
        done = Ended(int(ended.value.code or 0), *self.capfd.readouterr())
        assert done.status == status, done
        return done


@pytest.fixture
def forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that work side by side are forks of this one."""
    monkeypatch.setattr(workers, "ProcessPoolExecutor", forked_pool)


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command line in an empty home."""
    return CommandLine(tmp_path)


@pytest.fixture
def here(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Inside:
    """As `cli`, in this process."""
    return Inside(tmp_path, monkeypatch, capfd)


@pytest.fixture(scope="session")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small model of the elements."""
    line = CommandLine(tmp_path_factory.mktemp("trained"))
    line(
        "train", "-d", "elements", "--iterations", 300, "--hidden-size", 30, "--seed", 1
    )
    yield line.models / "elements.safetensors"


@pytest.fixture
def trained(cli: CommandLine, _trained: Path) -> CommandLine:
    """The command line in a home with a model called elements."""
    cli.models.mkdir(parents=True)
    shutil.copy(_trained, cli.models)
    return cli


@pytest.fixture
def inside(
    tmp_path: Path,
    trained: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Inside:
    """As `trained`, in this process."""
    return Inside(tmp_path, monkeypatch, capfd)


KINDS = "".join(
    f"{label}\t{name}\n"
    for label, names in (("ab", "Anna Baba Aab Banab"), ("xy", "Xyx Yyx Xxy Yxyy"))
    for name in names.split()
)
WAVES = "".join(
    json.dumps({"label": label, "sequence": [[sign * t, 0.5] for t in range(n)]}) + "\n"
    for label, sign in (("up", 1), ("down", -1))
    for n in (3, 4, 5, 6)
)


@pytest.fixture(scope="session")
def _learned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a home with models that learned labels."""
    line = CommandLine(tmp_path_factory.mktemp("learned"))
    (line.folder / "kinds.txt").write_text(KINDS)
    (line.folder / "waves.jsonl").write_text(WAVES)
    quick = ("--iterations", 60, "--checkpoint-every", 30, "--seed", 1)
    names = ("kinds.txt", "--labels", "--recipe", "modern", "--init-from", "none")
    line("train", "-d", *names, *quick)
    line("train", "-d", "waves.jsonl", "--task", "classify", *quick)
    line("train", "-d", "kinds.txt", "--task", "classify", *quick)
    yield line.folder


@pytest.fixture
def learned(
    tmp_path: Path,
    _learned: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Inside:
    """The command line, in this process, in a home with a model of names with labels,
    kinds, and the classifiers kinds-classifier and waves-classifier.
    """
    shutil.copytree(_learned, tmp_path, dirs_exist_ok=True)
    return Inside(tmp_path, monkeypatch, capfd)
