"""A Dask scheduler with workers, all on this machine, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import charnames
from tests.processes import PATIENCE, killed, until

Program = subprocess.Popen[str]
# One thread of linear algebra, and no profile, which would be taken all the time.
_LITTLE_BESIDE = {
    "OPENBLAS_NUM_THREADS": "1",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
}


class Cluster:
    """A scheduler, and worker processes that end with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.workers: list[Program] = []

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def start(self, program: str, *words: str) -> Program:
        """One of Dask's programs, which imports what the tests import."""
        root = Path(charnames.__file__).parents[1]
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *words],
            cwd=self.folder,
            env={**os.environ, **_LITTLE_BESIDE, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def add_worker(self) -> None:
        """Start a worker, which takes a second or two to be there."""
        words = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        words += ["--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        self.workers.append(self.start("worker", *words))


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Cluster]:
    """A cluster of so many workers, which are there."""
    from distributed import Client

    here = Cluster(folder)
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    words += ["--scheduler-file", str(here.file)]
    with killed(here.start("scheduler", *words)):
        until(lambda: here.file.exists() and here.file.stat().st_size)
        try:
            for _ in range(workers):
                here.add_worker()
            if workers:
                with Client(here.address, set_as_default=False) as client:
                    client.wait_for_workers(workers, timeout=PATIENCE)
            yield here
        finally:
            for worker in here.workers:
                worker.kill()
                worker.wait()
