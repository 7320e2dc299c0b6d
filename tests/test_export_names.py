"""Names of an exported module: wanted, spelt as in Python, reproducible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charnames.data.names import built_in, read_names
from charnames.encoding.case_detection import detect_case
from charnames.encoding.letter_case import encode, fold, restore
from charnames.encoding.vocabulary import Vocabulary
from charnames.export.module import module
from charnames.export.spelling import spelling_header
from charnames.export.web_page import web_page
from charnames.models.language_model import Model
from charnames.models.loading import PRETRAINED, load
from charnames.models.steering import Steering
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests.export_models import (
    JAVASCRIPT,
    model_of,
    needs_node,
    node,
    packed_model,
    small_model,
    some_names,
)

pytestmark = needs_node

# Gives the names of each of several sets of options.
NAMES = """
const { generator } = await import("./module.mjs");
const draw = ({ seed, ...wanted }) => [...generator({ seed }).names(wanted)];
const results = given.map((options) => {
  try {
    return draw(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
});
console.log(JSON.stringify(results));
"""


def names(model: Model, folder: Path, *given: dict[str, Any]) -> list[Any]:
    """What the module of a model gives for each of several sets of options."""
    (folder / "module.mjs").write_text(module(model, "float32").text, encoding="utf-8")
    results: list[Any] = node(folder, NAMES, given)
    return results


def random_wishes(model: Model, count: int) -> list[dict[str, Any]]:
    """Options that names of the model can meet: parts of names that it draws."""
    rng = np.random.default_rng(4)
    wishes = []
    for name in some_names(model, count):
        wish: dict[str, Any] = {"seed": int(rng.integers(1000)), "count": 12}
        letters = name.upper() if rng.random() < 0.3 else name
        cut = int(rng.integers(0, len(letters) + 1))
        if rng.random() < 0.5:
            wish["prefix"] = letters[: min(cut, 3)]
        if rng.random() < 0.5:
            wish["suffix"] = letters[max(cut, len(letters) - 3) :]
        if rng.random() < 0.5:
            wish["minLength"] = int(rng.integers(0, len(name) + 1))
        if rng.random() < 0.5:
            wish["maxLength"] = len(name) + int(rng.integers(0, 3))
        if rng.random() < 0.4:
            wish["temperature"] = float(rng.choice([0, 0.3, 1, 2]))
        if rng.random() < 0.3:
            wish["topP"] = float(rng.choice([0.2, 0.9]))
        wish["novel"] = bool(rng.random() < 0.5)
        wishes.append(wish)
    return wishes


@pytest.mark.parametrize("kind", ["gru", "ngram", "labels"])
def test_every_name_is_what_was_asked_for(kind: str, tmp_path: Path) -> None:
    model = model_of(kind)
    fold = model.form.fold
    wishes = random_wishes(model, 25)
    given = 0
    for wish, drawn in zip(wishes, names(model, tmp_path, *wishes), strict=True):
        assert isinstance(drawn, list), (wish, drawn)
        given += len(drawn)
        assert len({fold(name) for name in drawn}) == len(drawn) <= 12
        for name in map(fold, drawn):
            assert name.startswith(fold(wish.get("prefix", ""))), wish
            assert name.endswith(fold(wish.get("suffix", ""))), wish
            assert wish.get("minLength", 1) <= len(name), wish
            assert len(name) <= wish.get("maxLength", 10_000), wish
        if wish["novel"]:
            assert not model.knows(drawn).any(), wish
    assert given > 90


def test_the_filter_of_names_is_python_s(tmp_path: Path) -> None:
    """For names of the list, others near them, parts of them and drawn ones."""
    model = model_of("words")
    learned = [*read_names(built_in()["movies"])]
    rng = np.random.default_rng(1)
    candidates = [*learned, *some_names(model, 300)]
    for name in learned:
        cut = int(rng.integers(0, len(name)))
        candidates += [name[:cut] + name[cut + 1 :], f"The {name}", name[cut:].strip()]
    candidates += ["(700) Nights of Wonder", "(700 Nights of Wonder", "A (700) Bear"]
    candidates = [name for name in dict.fromkeys(candidates) if name]
    steering: dict[str, Any] = {"any_form": False, "min_edits": None, "unique": True}
    steering["max_run"] = None
    _, novelty = Steering(
        **dict.fromkeys(("prefix", "suffix", "match", "regex", "min_length")),
        **{"max_length": None, "contains": (), "novel": True, "avoid": ()},
        **{"avoid_within": False, **steering},
    ).applied(model._learned_list(), model.form.fold)
    here = novelty.wanted([model.form.fold(name) for name in candidates]).tolist()
    script = f"""
import {{ unpack }} from "{JAVASCRIPT / "unpack.mjs"}";
import {{ LearnedList, NoveltyFilter }} from "{JAVASCRIPT / "novelty.mjs"}";
import {{ Spelling }} from "{JAVASCRIPT / "spelling.mjs"}";
const {{ header, arrays }} = await unpack(given.text);
const spelling = new Spelling(header.spelling);
const filter = new NoveltyFilter(new LearnedList(header, arrays), {{ novel: true }});
const accept = (folded) => {{
  const wanted = filter.wants(folded);
  filter.give(folded);
  return wanted;
}};
console.log(JSON.stringify(given.names.map((name) => accept(spelling.fold(name)))));
"""
    given = {"text": packed_model(model), "names": candidates}
    assert node(tmp_path, script, given) == here
    assert 200 < sum(here) < len(here) - 500


@pytest.mark.parametrize("dataset", ["movies", "elements", "surnames"])
def test_letter_case_is_put_back_as_in_python(dataset: str, tmp_path: Path) -> None:
    listed = [*read_names(built_in()[dataset])]
    listed += ["o'NEIL", "A Room Of One's Own", "the end", "İdil", "ŉ", "Ǆungla"]
    case, _ = detect_case(listed)
    alphabet = "".join(sorted({*"".join(encode(name, case) for name in listed)}))
    spelling = spelling_header(Vocabulary(alphabet), case)
    symbols = [[*encode(name, case)] for name in listed]
    script = f"""
import {{ Spelling }} from "{JAVASCRIPT / "spelling.mjs"}";
const spelling = new Spelling(given.spelling);
console.log(JSON.stringify({{
  encoded: given.names.map((name) => spelling.encode(name)),
  restored: given.symbols.map((symbols) => spelling.restore(symbols)),
  folded: given.names.map((name) => spelling.fold(name)),
}}));
"""
    given = {"spelling": spelling, "names": listed, "symbols": symbols}
    there = node(tmp_path, script, given)
    assert there["encoded"] == symbols
    assert there["restored"] == [restore("".join(s), case) for s in symbols]
    assert there["folded"] == [fold(name, case) for name in listed]


def test_a_seed_gives_the_same_names(tmp_path: Path) -> None:
    ten, hundred = {"count": 10}, {"count": 100}
    drawn = names(
        model_of("ngram"),
        tmp_path,
        {"seed": 7, **ten},
        {"seed": 7, **hundred},
        {"seed": "7", **ten},
        {"seed": 8, **ten},
        {"seed": "Łódź", **ten},
        {"seed": "Łódź", "prefix": "ba", **ten},
        {"seed": "Łódź", "prefix": "ba", **hundred},
    )
    assert len(drawn[0]) == 10 and drawn[0] == drawn[1][:10] == drawn[2]
    assert len({*map(tuple, (drawn[0], drawn[3], drawn[4]))}) == 3
    assert drawn[5] == drawn[6][:10]


def test_names_do_not_depend_on_webassembly(tmp_path: Path) -> None:
    """Without it sums are rounded as with it."""
    text = module(model_of("gru"), "float32").text
    (tmp_path / "module.mjs").write_text(text, encoding="utf-8")
    given = [{"seed": 1, "count": 300}, {"seed": 1, "count": 50, "suffix": "n"}]
    drawn = node(tmp_path, NAMES, given)
    without = f"""
const {{ WebAssembly }} = globalThis;
delete globalThis.WebAssembly;
{NAMES}
globalThis.WebAssembly = WebAssembly;
"""
    assert node(tmp_path, without, given) == drawn and len(drawn[0]) == 300


def test_names_come_to_an_end(tmp_path: Path) -> None:
    all_there_are = {"seed": 1, "count": 1000, "maxLength": 2, "temperature": 1}
    model = small_model()
    (drawn, greedy, none) = names(
        model,
        tmp_path,
        all_there_are,
        {"seed": 1, "count": 5, "temperature": 0, "novel": False},
        {"seed": 1, "count": 0},
    )
    assert 10 < len(drawn) < 100 and max(map(len, drawn)) == 2
    assert len(greedy) == 1 and none == []


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"prefix": "dax"}, "prefix: no name of this model holds “x”"),
    ({"prefix": "dan", "maxLength": 2}, "the beginning “dan”, at most 2"),
    ({"suffix": 3}, "suffix: 3 is not a text"),
    ({"count": -1}, "count: -1 is not a whole number from 0"),
    ({"count": 1.5}, "count: 1.5 is not a whole number"),
    ({"minLength": 20_000}, "minLength: 20000 is not a whole number from 0 to 10,000"),
    ({"maxLength": 0}, "maxLength: 0 is not a whole number from 1 to 10,000"),
    ({"temperature": -1}, "temperature: -1 is not a number from 0 to 100"),
    ({"topP": 0}, "topP: 0 is not a number above 0"),
    ({"label": "x"}, "label: x is not there: it has no labels"),
]


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the module of a small model gives for each of what is impossible."""
    wishes = [{"seed": 1, **wanted} for wanted, _ in IMPOSSIBLE]
    return names(small_model(), tmp_path_factory.mktemp("refusals"), *wishes)


@pytest.mark.parametrize("number", range(len(IMPOSSIBLE)))
def test_what_cannot_be_is_said_in_a_sentence(number: int, refusals: list[Any]) -> None:
    assert IMPOSSIBLE[number][1] in refusals[number]


@pytest.mark.parametrize("kind", ["ngram", "labels", "words"])
def test_scores_are_python_s(kind: str, tmp_path: Path) -> None:
    model = model_of(kind)
    (tmp_path / "module.mjs").write_text(
        module(model, "float32").text, encoding="utf-8"
    )
    wanted = [*some_names(model, 60), "Q#", "", "ÀÈ"]
    script = """
const { generator } = await import("./module.mjs");
console.log(JSON.stringify(given.map((name) => generator().score(name))));
"""
    for score, here in zip(
        node(tmp_path, script, wanted), model.score(wanted), strict=True
    ):
        assert score["name"] == here.name and score["unknown"] == here.unknown
        assert score["symbols"] == here.symbols
        assert score["nats"] == pytest.approx(here.nats, abs=1e-3)


def test_the_best_of_several_names_is_more_probable(tmp_path: Path) -> None:
    wish = {"seed": 1, "count": 12, "novel": False}
    plain, selected = (
        names(small_model(best_of=best_of), tmp_path, wish)[0] for best_of in (1, 8)
    )
    assert len(plain) == len(selected) == 12

    def loss(drawn: list[str]) -> float:
        scores = small_model().score(drawn)
        return float(np.mean([score.bits_per_symbol or 0.0 for score in scores]))

    assert loss(selected) < loss(plain)


def test_modules_are_small() -> None:
    """A module and a page of the classic network, and a module of a grown one."""
    elements = read_names(built_in()["elements"])
    *_, classic = train(elements, Recipe(iterations=0), seed=1)
    classic.model.parameters.values[:] *= 20  # as far from zero as trained ones
    small = module(classic.model, "float16")
    assert len(small.text.encode()) < 130_000
    assert len(web_page(classic.model, small).encode()) < 150_000
    grown = load(Path(PRETRAINED) / "elements.safetensors")
    assert len(module(grown).text.encode()) < 4_000_000
