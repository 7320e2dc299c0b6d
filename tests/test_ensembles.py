"""Ensembles: several networks of a converter, trained side by side, in one file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from charnames.errors import RecipeError, TrainingError
from charnames.evaluation.embeddings import letter_map
from charnames.models.converter import Converter
from charnames.models.loading import from_bytes
from charnames.nn.batching import Pairs
from charnames.nn.networks.compound_shapes import EnsembleShape
from charnames.nn.networks.ensemble import Ensemble
from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import Recipe
from charnames.training.converter import _for_members, train_converter
from tests.conftest import CommandLine
from tests.modelfiles import forged
from tests.test_cli_convert import PAIRS, QUICK
from tests.test_converter import run, texts_of, trained, words

KINDS: list[dict[str, Any]] = [{}, {"decoder": "ctc"}, {"attention": "none"}]


def single(model: Converter, number: int) -> Converter:
    """The converter with one network of an ensemble."""
    shape = model.shape
    assert isinstance(shape, EnsembleShape)
    return replace(
        model,
        recipe=replace(model.recipe, members=1),
        parameters=model.parameters.part(shape.names[number]),
        state={},
    )


def with_networks(model: Converter, networks: list[Parameters]) -> Converter:
    """The ensemble with the weights of other networks."""
    values = np.concatenate([network.values for network in networks])
    return replace(model, parameters=Parameters(model.parameters.shapes, values=values))


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_an_ensemble_is_trained_kept_and_used(settings: dict[str, Any]) -> None:
    checkpoints = run(words(), members=3, **settings)
    assert checkpoints[-1].loss < checkpoints[0].loss
    model = checkpoints[-1].model
    assert model.parameters.values.size == 3 * single(model, 0).parameters.values.size
    copy = from_bytes(model.to_bytes())
    assert isinstance(copy, Converter)
    assert copy.to_bytes() == model.to_bytes()
    inputs = list(words().sources)[:5]
    assert [c.targets[0][:2] for c in copy.convert(inputs)] == [
        c.targets[0][:2] for c in model.convert(inputs)
    ]


def test_its_first_network_starts_as_that_of_the_seed_alone() -> None:
    ensemble = trained(words(), members=3, iterations=0)
    alone = trained(words(), iterations=0)
    networks = [single(ensemble, number).parameters.values for number in range(3)]
    assert np.array_equal(networks[0], alone.parameters.values)
    assert not np.array_equal(networks[0], networks[1])
    assert not np.array_equal(networks[1], networks[2])


def test_each_network_learns_all_pairs_in_an_order_of_its_own() -> None:
    model = trained(words(), members=3, iterations=0)
    pairs = Pairs(
        model.read(list(words().sources)), model.target.sequences(words().targets)
    )
    first, *others = _for_members(pairs, model).orders
    assert first.tolist() == list(range(60))
    assert all(sorted(order) == first.tolist() for order in others)
    assert len({tuple(order) for order in (first, *others)}) == 3
    chosen = np.array([3, 5])
    batches = _for_members(pairs, model).pack(chosen)
    for order, batch in zip((first, *others), batches, strict=True):
        wanted = pairs.pack(order[chosen])
        assert batch.target.inputs.tolist() == wanted.target.inputs.tolist()


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_each_network_has_the_gradients_of_its_own_batch(
    settings: dict[str, Any],
) -> None:
    model = trained(words(), members=2, iterations=0, **settings)
    pairs = Pairs(
        model.read(list(words().sources)),
        model.target.sequences(text.lower() for text in words().targets),
    )
    batches = [pairs.pack(np.arange(0, 8)), pairs.pack(np.arange(8, 16))]
    ensemble = Ensemble(model.shape, model.parameters)
    loss = ensemble.loss_and_gradients(batches)
    gradients, losses = [], []
    for number, batch in enumerate(batches):
        alone = single(model, number)
        network = Ensemble(alone.shape, alone.parameters)
        losses.append(network.loss_and_gradients([batch]))
        gradients.append(network.gradients.values)
    assert loss == pytest.approx(np.mean(losses))
    assert np.array_equal(ensemble.gradients.values, np.concatenate(gradients))


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_equal_networks_convert_as_one_of_them(settings: dict[str, Any]) -> None:
    model = trained(words(), members=2, ngram=0, **settings)
    alone = single(model, 1)
    equal = with_networks(model, [alone.parameters] * 2)
    for source in ("Бал", "Гивека", "q"):
        ours, theirs = (next(m.convert([source])).targets for m in (equal, alone))
        assert [t.text for t in ours] == [t.text for t in theirs]
        np.testing.assert_allclose(
            [t.probability for t in ours], [t.probability for t in theirs], rtol=1e-6
        )
        for a, b in zip(ours, theirs, strict=True):
            if b.attention is not None:
                assert a.attention is not None
                np.testing.assert_allclose(a.attention, b.attention, atol=1e-6)


def test_predictions_are_averaged_at_the_first_symbol() -> None:
    """The probability of a target of no symbol is a mean of the networks'."""
    model = trained(words(), members=2, ngram=0, iterations=5)

    def empty(converter: Converter) -> float:
        conversion = converter.conversion_model()
        (hypotheses,) = conversion.by_network(converter.read(["Б"]), 100, None)
        return next(h.probability for h in hypotheses if h.ids == ())

    both = [empty(single(model, number)) for number in range(2)]
    assert both[0] != pytest.approx(both[1])
    assert empty(model) == pytest.approx(np.mean(both), rel=1e-6)


def test_whole_targets_of_ctc_are_averaged() -> None:
    model = trained(words(), members=2, ngram=0, decoder="ctc", iterations=20)
    source = ["Бал"]
    p: list[dict[str, float]] = [
        {t.text: t.probability for t in next(m.convert(source)).targets}
        for m in (model, single(model, 0), single(model, 1))
    ]
    for text, probability in p[0].items():
        parts = [others.get(text, 0.0) for others in p[1:]]
        assert probability == pytest.approx(np.mean(parts), abs=2e-4)


def test_attention_of_a_target_of_the_joint_ngram_model_is_averaged() -> None:
    model = trained(words(200), members=2, iterations=0)  # does not come to it
    progress = model.progress._replace(ngram_weight=1.0)
    by_ngram = replace(model, progress=progress)
    (conversion,) = by_ngram.convert(["Бал"])
    parts = [
        next(single(by_ngram, number).convert(["Бал"])).targets[0].attention
        for number in range(2)
    ]
    attention = conversion.targets[0].attention
    assert attention is not None and attention.any()
    np.testing.assert_allclose(attention, np.mean(parts, axis=0), atol=1e-6)


def test_a_source_becomes_the_same_whatever_stands_beside_it() -> None:
    model = trained(words(), members=2)
    inputs = [*words().sources, "", "q", "Абв" * 20]
    together = [*model.convert(inputs)]
    for i in (0, 30, 60, 61, 62):
        (alone,) = model.convert([inputs[i]])
        assert [t[:2] for t in alone.targets] == [t[:2] for t in together[i].targets]


def test_a_run_that_goes_on_is_the_run_that_never_stopped() -> None:
    held = {"members": 2, "held_out": 0.2, "iterations": 20, "checkpoint_every": 10}
    whole = trained(words(), **held)
    half = next(c for c in run(words(), **held) if c.iteration == 10).model
    copy = from_bytes(half.to_bytes())
    assert isinstance(copy, Converter)
    resumed = [*train_converter(words(), resume=copy)][-1].model
    assert resumed.slim().to_bytes() == whole.slim().to_bytes()
    other = replace(copy.recipe, members=1)
    with pytest.raises(TrainingError, match="members: a resumed run keeps"):
        next(train_converter(words(), other, resume=copy))


def test_the_weights_of_the_ensemble_are_chosen_together() -> None:
    checkpoints = run(words(), members=2, held_out=0.2, checkpoint_every=10)
    errors = [c.network_alone for c in checkpoints]
    assert checkpoints[-1].model.progress.best == min(errors)  # type: ignore[type-var]


def test_files_of_the_fourth_format_are_read() -> None:
    model = trained(words(), iterations=0)

    def as_format_4(header: dict[str, dict[str, str]]) -> None:
        texts = header["__metadata__"]
        texts["format_version"] = "4"
        texts["recipe"] = texts["recipe"].replace('"members":1,', "")
        assert "members" not in texts["recipe"]

    old = from_bytes(forged(as_format_4, data=model.to_bytes()))
    assert isinstance(old, Converter)
    assert old.recipe == model.recipe
    assert texts_of(old, ["Бал"]) == texts_of(model, ["Бал"])


def test_letters_are_those_of_the_first_network() -> None:
    model = trained(words(), members=2, iterations=3)
    ours, theirs = letter_map(model), letter_map(single(model, 0))
    assert ours and theirs
    assert np.array_equal(ours.places, theirs.places)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(RecipeError, match="members: 0 is out of range"):
        Recipe.classic(task="convert", members=0)
    with pytest.raises(RecipeError, match="members: 2 is not for the task"):
        Recipe.classic(members=2)


def test_labels_are_read_by_every_network() -> None:
    model = trained(words(labels=True), members=2)
    first, two = (
        next(model.convert(["Бал"], label=label)).targets for label in ("one", "two")
    )
    assert [t.probability for t in first] != [t.probability for t in two]


def test_an_ensemble_on_the_command_line(cli: CommandLine) -> None:
    (cli.folder / "letters.tsv").write_text(PAIRS)
    train = ["train", "--task", "convert", "-d", "letters.tsv", *QUICK]
    length = ["--iterations", 40, "--checkpoint-every", 40]
    cli(*train, *length, "--members", 3, "--held-out", 0.1, "-q")
    assert cli("convert", "баг").out == "bag\n"
    assert json.loads(cli("info", "--json").out)["recipe"]["members"] == 3
    against = cli("evaluate", "-m", "letters-converter", "--against", "letters.tsv")
    assert "its network alone" in against.out
    cli("export", "-m", "letters-converter", "-o", "x.mjs")
