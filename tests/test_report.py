"""charnames report: a page about a model, which opens offline and runs nothing."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from charnames import NameList, Recipe, train, train_classifier
from charnames.data.pairs import PairList, read_pairs
from charnames.evaluation.converter import directed, measure
from charnames.evaluation.embeddings import letter_map, principal_components
from charnames.training.converter import train_converter
from tests.conftest import CommandLine, Inside

HOSTILE = ["<script>alert(1)</script>", "$\\frac{a}{b}$", 'a" onload="x', "&amp;<b>"]
NAMES = [*HOSTILE, "ada", "bea", "cleo", "dora", "ella", "fay", "gina", "hope", "iris"]
LABELLED = [f"<i>{i % 2}</i>\t{name}" for i, name in enumerate(NAMES * 3)]
PAIRS = [(name, name.upper()) for name in NAMES]
EMPTY = {"meta", "link", "br", "img", "hr", "input"}

MODEL = "./model.safetensors"

Report = Callable[..., "Page"]


class Page(HTMLParser):
    """A page: its elements, and the text that is shown. Nothing in it is fetched."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        assert self._open == []
        assert len(set(self.ids)) == len(self.ids)
        assert "@import" not in self.source
        assert "default-src 'none'" in self.source
        assert {*re.findall(r"url\((.)", self.source)} <= {"#"}
        assert {*self.tags}.isdisjoint(
            {"script", "iframe", "object", "embed", "link", "foreignobject", "a"}
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in EMPTY:
            self._open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href"):
                assert (value or "").startswith(("#", "data:image/png;base64,"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text.append(" ".join(data.split()))

    @property
    def shown(self) -> str:
        return "\n".join(filter(None, self.text))


@pytest.fixture
def report(inside: Inside) -> Report:
    """Makes a page, and reads it."""
    pytest.importorskip("jinja2", reason="Jinja2 is not installed")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")

    def report(model: str, *args: str) -> Page:
        ended = inside("report", model, "-o", "page.html", *args)
        assert ended.out == ""
        assert ended.err.splitlines()[-1] == "saved page.html"
        return Page(inside.folder / "page.html")

    return report


def trained(inside: Inside, *args: str) -> None:
    """A model of the hostile names, and the report of its run beside it."""
    (inside.folder / "list.txt").write_text("\n".join(NAMES))
    words = ["train", "-d", "list.txt", "-o", MODEL, "--json", "-q", *args]
    words += ["--iterations", "60", "--checkpoint-every", "20", "--seed", "1"]
    (inside.folder / "run.jsonl").write_text(inside(*words).out)


def test_a_page_of_a_run_and_of_other_names(inside: Inside, report: Report) -> None:
    """Of a run whose checkpoints have hostile names."""
    trained(inside, "--held-out", "0.2")
    (inside.folder / "other.txt").write_text("kara\nlena\nmona\n")
    events = (inside.folder / "run.jsonl").read_text().splitlines()
    odd = {"names": [*HOSTILE, "tab\there", "\ud800", "\u202eabc"]}
    text = "".join(f"{json.dumps(json.loads(event) | odd)}\n" for event in events)
    (inside.folder / "run.jsonl").write_text(text)
    words = ["--training", "run.jsonl", "--against", "other.txt"]
    page = report(MODEL, *words)
    names_are_text_wherever_they_stand(page)
    figures = inside("evaluate", "-m", MODEL, *words[2:], "--json").out
    figures_are_those_of_evaluate(page, json.loads(figures))
    plots_take_the_colours_of_the_page(page)
    assert report(MODEL, *words).source == page.source  # each time


def names_are_text_wherever_they_stand(page: Page) -> None:
    for name in [*HOSTILE, "tab\\there", "\\ud800", "\\u202eabc"]:
        assert name in page.shown
    for heading in ("Training", "New names", "Lengths and letters", "iteration 60"):
        assert heading in page.shown
    assert "Kneser–Ney" in page.shown and "loss, nats a symbol" in page.shown
    assert page.tags.count("svg") >= 5


def figures_are_those_of_evaluate(page: Page, figures: dict[str, Any]) -> None:
    for loss in (figures["nats_per_symbol"], *figures["baselines"].values()):
        assert f"{loss:.4f}" in page.shown
    assert f"{figures['novel']:.1%}" in page.shown


def plots_take_the_colours_of_the_page(page: Page) -> None:
    plots = "".join(re.findall("<svg.*?</svg>", page.source, re.DOTALL))
    assert "var(--c0)" in plots and "currentColor" in plots
    assert "#1f77b4" not in plots and "#000000" not in plots and "<style" not in plots
    assert "prefers-color-scheme: dark" in page.source


def test_what_a_model_does_not_have_is_said(inside: Inside, report: Report) -> None:
    trained(inside, "--slim")
    (inside.folder / "list.txt").unlink()
    shown = report(MODEL).shown
    assert "A model file does not keep the checkpoints of its run." in shown
    assert "The list that the model learned was not found" in shown
    assert "Nothing was measured." in shown
    assert "nearest learned name" not in shown and "the list's" not in shown


def classifier(folder: Path) -> str:
    """A small classifier of labelled.txt."""
    (folder / "labelled.txt").write_text("\n".join(LABELLED))
    names = NameList(NAMES * 3, "labelled", [line.split("\t")[0] for line in LABELLED])
    recipe = Recipe.modern(names, task="classify", iterations=3, hidden_size=8)
    *_, last = train_classifier(names, recipe, seed=1)
    last.model.save(folder / "classifier.safetensors")
    return "./classifier.safetensors"


def test_a_classifier(report: Report, tmp_path: Path) -> None:
    model = classifier(tmp_path)
    page = report(model, "--against", "labelled.txt")
    assert page.shown.count("<i>0</i>") >= 3  # in the table, the matrix and the curves
    for text in ("Confusion matrix and ROC curves", "area under the curve", "macro"):
        assert text in page.shown
    assert f"{len(LABELLED)} of the examples are in the list that the" in page.shown
    alone = report(model).shown
    assert "with their labels" in alone and "ROC" not in alone


def test_what_cannot_be_written(inside: Inside, report: Report, tmp_path: Path) -> None:
    words = ["report", classifier(tmp_path), "-o", "gone/page.html"]
    error = inside(*words, status=1).err
    assert "gone/page.html: cannot be written" in error and error.count("\n") == 1


def converter(pairs: PairList, tmp_path: Path, **settings: object) -> str:
    recipe = Recipe.modern(pairs.targets, task="convert")
    small = {"iterations": 3, "hidden_size": 8, "embedding_size": 4}
    recipe = Recipe(**{**recipe.settings(), **small, **settings})
    *_, last = train_converter(pairs, recipe, seed=1)
    last.model.save(tmp_path / "converter.safetensors")
    return "./converter.safetensors"


def test_a_converter(inside: Inside, report: Report, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS))
    pairs = read_pairs(path)
    model = converter(pairs, tmp_path)
    page = report(model, "--against", "pairs.tsv")
    for text in ("Alignments", "errors of words", "its network alone"):
        assert text in page.shown
    assert f"{len(PAIRS)} of the pairs are in the list that the model" in page.shown
    model = converter(pairs, tmp_path, attention="none", ngram=0)
    assert "Nothing was measured." in report(model).shown
    page = report(model, "--against", "pairs.tsv")
    assert "This converter has no attention" in page.shown
    ctc = converter(pairs, tmp_path, decoder="ctc", upsample=2)
    page = report(ctc, "--against", "pairs.tsv")
    assert "This converter has no attention" in page.shown
    assert "first component" in page.shown


def test_the_worst_errors_come_first(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS))
    pairs = read_pairs(path)
    recipe = Recipe.modern(pairs.targets, task="convert", iterations=3, hidden_size=8)
    *_, last = train_converter(pairs, recipe, seed=1)
    evaluation = measure(last.model, pairs)
    mistakes = evaluation.mistakes
    assert [m.edits for m in mistakes] == sorted(m.edits for m in mistakes)[::-1]
    wrong = len(mistakes) / evaluation.sources
    assert wrong == pytest.approx(evaluation.converter.word_error_rate)
    for mistake in mistakes:
        source, target = list(directed(pairs, last.model))[mistake.number]
        assert mistake.right == target != mistake.target
        (own,) = last.model.convert([source])
        assert own.targets[0].text == mistake.target


def test_letters_lie_in_the_plane_of_most_variance() -> None:
    rng = np.random.default_rng(1)
    plane = rng.normal(size=(9, 2)) @ np.diag([3.0, 1.0])
    turned = plane @ np.linalg.qr(rng.normal(size=(6, 6)))[0][:2]
    places, (first, second) = principal_components(turned + 7.0)
    assert first > second and first + second == pytest.approx(1)
    between = [np.linalg.norm(p[:, None] - p, axis=2) for p in (places, plane)]
    assert np.allclose(*between)
    places, shares = principal_components(np.array([[1.0], [3.0], [8.0]]))
    assert np.allclose(places, [[-3, 0], [-1, 0], [4, 0]]) and shares == (1, 0)


def test_which_vectors_stand_for_letters() -> None:
    recipe = Recipe.classic(iterations=0, hidden_size=5)
    *_, last = train(["abd", "bad"], recipe, seed=1)
    letters = letter_map(last.model)
    assert letters and letters.letters == ["a", "b", "d"] and letters.is_one_hot
    vectors = last.model.parameters["layer0.Wax"].T[1:]
    apart = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    distances = np.linalg.norm(letters.places[:, None] - letters.places, axis=2)
    assert np.allclose(apart, distances, rtol=1e-5)  # three points lie in a plane
    *_, last = train(["ab", "ba"], recipe, seed=1)
    assert letter_map(last.model) is None


def test_the_report_of_another_run(inside: Inside, report: Report) -> None:
    trained(inside)
    text = (inside.folder / "run.jsonl").read_text()
    words = ["report", MODEL, "-o", "page.html", "--training", "other.jsonl"]
    (inside.folder / "other.jsonl").write_text(text.replace('"seed": 1', '"seed": 2'))
    error = inside(*words, status=1).err
    assert "other.jsonl: is of a run with the seed 2, and the model has" in error
    (inside.folder / "other.jsonl").write_text('{"confusion": [[1]], "labels": ["a"]}')
    error = inside(*words, status=1).err
    assert error.count("\n") == 1 and not (inside.folder / "page.html").exists()


def test_examples_run_as_they_stand(inside: Inside, report: Report) -> None:
    lines = inside("report", "-h").out.partition("Examples:\n")[2].splitlines()
    assert len(lines) == 3
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "charnames"
        run = partial(inside.shell, line) if ">" in words else partial(inside, *words)
        run(CHARNAMES_ITERATIONS="20")
    assert "iteration 20" in Page(inside.folder / "report.html").shown


def go_on_without(package: str, go_on: Callable[[], NoReturn]) -> NoReturn:
    """Go on as a program that finds no such package, nor what may have imported it."""
    for name in [*sys.modules]:
        if name.startswith((f"{package}.", "charnames.experiments.")):
            del sys.modules[name]
    sys.modules[package] = None  # type: ignore[assignment]
    go_on()


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_without_a_package(cli: CommandLine, package: str) -> None:
    process = cli.process(("report", "elements", "-o", "page.html"), {})
    go_on = partial(go_on_without, package, process.pop("preexec_fn"))
    ended = subprocess.run(capture_output=True, text=True, preexec_fn=go_on, **process)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.endswith("get it with: pip install 'charnames[report]'\n")


def test_a_labelled_model_is_compared_with_its_list(
    inside: Inside, report: Report
) -> None:
    (inside.folder / "labelled.txt").write_text("\n".join(LABELLED))
    words = ["train", "-d", "labelled.txt", "--labels", "-o", MODEL]
    inside(*words, "--iterations", "60", "--hidden-size", "16", "--seed", "1", "-q")
    assert "nearest learned name" in report(MODEL).shown
