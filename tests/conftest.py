"""What pytest leaves alone, and the command line as tests run it.

The command line is run in a process of its own, with real pipes and a home of its own,
so that standard output, standard error and the exit status are what a shell would get.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import charnames
from charnames.cli import main

# Programs that stand beside the tests.
collect_ignore_glob = ["benchmarks/*", "golden/*"]


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class CommandLine:
    """Runs `charnames` in a folder of its own, where it is on the PATH as well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "data" / "charnames" / "models"
        self.words = [sys.executable, "-m", "charnames"]
        program = folder / "bin" / "charnames"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m charnames "$@"\n')
        program.chmod(0o755)
        self.env = {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(charnames.__file__).parents[1]),
            "XDG_DATA_HOME": str(folder / "data"),
            "HOME": str(folder / "home"),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
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
        words = [*self.words, *map(str, args)]
        return self._expect(status, words, data, env)

    def shell(self, line: str, status: int = 0, **env: str | None) -> Ended:
        """Run a line of bash; a pipe ends as its worst command does."""
        words = ["bash", "-o", "pipefail", "-c", line]
        return self._expect(status, words, b"", env)

    def _expect(
        self, status: int, words: list[str], data: bytes, env: Mapping[str, str | None]
    ) -> Ended:
        done = subprocess.run(
            words, input=data, capture_output=True, timeout=60, **self.settings(env)
        )
        ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert ended.status == status, ended
        return ended

    def start(self, *args: object, **env: str | None) -> subprocess.Popen[str]:
        """Begin it, with text pipes."""
        return subprocess.Popen(
            [*self.words, *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **self.settings(env),
        )


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command line in an empty home."""
    return CommandLine(tmp_path)


@pytest.fixture
def inside(
    trained: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Ended]:
    """As `trained`, but in this process, where one of its own would add but time."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in trained.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(trained.folder)

    def run(*args: object, status: int = 0, **env: str) -> Ended:
        with monkeypatch.context() as once, pytest.raises(SystemExit) as ended:
            for name, value in env.items():
                once.setenv(name, value)
            main([str(arg) for arg in args])
        done = Ended(int(ended.value.code or 0), *capfd.readouterr())
        assert done.status == status, done
        return done

    return run


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
