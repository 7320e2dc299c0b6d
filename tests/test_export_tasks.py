"""Classifiers and converters in JavaScript give what they give in Python."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.data.names import built_in, read_names
from charnames.data.pairs import PairList, read_pairs
from charnames.data.sequences import SequenceList
from charnames.errors import ExportError
from charnames.export.classifier import classifier_measure
from charnames.export.converter import converter_measure
from charnames.export.language_model import language_model_measure
from charnames.export.module import joined_sources, module
from charnames.export.precision import (
    PRECISIONS,
    TOLERANCE,
    as_kept,
    smallest_precision,
)
from charnames.models.base import Trained
from charnames.models.classifier import Classifier
from charnames.models.converter import Converter
from charnames.recipes.recipe import Recipe
from charnames.training.classifier import train_classifier
from charnames.training.converter import train_converter
from tests.export_models import NODE, model_of, needs_node, node

LITTLE: dict[str, Any] = {
    "iterations": 40,
    "batch_size": 32,
    "learning_rate": 0.02,
    "optimizer": "adamw",
    "checkpoint_every": 40,
}
CLASSIFIERS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn", "hidden_size": 12},
    "mean": {"cell": "gru", "hidden_size": (9, 7), "pooling": "mean"},
    "max": {"cell": "lstm", "hidden_size": 8, "pooling": "max", "embedding_size": 5},
    "bidirectional": {"cell": "lstm", "hidden_size": (8, 6), "bidirectional": True},
    "both": {
        **{"cell": "gru", "hidden_size": 8, "bidirectional": True},
        **{"pooling": "max", "embedding_size": 6},
    },
    "words": {"unit": "word", "hidden_size": 8, "embedding_size": 6},
    "n-grams": {"cell": "gru", "hidden_size": 8, "ngram": 4, "ngram_weight": 0.6},
    "n-grams of words": {
        **{"unit": "word", "hidden_size": 8, "ngram": 2, "ngram_weight": 1.0},
        "class_weights": "balanced",
    },
}
CONVERTERS: dict[str, dict[str, Any]] = {
    "general": {"cell": "gru", "hidden_size": 16, "embedding_size": 8, "ngram": 3},
    "dot": {"cell": "lstm", "hidden_size": (9, 11), "attention": "dot", "ngram": 0},
    "none": {
        **{"cell": "rnn", "hidden_size": 12, "attention": "none", "ngram": 4},
        **{"bidirectional": True, "embedding_size": 5},
    },
    "ctc": {
        **{"cell": "gru", "hidden_size": 14, "decoder": "ctc", "attention": "none"},
        **{"bidirectional": True, "upsample": 3, "ngram": 2},
    },
    "ensemble": {"cell": "gru", "hidden_size": 10, "members": 3, "ngram": 3},
    "ctc ensemble": {
        **{"cell": "rnn", "hidden_size": 10, "decoder": "ctc", "attention": "none"},
        **{"members": 2, "upsample": 3, "ngram": 0},
    },
}
NAMES = ["", "Anna", "ÖZIL", "o'Neil", "Zhang Wei", "Дмитрий", "жу-жу", "x" * 30]


def there(
    model: Trained, folder: Path, call: str, *texts: str, options: str = ""
) -> Any:
    """What the module gives for each of the texts."""
    text = module(model, "float32").text
    (folder / "module.mjs").write_text(text, encoding="utf-8")
    script = f"""
const {{ {call} }} = await import("./module.mjs");
console.log(JSON.stringify(given.map((text) => {call}(text{options}))));
"""
    return node(folder, script, texts)


def classifier_of(settings: Mapping[str, Any]) -> Classifier:
    every = read_names(built_in()["surnames"], labels=True)
    names = NameList(every[::4], labels=every.labels and every.labels[::4])
    if settings.get("unit") == "word":
        texts = [f"{name}! is a {name[:1]}, {name[-1:]}" for name in names]
        names = NameList(texts, labels=names.labels)
    *_, last = train_classifier(
        names, Recipe(task="classify", **LITTLE, **settings), seed=1
    )
    return last.model


def converter_of(settings: Mapping[str, Any], labelled: bool = False) -> Converter:
    every = read_pairs("cyrillic")
    labels = every.labels[::4] if labelled and every.labels else None
    sources = NameList(every.sources[::4])
    pairs = PairList(sources, every.targets[::4], labels=labels)
    *_, last = train_converter(
        pairs, Recipe(task="convert", **LITTLE, **settings), seed=1
    )
    return last.model


@needs_node
@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_a_classifier_is_python_s(kind: str, tmp_path: Path) -> None:
    model = classifier_of(CLASSIFIERS[kind])
    texts = [*read_names(built_in()["surnames"])[::20], *NAMES]
    for text, result, here in zip(
        texts,
        there(model, tmp_path, "classify", *texts),
        model.classify(texts),
        strict=True,
    ):
        p = [result["probabilities"][label] for label in model.labels]
        assert np.abs(p - here.probabilities).max() < 1e-5, text
        assert result["unknown"] == here.unknown
        best = [*model.labels][int(here.probabilities.argmax())]
        assert result["label"] == (best if here.is_known else None)


@needs_node
@pytest.mark.parametrize("kind", CONVERTERS)
def test_a_converter_is_python_s(kind: str, tmp_path: Path) -> None:
    model = converter_of(CONVERTERS[kind])
    check(model, tmp_path, [*read_pairs("cyrillic").sources[::25], *NAMES])


def check(model: Converter, folder: Path, texts: list[str]) -> None:
    for text, result, here in zip(
        texts,
        there(model, folder, "convert", *texts),
        model.convert(texts),
        strict=True,
    ):
        assert result["unknown"] == here.unknown, text
        p = {target.text: target.probability for target in here.targets}
        q = {target["text"]: target["probability"] for target in result["targets"]}
        for target in {*p, *q}:
            assert abs(p.get(target, 1e-4) - q.get(target, 1e-4)) < 1e-4, (text, p, q)
        top = here.targets[0]
        assert q[top.text] == pytest.approx(max(q.values()), abs=1e-5)


@needs_node
def test_a_label_of_a_converter_counts(tmp_path: Path) -> None:
    settings = {"cell": "gru", "hidden_size": 10, "embedding_size": 4, "ngram": 0}
    model = converter_of(settings, labelled=True)
    sources = [*read_pairs("cyrillic").sources[::100]]
    check(model, tmp_path, sources)
    label = [*model.labels][1]
    options = f", {{ label: {label!r} }}"
    given = there(model, tmp_path, "convert", *sources, options=options)
    for result, here in zip(given, model.convert(sources, label=label), strict=True):
        top = here.targets[0]
        assert result["targets"][0]["text"] == top.text
        assert result["targets"][0]["probability"] == pytest.approx(top.probability)


def test_numbers_are_not_for_a_module() -> None:
    waves = SequenceList([[[0.0], [1.0]], [[1.0], [0.0]]] * 4, labels=["a", "b"] * 4)
    recipe = Recipe(task="classify", iterations=1, hidden_size=2)
    *_, last = train_classifier(waves, recipe, seed=1)
    with pytest.raises(ExportError, match="classifies sequences of numbers"):
        module(last.model)
    pairs = PairList(SequenceList([[[0.0], [1.0]]] * 8), ["ab", "ba"] * 4)
    recipe = Recipe(task="convert", iterations=1, hidden_size=2)
    *_, converter = train_converter(pairs, recipe, seed=1)
    with pytest.raises(ExportError, match="converts sequences of numbers"):
        module(converter.model)


def test_the_smallest_precision_is_chosen() -> None:
    """Each smaller one changes a probability by more than 0.001."""
    classifier = classifier_of(CLASSIFIERS["mean"])
    converter = converter_of(CONVERTERS["general"])
    measures: list[tuple[Any, Any]] = [
        (model_of("gru"), language_model_measure),
        (model_of("rnn"), language_model_measure),
        (classifier, classifier_measure),
        (converter, converter_measure),
    ]
    chosen = []
    for model, measure_of in measures:
        measure = measure_of(model)
        exact = measure(model)
        assert exact.min() >= 0 and exact.max() <= 1 and len(exact.ravel()) > 500
        chosen.append(smallest_precision(model, measure))
        for precision in PRECISIONS[: PRECISIONS.index(chosen[-1]) + 1]:
            change = np.abs(measure(as_kept(model, precision)) - exact).max()
            assert (change <= TOLERANCE) == (precision == chosen[-1])
    assert len({*chosen}) > 1


@needs_node
@pytest.mark.parametrize("task", ["generate", "classify", "convert"])
def test_no_name_stands_for_two_things_in_a_module(task: str, tmp_path: Path) -> None:
    text = joined_sources("unpack.mjs", f"{task}.mjs")
    (tmp_path / "joined.mjs").write_text(text, encoding="utf-8")
    assert NODE and "import " not in text
    subprocess.run([NODE, "--check", tmp_path / "joined.mjs"], check=True)
