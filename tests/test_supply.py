"""What comes from elsewhere: nothing over a network, and no program is started."""

from __future__ import annotations

import sys

import pytest

from charnames.cli import COMMANDS
from tests.conftest import KINDS, CommandLine

# Read by every Python that starts with it on PYTHONPATH, and by those that this starts.
GUARD = """
import _posixsubprocess, os, sys

FORBIDDEN = (
    "socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.", "pickle.",
    "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork",
)
COPIES = "COPIES" in os.environ
OURS = ("charnames.", "numpy", "multiprocessing.", "concurrent.futures.")

def refuse(event, args):
    if COPIES and event == "pickle.find_class" and args[0].startswith(OURS):
        return
    if event.startswith(FORBIDDEN):
        os.write(2, f"not allowed: {event}\\n".encode())
        os._exit(99)

def start(words, programs, *rest):
    copy = programs == [os.fsencode(sys.executable)]
    if not (COPIES and copy and any("from multiprocessing." in str(w) for w in words)):
        refuse("subprocess.fork_exec", words)
    return fork_exec(words, programs, *rest)

fork_exec, _posixsubprocess.fork_exec = _posixsubprocess.fork_exec, start
sys.addaudithook(refuse)
"""
WORDS = {
    "tune": "tune -d elements --recipe tiny.json --trials 1 -o best.json",
    "train": "train -d names.txt --recipe modern --iterations 2 -o m.safetensors",
    "sample": "sample -n 3 --prefix a",
    "evaluate": "evaluate --model elements --against elements",
    "score": "score Ada",
    "info": "info",
    "models": "models",
    "datasets": "datasets movies",
    "classify": "classify -m ./labels.safetensors Anna",
    "export": "export -m elements --precision float16 -o -",
    "convert": "convert -m ./pairs.safetensors Anna",
}
LABELS = "train -d kinds.txt --task classify --iterations 1 -o ./labels.safetensors"
PAIRS = "train -d pairs.txt --task convert --iterations 1 -o ./pairs.safetensors"
TRAINED_FIRST = {"classify": LABELS, "convert": PAIRS}
SHAPES = '{"iterations": 1, "architecture": [{"name": "one"}, {"name": "two"}]}'


@pytest.fixture
def guarded(trained: CommandLine) -> CommandLine:
    """A command line that leaves with status 99 where it does what it is not to do."""
    folder = trained.folder / "guard"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(GUARD)
    (trained.folder / "names.txt").write_text("Ada\nGrace\nAlan\n")
    (trained.folder / "kinds.txt").write_text(KINDS)
    (trained.folder / "pairs.txt").write_text("Anna\tanna\nBob\tbob\nAna\tana\n")
    (trained.folder / "tiny.json").write_text('{"iterations": 1, "hidden_size": 2}')
    trained.env["PYTHONPATH"] = f"{folder}:{trained.env['PYTHONPATH']}"
    return trained


@pytest.mark.parametrize("command", sorted({*COMMANDS} - {"compare", "plot", "report"}))
def test_no_command_uses_a_network_or_starts_a_program(
    guarded: CommandLine, command: str
) -> None:
    """But for `plot` and `report`, of which an extra says what it does, and `compare`:
    see below.
    """
    if command in TRAINED_FIRST:
        assert guarded(*TRAINED_FIRST[command].split()).out
    assert guarded(*WORDS[command].split()).out


def test_compare_starts_copies_of_its_own_python_alone(guarded: CommandLine) -> None:
    """They and it speak in pickles, of nothing but their own classes."""
    (guarded.folder / "shapes.json").write_text(SHAPES)
    words = ["compare", "-d", "kinds.txt", "--architectures", "shapes.json"]
    words += ["--held-out", "0.25"]
    assert guarded(*words, COPIES="1").out
    assert "not allowed: subprocess.fork_exec" in guarded(*words, status=99).err


@pytest.mark.parametrize("copies", [None, "1"])
@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import pickle; pickle.loads(b'cos\\nsystem\\n.')",
        "from multiprocessing import util; util.spawnv_passfds(b'/bin/sh', [''], ())",
    ],
)
def test_the_guard_sees_what_it_is_to_see(
    guarded: CommandLine, code: str, copies: str | None
) -> None:
    guarded.words = [sys.executable, "-c", code]
    assert "not allowed" in guarded(status=99, COPIES=copies).err


def test_the_guard_sees_what_a_copy_does(guarded: CommandLine) -> None:
    code = "from multiprocessing.connection import Client; "
    code += "from charnames.experiments.workers import side_by_side as s; "
    code += "print(*s(Client, '/nowhere', ['AF_UNIX'], 1))"
    guarded.words = [sys.executable, "-c", code]
    assert "not allowed: socket" in guarded(status=1, COPIES="1").err
