"""Work on a cluster, through a Dask scheduler (the extra `cluster`).

Work and results travel as pickles: whoever can reach the scheduler can run programs on
its workers, so it belongs in a network of one's own.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from charnames.errors import TrainingError
from charnames.experiments.workers import Workers
from charnames.version import __version__

if TYPE_CHECKING:
    from distributed import Client, Scheduler

S = TypeVar("S")  # the data of all tasks
T = TypeVar("T")  # a task
R = TypeVar("R")  # its result

_TIMEOUT = 5  # seconds to reach the scheduler, and to see a worker
# Workers that may end during a task before it is given up. Where one task in four loses
# its worker, one of 200 tasks loses more than these in a row in one run of 20,000.
_LOST_WORKERS = 10
_LOGGERS = ("distributed", "distributed.client")  # that Dask gives levels of their own
_INSTALL = "pip install 'charnames[cluster]'"


def _versions() -> str:
    """The versions that have to be the same everywhere for equal results."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"charnames {__version__}, numpy {np.__version__}, Python {python}"


@contextmanager
def on_cluster(
    work: Callable[[S, T], R], shared: S, address: str
) -> Iterator[Workers[T, R]]:
    """The workers of the scheduler at an address, which give `work(shared, task)`.

    The scheduler keeps `shared`, and gives a task to another worker if its own is
    lost. Tasks that still run when the block ends run on; their results are dropped.

    Raises what `work` raises; and TrainingError if the scheduler cannot be reached, has
    no workers or is lost, if these lack what the work needs or have other versions of
    it, and if more than _LOST_WORKERS of them end during the same task.
    """
    client = _connected(address)
    from distributed.scheduler import KilledWorker

    executor = client.get_executor(pure=False)
    try:
        client.run_on_scheduler(_allow_lost_workers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its size; it is sent once
            # Dask looks for its own objects in arguments, but not within functions.
            data = client.submit(partial(_shared, work, shared), pure=False)

        def submit(task: T) -> Future[R]:
            unit = partial(_unit, _versions(), task)
            future: Future[R] = executor.submit(unit, data)
            return future

        yield Workers(submit, lambda: max(sum(client.nthreads().values()), 1))
    except KilledWorker:
        raise TrainingError(
            f"{address}: more than {_LOST_WORKERS} workers ended during the same unit "
            "of work; see whether their memory is enough for it"
        ) from None
    except ImportError as error:
        raise TrainingError(
            f"{address}: {error}; install charnames {__version__} and its extra "
            "cluster for the scheduler and for every worker"
        ) from None
    except (CancelledError, OSError):
        raise TrainingError(f"{address}: the scheduler was lost") from None
    finally:
        executor.shutdown(wait=False)
        client.close()


def _connected(address: str) -> Client:
    """A client of the scheduler, which has at least one worker."""
    try:
        from distributed import Client
        from distributed.comm.core import connect
        from distributed.utils import LoopRunner, sync
    except ImportError:
        raise TrainingError(
            f"--cluster needs Dask; install it with: {_INSTALL}"
        ) from None
    # What goes wrong is raised as well, and is one line then.
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    runner = LoopRunner()
    runner.start()
    try:  # alone, as a client that cannot connect does not end at once
        comm = sync(runner.loop, connect, address, timeout=_TIMEOUT)
        sync(runner.loop, comm.close)
    except (OSError, ValueError):
        raise TrainingError(
            f"{address}: no Dask scheduler answers there; start one with `dask "
            "scheduler`, and give the address that it prints"
        ) from None
    finally:
        runner.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about versions; see _unit
        client = Client(address, timeout=_TIMEOUT, set_as_default=False)
    try:
        client.wait_for_workers(1, timeout=_TIMEOUT)
    except TimeoutError:
        client.close()
        raise TrainingError(
            f"{address}: the scheduler has no workers; start some with `dask worker "
            f"{address} --nthreads 1`"
        ) from None
    return client


def _allow_lost_workers(dask_scheduler: Scheduler) -> None:
    """Let the scheduler do a task again that has lost some workers. Dask's own limit of
    3 is soon reached where machines come and go.
    """
    allowed = max(dask_scheduler.allowed_failures, _LOST_WORKERS)
    dask_scheduler.allowed_failures = allowed


def _shared(work: Callable[[S, T], R], shared: S) -> tuple[Callable[[S, T], R], S]:
    """What every unit of work needs, as a result that can be computed again."""
    return work, shared


def _unit(versions: str, task: T, data: tuple[Callable[[S, T], R], S]) -> R:
    """A unit of work, on a worker. Raises TrainingError for other versions there."""
    if versions != (own := _versions()):
        raise TrainingError(
            f"a worker has {own}, and this command has {versions}; results could "
            "differ, so install the same everywhere"
        )
    work, shared = data
    return work(shared, task)
