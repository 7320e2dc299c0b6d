"""Work in parallel processes."""

from __future__ import annotations

import operator
import signal
from collections.abc import Callable, Iterator
from multiprocessing import active_children, get_context
from typing import Any

import pytest

from charnames.experiments import workers
from charnames.experiments.workers import side_by_side
from tests.processes import PATIENCE, until


def test_a_task_may_depend_on_the_results_so_far() -> None:
    results = [0]

    def tasks() -> Iterator[int]:
        while len(results) < 4:
            yield results[-1]

    for result in side_by_side(operator.add, 2, tasks(), 1):
        results.append(result)
    assert results == [0, 2, 4, 6]


def test_no_more_tasks_are_read_than_processes_are_free() -> None:
    read: list[int] = []

    def tasks() -> Iterator[int]:
        for task in range(5):
            read.append(task)
            yield task

    work = side_by_side(operator.add, 0, tasks(), 2)
    assert next(work) in (0, 1) and read == [0, 1]
    assert len([*work]) == 4 and read == [0, 1, 2, 3, 4]


@pytest.mark.usefixtures("forked_workers")
def test_workers_end_while_they_send_results() -> None:
    """A result of which a part alone was sent would be waited for without end."""

    def end_early() -> None:
        for _ in range(3):
            results = side_by_side(operator.mul, bytes(2**20), range(8, 100), 3)
            assert len(next(results)) >= 2**23
            results.close()

    assert in_time(end_early)


@pytest.mark.usefixtures("forked_workers")
@pytest.mark.parametrize(
    ("jobs", "work", "shared", "task"),
    [
        (2, signal.sigtimedwait, [], 0.1),
        # The signal does not wake the thread that waits for a task. It does not, too,
        # where it comes just before that thread begins to wait.
        (1, signal.pthread_sigmask, signal.SIG_BLOCK, {signal.SIGTERM}),
    ],
)
def test_idle_workers_end_when_they_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    work: Callable[[Any, Any], object],
    shared: object,
    task: object,
) -> None:
    """They stand in line for a task, behind one that may have been killed."""
    monkeypatch.setattr(workers, "GRACE", 0.1)

    def tell_once() -> None:
        with workers.processes(work, shared, jobs) as pool:
            assert len([*pool.in_order([task] * jobs)]) == jobs
            idle = active_children()
            for worker in idle:
                worker.terminate()
            # Another thread may be the one that learns of an end, and tells of it.
            until(lambda: None not in {worker.exitcode for worker in idle})
            # Once one has ended, the pool has the others end, with 0.
            statuses = {worker.exitcode for worker in idle}
            assert statuses == {1} or (jobs > 1 and statuses == {0, 1})

    assert in_time(tell_once)


def in_time(work: Callable[[], None]) -> bool:
    """Whether a process can do that, and is not waited for without end."""
    process = get_context("fork").Process(target=work)
    process.start()
    process.join(PATIENCE)
    process.kill()
    return process.exitcode == 0
