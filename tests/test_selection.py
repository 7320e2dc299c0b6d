"""The best of the names that were drawn: which they are, and that none is lost."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from charnames.errors import SamplingError
from charnames.generation.choice import Choice
from charnames.generation.drawn import Drawn
from charnames.generation.selection import Selection, excess, shared, surprise
from charnames.generation.spelling import Speller
from charnames.generation.unconstrained import UnconstrainedSampler
from charnames.models.language_model import Model
from charnames.nn.batching import END
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests.export_models import model_of

NAMES = ["anna", "otto", "karl", "berta", "emil", "gustav", "ida", "nora"]


@cache
def model() -> Model:
    recipe = Recipe(iterations=200, hidden_size=8, state="zero", keep="last")
    *_, last = train(NAMES, recipe, seed=1)
    return last.model


def without_losses(names: list[str]) -> Drawn:
    """Names of which nothing was kept but how they are printed."""
    ids = np.full((len(names), 1), END)
    return Drawn(names, ids, np.full(len(names), np.nan), len(names))


def drawn_by(model: Model, count: int) -> Drawn:
    """Names as a sampler gives them, sharpened."""
    choice = Choice(0.7, min_p=0.05, free_start=True)
    draw = UnconstrainedSampler(model.predictor(), model.form, choice, keep_losses=True)
    return draw(np.random.default_rng(1), count)


def test_the_best_are_the_most_probable_of_their_length() -> None:
    trained = model()
    drawn = list(trained.sample(200, seed=1, any_form=True))
    drawn = [name for name in drawn if len(name) == 4][:20]
    nats = {score.name: score.nats or 0.0 for score in trained.score(drawn)}
    select = Selection(trained.predictor(), trained.form, best_of=5)
    best = select(without_losses(drawn)).tolist()
    assert best == sorted(best)
    assert {drawn[i] for i in best} == {*sorted(drawn, key=nats.__getitem__)[:4]}


def test_a_length_is_no_advantage() -> None:
    symbols = np.repeat([4.0, 9.0], 50)
    noise = np.tile(np.linspace(-1, 1, 50), 2)
    surprise = excess(2 * symbols + noise * np.sqrt(symbols), symbols)
    best = np.argsort(surprise)[:20]
    assert np.count_nonzero(best < 50) == 10


def test_names_of_one_length_are_compared_by_their_loss() -> None:
    nats = np.array([3.0, 1.0, 2.0])
    assert np.argsort(excess(nats, np.full(3, 5.0))).tolist() == [1, 2, 0]


def test_names_without_a_finite_loss_come_last() -> None:
    nats = np.array([np.inf, 9.0, np.nan, 4.0])
    assert np.isinf(excess(nats, np.array([2.0, 5.0, 3.0, 4.0]))).tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert excess(nats[:1], np.array([2.0])).tolist() == [0.0]


@pytest.mark.parametrize(("count", "kept"), [(0, 0), (1, 1), (4, 1), (5, 2), (8, 2)])
def test_at_least_one_of_any_is_kept(count: int, kept: int) -> None:
    trained = model()
    select = Selection(trained.predictor(), trained.form, best_of=4)
    assert len(select(without_losses(NAMES[:count]))) == kept


def test_names_that_were_not_kept_may_come_later() -> None:
    """All names that there are come in the end, however few are kept at once."""
    trained = model()
    options = {"max_length": 1, "any_form": True, "temperature": 1.0, "novel": False}
    names = trained.sample(16, seed=1, best_of=9, **options)  # type: ignore[arg-type]
    assert "".join(sorted(names)) == trained.alphabet


def test_what_is_kept_is_more_probable() -> None:
    trained = model()

    def bits(best_of: int) -> float:
        names = trained.sample(
            100, seed=1, temperature=1.0, best_of=best_of, any_form=True
        )
        return float(np.mean([s.bits_per_symbol or 0.0 for s in trained.score(names)]))

    assert bits(1) > bits(2) > bits(8)


@pytest.mark.parametrize("best_of", [0, -1, 1_001])
def test_a_number_out_of_range_is_refused(best_of: int) -> None:
    with pytest.raises(SamplingError, match=rf"best_of: {best_of:,} is out of range"):
        model().sample(1, best_of=best_of)


def test_a_frequent_beginning_is_no_advantage() -> None:
    """Names of two kinds are kept in proportion, though one kind is more probable."""
    rng = np.random.default_rng(1)
    kinds = np.repeat(["lla", "bry"], [90, 90])
    surprise = rng.standard_normal(180) + np.where(kinds == "lla", -1.0, 1.0)
    best = np.argsort(surprise - shared(list(kinds), surprise))[:60]
    assert 20 < np.count_nonzero(best < 90) < 40
    assert np.count_nonzero(np.argsort(surprise)[:60] < 90) > 50


def test_what_few_names_share_counts_less() -> None:
    values = np.array([4.0, 4.0, 4.0, 4.0, 6.0, np.inf])
    means = shared(["a", "a", "a", "a", "b", "b"], values)
    assert means.tolist() == [2.0, 2.0, 2.0, 2.0, 1.2, 1.2]


@pytest.mark.parametrize("kind", ["rnn", "ngram", "words", "labels"])
def test_losses_kept_while_names_are_drawn_are_those_of_the_names(kind: str) -> None:
    model = model_of(kind)
    if kind == "labels":
        model = model.for_label("Irish")
    drawn = drawn_by(model, 300)
    kept = Speller(model.form).faithful(drawn.ids, drawn.names)
    kept &= np.isfinite(drawn.nats)
    nats = [score.nats for score in model.score(drawn.names)]
    assert np.count_nonzero(kept) > 200
    np.testing.assert_allclose(
        drawn.nats[kept], np.array(nats, float)[kept], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("kind", ["rnn", "ngram", "words", "labels"])
def test_the_same_names_are_kept_as_by_scoring_each(kind: str) -> None:
    model = model_of(kind)
    drawn = drawn_by(model, 300)
    select = Selection(model.predictor(), model.form, best_of=4)
    best = select(drawn).tolist()
    assert best == select(without_losses(drawn.names)).tolist()
    assert len(best) == 75


def test_a_name_that_is_not_printed_as_it_was_written_is_scored_as_it_is_printed() -> (
    None
):
    """A name was written with a blank at its end, and one was cut before its end."""
    recipe = Recipe(iterations=200, hidden_size=8, state="zero", keep="last")
    *_, last = train(["ada la", "la ada", "dada", "lal"], recipe, seed=1)
    model = last.model
    a, d, blank = (model.vocabulary.encode(c)[0] for c in "ad ")
    ids = np.array([[d, a, blank, END], [d, a, END, END], [d, a, d, a]])
    nats = np.array([0.1, np.nan, np.nan])
    drawn = Drawn(["da", "da", "dada"], ids, nats, 3)
    select = Selection(model.predictor(), model.form, best_of=2)
    losses, symbols = select.losses(drawn)
    expected = [score.nats for score in model.score(drawn.names)]
    assert losses.tolist() == expected
    assert symbols.tolist() == [3, 3, 5]


def test_what_a_beginning_and_then_an_ending_share_is_taken_off() -> None:
    names = ["annasaly", "annato", "annbely", "berty", "an", "aly", "bertxato"]
    nats = np.array([9.0, 7.0, 8.0, 12.0, 3.0, np.inf, 6.0])
    symbols = np.array([len(name) + 1.0 for name in names])
    rest = excess(nats, symbols)
    for part in (lambda name: name[:3], lambda name: name[-3:]):
        means = []
        for name in names:
            pairs = zip(names, rest, strict=True)
            alike = [x for other, x in pairs if part(other) == part(name)]
            finite = [x for x in alike if np.isfinite(x)]
            means.append(sum(finite) / (len(finite) + 4))
        rest = rest - np.array(means)
    np.testing.assert_allclose(surprise(names, nats, symbols), rest)
    assert not np.allclose(rest[:5], excess(nats, symbols)[:5], atol=0.01)
