"""The network of an exported module predicts as Python's does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charnames.export.precision import as_kept
from charnames.models.language_model import Model
from charnames.models.loading import PRETRAINED, load
from tests.export_models import (
    JAVASCRIPT,
    KINDS,
    model_of,
    needs_node,
    node,
    packed_model,
    probabilities,
    some_names,
    symbols_of,
)

pytestmark = needs_node

# Prints, for each name, the probabilities of all symbols at all of its steps.
PREDICT = f"""
import {{ unpack }} from "{JAVASCRIPT / "unpack.mjs"}";
import {{ Predictor }} from "{JAVASCRIPT / "predictor.mjs"}";
const {{ header, arrays }} = await unpack(given.text);
const predictor = new Predictor(header, arrays);
const names = given.ids.map((ids) => ({{
  left: [0, ...ids], memory: predictor.start(given.label), rows: [],
}}));
for (;;) {{
  const unfinished = names.filter(({{ left }}) => left.length);
  if (!unfinished.length) break;
  const symbols = unfinished.map(({{ left }}) => left.shift());
  const results = predictor.step(symbols, unfinished.map(({{ memory }}) => memory));
  unfinished.forEach((name, i) => {{
    name.memory = results[i].memory;
    name.rows.push([...results[i].p]);
  }});
}}
console.log(JSON.stringify(names.map(({{ rows }}) => rows)));
"""


def difference(
    model: Model, folder: Path, precision: str, count: int, label: int = 0
) -> float:
    """The largest difference between the probabilities of Node.js and of Python."""
    names = [model.form.fold(name) for name in some_names(model, count)]
    ids = symbols_of(model.vocabulary.sequences(names))
    given = {"text": packed_model(model, precision), "ids": ids, "label": label}
    there = node(folder, PREDICT, given)
    here = probabilities(as_kept(model, precision), ids, label)
    assert len(there) == len(here) == count
    return max(
        float(np.abs(np.array(p) - q).max()) for p, q in zip(there, here, strict=True)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_probability_is_python_s(kind: str, tmp_path: Path) -> None:
    label = 2 if kind == "labels" else 0
    assert difference(model_of(kind), tmp_path, "float32", 500, label) < 1e-5


@pytest.mark.parametrize("name", ["elements", "movies"])
def test_every_probability_of_a_grown_model_is_python_s(
    name: str, tmp_path: Path
) -> None:
    model = load(Path(PRETRAINED) / f"{name}.safetensors")
    assert isinstance(model, Model) and model.provenance.parent
    assert difference(model, tmp_path, "float32", 100) < 1e-5


@pytest.mark.parametrize("precision", ["float16", "int8"])
@pytest.mark.parametrize("kind", ["lstm", "tied"])
def test_rounded_weights_are_read_as_they_were_measured(
    kind: str, precision: str, tmp_path: Path
) -> None:
    assert difference(model_of(kind), tmp_path, precision, 50) < 1e-5
