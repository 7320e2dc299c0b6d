"""Where the work of an experiment is done: in processes here, or on a cluster.

A unit of work is a function of its data and its task alone, so a result is the same
wherever it is computed. `compare`, `tune`, `evaluate --folds` and `sample` share this.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from charnames.experiments.workers import Workers

S = TypeVar("S")  # the data of all tasks
T = TypeVar("T")  # a task
R = TypeVar("R")  # its result


def cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Executor(NamedTuple):
    """Does units of work side by side.

    jobs: the number of processes. cluster: the address of a Dask scheduler, whose
    workers do the work instead.

    Its methods raise what the work raises; and TrainingError if a process is killed,
    or if the cluster cannot be reached or does not have what the work needs.
    """

    jobs: int
    cluster: str | None = None

    def side_by_side(
        self, work: Callable[[S, T], R], shared: S, tasks: Iterable[T]
    ) -> Generator[R]:
        """`work(shared, task)` for each task, in the order they finish; see Workers."""
        with self._workers(work, shared) as workers:
            yield from workers.side_by_side(tasks)

    def in_order(self, work: Callable[[T], R], tasks: Iterable[T]) -> Generator[R]:
        """`work(task)` for each task, in their order; with one job in this process."""
        if self.jobs == 1 and self.cluster is None:
            yield from map(work, tasks)
            return
        with self._workers(_call, work) as workers:
            yield from workers.in_order(tasks)

    def described(self, tasks: int) -> str:
        """Where this number of tasks is done, as text for a notice."""
        if self.cluster is not None:
            return f"on the cluster at {self.cluster}"
        return f"{min(tasks, self.jobs)} side by side"

    def _workers(
        self, work: Callable[[S, T], R], shared: S
    ) -> AbstractContextManager[Workers[T, R]]:
        if self.cluster is not None:
            from charnames.experiments.cluster import on_cluster

            return on_cluster(work, shared, self.cluster)
        from charnames.experiments.workers import processes

        return processes(work, shared, self.jobs)


def _call(work: Callable[[T], R], task: T) -> R:
    return work(task)
