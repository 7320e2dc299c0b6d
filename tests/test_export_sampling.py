"""An exported module draws names as often as Python does."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.generation.selection import surprise
from charnames.models.language_model import Model
from charnames.models.loading import PRETRAINED, load
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests.export_models import JAVASCRIPT, needs_node, node, packed_model, small_model

pytestmark = needs_node

SAMPLES = 8_000

# Draws names with repeats, as a drawing gives them before they are filtered.
DRAW = f"""
import {{ unpack }} from "{JAVASCRIPT / "unpack.mjs"}";
import {{ checked }} from "{JAVASCRIPT / "constraints.mjs"}";
import {{ drawings, LanguageModel }} from "{JAVASCRIPT / "generate.mjs"}";
import {{ randomStream }} from "{JAVASCRIPT / "random.mjs"}";
const {{ header, arrays }} = await unpack(given.text);
const model = new LanguageModel(header, arrays);
const drawing = drawings(model, checked(given.wanted, model.labels))[0].drawing();
if (given.fromRoot) {{
  drawing.frontier.grow = () => {{}};
  drawing.leastPromise = 1.5;
}}
const names = [];
for (let number = 0; names.length < given.count; number++) {{
  const drawn = drawing
    .draw(2000, randomStream(7, number))
    .filter(({{ ids }}) => !drawing.meet || model.spelling.isExact(ids));
  names.push(...drawn.map(({{ ids }}) => model.spelling.decode(ids)));
}}
console.log(JSON.stringify(names.slice(0, given.count)));
"""


PYTHON = {"minLength": "min_length", "maxLength": "max_length", "topP": "top_p"}


@cache
def usual_model() -> Model:
    return small_model()


@cache
def names_of_usual_model(wanted: str) -> Counter[str]:
    """What Python draws of it; the options are a text of JSON."""
    return Counter(python_names(usual_model(), json.loads(wanted)))


def python_names(model: Model, wanted: dict[str, Any]) -> list[str]:
    options = {PYTHON.get(name, name): value for name, value in wanted.items()}
    free = {"novel": False, "unique": False, "any_form": True}
    if options.keys().isdisjoint(("temperature", "top_k", "top_p", "min_p")):
        # Without any of these, names and repeats would come as the model has them.
        options = {"best_of": model.recipe.best_of, **options}
    return [*model.sample(SAMPLES, seed=11, **free, **options)]


def chi_square(a: Counter[str], b: Counter[str]) -> tuple[float, int]:
    """Of two samples of one size: the statistic, and its degrees of freedom. What is
    drawn fewer than 20 times is counted together.
    """
    together = a + b
    often = [name for name, count in together.items() if count >= 20]
    pairs = [(a[name], b[name]) for name in often]
    rest = [c.total() - sum(c[name] for name in often) for c in (a, b)]
    pairs += [(rest[0], rest[1])] if sum(rest) >= 20 else []
    return sum((x - y) ** 2 / (x + y) for x, y in pairs), len(pairs) - 1


CONSTRAINED: list[dict[str, Any]] = [
    {"prefix": "h"},
    {"prefix": "Na", "suffix": "n"},
    {"suffix": "ah"},
    {"minLength": 6, "maxLength": 7},
    {"suffix": "nna", "maxLength": 5, "temperature": 1.5},
]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"temperature": 1.0},
        {"temperature": 1.3, "topP": 0.7},
        *CONSTRAINED,
    ],
)
def test_names_come_as_often_as_in_python(
    wanted: dict[str, Any], tmp_path: Path
) -> None:
    given = {"text": packed_model(usual_model()), "wanted": wanted, "count": SAMPLES}
    there = Counter(node(tmp_path, DRAW, given))
    here = names_of_usual_model(json.dumps(wanted))
    statistic, freedom = chi_square(there, here)
    assert freedom > 5
    assert statistic < freedom + 4 * (2 * freedom) ** 0.5


@pytest.mark.parametrize("wanted", CONSTRAINED)
def test_names_that_are_drawn_symbol_by_symbol_come_as_often(
    wanted: dict[str, Any], tmp_path: Path
) -> None:
    """Without a frontier, which holds nearly all names of so small a model, and with
    more drafts dropped than usual.
    """
    given = {"text": packed_model(usual_model()), "wanted": wanted, "count": SAMPLES}
    there = Counter(node(tmp_path, DRAW, {**given, "fromRoot": True}))
    statistic, freedom = chi_square(there, names_of_usual_model(json.dumps(wanted)))
    assert freedom > 5
    assert statistic < freedom + 4 * (2 * freedom) ** 0.5


READS = f"""
import {{ unpack }} from "{JAVASCRIPT / "unpack.mjs"}";
import {{ offer }} from "{JAVASCRIPT / "generate.mjs"}";
import {{ Predictor }} from "{JAVASCRIPT / "predictor.mjs"}";
const {{ step }} = Predictor.prototype;
let reads = 0;
Predictor.prototype.step = function (symbols, memories) {{
  reads += symbols.length;
  return step.call(this, symbols, memories);
}};
const {{ generator }} = offer(await unpack(given.text));
const counts = given.wishes.map((wish) => {{
  reads = 0;
  const names = [...generator({{ seed: 5 }}).names({{ count: 10, ...wish }})];
  return [names.length, reads];
}});
console.log(JSON.stringify(counts));
"""


def test_rare_names_take_few_steps_of_the_network(tmp_path: Path) -> None:
    model = load(Path(PRETRAINED) / "elements.safetensors")
    assert isinstance(model, Model)
    wishes = [{"suffix": "gold"}, {"suffix": "xz"}, {"prefix": "z", "suffix": "z"}]
    given = {"text": packed_model(model, "float16"), "wishes": wishes}
    for names, reads in node(tmp_path, READS, given):
        assert names == 10
        assert reads < 12_000  # 65,000 without a frontier


def test_names_begin_as_freely_as_in_python(tmp_path: Path) -> None:
    """Where the best of several names is kept, the first symbol has temperature 1."""
    model = small_model(temperature=0.5, best_of=4)
    for wanted in ({}, {"suffix": "n"}):
        given = {"text": packed_model(model), "wanted": wanted, "count": SAMPLES}
        there = Counter(node(tmp_path, DRAW, given))
        here = Counter(python_names(model, {**wanted, "best_of": 1}))
        statistic, freedom = chi_square(there, here)
        assert freedom > 5
        assert statistic < freedom + 4 * (2 * freedom) ** 0.5


BEST = f"""
import {{ best }} from "{JAVASCRIPT / "selection.mjs"}";
const named = ([folded, nats, symbols]) => ({{ folded, nats, symbols }});
const names = given.names.map(named);
console.log(JSON.stringify(best(names, given.bestOf).map(({{ folded }}) => folded)));
"""


@pytest.mark.parametrize(("count", "best_of"), [(1, 4), (7, 4), (200, 4), (200, 9)])
def test_the_best_names_are_those_that_python_keeps(
    count: int, best_of: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(count)
    starts, ends = ["llan", "ber", "é"], ["on", "wen"]
    folded = [f"{rng.choice(starts)}{i}{rng.choice(ends)}" for i in range(count)]
    symbols = np.array([len(name) + 1.0 for name in folded])
    nats = 2 * symbols + rng.standard_normal(count) * 3
    order = np.argsort(surprise(folded, nats, symbols), kind="stable")
    kept = sorted(order[: -(-count // best_of)].tolist())
    rows = [*zip(folded, nats.tolist(), symbols.tolist(), strict=True)]
    there = node(tmp_path, BEST, {"names": rows, "bestOf": best_of})
    assert there == [folded[i] for i in kept]


SPELT: dict[str, list[str]] = {  # lists whose names are not one letter after another
    "marks": [*["Ada", "Adan", "Nada", "Dana", "Anna", "Nan", "Dan"] * 8, "McDan"],
    "accents": ["ab\u0323a", "a\u0323b", "bab\u0323", "q\u0301a", "aq\u0301"] * 2,
    "flags": ["🇩🇪a", "🇫🇷b", "a🇩🇪", "b🇫🇷🇩🇪"] * 3,
}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("marks", {}),
        ("marks", {"prefix": "mcd"}),
        ("accents", {"minLength": 3}),
        ("accents", {"suffix": "b"}),
        ("flags", {}),
        ("flags", {"maxLength": 3}),
    ],
)
def test_marks_accents_and_flags_stand_where_they_may(
    kind: str, wanted: dict[str, Any], tmp_path: Path
) -> None:
    model = small_model(SPELT[kind])
    given = {"text": packed_model(model), "wanted": wanted, "count": SAMPLES}
    there = Counter(node(tmp_path, DRAW, given))
    statistic, freedom = chi_square(there, Counter(python_names(model, wanted)))
    assert freedom > 5
    assert statistic < freedom + 4 * (2 * freedom) ** 0.5


def test_names_of_a_label(tmp_path: Path) -> None:
    """They are as Python draws them, for one label, and for all by their shares."""
    names_ = ["aba", "bab", "abab", "baba", "ab"] * 4 + ["xyx", "yxy", "xy"] * 2
    labels = ["A"] * 20 + ["X"] * 6
    listed = NameList(names_, labels=labels)
    settings = {"hidden_size": 8, "iterations": 60, "batch_size": 9}
    recipe = Recipe(learning_rate=0.05, optimizer="adamw", state="zero", **settings)
    *_, last = train(listed, recipe, seed=2)
    for wanted in ({}, {"label": "X"}, {"prefix": "x"}):
        given = {"text": packed_model(last.model), "wanted": wanted, "count": SAMPLES}
        there = Counter(node(tmp_path, DRAW, given))
        statistic, freedom = chi_square(
            there, Counter(python_names(last.model, wanted))
        )
        assert freedom > 5
        assert statistic < freedom + 4 * (2 * freedom) ** 0.5, wanted
