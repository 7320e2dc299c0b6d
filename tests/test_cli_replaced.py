"""What becomes of a model whose name a new run takes, and of runs without an end."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames.model_file import storage
from tests.processes import PATIENCE, killed, until

if TYPE_CHECKING:
    from conftest import CommandLine

SHORT = ["--iterations", 40, "--checkpoint-every", 20, "--hidden-size", 8]
QUICK = [*SHORT, "--samples", 0, "--no-progress"]
ENDLESS = ["--iterations", 10**9, "--checkpoint-every", 100, "--hidden-size", 8]
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def models(folder: Path) -> dict[str, int]:
    """The models in a folder: name -> iterations."""
    return {
        path.name.removesuffix(".safetensors"): charnames.load(
            path
        ).provenance.iterations
        for path in folder.iterdir()
        if path.is_file() and storage.is_model(str(path))
    }


def start_run(cli: CommandLine, *words: object) -> int:
    """Train until the reader of the report goes away after the second checkpoint."""
    with killed(cli.start("train", "-d", "elements", *words)) as child:
        assert child.stdout and child.stderr
        for _ in range(2):
            child.stdout.readline()
        child.stdout.close()
        err = child.stderr.read()
        assert child.wait(PATIENCE) == 0
    line = err.splitlines()[-1]
    assert line.startswith("charnames: nobody reads the report; the checkpoint of ")
    return int(line.split("iteration ")[1].split(" ")[0].replace(",", ""))


def test_fault_37_a_model_that_goes_is_kept(trained: CommandLine) -> None:
    before = (trained.models / "elements.safetensors").read_bytes()
    done = trained("train", "-d", "elements", *QUICK)
    assert "the model that was there is kept as elements-previous\n" in done.err
    assert models(trained.models) == {"elements": 40, "elements-previous": 300}
    assert (trained.models / "elements-previous.safetensors").read_bytes() == before
    assert trained("train", "-q", "-d", "elements", *QUICK).err == ""
    assert models(trained.models) == {"elements": 40, "elements-previous": 40}


def test_fault_37_a_model_of_another_list_is_kept_and_told(cli: CommandLine) -> None:
    for folder, names in (("a", "Ada\nGrace\n"), ("b", "Bonn\nUlm\nKiel\n")):
        (cli.folder / folder).mkdir()
        (cli.folder / folder / "names.txt").write_text(names)
    assert cli("train", "-q", "-d", "a/names.txt", *QUICK).err == ""
    path = cli.models / "names.safetensors"
    before = path.read_bytes()
    assert cli("train", "-q", "-d", "b/names.txt", *QUICK).err == (
        f"charnames: warning: {path} was a model of another list (a/names.txt: 2 "
        "names), which is kept as names-previous\n"
    )
    assert (cli.models / "names-previous.safetensors").read_bytes() == before
    listed = cli("models").out.splitlines()
    assert listed[1].startswith("names-previous ") and "a/names.txt" in listed[1]


@pytest.mark.parametrize("output", [[], ["-o", "./m"], ["-o", "./a b.safetensors"]])
def test_a_run_whose_reader_goes_away_leaves_the_model(
    cli: CommandLine, output: list[str]
) -> None:
    cli("train", "-q", "-d", "elements", *QUICK, *output)
    folder = cli.folder if output else cli.models
    ((name, _),) = models(folder).items()
    words = [*ENDLESS, "--samples", 0, *output]
    iteration = start_run(cli, *words)
    assert models(folder) == {name: 40, f"{name}-unfinished": iteration}
    assert start_run(cli, *words) > 0
    assert set(models(folder)) == {name, *(f"{name}-unfinished{n}" for n in ("", "-2"))}
    if not output:
        assert cli("sample", "-n", 0, "--seed", 1).err == "model: elements\n"


def test_where_no_model_was_the_name_is_taken_and_told(cli: CommandLine) -> None:
    iteration = start_run(cli, *ENDLESS, "--samples", 0)
    assert models(cli.models) == {"elements": iteration}


def test_an_unfinished_run_goes_on_to_the_name(cli: CommandLine) -> None:
    cli("train", "-q", "-d", "elements", *QUICK)
    iteration = start_run(cli, *ENDLESS, "--samples", 0)
    more = {"CHARNAMES_ITERATIONS": str(iteration + 10)}
    done = cli("train", "--resume", "elements-unfinished", **more)
    assert "kept as elements-previous" in done.err
    assert models(cli.models) == {"elements": iteration + 10, "elements-previous": 40}


@pytest.mark.parametrize(("signum", "status"), SIGNALS)
def test_a_stopped_run_takes_the_name_and_keeps_the_model(
    trained: CommandLine, signum: int, status: int
) -> None:
    """When the next run is done, the stopped model and the finished one are kept."""
    with killed(
        trained.start("train", "-d", "elements", *ENDLESS, "--samples", 0)
    ) as child:
        assert child.stdout
        for _ in range(2):
            child.stdout.readline()
        child.send_signal(signum)
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == status
    *_, kept, line = err.splitlines()
    assert kept == "the model that was there is kept as elements-previous"
    assert line.endswith("; go on with: charnames train --resume elements")
    stopped = models(trained.models)
    assert stopped["elements-previous"] == 300 and len(stopped) == 2
    done = trained("train", "-d", "elements", *QUICK)
    assert "kept as elements-stopped\n" in done.err
    assert models(trained.models) == {
        "elements": 40,
        "elements-previous": 300,
        "elements-stopped": stopped["elements"],
    }


def test_what_a_resumed_run_replaces(trained: CommandLine) -> None:
    """A stage of its own is not kept; a finished model that is made longer is."""
    with killed(trained.start("train", "-d", "movies", *ENDLESS)) as child:
        assert child.stdout
        child.stdout.readline()
        child.terminate()
        child.communicate(timeout=PATIENCE)
    (trained.models / "elements.safetensors").unlink()
    ((_, iteration),) = models(trained.models).items()
    for more, previous in ((10, {}), (20, {"movies-previous": iteration + 10})):
        env = {"CHARNAMES_ITERATIONS": str(iteration + more)}
        trained("train", "-q", "--resume", "movies", **env)
        assert models(trained.models) == {"movies": iteration + more, **previous}


def test_a_failing_run_leaves_the_model(inside: CommandLine) -> None:
    words = ["--clip", 0, "--learning-rate", 1e38, "--seed", 1]
    line = inside("train", "-d", "elements", *words, status=1).err.splitlines()[-1]
    unfinished = inside.models / "elements-unfinished.safetensors"
    assert line.endswith(f"; the checkpoint of iteration 0 is in {unfinished}")
    assert models(inside.models) == {"elements": 300, "elements-unfinished": 0}


def test_runs_side_by_side_each_say_what_they_replaced(cli: CommandLine) -> None:
    """All of them have begun when they are given their names, through pipes."""
    pipes = [cli.folder / f"{i}.txt" for i in range(4)]
    for pipe in pipes:
        os.mkfifo(pipe)
    runs = [cli.start("train", "-d", p.name, *QUICK, "-o", "names") for p in pipes]
    for run in runs:
        assert run.stderr and "waiting" in run.stderr.readline()
    for pipe in pipes:
        pipe.write_text("Ada\nGrace\n")
    outputs = [run.communicate(timeout=PATIENCE)[1].splitlines() for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    path = cli.models / "names.safetensors"
    warning = f"charnames: warning: another run wrote {path} meanwhile; its model is "
    assert sorted(
        lines.count(f"{warning}kept as names-previous") for lines in outputs
    ) == [
        0,
        1,
        1,
        1,
    ]
    kept = [lines.count(f"{warning}kept as names-previous") for lines in outputs]
    assert sorted(kept) == [0, 1, 1, 1]
    assert models(cli.models) == {"names": 40, "names-previous": 40}


def test_the_permissions_of_the_model_are_kept(trained: CommandLine) -> None:
    path = trained.models / "elements.safetensors"
    path.chmod(0o600)
    trained("train", "-q", "-d", "elements", *QUICK)
    modes = {oct(file.stat().st_mode & 0o777) for file in trained.models.iterdir()}
    assert modes == {"0o600"}


def test_a_model_behind_a_link_is_kept_beside_it(trained: CommandLine) -> None:
    real = trained.folder / "real.safetensors"
    path = trained.models / "elements.safetensors"
    path.rename(real)
    path.symlink_to(real)
    trained("train", "-q", "-d", "elements", *QUICK)
    assert path.is_symlink()
    assert models(trained.folder) == {"real": 40, "real-previous": 300}


def test_a_name_of_the_greatest_length(cli: CommandLine) -> None:
    name = "é" * 121 + ".safetensors"
    for _ in range(2):
        cli("train", "-q", "-d", "elements", *QUICK, "-o", name)
    assert sorted(map(len, models(cli.folder))) == [109, 121]


def test_what_went_away_meanwhile_is_not_said_to_be_there(cli: CommandLine) -> None:
    folder = cli.folder / "out"
    folder.mkdir()
    words = ["train", "-d", "elements", *ENDLESS, "--samples", 0, "-o", "out/m"]
    with killed(cli.start(*words)) as child:
        assert child.stdout
        for _ in range(2):
            child.stdout.readline()
        until(lambda: [*folder.glob("m-unfinished")])
        os.rename(folder, cli.folder / "elsewhere")
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    line = err.splitlines()[-1]
    assert "out/m: cannot be written (its folder does not exist)" in line
    assert line.endswith(" was in out/m-unfinished, which is gone")


def test_a_model_is_removed_by_its_name(inside: CommandLine) -> None:
    inside("train", "-q", "-d", "elements", *QUICK)
    path = inside.models / "elements-previous.safetensors"
    assert inside("models", "--remove", "elements-previous").err == f"removed {path}\n"
    assert [*models(inside.models)] == ["elements"]
    for name, expected in {
        "movies": "comes with charnames",
        "elemnts": "did you mean 'elements'?",
        "./elements": "give the name of a model",
    }.items():
        refused = inside("models", "--remove", name, status=2)
        assert expected in refused.err and refused.out == ""


def test_a_name_that_cannot_be_taken_leaves_the_checkpoint(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", *ENDLESS, "--time-limit", "0.5s", "-o", "./m"]
    with killed(cli.start(*words)) as child:
        assert child.stdout and child.stdout.readline()
        (cli.folder / "m").mkdir()
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    iteration = models(cli.folder)["m-unfinished"]
    assert err.splitlines()[-1] == (
        "charnames: error: ./m: cannot be written (it is a folder); give another name "
        f"or folder; the checkpoint of iteration {iteration:,} is in ./m-unfinished"
    )


def test_a_report_that_cannot_be_written_leaves_the_model(cli: CommandLine) -> None:
    cli("train", "-q", "-d", "elements", *QUICK)
    line = f"charnames train -d elements {' '.join(map(str, QUICK))} > /dev/full"
    done = cli.shell(line, 1)
    *_, kept, error = done.err.splitlines()
    path = cli.models / "elements-unfinished.safetensors"
    assert kept.startswith(
        f"charnames: the checkpoint of iteration 0 is in {path}; go "
    )
    assert error.startswith("charnames: error: standard output: No space left")
    assert models(cli.models) == {"elements": 40, "elements-unfinished": 0}
