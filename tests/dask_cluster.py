"""A Dask scheduler with workers, all on this machine, for tests."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.processes import PATIENCE, killed, until

Program = subprocess.Popen[str]
# No profile, which would be taken all the time.
_LITTLE_BESIDE = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
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
        """One of Dask's programs, as a fork of this process, which has imported it."""
        module = f"distributed.cli.dask_{program}"
        import_module(module)
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],  # as which it goes on
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=partial(_go_on_as_dask, module, words),
        )

    def add_worker(self) -> None:
        """Start a worker, which is not there at once."""
        words = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        words += ["--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        self.workers.append(self.start("worker", *words))

    def wait_for_workers(self) -> None:
        """Wait until all workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=PATIENCE)


def _go_on_as_dask(module: str, words: tuple[str, ...]) -> NoReturn:
    """Go on as one of Dask's programs in the child that subprocess has forked, where it
    would start another program (preexec_fn).
    """
    import dask

    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # one of them tells of the start
    sys.stdin, sys.stdout, sys.stderr = map(os.fdopen, (0, 1, 2), "rww")
    logging.disable()  # its handlers write to what was open before
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    try:
        dask.config.set(_LITTLE_BESIDE)
        import_module(module).main(words)
    finally:
        os._exit(1)


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Cluster]:
    """A cluster of so many workers, which are there."""
    here = Cluster(folder)
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    words += ["--scheduler-file", str(here.file)]
    with killed(here.start("scheduler", *words)):
        until(lambda: here.file.exists() and here.file.stat().st_size)
        try:
            for _ in range(workers):
                here.add_worker()
            if workers:
                here.wait_for_workers()
            yield here
        finally:
            for worker in here.workers:
                worker.kill()
                worker.wait()
