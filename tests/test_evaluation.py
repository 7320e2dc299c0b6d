"""Scores and evaluations: figures against those worked out another way.

The models have learned for moments: what is tested is not how good they are.
"""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.data.name_list import NameList
from charnames.encoding.letter_case import KEEP, MARK, fold
from charnames.encoding.near_copies import (
    near_copies,
    near_hashes,
    share_of_near_copies,
)
from charnames.errors import ListError
from charnames.evaluation import language_model
from charnames.evaluation.discriminator import discriminator_area
from charnames.evaluation.language_model import (
    Evaluation,
    cross_validate,
    evaluate,
)
from charnames.evaluation.nearest import Nearest
from charnames.generation import novelty
from charnames.models.language_model import Model
from charnames.prediction.ngram import NGram, choose_ngram, count_grams
from charnames.prediction.predictor import Predictor
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import split_names, train

if TYPE_CHECKING:
    from conftest import CommandLine

LIST = ["Ada", "Bea", "Cleo", "Dora", "Eve", "Flora", "Gina", "Ida", "Joan", "Kay"]
NAMES = NameList([*LIST, "Lea", "Nora", "Olga", "Rona", "Vera"], "mine")
AGAINST = ["Dana", "Rea", "Ida", "IDA", "Quinn", "Lena", "Zoë", "Eva", "noor"]
SPELT = [name for name in AGAINST if name not in ("Quinn", "Zoë")]
SETTINGS = {
    "hidden_size": 8,
    "iterations": 60,
    "checkpoint_every": 60,
    "learning_rate": 0.1,
    "samples": 0,
}


def model_of(names: NameList = NAMES, **settings: Any) -> Model:
    recipe = Recipe.from_settings({**SETTINGS, **settings})
    *_, last = train(names, recipe, seed=1)
    return last.model


@pytest.fixture(autouse=True)
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of few names are soon found to have no new ones."""
    limits = novelty.LAST._replace(fruitless=2**11, period=2**13)
    monkeypatch.setattr(novelty, "LAST", limits)


PLAIN = model_of()
MIXED = model_of(cell="gru", ngram=3, ngram_weight=0.5)
each_model = pytest.mark.parametrize("model", [PLAIN, MIXED], ids=["plain", "mixed"])


def summed_loss(model: Model, names: list[str]) -> float:
    folded = [fold(name, model.case) for name in names]
    losses = model.predictor().losses(model.vocabulary.sequences(folded))
    return float(losses.sum())


# Scores


@each_model
def test_a_name_scores_its_summed_loss(model: Model) -> None:
    for score in model.score(SPELT):
        assert score.nats == pytest.approx(summed_loss(model, [score.name]), rel=1e-5)
        assert score.symbols == len(score.name) + 1
        bits = score.nats / score.symbols / math.log(2)
        assert score.bits_per_symbol == pytest.approx(bits)
        assert score.unknown == ""


def test_there_is_a_score_for_each_name_in_order() -> None:
    assert [entry.name for entry in MIXED.score(AGAINST)] == AGAINST
    assert list(MIXED.score([])) == []


def test_a_character_that_the_model_does_not_know_is_named() -> None:
    names = ["Quinn", "Zoë", "Ada", "Ïda", "b4"]
    result = list(PLAIN.score(names))
    assert [record.unknown for record in result] == ["q", "z", "", "ï", "4"]
    for record in result:
        assert (record.nats is None) == bool(record.unknown)
        assert (record.bits_per_symbol is None) == bool(record.unknown)


def test_a_model_that_keeps_case_does_not_know_the_other_case() -> None:
    *_, last = train(["ada", "bea"], Recipe.from_settings(SETTINGS), seed=1, case=KEEP)
    assert [score.unknown for score in last.model.score(["ada", "Ada"])] == ["", "A"]


def test_a_folded_case_scores_alike() -> None:
    first, *others = PLAIN.score(["Ida", "ida", "IDA"])
    assert {other.nats for other in others} == {first.nats}


@pytest.mark.parametrize("block", [1, 2, 4, 9])
@each_model
def test_the_size_of_blocks_changes_no_score(model: Model, block: int) -> None:
    expected = list(model.score(AGAINST))
    for first, other in zip(model.score(AGAINST, block), expected, strict=True):
        assert (first.nats or 0) == pytest.approx(other.nats or 0, rel=1e-5)
        assert (first.nats is None) == (other.nats is None)
        assert first._replace(nats=None) == other._replace(nats=None)


def test_scores_come_as_names_do() -> None:
    endless = PLAIN.score(itertools.cycle(AGAINST))
    first = list(itertools.islice(endless, 2 * len(AGAINST)))
    assert [entry.name for entry in first] == AGAINST * 2


# An evaluation


@each_model
def test_the_loss_is_that_of_all_symbols(model: Model) -> None:
    evaluation = evaluate(model, AGAINST)
    symbols = sum(len(name) + 1 for name in SPELT)
    nats = summed_loss(model, SPELT) / symbols
    assert evaluation.symbols == symbols
    assert evaluation.total == pytest.approx(summed_loss(model, SPELT), rel=1e-6)
    assert evaluation.nats_per_symbol == pytest.approx(nats, rel=1e-6)
    assert evaluation.bits_per_symbol == pytest.approx(nats / math.log(2), rel=1e-6)
    assert evaluation.perplexity == pytest.approx(math.exp(nats), rel=1e-6)
    per_name = sum(entry.nats or 0 for entry in model.score(AGAINST))
    assert evaluation.total == pytest.approx(per_name, rel=1e-5)


def test_names_are_counted() -> None:
    evaluation = evaluate(PLAIN, AGAINST)
    assert evaluation.names == len(SPELT) == 7
    assert evaluation.unknown == 2
    assert evaluation.also_learned == 2  # Ida, and IDA that is the same to the model
    assert evaluate(PLAIN, NAMES).also_learned == len(NAMES)
    assert evaluate(PLAIN, ["Dana", "noor"]).also_learned == 0


def test_the_network_is_measured_alone_too() -> None:
    plain, mixed = evaluate(PLAIN, AGAINST), evaluate(MIXED, AGAINST)
    assert plain.network_total == plain.total
    alone = Predictor(MIXED.predictor().network)
    folded = [name.lower() for name in SPELT]
    expected = alone.losses(MIXED.vocabulary.sequences(folded)).sum()
    assert mixed.network_total == pytest.approx(float(expected), rel=1e-6)
    assert mixed.network_total != pytest.approx(mixed.total, rel=1e-3)


def baseline(model: Model, ngram: NGram) -> float:
    folded = [name.lower() for name in SPELT]
    predicted = ngram.predicted(model.vocabulary.sequences(folded))
    return float(-np.log(predicted).sum())


@each_model
def test_baselines_have_learned_the_list(model: Model) -> None:
    baselines = evaluate(model, AGAINST, NAMES).baselines
    V = len(model.vocabulary)
    learned = model.vocabulary.sequences(name.lower() for name in NAMES)
    unigram = NGram(count_grams(learned, V, 1), V)
    kneser_ney = choose_ngram(learned, V, generator(0, Stream.SPLIT))
    assert baselines == {
        "uniform": pytest.approx(math.log(V) * sum(len(name) + 1 for name in SPELT)),
        "unigram": pytest.approx(baseline(model, unigram)),
        "kneser_ney": pytest.approx(baseline(model, kneser_ney)),
    }


def test_the_unigram_is_how_often_symbols_stand() -> None:
    """But for the discounts, which move little of it."""
    names = NameList(["ab"] * 30 + ["a"] * 10)
    loss = evaluate(model_of(names), ["a", "ab"], names).baselines["unigram"]
    counts = Counter({"a": 40, "b": 30, "end": 40})
    p = {symbol: count / counts.total() for symbol, count in counts.items()}
    expected = -math.log(p["a"] ** 2 * p["b"] * p["end"] ** 2)
    assert loss == pytest.approx(expected, rel=0.02)


def test_baselines_learn_no_name_that_was_held_out() -> None:
    model = model_of(held_out=0.4)
    V = len(model.vocabulary)
    training, _ = split_names(NAMES, None, model)
    assert len(training) == 9
    unigram = NGram(count_grams(training, V, 1), V)
    loss = evaluate(model, AGAINST, NAMES).baselines["unigram"]
    assert loss == pytest.approx(baseline(model, unigram))


def test_without_the_list_the_only_baseline_is_the_uniform_one() -> None:
    evaluation = evaluate(PLAIN, AGAINST)
    uniform = math.log(len(PLAIN.vocabulary)) * evaluation.symbols
    expected = {"uniform": pytest.approx(uniform), "unigram": None, "kneser_ney": None}
    assert evaluation.baselines == expected
    assert evaluation.samples.list_length is None
    assert evaluation.samples.nearest == []


def test_samples_are_counted() -> None:
    names = list(MIXED.sample(1000, seed=5, novel=False, unique=False, any_form=True))
    samples = evaluate(MIXED, AGAINST, NAMES, seed=5).samples
    assert samples.novel == sum(name not in NAMES for name in names) / 1000
    assert samples.distinct == len(set(names)) / 1000
    lengths = [len(name) for name in names]
    assert samples.length == pytest.approx((np.mean(lengths), np.std(lengths)))
    lengths = [len(name) for name in NAMES]
    assert samples.list_length == pytest.approx((np.mean(lengths), np.std(lengths)))


def test_lengths_are_those_of_names_as_printed() -> None:
    """Lower-case İ has two code points, and İzmir as printed has five."""
    names = NameList(["İzmir", "İnegöl", "İskele"] * 3, "towns")
    model = model_of(names, iterations=0, checkpoint_every=1)
    assert model.case != KEEP and len(fold("İzmir", model.case)) == 6
    samples = evaluate(model, names, names, seed=5).samples
    printed = list(model.sample(1000, seed=5, novel=False, unique=False, any_form=True))
    lengths = [len(name) for name in printed]
    assert samples.length == pytest.approx((np.mean(lengths), np.std(lengths)))
    lengths = [len(name) for name in names]
    assert samples.list_length == pytest.approx((np.mean(lengths), np.std(lengths)))


def test_a_model_that_knows_its_list_by_heart_writes_nothing_new() -> None:
    names = NameList(["Ada", "Bo"])
    run = {"iterations": 600, "checkpoint_every": 600, "state": "zero"}
    model = model_of(names, hidden_size=16, **run)
    result = evaluate(model, names, names).samples
    samples = list(model.sample(1000, seed=0, novel=False, unique=False, any_form=True))
    assert result.novel == sum(name not in names for name in samples) / 1000 < 0.1
    assert result.distinct == len(set(samples)) / 1000 < 0.1


def test_a_few_new_samples_stand_beside_the_nearest_name() -> None:
    names = list(MIXED.sample(1000, seed=5, novel=False, unique=False, any_form=True))
    new = [name for name in names if name not in NAMES]
    result = evaluate(MIXED, AGAINST, NAMES, seed=5).samples.nearest
    assert [name for name, _ in result] == new[: len(result)]
    assert 1 <= len(result) < 10
    lower = [name.lower() for name in NAMES]  # compared as the model folds them
    nearest = [by_distance(name.lower(), lower) for name, _ in result]
    assert [near.lower() for _, near in result] == nearest


def many_names(count: int) -> list[str]:
    """Names in the letters of `LIST`."""
    rng = np.random.default_rng(count)
    letters = sorted(set("".join(NAMES).lower()))
    return ["".join(rng.choice(letters, 6)).capitalize() for _ in range(count)]


def test_new_names_are_told_apart_from_those_not_learned() -> None:
    real, learned = many_names(30), NAMES[:5]
    samples = evaluate(PLAIN, [*real, *learned, *real], NAMES, seed=5).samples
    new = [name.lower() for name in PLAIN.sample(300, seed=5)]
    order = generator(5, Stream.SPLIT).permutation(30)
    expected = discriminator_area([real[i].lower() for i in order], new, 5)
    assert samples.told_apart == expected is not None


def test_learned_names_are_no_real_names_to_tell_apart() -> None:
    assert evaluate(PLAIN, many_names(20)).samples.told_apart is not None
    against = [*many_names(19), *NAMES]
    assert evaluate(PLAIN, against, NAMES).samples.told_apart is None


def test_of_many_real_names_three_hundred_are_told_apart() -> None:
    real = many_names(320)
    samples = evaluate(PLAIN, real, seed=5).samples
    order = generator(5, Stream.SPLIT).permutation(320)[:300]
    new = [name.lower() for name in PLAIN.sample(300, seed=5)]
    expected = discriminator_area([real[i].lower() for i in order], new, 5)
    assert samples.told_apart == expected


def test_near_copies_are_counted() -> None:
    samples = evaluate(PLAIN, AGAINST, NAMES, seed=5).samples
    lower = [name.lower() for name in NAMES]
    new = [name.lower() for name in PLAIN.sample(300, seed=5)]
    one_edit = np.mean([edits(name, by_distance(name, lower)) == 1 for name in new])
    assert samples.near_copies == np.mean(near_copies(new, near_hashes(lower)))
    assert samples.near_copies >= one_edit > 0  # a character moved is one edit too
    assert samples.list_near_copies == share_of_near_copies(lower) > 0


def test_near_copies_are_known_to_a_model_with_their_hashes() -> None:
    names = NameList(many_names(40))
    model = model_of(names, min_edits=2)
    assert len(model.near)
    samples = evaluate(model, names).samples
    assert samples.near_copies == 0  # `sample` leaves them out
    assert samples.list_near_copies is None
    samples = evaluate(PLAIN, names).samples
    assert samples.near_copies is samples.list_near_copies is None


@each_model
def test_the_same_seed_gives_the_same_figures(model: Model) -> None:
    first, other = (evaluate(model, AGAINST, NAMES, seed=3) for _ in range(2))
    assert first == other
    another = evaluate(model, AGAINST, NAMES, seed=4)
    assert another.samples != first.samples
    assert another.total == first.total


def test_names_that_cannot_be_spelt_are_refused() -> None:
    with pytest.raises(ListError, match=r"^theirs: .*alphabet"):
        evaluate(PLAIN, NameList(["Quinn", "Zoë"], "theirs"))


# Cross-validation

REPEATED = NameList([*NAMES, "Ada", "ADA", "eve"], "mine")


class Fold(NamedTuple):
    learned: list[str]
    measured: list[str]
    model: Model
    evaluation: Evaluation
    seed: int


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[Fold]:
    """What each fold of a cross-validation learns, measures (folded) and finds."""
    seen: list[Fold] = []
    learned: list[list[str]] = []

    def watch_training(names: NameList, *args: Any, **options: Any) -> Iterator[Any]:
        learned.append(list(names))
        return train(names, *args, **options)

    def watch(model: Model, against: list[str], *args: Any, **options: Any) -> Any:
        evaluation = evaluate(model, against, *args, **options)
        measured = [name.lower() for name in against]
        seen.append(Fold(learned[-1], measured, model, evaluation, options["seed"]))
        return evaluation

    monkeypatch.setattr(language_model, "train", watch_training)
    monkeypatch.setattr(language_model, "evaluate", watch)
    return seen


def crossed(
    names: list[str] = REPEATED, count: int = 4, seed: int = 0, **settings: Any
) -> Evaluation:
    quick = {**SETTINGS, "iterations": 5, **settings}
    recipe = Recipe.from_settings(quick)
    return cross_validate(names, recipe, count, seed=seed, case="capitalised")


@pytest.mark.parametrize("count", [2, 4, 15])
def test_every_name_is_measured_once_by_a_model_that_has_not_learned_it(
    folds: list[Fold], count: int
) -> None:
    crossed(count=count)
    distinct = {name.lower() for name in NAMES}
    assert len(folds) == count
    measured = [name.lower() for part in folds for name in part.measured]
    assert sorted(measured) == sorted(distinct)
    sizes = [len(part.measured) for part in folds]
    assert max(sizes) - min(sizes) <= 1
    for part in folds:
        expected = [n for n in REPEATED if n.lower() not in part.measured]
        assert part.learned == expected
        assert part.evaluation.also_learned == 0
        assert part.model.vocabulary.alphabet == MARK + PLAIN.vocabulary.alphabet


@pytest.mark.parametrize("settings", [{}, {"cell": "gru", "ngram": 3}])
def test_figures_of_folds_are_added_up(
    folds: list[Fold], settings: dict[str, Any]
) -> None:
    evaluation = crossed(**settings)
    parts = [fold.evaluation for fold in folds]
    assert evaluation.names == len(NAMES)
    assert evaluation.symbols == sum(len(name) + 1 for name in NAMES)
    assert evaluation.unknown == evaluation.also_learned == 0
    for name in ("total", "network_total"):
        expected = sum(getattr(part, name) for part in parts)
        assert getattr(evaluation, name) == pytest.approx(expected)
    for name in ("uniform", "unigram", "kneser_ney"):
        each = [part.baselines[name] for part in parts]
        assert None not in each
        assert evaluation.baselines[name] == pytest.approx(sum(map(float, each)))
    for name in ("novel", "distinct", "near_copies", "list_near_copies"):
        shares = [getattr(part.samples, name) for part in parts]
        assert getattr(evaluation.samples, name) == pytest.approx(np.mean(shares))


def test_areas_of_folds_are_averaged_where_there_are_any(folds: list[Fold]) -> None:
    assert crossed(many_names(59), 3).samples.told_apart is not None
    areas = [fold.evaluation.samples.told_apart for fold in folds]
    assert [area is None for area in areas] == [False, False, True]  # 20, 20, 19
    pooled = language_model.mean_samples([fold.evaluation.samples for fold in folds])
    assert pooled.told_apart == (areas[0] or 0) / 2 + (areas[1] or 0) / 2
    assert crossed(many_names(50), 3).samples.told_apart is None


def test_every_fold_has_a_seed_of_its_own(folds: list[Fold]) -> None:
    crossed(seed=7)
    assert [fold.model.provenance.seed for fold in folds] == [7, 8, 9, 10]
    assert [fold.seed for fold in folds] == [7, 8, 9, 10]  # of the sampled names


def test_names_are_measured_in_an_order_that_does_not_depend_on_hashes(
    folds: list[Fold],
) -> None:
    """The order of a set of texts differs between processes."""
    names, recipe = list("abcdefghijklmnop"), Recipe(iterations=0, samples=0)
    cross_validate(names, recipe, 2)
    code = (
        "from charnames.evaluation import language_model as m; "
        "from charnames.recipes.recipe import Recipe; "
        "evaluate = m.evaluate; "
        "m.evaluate = lambda model, against, *a, **b: "
        "print(*against) or evaluate(model, against, *a, **b); "
        f"m.cross_validate({names}, Recipe(iterations=0, samples=0), 2)"
    )
    here = os.environ.get("PYTHONHASHSEED")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "2" if here == "1" else "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    order = [name for fold in folds for name in fold.measured]
    assert done.stdout.split() == order
    assert sorted(order) == names


@pytest.mark.parametrize("count", [-1, 0, 1, 16, 10**9])
def test_folds_that_cannot_be_are_refused(count: int) -> None:
    with pytest.raises(ListError, match=r"^mine: 15 different names"):
        crossed(count=count)


def test_a_list_of_one_name_has_no_folds() -> None:
    with pytest.raises(ListError, match="1 different name"):
        crossed(["Ada", "ADA"], 2)


@pytest.mark.parametrize("names", [["a", "b"], ["ab", "ba"], ["a", "b", "c"]])
def test_lists_of_little_can_be_crossed(names: list[str]) -> None:
    assert crossed(names, len(names)).names == len(names)


def test_the_same_seed_crosses_the_same(folds: list[Fold]) -> None:
    first, again, other = (crossed(seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.total != other.total
    parts = [[set(first.measured) for first in folds[i : i + 4]] for i in (0, 4, 8)]
    assert parts[0] == parts[1] != parts[2]
    seeds = {first.model.provenance.seed for first in (folds[0], folds[8])}
    assert len(seeds) == 2


# The nearest name


def edits(a: str, b: str) -> int:
    """Levenshtein's distance, row by row."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def by_distance(name: str, others: list[str]) -> str:
    """The first of those that are equally near."""
    return min(others, key=lambda other: edits(name, other))


texts = st.text("abcé\U00010348", min_size=1, max_size=7)


@settings(max_examples=200, deadline=None)
@given(name=texts, others=st.lists(texts, min_size=1, max_size=9))
def test_the_nearest_name_is_that_of_the_fewest_edits(
    name: str, others: list[str]
) -> None:
    nearest = by_distance(name, others)
    assert Nearest(others)(name) == (nearest, edits(name, nearest))


def test_a_name_is_nearest_to_itself() -> None:
    assert list(map(Nearest(NAMES), NAMES)) == [(name, 0) for name in NAMES]


def test_what_is_compared_may_be_folded() -> None:
    assert Nearest(["NEON", "Argon"], str.lower)("neom") == ("NEON", 1)


# Folds side by side


def test_folds_side_by_side_give_the_same_figures(here: CommandLine) -> None:
    words = ["evaluate", "-d", "elements", "--folds", 2, "--iterations", 8, "--json"]
    assert here(*words, "--jobs", 2) == here(*words)


def test_folds_keep_the_weights_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each model learns its names with the weights that they have in the list."""
    names = NameList(["Ada", "Bo", "Cid", "Dee"], weights=[1, 2, 3, 4])
    learned: list[NameList] = []
    original = language_model.train

    def watched(names: NameList, *args: Any, **options: Any) -> Any:
        learned.append(names)
        return original(names, *args, **options)

    monkeypatch.setattr(language_model, "train", watched)
    cross_validate(names, Recipe(iterations=1, hidden_size=4), 2)
    weights = dict(zip(names, names.weights or (), strict=True))
    for part in learned:
        assert part.weights == [weights[name] for name in part]
    assert sorted(name for part in learned for name in part) == sorted(names)
