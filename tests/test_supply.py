"""What comes from elsewhere: nothing over a network, and no program is started."""

from __future__ import annotations

import sys

import pytest

from charnames.cli import COMMANDS
from tests.conftest import CommandLine

GUARD = """
import os, sys

FORBIDDEN = (
    "socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.", "pickle.",
    "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork",
)

def refuse(event, _):
    if event.startswith(FORBIDDEN):
        os.write(2, f"not allowed: {event}\\n".encode())
        os._exit(99)

sys.addaudithook(refuse)
"""
MAIN = "from charnames.cli import main; main(sys.argv[1:])"
WORDS = {
    "train": "train -d elements --recipe modern --iterations 2 -o m.safetensors",
    "sample": "sample -n 3 --prefix a",
    "evaluate": "evaluate --model elements --against elements",
    "score": "score Ada",
    "info": "info",
    "models": "models",
    "datasets": "datasets movies",
    "classify": "classify -m ./labels.safetensors Anna",
}
LABELS = "train -d surnames --task classify --iterations 1 -o ./labels.safetensors"


def guarded(cli: CommandLine, code: str) -> CommandLine:
    """An interpreter that leaves with status 99 where it does what it is not to do."""
    cli.words = [sys.executable, "-c", GUARD + code]
    return cli


@pytest.mark.parametrize("command", sorted({*COMMANDS} - {"plot"}))
def test_no_command_uses_a_network_or_starts_a_program(
    trained: CommandLine, command: str
) -> None:
    """But for `plot`, of which an extra says what it does."""
    line = guarded(trained, MAIN)
    if command == "classify":
        assert line(*LABELS.split()).out
    assert line(*WORDS[command].split()).out


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "os.system('true')",
        "import pickle; pickle.loads(b'cos\\nsystem\\n.')",
    ],
)
def test_the_guard_sees_what_it_is_to_see(cli: CommandLine, code: str) -> None:
    assert "not allowed" in guarded(cli, code)(status=99).err
