"""`charnames sample --jobs N`: the same bytes as with one process, and clean ends."""

from __future__ import annotations

import os
import signal

import pytest

import charnames
from charnames import experiments
from charnames.errors import SamplingError
from charnames.experiments.executors import Executor
from charnames.generation.sampler import Spread, one_by_one
from tests.conftest import CommandLine
from tests.processes import (
    PATIENCE,
    is_in,
    killed,
    needs_proc,
    state,
    until,
    workers,
)

MODEL = ["sample", "-m", "elements", "--seed", 1]
ENDLESS = [*MODEL, "--repeats", "--known", "--any-form", "-n", 10**8, "--jobs", 2]


@pytest.fixture(autouse=True)
def little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that are forks do not wait long before they end."""
    monkeypatch.setattr(experiments.workers, "GRACE", 0.1)


@pytest.mark.parametrize(
    "more",
    [
        ["-n", 300, "--best-of", 4],
        ["-n", 700, "--suffix", "ium", "--repeats", "--known", "--json"],
    ],
)
def test_names_are_the_same_with_any_number_of_processes(
    trained: CommandLine, more: list[object]
) -> None:
    assert trained(*MODEL, *more, "--jobs", 3) == trained(*MODEL, *more)


@pytest.mark.usefixtures("forked_workers")
def test_the_ways_of_drawing_end_at_the_same_name_in_processes() -> None:
    """The recipe's own way gives few names, and the one after it a few more."""
    recipe = charnames.Recipe(hidden_size=4, iterations=0, temperature=0.05)
    *_, last = charnames.train(["abc", "bca", "cab"], recipe, seed=1)

    def names(spread: Spread) -> list[str]:
        some: list[str] = []
        with pytest.raises(SamplingError, match=r"of 1,000 names were") as error:
            some += last.model.sample(1000, seed=1, max_length=3, spread=spread)
        return [*some, str(error.value)]

    alone = names(one_by_one)
    assert names(Executor(2).in_order) == alone
    assert not alone[-1].startswith("only 0 ")


@needs_proc
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_it_ends_all(trained: CommandLine, signum: signal.Signals) -> None:
    # Processes that are no forks begin with Python's own answer to Ctrl-C.
    env = {"OPENBLAS_NUM_THREADS": "1"} if signum == signal.SIGINT else {}
    with killed(trained.start(*ENDLESS, **env)) as process:
        until(lambda: len(workers(process.pid)) == 2)
        family = workers(process.pid)
        if signum == signal.SIGINT:  # as a terminal does, which sends it to all
            for worker in family:
                assert is_in("SigBlk", worker, signum)
                os.kill(worker, signum)
        process.send_signal(signum)
        _, err = process.communicate(timeout=PATIENCE)
    until(lambda: not any(map(state, family)))
    if signum == signal.SIGKILL:
        assert process.returncode == -signum
    else:
        word = "interrupted" if signum == signal.SIGINT else "terminated"
        assert (process.returncode, err) == (128 + signum, f"charnames: {word}\n")


@needs_proc
def test_a_reader_that_has_enough_ends_all(trained: CommandLine) -> None:
    with killed(trained.start(*ENDLESS)) as process:
        assert process.stdout
        assert process.stdout.readline()
        family = workers(process.pid)
        process.stdout.close()
        assert process.wait(PATIENCE) == 0
        assert process.stderr and process.stderr.read() == ""
    until(lambda: not any(map(state, family)))


@needs_proc
def test_a_worker_that_is_killed_is_an_error_after_whole_names(
    trained: CommandLine,
) -> None:
    with killed(trained.start(*ENDLESS)) as process:
        until(lambda: len(workers(process.pid)) == 2)
        family = workers(process.pid)
        os.kill(family[0], signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert err.startswith("charnames: error: a process was killed before it was done")
    assert out == "" or out.endswith("\n")
    until(lambda: not any(map(state, family)))
