"""Converters that start from another converter."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.errors import ListError, RecipeError
from charnames.models.converter import Converter
from charnames.models.loading import from_bytes
from charnames.recipes.recipe import Recipe
from charnames.training.converter import train_converter
from tests.conftest import CommandLine
from tests.test_cli_convert import PAIRS, QUICK
from tests.test_converter import QUICK as SETTINGS
from tests.test_converter import texts_of, trained, waves, words

KINDS: list[dict[str, Any]] = [
    {},
    {"embedding_size": 0},
    {"decoder": "ctc"},
    {"decoder": "ctc", "embedding_size": 0},
    {"members": 2, "cell": "lstm"},
    {"attention": "none", "bidirectional": False},
]


def child(parent: Converter, pairs: PairList, **settings: Any) -> Converter:
    recipe = Recipe.modern(pairs, **{**SETTINGS, "iterations": 0, **settings})
    *_, last = train_converter(pairs, recipe, seed=5, init_from=parent)
    return last.model


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_the_same_list_starts_with_the_same_weights(settings: dict[str, Any]) -> None:
    parent = trained(words(), **settings)
    model = child(parent, words())
    assert model.recipe.init_from == "model"
    assert model.provenance.parent == "words"
    assert np.array_equal(model.parameters.values, parent.parameters.values)
    network = ("cell", "decoder", "attention", "members", "embedding_size")
    for name in network:
        assert getattr(model.recipe, name) == getattr(parent.recipe, name)
    copy = from_bytes(model.to_bytes())
    assert copy.to_bytes() == model.to_bytes()


@pytest.mark.parametrize("settings", KINDS[:5], ids=str)  # those that are sure
def test_symbols_keep_their_weights_among_others(settings: dict[str, Any]) -> None:
    """A list with more letters on both sides converts those that were learned."""
    parent = trained(words(), iterations=150, ngram=0, **settings)
    sources = NameList([*words().sources, "Јад", "Ђак"])
    others = PairList(sources, [*words().targets, "Ćad", "Qak"])
    model = child(parent, others, ngram=0)
    assert model.source != parent.source
    inputs = [*words().sources]
    assert texts_of(model, inputs) == texts_of(parent, inputs)


def test_new_letters_start_near_those_that_they_are_made_from() -> None:
    parent = trained(words())
    others = PairList(NameList(["Ба", "Вѝ"]), ["Ba", "Vḯ"])
    model = child(parent, others)
    for symbol, origin, kind in (("ѝ", "и", "source"), ("ḯ", "i", "target")):
        ours = getattr(model, kind).encode(symbol)[0]
        theirs = getattr(parent, kind).encode(origin)[0]
        weights = "encoder.embedding" if kind == "source" else "decoder.embedding"
        a, b = model.parameters[weights][ours], parent.parameters[weights][theirs]
        assert np.abs(a - b).max() < 0.15  # a tenth of random weights of 0.3 each
        assert not np.array_equal(a, b)


def test_labels_keep_their_weights() -> None:
    parent = trained(words(labels=True))
    named = words(labels=True)
    kinds = ["two", "three"] * 30
    others = PairList(named.sources, named.targets, "words", kinds)
    model = child(parent, others)
    assert [*model.labels] == ["three", "two"]
    for stack in ("encoder", "decoder"):
        name = f"{stack}.layer0.Wlx"
        ours, theirs = model.parameters[name], parent.parameters[name]
        assert np.array_equal(ours[:, 1], theirs[:, 1])
        assert not np.array_equal(ours[:, 0], theirs[:, 0])
    plain = child(parent, words())
    assert not plain.labels
    labelled = child(trained(words()), words(labels=True))
    assert [*labelled.labels] == ["one", "two"]


def test_numbers_keep_the_scaling_of_the_parent() -> None:
    parent = trained(waves(), decoder="ctc")
    doubled = [2 * np.asarray(sequence) for sequence in waves().sources]
    others = PairList(SequenceList(doubled, "waves"), waves().targets, "waves")
    model = child(parent, others)
    assert model.source == parent.source
    assert np.array_equal(model.parameters.values, parent.parameters.values)


def test_a_run_from_a_converter_is_resumed_exactly() -> None:
    parent = trained(words())
    recipe = Recipe.modern(words(30), **{**SETTINGS, "iterations": 20})
    recipe = replace(recipe, checkpoint_every=10)
    run = [*train_converter(words(30), recipe, seed=5, init_from=parent)]
    half = from_bytes(run[1].model.to_bytes())
    assert isinstance(half, Converter)
    *_, last = train_converter(words(30), resume=half)
    assert last.model.slim().to_bytes() == run[-1].model.slim().to_bytes()


def test_what_cannot_be_is_refused() -> None:
    texts, numbers = trained(words(), iterations=0), trained(waves(), iterations=0)
    with pytest.raises(ListError, match=r"waves: has vectors of 2 numbers, .* texts"):
        child(texts, waves())
    with pytest.raises(ListError, match=r"words: has texts, .* vectors of 2 numbers"):
        child(numbers, words())
    with pytest.raises(RecipeError, match="init_from: 'model' is for a run"):
        trained(words(), init_from="model")
    with pytest.raises(RecipeError, match="init_from: 'base' learned names"):
        Recipe.classic(task="convert", init_from="base")


def test_on_the_command_line(cli: CommandLine) -> None:
    (cli.folder / "letters.tsv").write_text(PAIRS)
    train = ["train", "--task", "convert", "-d", "letters.tsv"]
    cli(*train, *QUICK, "--iterations", 5, "-o", "./parent", "-q")
    few = [*train, "--init-from", "./parent", "-o", "./child", "--iterations", 2]
    done = cli(*few)
    assert "starts from the model of letters.tsv: 100 pairs\n" in done.err
    record = json.loads(cli("info", "./child", "--json").out)
    assert record["parent"] == "letters.tsv"
    assert "started from" in cli("info", "./child").out
    slip = cli(*few, "--attention", "none", status=2)
    assert "--attention: with --init-from the network is that of" in slip.err
    wrong = cli(*train, "--init-from", "elements", status=1)
    assert "a model of names, which converts nothing" in wrong.err
    assert len(wrong.err.splitlines()) == 1
    base = cli(*train, "--init-from", "base", status=1)
    assert "init_from: 'base' learned names and no pairs" in base.err.replace("-", "_")
