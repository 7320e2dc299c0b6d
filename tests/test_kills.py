"""Training in a process of its own: killed, out of room, not alone."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames.models import loading
from tests.conftest import WITH_SEAM
from tests.killing import KilledRun
from tests.modelfiles import timeless
from tests.processes import PATIENCE, killed, until

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

SEED = 11
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
ENDLESS = ["--iterations", 10**9, "--checkpoint-every", 100, "--hidden-size", 8]


def test_fault_11_17_killed_at_random_moments_and_gone_on_with(tmp_path: Path) -> None:
    """Each time there is a whole model, and the next save takes away what was left."""
    run = KilledRun(tmp_path, random.Random(SEED))
    for _ in range(6):
        run.kill()
    assert run.iteration > 0
    for path in (run.path, run.output):
        loading.load(run.path).save(path)
    assert run.left() == []
    assert run.is_exact()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(("signum", "status"), SIGNALS)
def test_fault_16_stopped_within_a_write(
    cli: CommandLine, signum: int, status: int, times: int
) -> None:
    """Writing the second checkpoint waits for what happens, so it comes there.

    A signal that comes twice, as from `timeout` and its group, is one.
    """
    steps, awaited = cli.folder / "steps", cli.folder / "signals"
    env = {"SEAM_STEPS": str(steps), "SEAM_AWAITED": str(awaited), **WITH_SEAM}
    words = ["train", "-d", "elements", *ENDLESS, "-q", "-o", "./m"]
    with killed(cli.start(*words, **env)) as child:
        until(lambda: steps.exists() and "link" in steps.read_text().split())
        until(lambda: steps.read_text().split()[-1] == "write")
        for _ in range(times):
            child.send_signal(signum)
            time.sleep(0.02)
        awaited.touch()
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == status
    assert [path.name for path in cli.folder.glob("*m*") if path.is_file()] == ["m"]
    assert [*cli.folder.glob(".m.*")] == []
    iteration = charnames.load(cli.folder / "m").provenance.iterations
    assert iteration == 100  # that of the write, which was finished
    assert f"iteration {iteration:,} is in ./m; go on with: " in err
    pasted = err.partition("go on with: ")[2]
    cli.pasted(pasted, CHARNAMES_ITERATIONS=str(iteration + 100))


def test_fault_12_a_disk_that_fills_up_while_training(cli: CommandLine) -> None:
    """The system refuses to let files grow, from a checkpoint on."""
    words = ["train", "-d", "elements", *ENDLESS, "--samples", 0, "--json", "-q"]
    with killed(cli.start(*words, "-o", "./my model")) as child:
        assert child.stdout
        for _ in range(3):
            child.stdout.readline()
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1000, 1000))
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert [path.name for path in cli.folder.glob("*m*")] == ["my model"]
    iteration = charnames.load(cli.folder / "my model").provenance.iterations
    (line,) = err.splitlines()
    assert line == (
        "charnames: error: ./my model: cannot be written (File too large); make room "
        f"for it; the checkpoint of iteration {iteration:,} is in ./my model; go on "
        "with: charnames train --resume './my model'"
    )
    pasted = line.partition("go on with: ")[2]
    cli.pasted(pasted, CHARNAMES_ITERATIONS=str(iteration + 100))


def test_fault_12_a_file_system_without_room(cli: CommandLine) -> None:
    """It holds a model, but not the next one beside it."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    train = "charnames train -q -d elements --hidden-size 80 --iterations 2 --seed 1"
    full = f"""
        mount -t tmpfs -o size=64k tmpfs disk && cd disk
        {train} -o ./m > /dev/null || echo ended with $?
        ls -A
        mount -o remount,size=1m .
        charnames train -q --resume ./m > /dev/null
        mv m ..
    """
    done = cli.shell(f"mkdir disk && unshare -rm sh -ec '{full}'")
    assert done.out == "ended with 1\nm\n"
    (line,) = done.err.splitlines()
    assert "./m: cannot be written (No space left on device); make room" in line
    assert line.endswith(
        "iteration 0 is in ./m; go on with: charnames train --resume ./m"
    )
    cli.shell(f"{train} -o ./whole")
    models = [charnames.load(cli.folder / name) for name in ("m", "whole")]
    assert timeless(models[0]) == timeless(models[1])
