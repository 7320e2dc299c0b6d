"""Training: its events, its arithmetic, and that a run can be stopped and gone on with.

Runs here are of a few dozen iterations on ten names: what is tested is not how
well they learn.
"""

from __future__ import annotations

import inspect
import math
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import charnames.training.loop
from charnames import Checkpoint
from charnames.data.name_list import NameList
from charnames.encoding.letter_case import KEEP
from charnames.errors import ListError, LossRising, TrainingError
from charnames.model_file.description import Progress
from charnames.models.language_model import Model
from charnames.models.loading import load
from charnames.nn.batching import END, Packed, Sequences, pack
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.prediction.ngram import NGram, count_grams
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import split_names, train
from charnames.training.schedule import learning_rate

NAMES = ["ada", "bea", "cleo", "dora", "eve", "flora", "gina", "ida", "joan", "kay"]


def small(**settings: Any) -> Recipe:
    """A run that takes no time."""
    small = {"hidden_size": 6, "iterations": 30, "checkpoint_every": 10, "samples": 3}
    return Recipe.from_settings({**small, **settings})


def run(
    names: Iterable[str] = NAMES, *, seed: int = 1, **settings: Any
) -> list[Checkpoint]:
    return list(train(names, small(**settings), seed=seed))


def weights(checkpoint: Checkpoint) -> bytes:
    return checkpoint.model.parameters.values.tobytes()


def figures_of(checkpoints: list[Checkpoint]) -> list[tuple[Any, ...]]:
    """What a report of the run would show, but for the time that it took."""
    return [(c.iteration, c.loss, c.held_out, c.names) for c in checkpoints]


def state(checkpoint: Checkpoint) -> dict[str, bytes]:
    """What a run that goes on from there has to know."""
    return {name: a.tobytes() for name, a in checkpoint.model.state.items()}


def assert_same(ours: list[Checkpoint], expected: list[Checkpoint]) -> None:
    """Equal bit for bit."""
    assert figures_of(ours) == figures_of(expected)
    assert list(map(weights, ours)) == list(map(weights, expected))
    assert list(map(state, ours)) == list(map(state, expected))


# Events


def test_training_is_a_generator_that_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    checkpoints = train(NAMES, small(), seed=1)
    assert inspect.isgenerator(checkpoints)
    assert len(list(checkpoints)) == 4
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("iterations", "every", "expected"),
    [
        (30, 10, [0, 10, 20, 30]),
        (25, 10, [0, 10, 20, 25]),
        (5, 10, [0, 5]),
        (3, 1, [0, 1, 2, 3]),
        (0, 10, [0]),
    ],
)
def test_checkpoints_stand_at_the_start_regularly_and_at_the_end(
    iterations: int, every: int, expected: list[int]
) -> None:
    checkpoints = run(iterations=iterations, checkpoint_every=every)
    assert [c.iteration for c in checkpoints] == expected
    assert [c.model.provenance.iterations for c in checkpoints] == expected


def test_nothing_is_trained_before_it_is_asked_for() -> None:
    start = next(train(NAMES, small(iterations=10**12), seed=1))
    assert start.iteration == 0


def test_a_checkpoint_tells_the_run() -> None:
    checkpoints = run(samples=3)
    for checkpoint in checkpoints:
        assert len(checkpoint.names) == 3
        assert all(set(name) <= set("".join(NAMES)) for name in checkpoint.names)
        assert checkpoint.held_out is None
        assert checkpoint.model.provenance.loss == checkpoint.loss
    seconds = [c.seconds for c in checkpoints]
    assert seconds == sorted(seconds)
    assert run(samples=0)[-1].names == ()


def test_where_a_model_came_from() -> None:
    names = NameList([*NAMES, "ada"], "my list")
    provenance = run(names, seed=42)[-1].model.provenance
    assert provenance.dataset == "my list"
    assert provenance.fingerprint == names.fingerprint
    assert provenance.names == 11
    assert provenance.longest == 5
    assert provenance.seed == 42


def test_every_update_can_be_watched() -> None:
    seen: list[tuple[int, float]] = []
    watched = list(
        train(NAMES, small(), seed=1, watch=lambda *update: seen.append(update))
    )
    assert [iteration for iteration, _ in seen] == list(range(1, 31))
    assert seen[9::10] == [(c.iteration, c.loss) for c in watched[1:]]
    assert_same(watched, run())


def test_a_checkpoint_stays_as_it_is_when_training_goes_on() -> None:
    running = train(NAMES, small(), seed=1)
    kept = [(c, weights(c), list(c.model.sample(9, seed=1))) for c in running]
    assert len({before for _, before, _ in kept}) == 4
    for checkpoint, before, names in kept:
        assert weights(checkpoint) == before
        assert list(checkpoint.model.sample(9, seed=1)) == names


# Loss and update


@pytest.mark.parametrize("names", [NAMES, ["a"], ["Ada", "Bo"]])
def test_the_loss_starts_at_that_of_seven_even_guesses(names: list[str]) -> None:
    start = next(train(names, small(), seed=1, case=KEEP))
    assert start.loss == 7 * math.log(len(set("".join(names))) + 1)


def first_update(model: Model, name: str) -> tuple[float, NDArray[np.floating]]:
    """The loss of a name, and the weights after the textbook's update for it."""
    parameters = model.parameters.copy()
    network = LanguageModelNetwork(model.shape, parameters)
    loss = network.loss_and_gradients(pack(model.vocabulary.sequences([name]), [0]))
    steps = model.recipe.learning_rate * network.gradients.values.clip(
        -model.recipe.clip, model.recipe.clip
    )
    return loss, parameters.values - steps


@pytest.mark.parametrize("clip", [5.0, 0.1])
def test_an_iteration_is_the_textbooks(clip: float) -> None:
    start, end = run(["ada"], iterations=1, clip=clip)
    loss, values = first_update(start.model, "ada")
    assert end.loss == pytest.approx(0.999 * start.loss + 0.001 * loss, rel=1e-12)
    np.testing.assert_allclose(end.model.parameters.values, values, rtol=0, atol=1e-8)
    assert weights(start) != weights(end)


def test_training_learns() -> None:
    *_, end = run(
        iterations=1500, checkpoint_every=1500, learning_rate=0.1, state="zero"
    )
    model = end.model
    network = LanguageModelNetwork(model.shape, model.parameters)
    per_name = network.all_losses(model.vocabulary.sequences(NAMES)).sum() / len(NAMES)
    assert per_name < 2 * math.log(len(NAMES))  # knowing them by heart: one log


# Seeds and order


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_same_seed_gives_the_same_run(cell: str) -> None:
    assert_same(run(cell=cell), run(cell=cell))


def test_another_seed_gives_another_run() -> None:
    first, other = run(seed=1), run(seed=2)
    for a, b in zip(first, other, strict=True):
        assert weights(a) != weights(b)
        assert a.names != b.names


def test_nobodys_seed_is_another_each_time_and_is_told() -> None:
    first, other = (list(train(NAMES, small())) for _ in range(2))
    assert weights(first[-1]) != weights(other[-1])
    assert_same(first, run(seed=first[0].model.provenance.seed))


def test_runs_side_by_side_are_those_one_after_the_other() -> None:
    pairs = zip(*(train(NAMES, small(), seed=s) for s in (1, 2)), strict=True)
    first, other = zip(*pairs, strict=True)
    assert_same(list(first), run(seed=1))
    assert_same(list(other), run(seed=2))


def test_the_randomness_of_others_is_left_alone() -> None:
    np.random.seed(0)
    expected = np.random.random()
    np.random.seed(0)
    first = run()
    assert np.random.random() == expected
    assert_same(run(), first)


def names_in(batch: Packed) -> list[str]:
    """The names of a packed batch of `NAMES`, in the order in which they stand."""
    alphabet = "".join(sorted(set("".join(NAMES))))
    spelled = [""] * batch.sizes[0]
    row = 0
    for size in batch.sizes:
        for j, symbol in enumerate(batch.targets[row : row + size]):
            spelled[j] += alphabet[symbol - 1] if symbol else ""
        row += size
    return spelled


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of every batch that a network has learned from since."""
    seen: list[list[str]] = []
    learn = LanguageModelNetwork.loss_and_gradients

    def watch(network: LanguageModelNetwork, batch: Packed, *rest: Any) -> float:
        seen.append(names_in(batch))
        return learn(network, batch, *rest)

    monkeypatch.setattr(LanguageModelNetwork, "loss_and_gradients", watch)
    return seen


@pytest.mark.parametrize(("batch_size", "in_a_pass"), [(1, 10), (3, 4), (10, 1)])
def test_each_pass_takes_every_name_once_in_an_order_of_its_own(
    batches: list[list[str]], batch_size: int, in_a_pass: int
) -> None:
    run(batch_size=batch_size, iterations=4 * in_a_pass, seed=1, order="each-pass")
    assert max(map(len, batches)) <= batch_size
    passes = [
        [tuple(names) for names in batches[i : i + in_a_pass]]
        for i in range(0, len(batches), in_a_pass)
    ]
    for taken in passes:
        assert Counter(name for names in taken for name in names) == Counter(NAMES)
    if batch_size < len(NAMES):
        assert len(set(map(tuple, passes))) == 4


def test_the_order_depends_on_the_seed(batches: list[list[str]]) -> None:
    run(iterations=10, seed=1)
    run(iterations=10, seed=2)
    assert batches[:10] != batches[10:]


# Stopping and going on

RECIPES = {
    "textbook": {},
    "batches": {"cell": "gru", "batch_size": 3},
    "by_norm": {"cell": "lstm", "clip_by": "norm", "clip": 0.5, "layers": 2},
    "embedding": {"embedding_size": 4, "learning_rate": 0.1},
    "momentum": {"momentum": 0.9, "recurrent_dropout": 0.3},
    "adamw": {"optimizer": "adamw", "weight_decay": 0.1, "average": 0.9},
}
# These depend on when there is a checkpoint, or on how long the run is to be.
MORE_RECIPES = {
    **RECIPES,
    "held_out": {"held_out": 0.3, "learning_rate": 0.5},
    "schedule": {"schedule": "cosine", "warm_up": 5},
    "all_at_once": {
        "cell": "gru",
        "batch_size": 2,
        "embedding_size": 6,
        "tied": True,
        "start": "scaled",
        "held_out": 0.3,
        "optimizer": "adamw",
        "schedule": "linear",
        "warm_up": 7,
        "dropout": 0.2,
        "embedding_dropout": 0.1,
        "recurrent_dropout": 0.2,
        "average": 0.8,
        "ngram": 3,
    },
}


def as_from_a_file(model: Model, folder: Path) -> Model:
    """The model saved and loaded again."""
    model.save(folder / "model.safetensors")
    return load(folder / "model.safetensors")


@cache
def whole_run(recipe: str) -> list[Checkpoint]:
    return run(**RECIPES[recipe], keep="last")


@pytest.mark.parametrize("stop", [0, 7, 10, 13, 29])
@pytest.mark.parametrize("recipe", RECIPES)
def test_fault_17_a_run_stopped_and_gone_on_with_is_the_run(
    recipe: str, stop: int, tmp_path: Path
) -> None:
    whole = whole_run(recipe)
    settings = {**RECIPES[recipe], "keep": "last"}  # the best depends on checkpoints
    *_, end = run(**{**settings, "iterations": stop})
    model = as_from_a_file(end.model, tmp_path)
    rest = list(train(NAMES, small(**settings), resume=model))
    assert_same(rest, [c for c in whole if c.iteration > stop])


@pytest.mark.parametrize("settings", MORE_RECIPES.values(), ids=MORE_RECIPES.keys())
def test_fault_17_a_run_stopped_at_any_checkpoint_goes_on(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    whole = run(**settings)
    for i, checkpoint in enumerate(whole[:-1]):
        model = as_from_a_file(checkpoint.model, tmp_path)
        assert_same(list(train(NAMES, resume=model)), whole[i + 1 :])


def test_fault_17_a_run_can_be_made_longer() -> None:
    longer = run(iterations=50)
    rest = train(NAMES, small(iterations=50), resume=run()[-1].model)
    assert_same(list(rest), longer[-2:])


def test_fault_18_a_list_that_has_changed_is_refused() -> None:
    model = run(iterations=10)[-1].model
    for changed in ([*NAMES, "zoe"], NAMES[::-1], NAMES[:-1], [*NAMES[:-1], "kai"]):
        with pytest.raises(TrainingError, match=r"^mine: .*--init-from"):
            train(NameList(changed, "mine"), small(), resume=model)


@pytest.mark.parametrize(
    "setting", [{"learning_rate": 0.5}, {"cell": "gru"}, {"batch_size": 2}, {"clip": 1}]
)
def test_a_resumed_run_keeps_its_settings(setting: dict[str, Any]) -> None:
    model = run(iterations=10)[-1].model
    with pytest.raises(TrainingError, match=f"^{next(iter(setting))}: "):
        train(NAMES, small(**setting), resume=model)


def test_a_run_that_is_done_is_not_resumed() -> None:
    with pytest.raises(TrainingError, match="30 iterations"):
        train(NAMES, resume=run()[-1].model)


def apart_from_time(checkpoints: list[Checkpoint]) -> list[Progress]:
    return [c.model.progress._replace(seconds=0.0) for c in checkpoints]


EVERYTHING = {
    "cell": "gru",
    "layers": 2,
    "batch_size": 2,
    "embedding_size": 6,
    "tied": True,
    "start": "scaled",
    "optimizer": "adamw",
    "learning_rate": 0.05,
    "weight_decay": 0.1,
    "schedule": "linear",
    "warm_up": 7,
    "dropout": 0.2,
    "embedding_dropout": 0.1,
    "recurrent_dropout": 0.2,
    "average": 0.8,
    "held_out": 0.3,
    "patience": 4,
    "ngram": 3,
    "iterations": 400,
    "order": "each-pass",
}


def test_fault_17_a_run_with_everything_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole = run(**EVERYTHING)
    assert 6 < len(whole) < 41  # it is patience that ends it
    best = whole[-1].model.progress.best_iteration
    assert 0 < best < whole[-1].iteration
    for i in (0, 1, best // 10, len(whole) - 2):
        model = as_from_a_file(whole[i].model, tmp_path)
        rest = list(train(NAMES, resume=model))
        assert_same(rest, whole[i + 1 :])
        assert apart_from_time(rest) == apart_from_time(whole[i + 1 :])
        tensors = rest[-1].model.grams, whole[-1].model.grams
        ours, expected = (
            g and (g.codes.tobytes(), g.counts.tobytes()) for g in tensors
        )
        assert ours == expected
        assert set(rest[-1].model.state) == {"sum", "squares", "values", "average"}
        assert list(rest[-1].model.sample(20, seed=3)) == list(
            whole[-1].model.sample(20, seed=3)
        )


def test_a_run_goes_on_with_the_recipe_that_it_was_given() -> None:
    """Also where the list had room for a lower order of n-grams only."""
    recipe = small(ngram=8)
    *_, end = train(NAMES, recipe, seed=1)
    longer = replace(recipe, iterations=50)
    rest = list(train(NAMES, longer, resume=end.model))
    assert [c.iteration for c in rest] == [40, 50]


def test_a_run_whose_patience_has_ended_is_not_resumed_in_silence() -> None:
    settings = {"held_out": 0.3, "patience": 1, "learning_rate": 1.0}
    *_, end = run(iterations=1000, **settings)
    assert end.iteration < 1000
    with pytest.raises(TrainingError, match="patience"):
        list(train(NAMES, resume=end.model))


# Names held out


def spelt(model: Model, sequences: Sequences | None) -> list[str]:
    assert sequences is not None
    decode = model.vocabulary.decode
    return [
        decode(sequences.ids[start + 1 : start + length])
        for start, length in zip(sequences.starts, sequences.lengths, strict=True)
    ]


def split_of(
    model: Model, names: list[str], others: list[str] | None = None
) -> tuple[list[str], list[str]]:
    """The names that a run learns from, and those that it measures on."""
    more = NameList(others) if others else None
    training, measured = split_names(NameList(names), more, model)
    return spelt(model, training), spelt(model, measured)


def held_out_loss(model: Model, measured: list[str]) -> float:
    losses = model.predictor().losses(model.vocabulary.sequences(measured))
    return float(losses.mean())


def test_no_name_held_out_is_learned_from(batches: list[list[str]]) -> None:
    names = [*NAMES, *NAMES[:5], "ada", "ada"]
    *_, end = run(names, held_out=0.3, iterations=60, batch_size=2)
    training, measured = split_of(end.model, names)
    learned = {name for batch in batches for name in batch}
    assert learned == set(training)
    assert learned | set(measured) == set(NAMES)
    assert learned & set(measured) == set()
    assert len(set(measured)) == 3
    assert sorted(training + measured) == sorted(names)


def test_what_is_held_out_depends_on_the_seed() -> None:
    splits = {
        tuple(split_of(run(seed=seed, held_out=0.3, iterations=0)[0].model, NAMES)[1])
        for seed in range(6)
    }
    assert len(splits) > 1


def test_names_of_another_list_are_measured_on(batches: list[list[str]]) -> None:
    others = ["nora", "lea", "jade"]
    (start, *_, end) = train(NAMES, small(), seed=1, held_out=others)
    assert {name for batch in batches for name in batch} == set(NAMES)
    assert start.held_out == pytest.approx(held_out_loss(start.model, others))
    assert end.model.progress.held_out == NameList(others).fingerprint
    both = small(held_out=0.3)
    *_, end = train(NAMES, both, seed=1, held_out=others)
    training, measured = split_of(end.model, NAMES, others)
    assert len(training) == 7 and len(measured) == 6
    assert set(measured) >= set(others)


def test_names_held_out_that_cannot_be_spelt_are_refused() -> None:
    with pytest.raises(ListError):
        train(NAMES, small(), held_out=["nora", "zoë"])


@pytest.mark.parametrize("names", [["ada"], ["ada"] * 5, ["ada", "bo"]])
def test_a_list_too_short_to_hold_names_out_is_refused(names: list[str]) -> None:
    with pytest.raises(ListError, match="too few to hold out"):
        train(names, small(held_out=0.8))


OVERFITTING: dict[str, Any] = {"held_out": 0.3, "learning_rate": 0.5}
AVERAGING = {"average": 0.7, "cell": "lstm"}
MIXING = {"ngram": 3, "cell": "gru"}


@pytest.mark.parametrize(
    "settings", [{"learning_rate": 0.05}, AVERAGING, MIXING], ids=str
)
def test_the_best_weights_are_what_a_checkpoint_holds(settings: dict[str, Any]) -> None:
    checkpoints = run(**(OVERFITTING | settings), iterations=200)
    _, measured = split_of(checkpoints[-1].model, NAMES)
    losses = [c.held_out or math.nan for c in checkpoints]
    assert min(losses) < min(losses[0], losses[-1])  # neither the first nor the last
    for i, checkpoint in enumerate(checkpoints):
        lowest = min(losses[: i + 1])
        progress = checkpoint.model.progress
        assert held_out_loss(checkpoint.model, measured) == pytest.approx(
            lowest, rel=1e-6
        )
        assert progress.best == lowest
        assert progress.best_iteration == checkpoints[losses.index(lowest)].iteration


def test_names_held_out_change_nothing_that_is_learned() -> None:
    """The weights in training are those of a run on the other names alone."""
    checkpoints = run(held_out=0.3, learning_rate=0.5)
    rest, _ = split_of(checkpoints[-1].model, NAMES)
    recipe = small(learning_rate=0.5, keep="last")
    alone = list(train(rest, recipe, seed=1, alphabet="".join(NAMES)))
    for ours, expected in zip(checkpoints, alone, strict=True):
        values = ours.model.state["values"]
        assert values.tobytes() == weights(expected)


@cache
def without_patience() -> list[Checkpoint]:
    return run(**OVERFITTING, iterations=1000)


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_patience_ends_a_run_that_gets_no_better(patience: int) -> None:
    checkpoints = run(**OVERFITTING, iterations=1000, patience=patience)
    best = checkpoints[-1].model.progress.best_iteration
    assert checkpoints[-1].iteration == best + 10 * patience < 1000
    for checkpoint in checkpoints[:-1]:
        waited = checkpoint.iteration - checkpoint.model.progress.best_iteration
        assert waited < 10 * patience
    without = without_patience()
    assert without[-1].iteration == 1000
    assert_same(checkpoints, without[: len(checkpoints)])


def test_patience_without_names_held_out_is_for_ever() -> None:
    assert run(patience=1)[-1].iteration == 30


def mean_loss(network: Any, ngram: Any, weight: float) -> float:
    return float(-np.log(weight * ngram + (1 - weight) * network).mean())


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_share_of_the_ngram_is_chosen_on_names_held_out(share: float) -> None:
    model = run(**OVERFITTING, ngram=2, ngram_weight=share)[-1].model
    training, measured = split_of(model, NAMES)
    sequences, V = model.vocabulary.sequences(measured), len(model.vocabulary)
    assert model.grams
    learned = count_grams(model.vocabulary.sequences(training), V, 2)
    np.testing.assert_array_equal(model.grams.codes, learned.codes)
    np.testing.assert_array_equal(model.grams.counts, learned.counts)
    network = np.exp(
        -LanguageModelNetwork(model.shape, model.parameters).all_losses(sequences)
    )
    ngram = NGram(learned, V).predicted(sequences)
    best = min(mean_loss(network, ngram, w) for w in np.linspace(0, 1, 1001))
    ours = model.progress.ngram_weight
    assert 0.05 < ours < 0.95
    assert mean_loss(network, ngram, ours) == pytest.approx(best, abs=1e-4)
    assert best < mean_loss(network, ngram, 0) - 1e-3
    assert best < mean_loss(network, ngram, 1) - 1e-3


@pytest.mark.parametrize("share", [0.1, 0.7])
def test_the_share_of_the_ngram_is_the_recipes_without_names_held_out(
    share: float,
) -> None:
    assert {
        c.model.progress.ngram_weight for c in run(ngram=2, ngram_weight=share)
    } == {share}


# A time limit


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of a clock for which an update takes a hundredth of a second, and the
    rest none."""
    now = [1e6]
    learn = LanguageModelNetwork.loss_and_gradients

    def watch(*args: Any) -> float:
        now[0] += 0.01
        return learn(*args)

    monkeypatch.setattr(LanguageModelNetwork, "loss_and_gradients", watch)
    monkeypatch.setattr(
        charnames.training.loop, "time", SimpleNamespace(perf_counter=lambda: now[0])
    )
    return now


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The learning rate of every update since."""
    seen: list[float] = []

    def watch(*args: Any) -> float:
        seen.append(learning_rate(*args))
        return seen[-1]

    monkeypatch.setattr(charnames.training.loop, "learning_rate", watch)
    return seen


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize(("limit", "updates"), [(0.53, 53), (3.07, 307)])
def test_a_time_limit_ends_the_run_and_its_schedule_lands_there(
    clock: list[float],
    rates: list[float],
    schedule: str,
    limit: float,
    updates: int,
) -> None:
    checkpoints = run(time_limit=limit, iterations=5_000, schedule=schedule, warm_up=5)
    assert checkpoints[-1].seconds == pytest.approx(limit, abs=0.011)
    assert checkpoints[-1].iteration == len(rates) == pytest.approx(updates, abs=1)
    assert rates[:5] == sorted(rates[:5])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[5] > 0.0085
    assert rates[updates // 2] == pytest.approx(0.005, rel=0.03)
    assert 0 <= rates[-1] < 0.0101 / updates


def test_without_a_schedule_the_rate_stays(
    clock: list[float], rates: list[float]
) -> None:
    run(time_limit=0.5, iterations=5_000)
    assert set(rates) == {0.01}


def test_iterations_end_a_run_before_its_time(
    clock: list[float], rates: list[float]
) -> None:
    checkpoints = run(time_limit=1e6, iterations=200, schedule="linear")
    assert checkpoints[-1].iteration == len(rates) == 200
    assert rates[-1] == pytest.approx(0.01 / 200, rel=1e-3)


def test_time_goes_on_where_a_run_was_stopped(
    clock: list[float], rates: list[float]
) -> None:
    settings: dict[str, Any] = {"iterations": 5_000, "schedule": "linear"}
    running = train(NAMES, small(time_limit=2, **settings), seed=1)
    half = next(c for c in running if c.seconds > 1)
    clock[0] += 3600
    rest = list(train(NAMES, resume=half.model))
    assert rest[-1].seconds == pytest.approx(2, abs=0.011)
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.0101 / 200


def test_a_run_whose_time_is_up_is_not_resumed_in_silence(clock: list[float]) -> None:
    *_, end = run(time_limit=0.5, iterations=5_000)
    with pytest.raises(TrainingError, match="time"):
        list(train(NAMES, resume=end.model))


# Another model's weights

CHILDREN = ["zoe", "max", "ada", "uma"]  # z, m, x and u are new, b, c and others gone
PARENTS = {
    "one_hot": {},
    "two_layers": {"cell": "lstm", "layers": 2},
    "embedding": {"cell": "gru", "embedding_size": 4},
    "tied": {"cell": "gru", "embedding_size": 6, "tied": True, "start": "scaled"},
}
BY_SYMBOL = {"embedding": 0, "output.Wya": 0, "output.by": 0}  # and the axis


def parent_of(**settings: Any) -> Model:
    return run(learning_rate=0.1, **settings)[-1].model


def child_of(parent: Model | None, names: list[str], **settings: Any) -> Model:
    recipe = small(iterations=0, **settings)
    (start,) = train(names, recipe, seed=5, init_from=parent)
    return start.model


def along_symbols(model: Model, name: str) -> NDArray[np.floating] | None:
    """The weight with a row for each symbol, or None where it has none."""
    if name == "layer0.Wax" and not model.recipe.embedding_size:
        return model.parameters[name].T
    return model.parameters[name] if name in BY_SYMBOL else None


@pytest.mark.parametrize(
    "names",
    [CHILDREN, NAMES, ["xyz"], ["ada", "zoë"]],
    ids=["children", "same", "strangers", "accent"],
)
@pytest.mark.parametrize("settings", PARENTS.values(), ids=PARENTS.keys())
def test_weights_are_inherited_but_for_new_characters(
    settings: dict[str, Any], names: list[str]
) -> None:
    parent = parent_of(**settings)
    child = child_of(parent, names, start=parent.recipe.start)
    fresh = child_of(None, names, **settings)
    known = parent.vocabulary.alphabet
    for name in child.parameters.views:
        rows = along_symbols(child, name)
        theirs, new = along_symbols(parent, name), along_symbols(fresh, name)
        if rows is None or theirs is None or new is None:
            expected = parent.parameters[name]
            np.testing.assert_array_equal(child.parameters[name], expected, name)
            continue
        np.testing.assert_array_equal(rows[END], theirs[END], name)
        for i, character in enumerate(child.vocabulary.alphabet, 1):
            nearest = known.find(unicodedata.normalize("NFD", character)[0]) + 1
            expected = new[i]
            if character in known:
                expected = theirs[known.index(character) + 1]
            elif nearest:
                expected = np.float32(0.1) * new[i] + theirs[nearest]
            np.testing.assert_array_equal(rows[i], expected, f"{name}, {character}")


def test_with_the_same_alphabet_the_child_speaks_as_its_parent() -> None:
    parent = parent_of(cell="gru")
    child = child_of(parent, NAMES[::-1])
    assert list(child.sample(50, seed=1)) == list(parent.sample(50, seed=1))


def test_a_child_has_its_parents_network_and_its_own_recipe() -> None:
    parent = parent_of(cell="gru", embedding_size=4, layers=2)
    child = child_of(parent, CHILDREN, hidden_size=99, cell="lstm", dropout=0.3)
    network = {"cell": "gru", "hidden_size": 6, "layers": 2, "embedding_size": 4}
    network["init_from"] = "model"
    expected = small(iterations=0, dropout=0.3, min_edits=1).settings() | network
    assert child.recipe.settings() == expected


def test_a_child_starts_a_run_of_its_own() -> None:
    adamw = {"optimizer": "adamw", "average": 0.9}
    parent = parent_of(**adamw)
    before = parent.parameters.values.tobytes()
    start, *_, end = train(CHILDREN, small(**adamw), seed=5, init_from=parent)
    assert start.iteration == 0
    assert start.loss == 7 * math.log(len(start.model.vocabulary))
    for name in ("sum", "squares"):
        assert not start.model.state[name].any()
    for name in ("values", "average"):
        assert start.model.state[name].tobytes() == weights(start)
    assert start.model.provenance.fingerprint == NameList(CHILDREN).fingerprint
    assert set(start.model.vocabulary.alphabet) == set("".join(CHILDREN))
    assert end.iteration == 30
    assert weights(end) != weights(start)
    assert parent.parameters.values.tobytes() == before


def test_a_child_can_be_resumed(tmp_path: Path) -> None:
    parent = parent_of(cell="gru")
    whole = list(train(CHILDREN, small(), seed=5, init_from=parent))
    model = as_from_a_file(whole[1].model, tmp_path)
    assert_same(list(train(CHILDREN, resume=model)), whole[2:])


# Lists of little


@pytest.mark.parametrize(
    "names", [["Ada"], ["a"], ["a", "aa"], ["Ada"] * 5, ["a"] * 3, ["東"]]
)
@pytest.mark.parametrize("batch_size", [1, 4])
def test_fault_23_a_list_of_little_gives_a_model_that_works(
    names: list[str], batch_size: int
) -> None:
    *_, end = run(names, batch_size=batch_size)
    assert math.isfinite(end.loss)
    for name in end.model.sample(20, seed=1, novel=False, unique=False):
        assert 1 <= len(name) <= 2 * len(max(names, key=len))
        assert set(name.lower()) <= set("".join(names).lower())


@pytest.mark.parametrize("names", [[], ["", " "], NameList([])])
def test_fault_23_no_names_are_refused_before_training(names: list[str]) -> None:
    with pytest.raises(ListError):
        train(names, small())


# Numbers going wrong


def lost(**settings: Any) -> tuple[list[Checkpoint], str]:
    """The checkpoints of a run whose loss goes out of range, and what it stops with."""
    checkpoints: list[Checkpoint] = []
    with pytest.raises(TrainingError) as caught:
        for checkpoint in train(NAMES, small(clip=0, **settings), seed=1):
            checkpoints.append(checkpoint)
    return checkpoints, str(caught.value)


def test_fault_26_a_loss_that_is_lost_ends_the_run() -> None:
    checkpoints, message = lost(learning_rate=1e38, checkpoint_every=30)
    assert [c.iteration for c in checkpoints] == [0]
    assert re.search(r"iteration 1\b", message)
    assert "lower learning rate" in message
    assert "lower clip" in message


def test_fault_26_the_checkpoints_before_are_good() -> None:
    checkpoints, _ = lost(learning_rate=1e38)
    healthy = run()
    assert weights(checkpoints[0]) == weights(healthy[0])
    for checkpoint in checkpoints:
        assert math.isfinite(checkpoint.loss)
        assert np.isfinite(checkpoint.model.parameters.values).all()
        assert all(checkpoint.model.sample(5, seed=1, novel=False, unique=False))


def losses_and_warnings(**settings: Any) -> tuple[list[float], list[Any]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        losses = [c.loss for c in train(NAMES, small(**settings), seed=1)]
    return losses, caught


def test_fault_27_a_loss_that_rises_tenfold_is_warned_of_once() -> None:
    losses, caught = losses_and_warnings(learning_rate=1e4, iterations=100)
    assert sum(loss > 10 * losses[0] for loss in losses) > 1
    assert [warning.category for warning in caught] == [LossRising]
    message = str(caught[0].message)
    assert re.search(r"iteration 10\b", message)
    assert "learning rate" in message


def test_fault_27_a_loss_five_times_that_of_the_start_is_warned_of_once() -> None:
    losses, caught = losses_and_warnings(learning_rate=3.0, clip=0, iterations=600)
    assert 5 * losses[0] < max(losses) < 10 * min(losses)
    assert [warning.category for warning in caught] == [LossRising]
    assert "more than five times what it started at" in str(caught[0].message)


def test_fault_27_long_names_have_a_loss_far_above_the_start() -> None:
    names, still = [name * 40 for name in NAMES], small(learning_rate=0, iterations=400)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses = [c.loss for c in train(names, still, seed=1)]
    assert 5 * losses[0] < max(losses)


def test_fault_27_a_loss_that_falls_is_not_warned_of() -> None:
    losses, caught = losses_and_warnings(learning_rate=0.1, iterations=100)
    assert losses[-1] < losses[0]
    assert caught == []
