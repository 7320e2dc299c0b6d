"""200 units of work on a cluster of two workers, of which a random one is killed (-9)
every 10 seconds, and another started: the results are those of this machine.

    python tests/soak/cluster.py [ITERATIONS]

ITERATIONS: of training in each unit, which decide how long it takes.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import charnames
from tests.dask_cluster import Cluster, running

ITERATIONS = int(sys.argv[1]) if sys.argv[1:] else 2_000
EVERY = 10  # seconds
CELLS = ("rnn", "gru", "lstm", "rnn")
SEEDS, FOLDS = 10, 5
COMPARE = ["-m", "charnames", "compare", "-d", "elements", "--json", "--no-progress"]
COMPARE += ["--recipe", "classic", "--architectures", "shapes.json"]
COMPARE += ["--seeds", str(SEEDS), "--folds", str(FOLDS)]


def compare(output: Path, *where: str) -> subprocess.Popen[bytes]:
    root = Path(charnames.__file__).parents[1]
    with output.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, *COMPARE, *where],
            cwd=output.parent,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=stream,
        )


def figures(output: Path) -> list[dict[str, Any]]:
    """What a comparison printed, without how long it took."""
    entries: list[dict[str, Any]] = []
    for line in output.read_text().splitlines():
        entry = json.loads(line)
        for part in (entry, *entry["runs"]):
            del part["seconds"]
        entries.append(entry)
    return entries


def kill_now_and_then(cluster: Cluster, process: subprocess.Popen[bytes]) -> int:
    """Kill and start workers while the process runs; how many were killed."""
    rng, killed = random.Random(1), 0
    while True:
        try:
            process.wait(EVERY)
            return killed
        except subprocess.TimeoutExpired:
            worker = cluster.workers.pop(rng.randrange(len(cluster.workers)))
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            cluster.add_worker()
            killed += 1


def main() -> None:
    shapes = [{"name": f"{i} {cell}", "cell": cell} for i, cell in enumerate(CELLS)]
    settings = {"iterations": ITERATIONS, "samples": 0, "architecture": shapes}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        there, here = folder / "there.jsonl", folder / "here.jsonl"
        (folder / "shapes.json").write_text(json.dumps(settings))
        with running(folder, 2) as cluster:
            begin = time.monotonic()
            process = compare(there, "--cluster", cluster.address)
            killed = kill_now_and_then(cluster, process)
            seconds = time.monotonic() - begin
        assert process.returncode == 0
        assert compare(here, "--jobs", "2").wait() == 0
        entries = figures(there)
        assert entries == figures(here)
    units = sum(len(entry["runs"]) for entry in entries)
    assert units == len(CELLS) * SEEDS * FOLDS
    print(
        f"cluster: {units} units in {seconds:.0f} s, {killed} workers killed; the same "
        "results as on this machine"
    )


if __name__ == "__main__":
    main()
