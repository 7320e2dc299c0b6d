"""Work on the workers of a real Dask scheduler, all on this machine."""

from __future__ import annotations

import json
import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import charnames
from charnames.errors import CharnamesError, TrainingError
from charnames.experiments import cluster
from charnames.experiments.executors import Executor
from tests.conftest import CommandLine
from tests.processes import killed, until

pytest.importorskip("distributed", reason="distributed is not installed")

Program = subprocess.Popen[str]


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
            env={**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def add_worker(self) -> None:
        words = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        words += ["--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        self.workers.append(self.start("worker", *words))


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Cluster]:
    here = Cluster(folder)
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    words += ["--scheduler-file", str(here.file)]
    with killed(here.start("scheduler", *words)):
        until(here.file.exists)
        try:
            for _ in range(workers):
                here.add_worker()
            yield here
        finally:
            for worker in here.workers:
                worker.kill()
                worker.wait()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with running(tmp_path_factory.mktemp("cluster"), 2) as here:
        yield here


def divided(by: int, number: int) -> float:
    """A task that fails for a certain divisor."""
    if not by:
        raise CharnamesError(f"{number} cannot be divided")
    return number / by


def test_results_are_those_of_this_machine(two: Cluster) -> None:
    there, here = Executor(1, two.address), Executor(2)
    tasks = range(20)
    assert [*there.in_order(str, tasks)] == [*here.in_order(str, tasks)]
    results = there.side_by_side(operator.add, 2, tasks)
    assert sorted(results) == sorted(here.side_by_side(operator.add, 2, tasks))


def test_an_error_of_the_work_is_raised_as_it_is(two: Cluster) -> None:
    with pytest.raises(CharnamesError, match=r"^3 cannot be divided$"):
        list(Executor(1, two.address).side_by_side(divided, 0, [3]))


def test_folds_have_the_same_figures(two: Cluster, cli: CommandLine) -> None:
    words = ["evaluate", "-d", "elements", "--folds", 3, "--iterations", 8, "--json"]
    assert cli(*words, "--cluster", two.address) == cli(*words)


def slowly(folder: str, number: int) -> int:
    """A task that leaves a mark when it begins, and takes its time."""
    (Path(folder) / f"{number}-{os.getpid()}").touch()
    time.sleep(0.3)
    return number


def count_of(marks: Path, pid: int) -> int:
    """How many tasks that process has begun."""
    return len(list(marks.glob(f"*-{pid}")))


def test_a_worker_that_is_killed_costs_its_task_alone(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    results: list[int] = []
    with running(tmp_path, 2) as here:
        first = here.workers[0].pid
        work = Executor(1, here.address).side_by_side(slowly, str(marks), range(12))
        for result in work:
            results.append(result)
            if len(results) == 4:
                until(lambda: count_of(marks, first))
                os.kill(first, signal.SIGKILL)
    assert sorted(results) == [*range(12)]
    begun = [int(mark.name.partition("-")[0]) for mark in marks.iterdir()]
    assert sorted({*begun}) == [*range(12)]
    assert len(begun) <= 13


# What it refuses


def test_a_scheduler_that_is_not_there_is_a_line(cli: CommandLine) -> None:
    words = ["evaluate", "-d", "elements", "--folds", 2, "--iterations", 1]
    done = cli(*words, "--cluster", "tcp://127.0.0.1:1", status=1)
    error = done.err.splitlines()[-1]
    assert error.startswith("charnames: error: tcp://127.0.0.1:1: no Dask scheduler ")
    assert done.out == "" and "Traceback" not in done.err


def test_a_scheduler_without_workers_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_TIMEOUT", 2)
    with (
        running(tmp_path, 0) as here,
        pytest.raises(TrainingError, match="the scheduler has no workers; start"),
    ):
        list(Executor(1, here.address).in_order(str, range(2)))


def test_workers_of_another_version_are_refused(
    two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_versions", lambda: "numpy 1.0")
    with pytest.raises(
        TrainingError, match=r"^a worker has charnames .* has numpy 1.0"
    ):
        list(Executor(1, two.address).in_order(str, range(2)))


def test_a_cluster_and_jobs_do_not_go_together(inside: CommandLine) -> None:
    words = ["evaluate", "-d", "elements", "--folds", 2, "--jobs", 2]
    done = inside(*words, "--cluster", "tcp://127.0.0.1:1", status=2)
    assert "give --jobs or --cluster, not both" in done.err
