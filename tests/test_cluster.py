"""Work on the workers of a real Dask scheduler, all on this machine."""

from __future__ import annotations

import json
import logging
import operator
import os
import signal
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import charnames
from charnames.errors import CharnamesError, TrainingError
from charnames.experiments import cluster, workers
from charnames.experiments.executors import Executor
from charnames.experiments.tuning.trials import (
    FinalRun,
    Search,
    Trial,
    run_trial,
    unseen_losses,
)
from tests.conftest import CommandLine
from tests.dask_cluster import Cluster, running
from tests.processes import PATIENCE, forked_pool, until

distributed = pytest.importorskip("distributed", reason="distributed is not installed")
Client = distributed.Client

SHAPES = {
    "iterations": 8,
    "init_from": "none",
    "architecture": [
        {"name": "A", "cell": "rnn", "hidden_size": 4},
        {"name": "B", "cell": "gru", "hidden_size": 4},
    ],
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with running(tmp_path_factory.mktemp("cluster"), 2) as here:
        yield here


@pytest.fixture(autouse=True)
def _no_thread_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Dask keeps a thread, beside which no process could be forked, also by others."""
    with ThreadPoolExecutor(1) as executor:
        monkeypatch.setattr("distributed.utils._offload_executor", executor)
        yield


def divided(by: int, number: int) -> float:
    """A task that fails for a certain divisor."""
    if not by:
        raise CharnamesError(f"{number} cannot be divided")
    return number / by


def test_results_are_those_of_this_machine(
    two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", forked_pool)
    there, here, tasks = Executor(1, two.address), Executor(2), range(20)
    texts = [*here.in_order(str, tasks)]
    sums = sorted(here.side_by_side(operator.add, 2, tasks))
    assert [*there.in_order(str, tasks)] == texts
    assert sorted(there.side_by_side(operator.add, 2, tasks)) == sums


def test_an_error_of_the_work_is_raised_as_it_is(two: Cluster) -> None:
    with pytest.raises(CharnamesError, match=r"^3 cannot be divided$"):
        list(Executor(1, two.address).side_by_side(divided, 0, [3]))


def test_folds_have_the_same_figures(two: Cluster, here: CommandLine) -> None:
    words = ["evaluate", "-d", "elements", "--folds", 3, "--iterations", 8, "--json"]
    words += ["--hidden-size", 8]
    assert here(*words, "--cluster", two.address) == here(*words)


def test_sampled_names_are_the_same(two: Cluster, inside: CommandLine) -> None:
    words = ["sample", "-m", "elements", "-n", 700, "--seed", 1, "--known", "--repeats"]
    words += ["--best-of", 1, "--json"]
    assert inside(*words, "--cluster", two.address) == inside(*words)


def test_architectures_have_the_same_figures(two: Cluster, here: CommandLine) -> None:
    (here.folder / "shapes.json").write_text(json.dumps(SHAPES))
    words = ["compare", "-d", "elements", "--architectures", "shapes.json"]
    words += ["--folds", 2, "--seeds", 2, "--json", "--no-progress"]
    done = here(*words, "--cluster", two.address), here(*words, "--jobs", 1)
    there, own = ([figures(line) for line in ended.out.splitlines()] for ended in done)
    assert there == own
    assert [len(entry["runs"]) for entry in there] == [4, 4]


def figures(line: str) -> dict[str, Any]:
    """An architecture of a comparison, without how long it took."""
    entry: dict[str, Any] = json.loads(line)
    for part in (entry, *entry["runs"]):
        assert part.pop("seconds")
    return entry


def test_trials_have_the_losses_of_their_settings(
    two: Cluster, here: CommandLine
) -> None:
    pytest.importorskip("optuna", reason="needs charnames[tune]")
    base = {"task": "generate", "iterations": 8, "hidden_size": 4}
    (here.folder / "base.json").write_text(json.dumps(base))
    (here.folder / "space.json").write_text('{"hidden_size": [3, 4, 5]}')
    words = ["tune", "-d", "elements", "--recipe", "./base.json", "--trials", 4]
    words += ["--space", "space.json", "-o", "best.json", "--json"]
    done = here(*words, "--cluster", two.address)
    start, *trials, end = map(json.loads, done.out.splitlines())
    search = Search.of(charnames.read_names("elements"), "classic", base, {}, 0)
    assert [search.split.folds, len(search.split.unseen())] == [
        start["folds"],
        start["unseen"],
    ]
    for trial in trials:
        outcome = run_trial(search, Trial(trial["trial"], trial["settings"]))
        assert (trial["state"], trial["value"]) == ("complete", outcome.loss)
        assert tuple(trial["folds"]) == outcome.folds
    runs = [FinalRun(search.recipe(end["settings"]), seed) for seed in range(3)]
    means = [unseen_losses(search, run).mean for run in runs]
    assert end["unseen"]["tuned"]["mean"] == statistics.fmean(means)


def noted(shared: tuple[str, int], number: int) -> int:
    """A task that leaves a mark when it begins, and on that worker does not end."""
    folder, worker = shared
    (Path(folder) / f"{number}-{os.getpid()}").touch()
    if os.getpid() == worker:
        time.sleep(PATIENCE)
    return number


def test_a_worker_that_is_killed_costs_its_task_alone(
    two: Cluster, tmp_path: Path
) -> None:
    first = two.workers.pop(0)
    results: list[int] = []
    shared = str(tmp_path), first.pid
    for result in Executor(1, two.address).side_by_side(noted, shared, range(12)):
        results.append(result)
        if len(results) == 4:
            until(lambda: [*tmp_path.glob(f"*-{first.pid}")])
            os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert sorted(results) == [*range(12)]
    numbers = [int(mark.name.partition("-")[0]) for mark in tmp_path.iterdir()]
    assert sorted({*numbers}) == [*range(12)]
    assert len(numbers) == 13


@pytest.mark.parametrize("name", ["distributed.client", "distributed.scheduler"])
def test_dask_writes_no_lines_of_its_own(two: Cluster, name: str) -> None:
    assert [*Executor(1, two.address).in_order(str, [3])] == ["3"]
    assert not logging.getLogger(name).isEnabledFor(logging.ERROR)


def allowed_failures(dask_scheduler: Any) -> int:
    return int(dask_scheduler.allowed_failures)


def test_a_task_may_lose_more_workers_than_dask_allows(two: Cluster) -> None:
    assert [*Executor(1, two.address).in_order(str, [3])] == ["3"]
    with Client(two.address, set_as_default=False) as client:
        assert client.run_on_scheduler(allowed_failures) == 10


# What it refuses


def test_a_scheduler_that_is_not_there_is_a_line(
    here: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_TIMEOUT", 0.1)
    words = ["evaluate", "-d", "elements", "--folds", 2, "--iterations", 1]
    done = here(*words, "--cluster", "tcp://127.0.0.1:1", status=1)
    error = done.err.splitlines()[-1]
    assert error.startswith("charnames: error: tcp://127.0.0.1:1: no Dask scheduler ")
    assert done.out == "" and "Traceback" not in done.err


def test_a_scheduler_without_workers_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = Client.wait_for_workers

    def wait_a_little(client: Any, count: int, timeout: float) -> None:
        wait(client, count, timeout / 50)

    monkeypatch.setattr(Client, "wait_for_workers", wait_a_little)
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
