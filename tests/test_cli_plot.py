"""charnames plot: what train and evaluate print, as pictures."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest

from charnames.cli.tables.classifier import record
from charnames.evaluation.classifier import ClassifierEvaluation, PartFigures
from charnames.evaluation.metrics import report

if TYPE_CHECKING:
    from conftest import Inside

Plot = Callable[..., Path]
LABELS = ["Finnish", "$\\alpha$", "_hidden", "<script>x</script>&", "日本語 \uffff"]


def lines(*records: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def checkpoint(iteration: int, **figures: float | None) -> dict[str, Any]:
    return {"event": "checkpoint", "iteration": iteration, "names": [], **figures}


START = {"event": "start", "dataset": "lists/of/villages.txt", "names": 10, "seed": 1}
CLASSIFIER = lines(
    START,
    checkpoint(0, loss=2.2, held_out=2.3, accuracy=0.1, held_out_accuracy=0.1),
    checkpoint(50, loss=None, held_out=1.9, accuracy=0.5, held_out_accuracy=0.4),
    checkpoint(100, loss=0.6, held_out=1.2, accuracy=0.9, held_out_accuracy=0.7),
    {"event": "done", "iteration": 100, "loss": 0.6, "model": "m", "seconds": 1},
)


def evaluation(labels: list[str] = LABELS, true: list[int] | None = None) -> str:
    rng, K = np.random.default_rng(1), len(labels)
    ids = np.array(true) if true else np.arange(10 * K) % K
    weights = rng.random((len(ids), K)) + np.eye(K)[ids]
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    figures = report(ids, probabilities, labels)
    alone = PartFigures(figures.accuracy, figures.log_loss)
    return lines(record(ClassifierEvaluation(figures, alone, alone)))


ATTENTION = lines(
    {
        "target": "ab",
        "attention": [[0, 1, 0], [0, 0.25, 0.75]],
        "symbols": [["", "α", "<b>"], ["a", "b"]],
    }
)


@pytest.fixture
def plot(inside: Inside) -> Plot:
    """Draws a report, and gives the picture's path."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")

    def plot(report: str, output: str = "plot.svg", *args: str) -> Path:
        (inside.folder / "report.jsonl").write_text(report)
        ended = inside("plot", "report.jsonl", "-o", output, *args)
        assert ended.out == ""
        assert ended.err.splitlines()[-1] == f"saved {output}"
        return inside.folder / output

    return plot


def texts(path: Path) -> list[str]:
    """What is written in an SVG; nothing in it runs or is fetched."""
    root = ElementTree.fromstring(path.read_bytes())
    for element in root.iter():
        assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "a")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name.endswith("href"):
                assert value.startswith(("#", "data:image/png;base64,"))
    return [node.text or "" for node in root.iter() if node.tag.endswith("}text")]


def test_training_curves(plot: Plot) -> None:
    seen = texts(plot(lines(START, checkpoint(0, loss=20.5), checkpoint(9, loss=18))))
    assert {"villages.txt", "iteration", "loss, nats a name", "training"} <= set(seen)
    assert "held out" not in seen


def test_training_curves_with_a_held_out_part(plot: Plot) -> None:
    points = [checkpoint(i, loss=20 - i, held_out=3 - i / 9) for i in range(3)]
    seen = set(texts(plot(lines(*points))))
    assert {"loss, nats a name", "loss, nats a symbol", "training", "held out"} <= seen


def test_learned_and_held_out_losses_share_an_axis() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    from matplotlib.figure import Figure

    from charnames.experiments.plotting.curves import draw_training_curves
    from charnames.experiments.plotting.records import RecordedRun

    figures = {"learned": [2.5, 1.5], "held_out": [2.6, 2.0], "gap": [0.1, 0.5]}
    figure = Figure()
    draw_training_curves(figure, RecordedRun("", [0.0, 9.0], [20.0, 18.0], **figures))
    by_name, by_symbol = figure.axes
    drawn = {line.get_label(): list(line.get_ydata()) for line in by_symbol.lines}
    assert drawn == {"learned": [2.5, 1.5], "held out": [2.6, 2.0]}
    assert [list(line.get_ydata()) for line in by_name.lines] == [[20.0, 18.0]]
    # Mixed with an n-gram model, the gap is that of the network alone.
    figures["held_out"] = [2.4, 1.8]
    figure = Figure()
    draw_training_curves(figure, RecordedRun("", [0.0, 9.0], [20.0, 18.0], **figures))
    drawn = {line.get_label(): list(line.get_ydata()) for line in figure.axes[1].lines}
    assert drawn["held out"] == [2.4, 1.8]
    assert drawn["held out, network alone"] == [2.6, 2.0]


def test_training_curves_of_a_classifier(plot: Plot) -> None:
    seen = texts(plot(CLASSIFIER))
    assert {"loss, nats an example", "accuracy"} <= set(seen)
    assert seen.count("training") == seen.count("held out") == 2


def test_gradients_are_drawn_where_a_report_has_them(plot: Plot) -> None:
    figures = {"gradient_norm": 3.5, "largest_gradient": 0.9, "clipped": 0.0}
    points = [checkpoint(i, loss=20 - i, **(figures if i else {})) for i in range(3)]
    seen = texts(plot(lines(START, *points)))
    assert {"gradient before clipping", "norm", "largest element"} <= {*seen}
    assert {"1", "2"} <= {*seen} and "$" not in "".join(seen)  # beside the axis
    assert "share of the steps" not in seen
    points.append(checkpoint(3, loss=17, **{**figures, "clipped": 0.5}))
    assert {"share of the steps", "clipped"} <= {*texts(plot(lines(START, *points)))}


def test_a_converter_has_shares_of_wrong_sources(plot: Plot) -> None:
    points = [
        checkpoint(i, loss=9 - i, held_out=0.5, network_alone=0.9 - i / 9)
        for i in range(3)
    ]
    seen = {*texts(plot(lines(START, *points)))}
    assert {"loss, nats a pair", "held out", "held out, network alone"} <= seen
    assert "loss, nats a symbol" not in seen


def test_a_run_without_a_finite_loss_is_an_empty_plot(plot: Plot) -> None:
    assert "training" in texts(plot(lines(checkpoint(0, loss=None))))


@pytest.mark.parametrize("what", ["confusion", "roc"])
def test_labels_stand_as_they_are(plot: Plot, what: str) -> None:
    seen = "\n".join(texts(plot(evaluation(), "plot.svg", "--what", what)))
    for label in LABELS:
        assert label.replace("\uffff", "\ufffd") in seen


def test_short_labels_stand_upright_below_the_matrix(plot: Plot) -> None:
    long, short = (
        plot(evaluation(labels), f"{labels[1]}.svg").read_text().count("rotate(-90")
        for labels in (["a", "bbb", "c"], ["a", "bb", "c"])
    )
    assert long == short + 3


def test_the_confusion_matrix_is_drawn_unasked_in_the_same_bytes(plot: Plot) -> None:
    report = evaluation(["a", "b"])
    explicit = plot(report, "asked.svg", "--what", "confusion")
    assert plot(report).read_bytes() == explicit.read_bytes()
    seen = texts(explicit)
    assert {"true label", "predicted label"} <= set(seen)
    ((a, b), (c, d)) = json.loads(report)["confusion"]
    assert {str(count) for count in (a, b, c, d) if count} <= set(seen)


def test_roc_curves_with_their_areas(plot: Plot) -> None:
    report = evaluation()
    figures = json.loads(report)
    seen = texts(plot(report, "plot.svg", "--what", "roc"))
    assert f"{figures['classes'][0]['auc']:.3f}  Finnish" in seen
    assert f"{figures['micro']['auc']:.3f}  all labels" in seen


def test_a_label_without_a_curve_is_left_out(plot: Plot) -> None:
    report = evaluation(["ada", "bea", "cleo"], true=[0, 1, 0, 1])
    seen = "\n".join(texts(plot(report, "plot.svg", "--what", "roc")))
    assert "bea" in seen and "cleo" not in seen


def run_of(seed: int, cell: str = "rnn", first: int = 0, **figures: object) -> str:
    recipe = {"cell": cell, "clip": 5.0, "iterations": first + 20}
    start = {"event": "start", "dataset": "elements", "seed": seed, "recipe": recipe}
    points = [checkpoint(first + i, loss=20.0 - i, **figures) for i in (0, 10)]
    return lines(start, *points)


def plotted(inside: Inside, *reports: str) -> list[str]:
    """What is written in the picture of reports in files of their own."""
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for i, text in enumerate(reports):
        (inside.folder / f"{i}.jsonl").write_text(text)
    inside("plot", *(f"{i}.jsonl" for i in range(len(reports))), "-o", "runs.svg")
    return texts(inside.folder / "runs.svg")


def test_runs_are_labelled_by_what_differs(inside: Inside) -> None:
    seen = plotted(inside, run_of(1), run_of(1, "lstm"))
    assert {"cell rnn", "cell lstm", "elements"} <= {text.strip() for text in seen}
    assert not any("clip" in text or "seed" in text for text in seen)
    seen = plotted(inside, run_of(1), run_of(2, "lstm"), run_of(2))
    labels = {"seed 1, cell rnn", "seed 2, cell lstm", "seed 2, cell rnn"}
    assert labels <= {text.strip() for text in seen}
    seen = plotted(inside, run_of(1), run_of(1))
    assert {"run 1", "run 2"} <= {text.strip() for text in seen}


def test_losses_of_several_runs_have_their_units(inside: Inside) -> None:
    of_names = [run_of(seed, held_out=3.0) for seed in (1, 2)]
    seen = plotted(inside, *of_names)
    assert {"loss, nats a name", "held-out loss, nats a symbol"} <= {*seen}
    of_examples = [run_of(seed, held_out=3.0, accuracy=0.5) for seed in (1, 2)]
    seen = plotted(inside, *of_examples)
    assert {"loss, nats an example", "held-out loss, nats an example"} <= {*seen}
    of_pairs = [run_of(seed, held_out=0.5, network_alone=0.6) for seed in (1, 2)]
    seen = plotted(inside, *of_pairs)
    wrong = "share of the held-out sources that are wrong"
    assert {"loss, nats a pair", wrong} <= {*seen}
    seen = plotted(inside, of_names[0], of_examples[1])
    assert {"loss, nats", "held-out loss, nats"} <= {*seen}


def test_norms_below_one_are_plain_numbers(inside: Inside) -> None:
    first = run_of(1, gradient_norm=0.2, largest_gradient=0.1)
    seen = plotted(inside, first + run_of(2, gradient_norm=0.9))
    assert {"0.2", "0.4"} <= set(seen)
    assert not any("e−" in text for text in seen)


def test_runs_in_one_stream_are_told_apart(inside: Inside) -> None:
    seen = plotted(inside, run_of(1) + run_of(2))
    assert {"seed 1", "seed 2"} <= {text.strip() for text in seen}
    assert "training" in plotted(inside, run_of(1) + run_of(1, first=20))  # resumed
    seen = plotted(inside, run_of(1) + run_of(1))
    assert {"run 1", "run 2"} <= {text.strip() for text in seen}


def test_runs_that_cannot_be_told_apart(inside: Inside) -> None:
    points = lines(checkpoint(0, loss=20), checkpoint(9, loss=19))
    (inside.folder / "two.jsonl").write_text(points * 2)
    error = inside("plot", "two.jsonl", "-o", "two.svg", status=1).err
    assert "two.jsonl, line 3: iteration 0 comes after iteration 9" in error


def test_runs_that_were_written_at_the_same_time(inside: Inside) -> None:
    """Their lines alternate, so that nobody knows which checkpoint is of which run."""
    both = zip(run_of(1).splitlines(), run_of(2).splitlines(), strict=True)
    text = "".join(f"{line}\n" for pair in both for line in pair)
    (inside.folder / "two.jsonl").write_text(text)
    error = inside("plot", "two.jsonl", "-o", "two.svg", status=1).err
    assert "two.jsonl, line 4: iteration 0 comes after iteration 0; several" in error


def test_what_targets_attend_to(plot: Plot) -> None:
    """Symbols stand as they are; several conversions stand side by side."""
    once = texts(plot(ATTENTION))
    assert {"α", "<b>", "a", "b", "source", "target", "attention"} <= {*once}
    twice = texts(plot(ATTENTION * 2, "plot.svg", "--what", "attention"))
    assert twice.count("α") == 2 * once.count("α") == 2


@pytest.mark.parametrize(
    ("report", "what"),
    [(ATTENTION, "roc"), (evaluation(), "attention"), (CLASSIFIER, "attention")],
)
def test_what_a_report_does_not_have(inside: Inside, report: str, what: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    (inside.folder / "report.jsonl").write_text(report)
    words = ["plot", "report.jsonl", "-o", "plot.svg", "--what", what]
    assert "--what" in inside(*words, status=2).err


def test_a_matrix_of_many_labels_is_no_larger_than_a_screen_or_three(
    plot: Plot,
) -> None:
    from matplotlib.figure import Figure

    from charnames.experiments.plotting.classification import draw_confusion_matrix
    from charnames.experiments.plotting.records import RecordedEvaluation

    figure, labels = Figure(), [f"label {k}" for k in range(100)]
    draw_confusion_matrix(figure, RecordedEvaluation(labels, np.eye(100), [], None))
    assert max(figure.get_size_inches()) < 24


def test_letters_that_a_png_lacks_are_told(inside: Inside, plot: Plot) -> None:
    report = evaluation(["日本語", "한국어"])
    data = plot(report, "plot.PNG", "--what", "roc").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    ended = inside("plot", "report.jsonl", "-o", "plot.png")
    warning, _ = ended.err.splitlines()
    assert warning.startswith(
        "charnames: warning: the font of a .png has no 日本語국어한, "
    )


def test_examples_run_as_they_stand(inside: Inside, plot: Plot) -> None:
    help = inside("plot", "-h").out
    lines = help.partition("Examples:\n")[2].splitlines()
    assert len(lines) == 3
    few = {"CHARNAMES_ITERATIONS": "20", "CHARNAMES_HELD_OUT": "0.1"}
    for line in lines[:2]:  # with files to read from and to write to
        inside.shell(line, **few)
    inside(*lines[2].split()[1:], **few)
    assert "elements" in texts(inside.folder / "run.svg")
    data = (inside.folder / "run.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert 1000 < width < 2000 and 400 < height < 1000


@pytest.mark.parametrize(
    ("report", "message"),
    [
        ("", "there is no checkpoint"),
        (lines(START), "there is no checkpoint"),
        ("Ada\n", "line 1: not a charnames"),
        (lines(START) + "[1]\n", "line 2: not a charnames JSON report"),
        ("[" * 100_000, "line 1: not a charnames"),
        ('{"nats_per_symbol": 1.9}', "line 1: not a charnames"),
        (lines(checkpoint(0, loss="low")), "line 1: not a charnames"),
        (
            '{"event": "checkpoint", "iteration": 1' + "0" * 400 + "}",
            "line 1: not a charnames",
        ),
        ('{"confusion": [[1]], "labels": ["a", "b"]}', "line 1: not a charnames"),
        ('{"attention": [[1]], "symbols": [["a", "b"], ["c"]]}', "line 1: not a charn"),
        ('{"attention": [[NaN]], "symbols": [["a"], ["c"]]}', "line 1: not a charn"),
        ('{"attention": [[1]]}', "line 1: not a charnames"),
        ('{"attention": null, "symbols": null}', "there is no checkpoint"),
        (ATTENTION * 13, "there are 13 conversions; give at most 12"),
        (ATTENTION + CLASSIFIER, "give runs, an evaluation or conversions, not sev"),
        (
            '{"confusion": [[-1]], "labels": ["a"]}',
            "line 1: not a charnames",
        ),
        (
            '{"confusion": [[NaN]], "labels": ["a"]}',
            "line 1: not a charnames",
        ),
        (
            evaluation() + CLASSIFIER,
            "give runs, an evaluation or conversions, not several of these",
        ),
        (evaluation() * 2, "line 2: give one evaluation"),
    ],
)
def test_what_is_no_report(inside: Inside, report: str, message: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    (inside.folder / "report.jsonl").write_text(report)
    ended = inside("plot", "report.jsonl", "-o", "plot.svg", status=1)
    assert ended.err.startswith("charnames: error: report.jsonl")
    assert message in ended.err and ended.err.count("\n") == 1
    assert not (inside.folder / "plot.svg").exists()


def test_one_label_alone_has_no_roc_curve(inside: Inside, plot: Plot) -> None:
    plot(evaluation(["ada", "bea"], true=[0, 0]))
    words = ("plot", "report.jsonl", "-o", "plot.svg", "--what", "roc")
    assert "all the examples have one label" in inside(*words, status=1).err


def test_usage(inside: Inside) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    (inside.folder / "report.jsonl").write_text(CLASSIFIER)
    pdf = inside("plot", "report.jsonl", "-o", "plot.pdf", status=2).err
    assert "'plot.pdf' ends neither in .png nor in .svg" in pdf
    what = inside("plot", "report.jsonl", "-o", "a.svg", "--what", "roc", status=2).err
    assert "--what does not go with a run of training" in what
    assert "--output" in inside("plot", "report.jsonl", status=2).err


def test_what_cannot_be_read_or_written(inside: Inside, plot: Plot) -> None:
    before = plot(CLASSIFIER).read_bytes()
    assert "gone: cannot be read" in inside("plot", "gone", "-o", "a.svg", status=1).err
    words = ("plot", "report.jsonl", "-o", "gone/plot.svg")
    assert "gone/plot.svg: cannot be written" in inside(*words, status=1).err
    (inside.folder / "report.jsonl").write_text("torn")
    inside("plot", "report.jsonl", "-o", "plot.svg", status=1)
    assert (inside.folder / "plot.svg").read_bytes() == before


def test_without_matplotlib(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(
        sys.modules, "charnames.experiments.plotting.drawing", raising=False
    )
    monkeypatch.delattr("charnames.experiments.plotting.drawing", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ended = inside("plot", "run.jsonl", "-o", "plot.png", status=1)
    assert ended.err.count("\n") == 1
    assert ended.err.endswith("get it with: pip install 'charnames[plot]'\n")
