"""Work in parallel processes.

Only this module starts processes. They run the same Python, communicate only with their
parent, over pipes, and end when it ends.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for_any
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, TypeVar

from charnames.errors import TrainingError

T = TypeVar("T")  # a task
R = TypeVar("R")  # its result

_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

_job: list[Any] = []  # in a worker: the function, and the data of all tasks


def cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    work: Callable[[Any, T], R], shared: Any, tasks: Iterable[T], jobs: int
) -> Generator[R]:
    """Yield the result of `work(shared, task)` for each task, in the order they finish.

    tasks: read one by one, each when a process is free for it, so that a task may
    depend on the results so far. jobs: the number of parallel processes. Each has one
    thread for linear algebra, so that a result depends only on its task. They end when
    the iteration ends.

    Raises what `work` raises, and TrainingError if a process is killed.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work, shared))

    def submitted(count: int) -> set[Future[R]]:
        chosen = [*islice(waiting, count)]
        with _single_threads(), _ignoring_interrupts():
            return {pool.submit(_do, task) for task in chosen}

    waiting = iter(tasks)
    try:
        running = submitted(jobs)
        while running:
            done, running = wait_for_any(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            running |= submitted(len(done))
    except BrokenProcessPool:
        raise TrainingError(
            "a process was killed before it was done; if memory ran out, run fewer "
            "side by side"
        ) from None
    finally:
        for worker in set(active_children()) - others:
            worker.terminate()
        pool.shutdown(cancel_futures=True)


def in_order(work: Callable[[T], R], tasks: Sequence[T], jobs: int) -> list[R]:
    """The results of `work` for the tasks, in their order; see `side_by_side`."""
    numbered = list(enumerate(tasks))
    results = dict(side_by_side(_numbered, work, numbered, jobs))
    return [results[i] for i, _ in numbered]


def _numbered(work: Callable[[T], R], task: tuple[int, T]) -> tuple[int, R]:
    number, own = task
    return number, work(own)


def _begin(work: Callable[[Any, T], R], shared: Any) -> None:
    """Set up a worker: store what it needs, and end it when its parent ends."""
    _job[:] = work, shared
    Thread(target=_end_with_parent, daemon=True).start()


def _do(task: Any) -> Any:
    work, shared = _job
    return work(shared, task)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


@contextmanager
def _single_threads() -> Iterator[None]:
    """Let processes that start here use one thread for linear algebra."""
    values = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in values.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Let processes that start here ignore Ctrl-C.

    A terminal sends it to all of them, and the parent ends its workers when it stops.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
