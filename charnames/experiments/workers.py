"""Work in parallel processes of this machine; see executors.py for who uses it.

Only this module starts processes. They run the same Python, communicate only with their
parent, over pipes, and end when it ends.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for_any
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Generic, TypeVar

from charnames.errors import TrainingError

S = TypeVar("S")  # the data of all tasks
T = TypeVar("T")  # a task
R = TypeVar("R")  # its result

_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

GRACE = 2.0  # seconds: longer than it takes to send a result

_job: list[Any] = []  # in a worker: the function, and the data of all tasks


class _Ending:
    """When a worker that is told to end does so: at once if it is at work. Else it may
    be sending a result, of which the parent would wait for the rest, and ends before
    its next task, or after GRACE seconds: workers stand in line to send a result or to
    take a task, and the first of them may have been killed. Told again, it ends in any
    case.
    """

    at_work = due = False

    def on_signal(self, *_: object) -> None:
        """End, or note that the end is due."""
        if self.at_work or self.due:
            os._exit(1)
        self.due = True

    @contextmanager
    def during_work(self) -> Iterator[None]:
        """The work on one task, which does not begin if the end is due."""
        self.at_work = True
        if self.due:
            os._exit(1)
        try:
            yield
        finally:
            self.at_work = False


_ending = _Ending()  # in a worker


class Workers(Generic[T, R]):
    """Processes, here or on other machines, that do one kind of work.

    submit: starts work on a task. count: the number of workers there are now.
    """

    def __init__(
        self, submit: Callable[[T], Future[R]], count: Callable[[], int]
    ) -> None:
        self._submit, self._count = submit, count

    def side_by_side(self, tasks: Iterable[T]) -> Iterator[R]:
        """The result of each task, in the order they finish.

        tasks: read one by one, each when a worker is free for it, so that a task may
        depend on the results so far.
        """
        waiting = iter(tasks)
        running: set[Future[R]] = set()
        while True:
            free = self._count() - len(running)
            running |= set(map(self._submit, islice(waiting, max(free, 0))))
            if not running:
                return
            done, running = wait_for_any(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()

    def in_order(self, tasks: Iterable[T]) -> Iterator[R]:
        """The result of each task, in their order. At most twice as many tasks as there
        are workers are ahead of the one whose result is next.
        """
        waiting = iter(tasks)
        running: deque[Future[R]] = deque()
        while True:
            free = 2 * self._count() - len(running)
            running += map(self._submit, islice(waiting, max(free, 0)))
            if not running:
                return
            yield running.popleft().result()


@contextmanager
def processes(
    work: Callable[[S, T], R], shared: S, jobs: int
) -> Iterator[Workers[T, R]]:
    """Processes on this machine that give `work(shared, task)` for each task.

    jobs: their number. Each has one thread for linear algebra, so that a result depends
    only on its task. They end with the block.

    Raises what `work` raises, and TrainingError if a process is killed.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work, shared))

    def submit(task: T) -> Future[R]:
        with _single_threads(), _ignoring_interrupts():  # a process may start here
            return pool.submit(_do, task)

    try:
        yield Workers(submit, lambda: jobs)
    except BrokenProcessPool:
        raise TrainingError(
            "a process was killed before it was done; if memory ran out, run fewer "
            "side by side"
        ) from None
    finally:
        for worker in set(active_children()) - others:
            worker.terminate()
        pool.shutdown(cancel_futures=True)


def side_by_side(
    work: Callable[[S, T], R], shared: S, tasks: Iterable[T], jobs: int
) -> Generator[R]:
    """Yield `work(shared, task)` for each task; see `processes` and `Workers`."""
    with processes(work, shared, jobs) as workers:
        yield from workers.side_by_side(tasks)


def _begin(work: Callable[[Any, T], R], shared: Any) -> None:
    """Set up a worker: store what it needs, and end it when its parent ends."""
    signal.signal(signal.SIGTERM, _ending.on_signal)
    notices, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    _job[:] = work, shared
    Thread(target=_end_in_time, args=(notices,), daemon=True).start()


def _do(task: Any) -> Any:
    work, shared = _job
    with _ending.during_work():
        return work(shared, task)


def _end_in_time(notices: int) -> None:
    """End with the parent, or GRACE seconds after a signal.

    notices: a descriptor from which each signal can be read, even one that comes just
    before the main thread begins to wait, so that its handler does not run.
    """
    parent = parent_process()
    assert parent is not None
    if notices in wait([parent.sentinel, notices]):
        time.sleep(GRACE)
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
