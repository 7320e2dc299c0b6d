"""charnames train: what it prints, what it saves, what it refuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

import charnames
from charnames.errors import ModelFileError
from charnames.models.loading import load_base
from charnames.training import warm_start
from tests.modelfiles import bound_by_permissions
from tests.processes import PATIENCE, killed

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


@pytest.fixture
def cli(here: CommandLine) -> CommandLine:
    """In this process: lines of a shell start processes of their own."""
    return here


SHORT = ["--iterations", 20, "--checkpoint-every", 10, "--hidden-size", 8]


def test_report_and_what_is_said_beside_it(inside: CommandLine) -> None:
    done = inside("train", "-d", "elements", *SHORT, "--samples", 2, "--seed", 1)
    blocks = [block.splitlines() for block in done.out.rstrip("\n").split("\n\n")]
    assert [len(block) for block in blocks] == [3, 3, 3]
    for iteration, (line, *names) in zip((0, 10, 20), blocks, strict=True):
        assert re.fullmatch(rf"iteration {iteration}   loss \d+\.\d\d", line)
        assert all(re.fullmatch(r"  [A-Z][a-z]*", name) for name in names)
    names, case, *progress, kept, saved = done.err.splitlines()
    assert names == "elements: 118 names"
    assert case == "case: capitalised names, folded; the style is put back"
    assert kept == "the model that was there is kept as elements-previous"
    assert saved == (
        f"saved {inside.models / 'elements.safetensors'}; next: "
        "charnames sample -m elements"
    )
    assert [line.split()[:4] for line in progress] == [
        ["iteration", number, "of", "20"] for number in ("0", "10", "20")
    ]


def test_report_without_names_is_a_line_a_checkpoint(inside: CommandLine) -> None:
    options = ["--samples", 0, "--no-progress", "--keep", "last"]
    done = inside("train", "-d", "elements", *SHORT, *options)
    assert len(done.out.splitlines()) == 3 and "iteration" not in done.err


def test_layers_of_different_sizes(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", *SHORT[:4], "--seed", 1]
    inside(*words, "--hidden-size", "7,5,3")
    weights = json.loads(inside("info", "--json").out)["weights"]
    assert [weights[f"layer{i}.Waa"] for i in range(3)] == [[7, 7], [5, 5], [3, 3]]
    assert re.search("hidden-size +7,5,3\n", inside("info").out)
    again = inside("train", "--resume", "elements", "--iterations", 30)
    assert "iteration 30 " in again.out
    for odd in ("7,", "7,x", "7.0"):
        slip = inside(*words, "--hidden-size", odd, status=2)
        assert "write 64, or 64,32,32" in slip.err
    slip = inside(*words, "--hidden-size", "7,5,3", "--layers", 2, status=1)
    assert "hidden_size: 3 sizes do not make 2 layers" in slip.err


def test_the_seed_said_repeats_the_run(inside: CommandLine) -> None:
    first = inside("train", "-d", "elements", *SHORT)
    seed = re.search(r"^seed: (\d+)$", first.err, re.M)
    assert seed
    assert inside("train", "-d", "elements", *SHORT, "--seed", seed[1]).out == first.out


def test_the_next_command_can_be_pasted(cli: CommandLine) -> None:
    cli("train", "-d", "elements", *SHORT, "--seed", 1)
    outputs = ["my model", "./it's here.safetensors", "plain.safetensors", "./a\nb"]
    for output in outputs:
        done = cli("train", "-d", "elements", *SHORT, "-o", output)
        line = done.err.splitlines()[-1].partition("; next: ")[2]
        assert len(cli.pasted(line).out.splitlines()) == 10


def test_model_is_written_before_its_checkpoint_is_reported(cli: CommandLine) -> None:
    words = ["--checkpoint-every", 5, "--samples", 0, "--iterations", 200]
    words += ["-o", "./m", "--no-progress"]
    seen = 0
    with killed(cli.start("train", "-d", "elements", *words)) as child:
        assert child.stdout
        for line in child.stdout:
            reported = int(line.split()[1].replace(",", ""))
            try:
                model = charnames.load(cli.folder / "m-unfinished")
            except ModelFileError:  # the run is done, and took the name
                model = charnames.load(cli.folder / "m")
            assert model.provenance.iterations >= reported
            seen += 1
        assert child.wait(PATIENCE) == 0
    assert seen == 41


def test_json_events(inside: CommandLine) -> None:
    done = inside("train", "-d", "elements", *SHORT, "--seed", 1, "--json")
    events = [json.loads(line) for line in done.out.splitlines()]
    start, *checkpoints, end = events
    assert start == {
        "event": "start",
        "dataset": "elements",
        "names": 118,
        "alphabet": "abcdefghiklmnoprstuvwxyz",
        "parameters": 8 * 25 + 8 * 8 + 8 + 25 * 8 + 25,
        "seed": 1,
        "labels": {},
        "recipe": charnames.Recipe(
            iterations=20, checkpoint_every=10, hidden_size=8
        ).settings(),
    }
    keys = ["event", "iteration", "loss", "names", "held_out", "seconds"]
    keys += ["learned", "gap", "mean_loss"]
    keys += ["gradient_norm", "largest_gradient", "clipped"]
    for checkpoint, iteration in zip(checkpoints, (0, 10, 20), strict=True):
        assert list(checkpoint) == keys and checkpoint["event"] == "checkpoint"
        assert checkpoint["iteration"] == iteration
        assert len(checkpoint["names"]) == 7 and checkpoint["held_out"] is None
        assert checkpoint["learned"] is checkpoint["gap"] is None
    assert list(end) == ["event", "iteration", "loss", "model", "seconds"]
    assert (end["event"], end["iteration"]) == ("done", 20)
    assert charnames.load(end["model"]).provenance.loss == end["loss"]

    help_text = inside("train", "--help").out
    assert all(f'"{key}"' in help_text for event in events for key in event)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_progress_without_a_terminal_is_a_plain_line_a_checkpoint(
    inside: CommandLine, form: list[str]
) -> None:
    words = ["train", "-d", "elements", *SHORT, *form, "--seed", 1]
    (inside.models / "elements.safetensors").unlink()
    lines = inside(*words).err.splitlines()[2:-1]
    first = r"iteration 0 of 20   loss \d+\.\d\d   measured \d+\.\d\d"
    assert re.fullmatch(first, lines[0])
    assert len(lines) == 3
    for line in lines[1:]:
        assert re.search(r"loss \d+\.\d\d   [\d,]+ iterations/s   0:00 left$", line)
    (inside.models / "elements.safetensors").unlink()
    assert len(inside(*words, "--no-progress").err.splitlines()) == 3
    assert inside(*words, "-q").err == ""


def test_the_report_is_not_said_twice_in_one_place(cli: CommandLine) -> None:
    process = cli.process(("train", "-d", "elements", *SHORT), {})
    together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    both = subprocess.run(check=True, **together, **process).stdout
    assert both.count("\niteration ") == 3 and " of 20 " not in both
    with open(cli.folder / "m.safetensors", "wb") as file:
        run = cli.start("train", "-d", "elements", *SHORT, "-o", "-", stdout=file)
    _, model = run.communicate(timeout=PATIENCE)
    assert model.count("\niteration ") == 3 and " of 20 " not in model


def test_held_out_names_are_measured(inside: CommandLine) -> None:
    words = ["train", *SHORT, "--json", "-q", "--held-out"]
    done = inside(*words, 0.2, "-d", "elements")
    checkpoint = json.loads(done.out.splitlines()[1])
    assert 2 < checkpoint["held_out"] < 4
    gap = checkpoint["held_out"] - checkpoint["learned"]
    assert gap == pytest.approx(checkpoint["gap"], abs=1e-12)
    line = inside(*words[:-3], "--held-out", 0.2, "-d", "elements").out
    figure = r"\d\.\d{3}"
    pattern = rf"learned {figure}   held out {figure} a symbol   gap [+-]{figure}"
    assert re.search(rf"^iteration 20   loss \d+\.\d\d   {pattern}$", line, re.M)
    (inside.folder / "other.txt").write_text("Ada\nBoron\n")
    inside(*words, "other.txt", "-d", "elements")
    words = ["train", "-q", "--resume", "elements", "--iterations", 30]
    assert "held out are not those" in inside(*words, status=1).err
    inside(*words, "--held-out", "other.txt")


def test_patience_without_anything_held_out_is_wrong_usage(inside: CommandLine) -> None:
    err = inside("train", "-d", "elements", "--patience", 3, status=2).err
    assert "give --held-out as well" in err
    done = inside("train", "-d", "elements", *SHORT, "--patience", 0, "-q")
    assert done.status == 0


def test_standard_input(cli: CommandLine) -> None:
    names = "Ada\nGrace\r\n\n alan \nAda\nedsger"
    done = cli("train", "-d", "-", *SHORT, input=names)
    assert done.err.splitlines()[:2] == [
        "standard input: 5 names, 1 of them repeats",
        "case: kept as it is; the names follow no one style",
    ]
    assert charnames.load(cli.models / "names.safetensors").provenance.names == 5


def test_labels_that_are_not_learned_are_told(inside: CommandLine) -> None:
    (inside.folder / "list").write_text("north\tAda\nsouth\tBob\nnorth\tAnna\n")
    words = ["train", "-d", "list", "--iterations", 1, "--hidden-size", 2]
    told = "list: the labels before the tabs are left out; train --labels learns them\n"
    assert told in inside(*words).err
    assert "left out" not in inside(*words, "--labels", "-o", "labelled").err


def test_case_is_decided_and_said(cli: CommandLine) -> None:
    names = "".join(f"Name{chr(97 + i)}\n" for i in range(20)) + "mcName\n"
    folded = cli("train", "-d", "-", *SHORT, input=names)
    assert (
        "case: capitalised names, folded; the style is put back "
        "(1 name differs and keeps its case)\n"
    ) in folded.err
    model = charnames.load(cli.models / "names.safetensors")
    assert model.case == "capitalised"
    assert model.vocabulary.mark
    written = cli("info", "-m", "names").out
    assert "characters, the mark of letter case and the end marker: a" in written
    kept = cli("train", "-d", "-", *SHORT, "--case", "keep", input=names)
    assert "case:" not in kept.err
    assert charnames.load(cli.models / "names.safetensors").case == "keep"
    assert "characters and the end marker: N" in cli("info", "-m", "names").out


def test_a_model_is_named_after_its_list(cli: CommandLine) -> None:
    (cli.folder / "my.towns.txt").write_text("Ulm\nBonn\n")
    cli("train", "-d", "my.towns.txt", *SHORT)
    cli("train", "-d", "./my.towns.txt", *SHORT, "-o", "towns")
    cli.shell("charnames train --iterations 2 -d <(echo Ulm; echo Bonn)")
    saved = sorted(path.name for path in cli.models.iterdir())
    assert saved == [f"{name}.safetensors" for name in ("my.towns", "names", "towns")]
    assert cli("info").out.split("\n")[0].split() == ["model", "names"]


def test_model_to_standard_output(cli: CommandLine) -> None:
    words = ["train", "-d", "elements", *SHORT, "--seed", 1]
    report = cli(*words, "-o", "./m").out

    def piped_model(*more: str) -> str:
        """What is on standard error, where standard output is a file."""
        with open(cli.folder / "piped.safetensors", "wb") as file:
            run = cli.start(*words, *more, "-o", "-", stdout=file)
        _, err = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0
        return err

    err = piped_model()
    assert err.startswith("elements: 118 names\n") and report in err
    assert err.splitlines()[-1].startswith("the model went to standard output")
    piped, saved = (charnames.load(cli.folder / m) for m in ("piped.safetensors", "m"))
    assert piped.parameters.values.tolist() == saved.parameters.values.tolist()
    events = piped_model("-q", "--json").splitlines()
    assert [json.loads(event)["event"] for event in (events[0], events[-1])] == [
        "start",
        "done",
    ]
    assert json.loads(events[-1])["model"] == "-"


ONE = {
    "cell": "rnn",
    "hidden_size": 6,
    "layers": 2,
    "embedding_size": 5,
    "iterations": 3,
    "batch_size": 4,
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "clip": 0.0,
    "clip_by": "norm",
    "checkpoint_every": 2,
    "samples": 1,
    "time_limit": 120.0,
}
OTHER = {
    "cell": "lstm",
    "optimizer": "adamw",
    "dropout": 0.25,
    "weight_decay": 0.5,
    "clip_by": "value",
    "held_out": 0.1,
    "patience": 2,
    "iterations": 3,
}


@pytest.mark.parametrize("given", [ONE, OTHER], ids=["one", "other"])
@pytest.mark.parametrize("recipe", ["classic", "modern"])
def test_every_setting_wins_over_the_recipe(
    inside: CommandLine, given: dict[str, object], recipe: str
) -> None:
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    inside("train", "-d", "elements", "-o", "./m", "--recipe", recipe, *words)
    settings = charnames.load(inside.folder / "m").recipe.settings()
    assert {name: settings[name] for name in given} == given


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", 90), ("90s", 90), ("3m", 180), ("0", 0)]
)
def test_a_time_limit_as_people_write_it(
    inside: CommandLine, written: str, seconds: int
) -> None:
    words = ["-d", "elements", "--iterations", 0, "-o", "./m", "--time-limit", written]
    inside("train", *words)
    recipe = charnames.load(inside.folder / "m").recipe
    assert recipe.time_limit == seconds


def test_a_time_limit_and_patience_end_a_run(inside: CommandLine) -> None:
    words = ["train", "-q", "-d", "elements", "--iterations", 10**9, "--samples", 0]
    inside(*words, "--time-limit", "0.2s", "-o", "./m")
    assert 0.2 <= charnames.load(inside.folder / "m").progress.seconds < 5
    words[1] = "-v"
    done = inside(*words, "--time-limit", "0.2s", "-o", "./m")
    # A fast machine comes to a checkpoint, and is told of the one that is kept.
    *_, ended, kept = ["", *done.err.splitlines()[:-1]]
    if kept.startswith("the weights are those of iteration"):
        kept = ended
    assert kept == "ended early: time ran out"
    words[1] = "--no-progress"
    words += ["--held-out", 0.1, "--patience", 1, "--checkpoint-every", 500]
    done = inside(*words, "--seed", 1, "--learning-rate", 0.1, "--json")
    losses = [json.loads(line).get("held_out") for line in done.out.splitlines()]
    *before, best, last = losses[1:-1]
    assert last >= best and best == min([*before, best])
    lines = done.err.splitlines()[-3:-1]
    assert lines == [
        "ended early: patience ran out",
        f"the weights are those of iteration {500 * len(before):,}, the best on what "
        f"was held out: {best:.3f} a symbol",
    ]


def test_nothing_is_held_out_unless_told(inside: CommandLine) -> None:
    words = ["train", "-q", "-d", "elements", *SHORT, "--seed", 1, "--json"]
    lines = inside(*words, "--held-out", 0).out.splitlines()
    assert [json.loads(line)["held_out"] for line in lines[1:-1]] == [None] * 3
    without = [line.split('"seconds"')[0] for line in inside(*words).out.splitlines()]
    assert [line.split('"seconds"')[0] for line in lines] == without


def test_verbose_says_more(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", *SHORT, "--seed", 1, "--no-progress"]
    usual, more = inside(*words), inside(*words, "-v")
    assert more.out == usual.out
    extra = set(more.err.splitlines()) - set(usual.err.splitlines())
    assert extra == {"497 parameters"}


def test_the_modern_recipe_goes_by_the_list(
    inside: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_start, "_FITTING_STEPS", 1)  # no part of the recipe
    for name in ("elements", "movies"):
        words = ["train", "-q", "-d", name, "--iterations", 0, "--samples", 0]
        inside(*words, "--recipe", "modern")
        recipe = charnames.load(inside.models / f"{name}.safetensors").recipe
        names = charnames.read_names(name)
        modern = charnames.Recipe.modern(names, iterations=0, samples=0)
        assert recipe == modern.with_network_of(load_base().recipe)


def test_no_iterations_save_the_untrained_model(inside: CommandLine) -> None:
    done = inside("train", "-d", "elements", "--iterations", 0)
    assert done.out.startswith("iteration 0   loss 22.53\n")
    assert charnames.load(inside.models / "elements.safetensors").provenance.loss > 22


def test_fault_10_13_only_models_are_overwritten(inside: CommandLine) -> None:
    words = ["train", "-d", "elements", *SHORT, "-q", "-o"]
    notes = inside.folder / "notes.safetensors"
    notes.write_text("not a model")
    refused = inside(*words, "notes.safetensors", status=1)
    assert refused.out == "" and "--force" in refused.err
    assert notes.read_text() == "not a model"
    inside(*words, "notes.safetensors", "--force")
    inside(*words, "notes.safetensors")
    assert charnames.load(notes).provenance.iterations == 20


@pytest.mark.parametrize("kind", ["no folder", "folder", "fifo", "read-only", "file"])
def test_fault_13_an_output_that_cannot_be_is_refused_first(
    inside: CommandLine, kind: str
) -> None:
    target = inside.folder / "out" / "m.safetensors"
    if kind != "no folder":
        target.parent.mkdir()
    if kind == "folder":
        target.mkdir()
    elif kind == "fifo":
        os.mkfifo(target)
    elif kind == "read-only":
        target.parent.chmod(0o555)
    elif kind == "file":
        target = target.parent / "file" / "m.safetensors"
        target.parent.write_text("in the way")
    # A run of 10**9 iterations would be noticed.
    words = ["train", "-d", "elements", "--iterations", 10**9, "-o", target]
    with bound_by_permissions(inside.folder):
        done = inside(*words, status=1)
    assert done.out == "" and len(done.err.splitlines()) == 1
    assert done.err.startswith(f"charnames: error: {target}: ")


def test_no_home(inside: CommandLine, tmp_path: Path) -> None:
    nowhere = {"HOME": None, "XDG_DATA_HOME": None}
    words = ["train", "-d", "elements", *SHORT, "-q"]
    done = inside(*words, status=1, **nowhere)
    assert done.out == ""
    assert done.err.startswith("charnames: error: there is no folder for models")
    assert len(done.err.splitlines()) == 1
    inside(*words, "-o", "./m", **nowhere)
    assert inside("sample", "-m", "./m", **nowhere).out
    home = {"HOME": str(tmp_path / "other"), "XDG_DATA_HOME": "relative"}
    inside(*words, **home)
    path = tmp_path / "other/.local/share/charnames/models/elements.safetensors"
    assert path.exists()


def test_fault_13_a_home_that_is_read_only(inside: CommandLine, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o500)
    home = {"HOME": str(theirs), "XDG_DATA_HOME": None}
    with bound_by_permissions(tmp_path):
        done = inside("train", "-d", "elements", *SHORT, status=1, **home)
        assert "Permission denied" in done.err and len(done.err.splitlines()) == 1
        inside("train", "-d", "elements", *SHORT, "-q", "-o", "./m", **home)
        assert inside("sample", "-q", "-m", "./m", **home).out
        assert inside("info", "elements", **home).out  # one that comes along


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"Ada\nGr\xe9ce\n", "list.txt, line 2: not UTF-8"),
        (b"Ada\nGr\x1b[31mace\n", "list.txt, line 2: holds U+001B"),
        (b"Ada\nGr\xe2\x80\xaeace\n", "list.txt, line 2: holds U+202E"),
        (b"\n  \n", "list.txt: there is no name in it"),
    ],
)
def test_a_bad_list_is_one_line(
    inside: CommandLine, content: bytes, expected: str
) -> None:
    (inside.folder / "list.txt").write_bytes(content)
    done = inside("train", "-d", "list.txt", status=1)
    assert done.out == ""
    assert done.err.startswith(f"charnames: error: {expected}")
    assert len(done.err.splitlines()) == 1
    assert not (inside.models / "list.safetensors").exists()


def test_closed_standard_input_is_one_line(cli: CommandLine) -> None:
    done = cli.shell("charnames train -d - <&-", 1)
    assert done.err.startswith("charnames: error: standard input is closed")


def test_fault_26_divergence_keeps_the_last_checkpoint(inside: CommandLine) -> None:
    words = ["--clip", 0, "--learning-rate", 1e38, "--seed", 1, "-o", "./m"]
    done = inside("train", "-d", "elements", *words, status=1)
    assert done.out.startswith("iteration 0 ")
    line = done.err.splitlines()[-1]
    assert line.startswith("charnames: error: the loss is no longer a number at iter")
    assert line.endswith("; the checkpoint of iteration 0 is in ./m")
    assert "lower learning rate" in line
    assert charnames.load(inside.folder / "m").provenance.iterations == 0
    assert "Warning" not in done.err


def test_fault_27_a_rising_loss_is_a_warning_once(inside: CommandLine) -> None:
    words = ["--clip", 0, "--learning-rate", 1e6, "--seed", 1, "--hidden-size", 20]
    words += ["--iterations", 1000, "--checkpoint-every", 250, "--samples", 0, "-q"]
    lines = inside("train", "-d", "elements", *words).err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("charnames: warning: the loss stands at ")


def test_quiet_is_no_report(inside: CommandLine) -> None:
    done = inside("train", "-d", "movies", *SHORT, "-q")
    assert (done.out, done.err) == ("", "")
    events = inside("train", "-d", "movies", *SHORT, "-q", "--json", "-o", "./m").out
    assert len(events.splitlines()) == 5
    with open(inside.folder / "m", "wb") as file:
        words = ["train", "-d", "movies", *SHORT, "-q", "-o", "-"]
        run = inside.start(*words, stdout=file)
    assert run.communicate(timeout=PATIENCE)[1] == "" and run.returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["train", "-o", "./m", "-d", "names.txt"],
        ["train", "-o", "./m", "-d", "names.jsonl", "--task", "classify"],
        ["sample", "-n", "1", "--avoid", "names.txt"],
    ],
)
def test_a_pipe_that_is_waited_for_is_named(cli: CommandLine, words: list[str]) -> None:
    pipe = cli.folder / words[words.index("-d" if "-d" in words else "--avoid") + 1]
    os.mkfifo(pipe)
    with killed(cli.start(*words)) as child:
        assert child.stderr
        assert child.stderr.readline() == (
            f"{pipe.name} is a pipe; waiting for whoever writes to it\n"
        )


def test_a_pipe_of_the_shell_is_not_named(cli: CommandLine) -> None:
    assert "waiting" not in cli.shell("charnames sample --avoid <(echo Ada)").err
