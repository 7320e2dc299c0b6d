"""`charnames tune`: what is searched, how a trial is measured, and the study."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from charnames.cli.tuning_run.report import verdict
from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.errors import ListError, RecipeError, TrainingError
from charnames.evaluation.classifier import judge
from charnames.evaluation.converter import measure
from charnames.evaluation.language_model import evaluate
from charnames.experiments.examples import chosen
from charnames.experiments.executors import Executor
from charnames.experiments.tasks.base import Losses
from charnames.experiments.tasks.table import EXPERIMENT_TASKS
from charnames.experiments.tuning.default_space import default_space
from charnames.experiments.tuning.search import Comparison, best_of, run_search
from charnames.experiments.tuning.space import (
    Choices,
    Range,
    Space,
    inside,
)
from charnames.experiments.tuning.space_file import read_space
from charnames.experiments.tuning.splits import split
from charnames.experiments.tuning.trials import (
    CHECKPOINTS,
    Outcome,
    Search,
    Trial,
    run_trial,
)
from charnames.recipes.recipe import TASKS, Recipe
from charnames.training.classifier import train_classifier
from charnames.training.converter import train_converter
from charnames.training.language_model import train

if TYPE_CHECKING:
    from charnames.experiments.tuning.study import Study

WORDS = [f"{x}{y}{z}" for x in "abc" for y in "dei" for z in "lno"]
NAMES = NameList(WORDS, "words")
SMALL: dict[str, Any] = {"task": "generate", "iterations": 10, "hidden_size": 4}
OBJECTIVE = EXPERIMENT_TASKS["generate"].objective
SPACE: Space = {
    "learning_rate": Range(0.001, 0.1, log=True),
    "hidden_size": Choices((3, 4, (3, 3))),
}


def search_of(names: NameList = NAMES, **settings: Any) -> Search:
    return Search.of(names, "classic", {**SMALL, **settings}, {}, 0)


# What is searched


def written(folder: Path, text: str) -> str:
    path = folder / "space.toml"
    path.write_text(text)
    return str(path)


@pytest.fixture
def toml() -> None:
    pytest.importorskip("tomllib", reason="TOML needs Python 3.11")


@pytest.mark.usefixtures("toml")
def test_a_space_in_a_file(tmp_path: Path) -> None:
    text = """
        batch_size = 32
        state = ["zero"]
        cell = ["gru", "lstm"]
        hidden_size = [64, [64, 32]]
        ngram = {low = 2, high = 5}
        learning_rate = {low = 1e-3, high = 3e-2, log = true}
    """
    assert read_space(written(tmp_path, text), "generate") == (
        {"batch_size": 32, "state": "zero"},
        {
            "cell": Choices(("gru", "lstm")),
            "hidden_size": Choices((64, (64, 32))),
            "ngram": Range(2, 5, whole=True),
            "learning_rate": Range(0.001, 0.03, log=True),
        },
    )


def test_the_same_space_in_json(tmp_path: Path) -> None:
    text = json.dumps({"dropout": {"low": 0, "high": 0.5}, "clip": 1})
    space = {"dropout": Range(0.0, 0.5)}
    assert read_space(written(tmp_path, text), "classify") == ({"clip": 1.0}, space)


@pytest.mark.usefixtures("toml")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\ncel = ["gru"]', ", line 2: there is no setting 'cel'; did you mean 'cell'"),
        ("dropout = {low = 0.5, high = 0.5}", "line 1: dropout: low 0.5 is not below"),
        ("dropout = {low = 0.5, high = 0.1}", "line 1: dropout: low 0.5 is not below"),
        ("dropout = {lo = 0, high = 1}", "a range has no 'lo'; did you mean 'low'?"),
        ("dropout = {low = 0}", "line 1: dropout: a range has low and high; give both"),
        ("dropout = {low = 0, high = 2}", "line 1: dropout: 2 is out of range (0 to"),
        ("dropout = {low = 0, high = nan}", "line 1: dropout: nan is out of range"),
        ("dropout = {low = 0, high = '1'}", "line 1: dropout: '1' is not a number"),
        ("clip = {low = 0, high = 1, log = 1}", "clip: log: 1 is neither true nor fal"),
        ("clip = {low = 0, high = 1, log = true}", "a range with log begins above 0"),
        ("ngram = {low = 1.5, high = 3}", "line 1: ngram: 1.5 is not a whole number"),
        ("cell = {low = 1, high = 2}", "line 1: cell: has no range; list its choices"),
        ("tied = {low = 1, high = 2}", "line 1: tied: has no range; list its choices"),
        ("hidden_size = {low = [1], high = [2]}", "list sizes of layers as choices"),
        ("cell = ['gru', 'grx']", "line 1: cell: 'grx' is none of rnn, gru, lstm"),
        ("cell = []", "line 1: cell: has no choice; give at least one"),
        ("layers = [1, 1]", "line 1: layers: has a choice twice"),
        ("pooling = ['last', 'max']", "line 1: pooling is not searched for this task"),
        ("held_out = [0.1, 0.2]", "line 1: held_out is not searched for this task"),
        ("temperature = [0.5, 0.6]", "line 1: temperature: changes only how names are"),
        ("cell = 'gru'", ": has no setting to search; give one choices"),
        ("", ": has no setting to search"),
        ("cell = ", "is not TOML"),
    ],
)
def test_a_bad_space_gets_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(RecipeError) as caught:
        read_space(path, "generate")
    assert str(caught.value).startswith(path) and message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("settings", [{}, {"init_from": "none"}, {"hidden_size": 1}])
@pytest.mark.parametrize("count", [10, 1_000, 10_000])
def test_every_corner_of_a_default_space_is_a_recipe(
    task: str, settings: dict[str, Any], count: int
) -> None:
    if task != "generate" and "init_from" in settings:
        return
    names = ["Abcdefghijklmno"] * count
    base = {**settings, "task": task}
    recipe = Recipe.modern(names, **base)
    space = default_space(recipe, 16 * count)
    assert inside(space, recipe).keys() == space.keys()
    for name, values in space.items():
        ends = values.values if isinstance(values, Choices) else ()
        for value in ends or (values.low, values.high):
            Recipe.modern(names, **{**base, name: value})


def test_classifiers_with_n_grams_search_their_weight() -> None:
    for settings in ({"ngram_weight": 0.5}, {}, {"ngram_weight": 0.5, "ngram": 0}):
        recipe = Recipe.modern(["ab", "cd"], task="classify", **settings)
        space = default_space(recipe, 1_000)
        assert ("ngram_weight" in space) == (settings == {"ngram_weight": 0.5})


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"dropout": 0.8, "hidden_size": (3, 2), "iterations": 1},
        {"optimizer": "adamw", "weight_decay": 0.0},
    ],
)
def test_a_default_space_has_the_recipe_in_it(
    task: str, settings: dict[str, Any]
) -> None:
    recipe = Recipe.classic(task=task, **settings)
    space = default_space(recipe, 1_000)
    assert inside(space, recipe) == {name: getattr(recipe, name) for name in space}
    for values in space.values():
        assert isinstance(values, Choices) or not values.log or values.low > 0


# What trials learn from and are measured on


def texts(examples: Any, numbers: list[int]) -> set[str]:
    return {name.lower() for name in chosen(examples, numbers)}


def test_copies_of_a_name_are_in_one_part() -> None:
    names = NameList([name.capitalize() for name in WORDS] * 2)
    parts = split(names, "capitalised", 3, False)
    assert parts.folds == 5
    unseen = texts(names, parts.unseen())
    assert len(unseen) == 6 and len(parts.unseen()) == 12
    measured = [texts(names, parts.measured(k)) for k in range(5)]
    assert sorted(map(len, measured)) == [4, 4, 4, 4, 5]
    assert set().union(unseen, *measured) == set(WORDS)
    for k in range(5):
        learned = texts(names, parts.learned(k))
        assert learned | measured[k] == texts(names, parts.searched())
        assert not learned & measured[k] and not learned & unseen


def test_the_seed_decides_the_parts() -> None:
    a, b, c = (split(NAMES, "lower", seed, False).parts for seed in (1, 1, 2))
    assert (a == b).all() and (a != c).any()


@pytest.mark.parametrize(("count", "folds"), [(400, 5), (3_000, 3), (5_000, 1)])
def test_long_lists_have_fewer_folds(count: int, folds: int) -> None:
    names = NameList(f"{i:04}" for i in range(count))
    parts = split(names, "keep", 0, False)
    assert parts.folds == folds
    rest = count - count // 5
    assert len(parts.measured(0)) == pytest.approx(rest / (folds if folds > 1 else 5))


def test_every_part_has_its_share_of_each_label() -> None:
    labels = ["x" if i < 3 else "y" for i in range(27)]
    for seed in range(20):
        parts = split(NameList(WORDS, "words", labels), "lower", seed, True)
        for fold in range(parts.folds):
            learned = parts.learned(fold)
            assert {labels[i] for i in learned} == {"x", "y"}
        assert [labels[i] for i in parts.unseen()].count("x") <= 1


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (NameList(WORDS[:9] * 2, "nine"), "^nine: 9 different examples are too few"),
        (NameList(WORDS, "two", ["x"] * 2 + ["y"] * 25), r"^two: label 'x' .* \(2\)"),
        (SequenceList([[1.0]] * 20, "one", ["x"] * 20), "^one: 1 different examples"),
    ],
)
def test_a_list_that_is_too_short(examples: Any, message: str) -> None:
    with pytest.raises(ListError, match=message):
        split(examples, "keep", 0, True)


def test_pairs_of_a_source_are_in_one_part() -> None:
    pairs = PairList(NameList(WORDS * 2), [w.upper() for w in WORDS] + WORDS)
    parts = split(pairs, "keep", 0, False).parts
    assert (parts[:27] == parts[27:]).all()


# How they are measured


def test_the_loss_of_names_is_that_of_evaluate() -> None:
    *_, last = train(WORDS, Recipe(**SMALL), seed=1)
    others = NameList(["ado", "bel", "ado"])
    expected = evaluate(last.model, ["ado", "bel"]).nats_per_symbol
    losses = EXPERIMENT_TASKS["generate"].losses(last.model, others)
    assert losses.mean == pytest.approx(expected)


def test_the_loss_of_a_classifier_is_its_share_of_errors() -> None:
    examples = NameList(WORDS, "words", [word[0] for word in WORDS])
    recipe = Recipe.modern(examples, task="classify", iterations=9, hidden_size=4)
    *_, last = train_classifier(examples, recipe, seed=1)
    others = NameList(WORDS, "others", [*"abc"] * 9)
    of = EXPERIMENT_TASKS["classify"].losses(last.model, others)
    accuracy = judge(last.model, others).accuracy
    assert 0 < of.mean < 1 and of.mean == pytest.approx(1 - accuracy)
    assert EXPERIMENT_TASKS["classify"].objective.value(of.mean) == pytest.approx(
        accuracy
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_the_loss_of_a_converter_is_its_word_error_rate(reverse: bool) -> None:
    labels = ["x"] * 27 + ["y"] * 27
    pairs = PairList(NameList(WORDS * 2), [w[::-1] for w in WORDS * 2], "", labels)
    recipe = Recipe.modern(
        pairs, task="convert", iterations=9, hidden_size=4, ngram=1, reverse=reverse
    )
    *_, last = train_converter(pairs, recipe, seed=1)
    of = EXPERIMENT_TASKS["convert"].losses(last.model, pairs)
    assert len(of.totals) == 54
    assert 0 < of.mean == measure(last.model, pairs).converter.word_error_rate


def test_a_trial_measures_each_fold_of_a_recipe_that_learns_the_others() -> None:
    search = search_of(iterations=23)
    outcome = run_trial(search, Trial(3, {"learning_rate": 0.1}))
    assert (outcome.state, len(outcome.steps)) == ("complete", 5 * CHECKPOINTS)
    assert outcome.loss == outcome.steps[-1] == pytest.approx(np.mean(outcome.folds))
    recipe = Recipe(**{**SMALL, "iterations": 23, "learning_rate": 0.1})
    for fold, loss in enumerate(outcome.folds):
        learned = chosen(NAMES, search.split.learned(fold))
        *_, last = train(learned, recipe, seed=fold, alphabet=search.spelling.alphabet)
        measured = chosen(NAMES, search.split.measured(fold))
        assert isinstance(measured, NameList)
        assert loss == pytest.approx(evaluate(last.model, measured).nats_per_symbol)


def test_a_run_that_ends_early_has_all_its_steps() -> None:
    settings = {"tolerance": 1e9, "iterations": 1_000, "checkpoint_every": 7}
    outcome = run_trial(search_of(**settings), Trial(0, {}))
    assert outcome.state == "complete"
    assert (len(outcome.steps), len(outcome.folds)) == (25, 5)


def test_a_trial_above_a_limit_is_poor() -> None:
    limits = (*[math.inf] * 6, 0.0, *[math.inf] * 18)
    outcome = run_trial(search_of(keep="last"), Trial(0, {}, limits))
    assert (outcome.state, len(outcome.steps), len(outcome.folds)) == ("pruned", 7, 1)
    assert outcome.loss == math.inf
    last = (*[math.inf] * 24, 0.0)  # it is done by then
    assert run_trial(search_of(), Trial(0, {}, last)).state == "complete"


def test_a_trial_ends_at_the_deadline() -> None:
    outcome = run_trial(search_of(keep="last"), Trial(0, {}, (), 0.0))
    assert (outcome.state, len(outcome.steps)) == ("stopped", 1)


def test_a_trial_of_settings_that_do_not_go_together_fails() -> None:
    outcome = run_trial(search_of(), Trial(0, {"tied": True}))
    assert outcome.state == "failed" and outcome.error.startswith("tied: ")


def test_the_standard_error_is_that_of_a_ratio() -> None:
    """By repeating the measurement with examples that are drawn anew."""
    rng = np.random.default_rng(0)
    counts = rng.integers(3, 12, 400).astype(float)
    before = counts * rng.normal(2.0, 0.3, 400)
    after = before - counts * rng.normal(0.1, 0.2, 400)

    def compared(chosen: Any) -> Comparison:
        sides = (Losses(side[chosen], counts[chosen]) for side in (before, after))
        return Comparison(*([side, side] for side in sides))

    whole = compared(slice(None))
    again = [compared(rng.integers(0, 400, 400)).difference for _ in range(2_000)]
    assert whole.error == pytest.approx(np.std(again), rel=0.1)
    assert whole.difference == pytest.approx((before - after).sum() / counts.sum())


# The study


def study_of(storage: str | None = None, seed: int = 0, **purpose: str) -> Study:
    pytest.importorskip("optuna", reason="needs charnames[tune]")
    from charnames.experiments.tuning.study import Study

    first = {"hidden_size": 4, "learning_rate": 0.01}
    return Study(storage, SPACE, OBJECTIVE, seed, first, purpose)


def searched(
    study: Study, trials: int, jobs: int = 1, **settings: Any
) -> list[Outcome]:
    search = search_of(keep="last", **settings)
    return list(run_search(search, study, trials, math.inf, Executor(jobs)))


def without_time(outcomes: list[Outcome]) -> list[Outcome]:
    return [outcome._replace(seconds=0.0) for outcome in outcomes]


def test_the_first_trial_is_that_of_the_recipe() -> None:
    (outcome,) = searched(study_of(), 1)
    assert outcome.settings == {"hidden_size": 4, "learning_rate": 0.01}


def test_a_seed_gives_the_same_trials_and_a_study_goes_on(tmp_path: Path) -> None:
    path = str(tmp_path / "study")
    whole = searched(study_of(), 12)
    assert {o.state for o in whole} == {"complete", "pruned"}
    sizes = {o.settings["hidden_size"] for o in whole}
    assert (3, 3) in sizes and len(sizes) > 1
    parts = searched(study_of(path), 5) + searched(study_of(path), 12)
    assert without_time(parts) == without_time(whole)
    again = study_of(path)
    assert searched(again, 12) == []
    stored = [o._replace(steps=(), folds=()) for o in again.outcomes()]
    assert stored == [o._replace(steps=(), folds=()) for o in parts]
    assert best_of(again.outcomes()) == best_of(parts)
    assert {
        o.settings["learning_rate"] for o in searched(study_of(seed=1), 3)
    }.isdisjoint(o.settings["learning_rate"] for o in whole[1:])


@pytest.mark.usefixtures("forked_workers")
def test_trials_side_by_side_have_the_same_losses() -> None:
    outcomes = searched(study_of(), 3, jobs=2)
    assert sorted(o.number for o in outcomes) == [0, 1, 2]
    for outcome in outcomes:
        trial = Trial(outcome.number, outcome.settings)
        again = run_trial(search_of(keep="last"), trial)
        assert outcome._replace(seconds=0.0) == again._replace(seconds=0.0)


def test_no_trial_is_asked_for_after_the_deadline() -> None:
    assert list(run_search(search_of(), study_of(), 9, 0.0, Executor(1))) == []


def test_what_is_stopped_does_not_count(tmp_path: Path) -> None:
    path = str(tmp_path / "study")
    study = study_of(path)
    study.ask(math.inf)
    study.tell(run_trial(search_of(), study.ask(0.0)))  # stopped
    study.abandon()
    assert study.outcomes() == []
    (outcome,) = searched(study_of(path), 1)
    assert outcome.settings == {"hidden_size": 4, "learning_rate": 0.01}


def test_a_first_trial_that_fails_ends_the_search() -> None:
    with pytest.raises(TrainingError, match=r"^the first trial failed: tied: "):
        searched(study_of(), 3, tied=True)


def test_trials_are_poor_from_the_median_on() -> None:
    study = study_of()
    steps = [(9.0, 1.0, 5.0, 1.0), (9.0, 1.0, 2.0, 4.0), (9.0, 1.0, 3.0, 2.0)]
    for row in [*steps, (9.0, 1.0, 4.0, 3.0)]:
        trial = study.ask(math.inf)
        assert trial.limits == ()
        study.tell(Outcome(trial.number, {}, "complete", row, (), 0.0))
    assert study.ask(math.inf).limits == (math.inf, math.inf, 3.5, 2.5)


def test_accuracies_are_stored_as_such(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="needs charnames[tune]")
    from charnames.experiments.tuning.study import Study

    path = str(tmp_path / "study")
    study = Study(path, SPACE, EXPERIMENT_TASKS["classify"].objective, 0, {}, {})
    trial = study.ask(math.inf)
    study.tell(Outcome(trial.number, {}, "complete", (0.5, 0.25), (0.25,), 1.0))
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(path)
    )
    stored = optuna.load_study(study_name="charnames", storage=storage)
    assert stored.best_value == 0.75
    assert stored.trials[0].intermediate_values == {0: 0.5, 1: 0.75}
    (outcome,) = study.outcomes()
    assert (outcome.steps, outcome.folds, outcome.loss) == ((0.5, 0.25), (0.25,), 0.25)


def test_the_settings_that_mattered() -> None:
    study = study_of()
    for _ in range(30):
        trial = study.ask(math.inf)
        loss = math.log(trial.settings["learning_rate"])
        study.tell(Outcome(trial.number, {}, "complete", (loss,), (loss,), 0.0))
    shares = study.importances()
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["learning_rate"] > 0.8
    assert study_of().importances() == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Ada\nBo\n", ": is no journal of Optuna"),
        (b'{"a": 1}\n', ": is no journal of Optuna"),
        (b"[1]\n", ": is no journal of Optuna"),
        (b"\xff\x00", ": is no journal of Optuna"),
        (b'{"op_code": 0}', ": its last line is cut short"),
        (b'{"op_code": 0}\n', ": cannot be opened as a study of Optuna"),
        (b'{"op_code": "x", "worker_id": "a"}\n', ": cannot be opened as a study"),
    ],
)
def test_a_file_that_is_no_study_is_left_alone(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(TrainingError) as caught:
        study_of(str(path))
    assert str(caught.value).startswith(f"{path}{message}")
    assert path.read_bytes() == content


def test_a_study_of_something_else(tmp_path: Path) -> None:
    path = str(tmp_path / "study")
    study_of(path, list="a")
    study_of(path, list="a")
    with pytest.raises(
        TrainingError, match="is the study of a search with another lis"
    ):
        study_of(path, list="b")
    with pytest.raises(TrainingError, match=r"cannot be opened \(No such file"):
        study_of(str(tmp_path / "no" / "study"))


# The report


def result_of(difference: float) -> Any:
    from charnames.cli.tuning_run.report import Result

    rng = np.random.default_rng(0)
    counts = np.full(50, 4.0)
    before = Losses(4 * rng.normal(2, 0.1, 50), counts)
    after = Losses(before.totals - 4 * rng.normal(difference, 0.1, 50), counts)
    best = Outcome(1, {}, "complete", (1.0,), (1.0, 1.1), 0.0)
    recipes = Recipe(), Recipe(learning_rate=0.02)
    sides = Comparison([before, before], [after, after])
    return Result(
        OBJECTIVE,
        ["learning_rate"],
        *recipes,
        None,
        best,
        sides,
        {},
    )


def test_the_verdict_says_how_sure_it_is() -> None:
    assert verdict(result_of(0.5)).startswith("the tuned recipe is better by 0.50")
    assert verdict(result_of(-0.5)).startswith("the preset is better by 0.49")
    assert "noise" not in verdict(result_of(0.5))
    assert verdict(result_of(0.005)).endswith("within the noise of so few examples")
    same = result_of(0.5)._replace(tuned=Recipe())
    assert verdict(same) == "no trial was better than the preset"
