"""Training: its events, its arithmetic, and that a run can be stopped and gone on with.

Runs here are of a few dozen iterations on ten names: what is tested is not how
well they learn.
"""

from __future__ import annotations

import inspect
import math
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from charnames import Checkpoint
from charnames.errors import ListError, LossRising, TrainingError
from charnames.model import Model
from charnames.modelfile import load
from charnames.names import NameList
from charnames.nn.batching import Packed, pack
from charnames.nn.network import Network
from charnames.recipe import Recipe
from charnames.training import train
from charnames.vocabulary import KEEP

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


def told(checkpoints: list[Checkpoint]) -> list[tuple[Any, ...]]:
    """What a report of the run would show, but for the time that it took."""
    return [(c.iteration, c.loss, c.held_out, c.names) for c in checkpoints]


def state(checkpoint: Checkpoint) -> dict[str, bytes]:
    """What a run that goes on from there has to know."""
    return {name: a.tobytes() for name, a in checkpoint.model.state.items()}


def assert_same(ours: list[Checkpoint], expected: list[Checkpoint]) -> None:
    """Equal bit for bit."""
    assert told(ours) == told(expected)
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
    found = run(iterations=iterations, checkpoint_every=every)
    assert [c.iteration for c in found] == expected
    assert [c.model.provenance.iterations for c in found] == expected


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
    network = Network(model.shape, parameters)
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
    *_, end = run(iterations=1500, checkpoint_every=1500, learning_rate=0.1)
    model = end.model
    network = Network(model.shape, model.parameters)
    per_name = network.all_losses(model.vocabulary.sequences(NAMES)).sum() / len(NAMES)
    assert per_name < 2 * math.log(len(NAMES))  # knowing them by heart: one log


# Seeds and order


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_same_seed_gives_the_same_run(cell: str) -> None:
    assert_same(run(cell=cell), run(cell=cell))


def test_another_seed_gives_another_run() -> None:
    one, other = run(seed=1), run(seed=2)
    for a, b in zip(one, other, strict=True):
        assert weights(a) != weights(b)
        assert a.names != b.names


def test_nobodys_seed_is_another_each_time_and_is_told() -> None:
    one, other = (list(train(NAMES, small())) for _ in range(2))
    assert weights(one[-1]) != weights(other[-1])
    assert_same(one, run(seed=one[0].model.provenance.seed))


def test_runs_side_by_side_are_those_one_after_the_other() -> None:
    pairs = zip(*(train(NAMES, small(), seed=s) for s in (1, 2)), strict=True)
    one, other = zip(*pairs, strict=True)
    assert_same(list(one), run(seed=1))
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
    learn = Network.loss_and_gradients

    def watch(network: Network, batch: Packed, *rest: Any) -> float:
        seen.append(names_in(batch))
        return learn(network, batch, *rest)

    monkeypatch.setattr(Network, "loss_and_gradients", watch)
    return seen


@pytest.mark.parametrize(("batch_size", "in_a_pass"), [(1, 10), (3, 4), (10, 1)])
def test_each_pass_takes_every_name_once_in_an_order_of_its_own(
    batches: list[list[str]], batch_size: int, in_a_pass: int
) -> None:
    run(batch_size=batch_size, iterations=4 * in_a_pass, seed=1)
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


@pytest.mark.parametrize("stop", [0, 7, 10, 13, 29])
@pytest.mark.parametrize("settings", RECIPES.values(), ids=RECIPES.keys())
def test_fault_17_a_run_stopped_and_gone_on_with_is_the_run(
    settings: dict[str, Any], stop: int, tmp_path: Path
) -> None:
    whole = run(**settings)
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
    found: list[Checkpoint] = []
    with pytest.raises(TrainingError) as caught:
        for checkpoint in train(NAMES, small(clip=0, **settings), seed=1):
            found.append(checkpoint)
    return found, str(caught.value)


def test_fault_26_a_loss_that_is_lost_ends_the_run() -> None:
    found, message = lost(learning_rate=1e38, checkpoint_every=30)
    assert [c.iteration for c in found] == [0]
    assert re.search(r"iteration 1\b", message)
    assert "lower learning rate" in message
    assert "lower clip" in message


def test_fault_26_the_checkpoints_before_are_good() -> None:
    found, _ = lost(learning_rate=1e38)
    healthy = run()
    assert weights(found[0]) == weights(healthy[0])
    for checkpoint in found:
        assert math.isfinite(checkpoint.loss)
        assert np.isfinite(checkpoint.model.parameters.values).all()
        assert all(checkpoint.model.sample(5, seed=1, novel=False, unique=False))


def losses_and_warnings(**settings: Any) -> tuple[list[float], list[Any]]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        losses = [c.loss for c in train(NAMES, small(**settings), seed=1)]
    return losses, found


def test_fault_27_a_loss_that_rises_tenfold_is_warned_of_once() -> None:
    losses, found = losses_and_warnings(learning_rate=1e4, iterations=100)
    assert sum(loss > 10 * losses[0] for loss in losses) > 1
    assert [warning.category for warning in found] == [LossRising]
    message = str(found[0].message)
    assert re.search(r"iteration 10\b", message)
    assert "learning rate" in message


def test_fault_27_a_loss_that_falls_is_not_warned_of() -> None:
    losses, found = losses_and_warnings(learning_rate=0.1, iterations=100)
    assert losses[-1] < losses[0]
    assert found == []
