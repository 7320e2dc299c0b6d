"""What names are to meet: automata against what they stand for, and names drawn."""

from __future__ import annotations

import fnmatch
import itertools
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from charnames.encoding.letter_case import KEEP
from charnames.errors import SamplingError
from charnames.generation import frontier
from charnames.generation.choice import Choice
from charnames.generation.constrained import LookaheadChooser
from charnames.generation.constraints import automaton, compiler
from charnames.generation.constraints.automaton import START
from charnames.generation.constraints.compiler import compile_constraints
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.importance import log_scale, resample
from charnames.generation.lookahead import Lookahead, estimate_bigrams
from charnames.generation.masked import MaskedChooser
from charnames.generation.rows import Rows
from charnames.generation.writer import Chooser, Writer
from charnames.models.language_model import Model
from charnames.nn.batching import END
from charnames.nn.parameters import Parameters
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests import automata
from tests.drawn import texts

ALPHABET = "ab cé-"


LETTERS = texts("abcé", 0, 4)
PATTERNS = texts([*"abcé-*??**[]!", "[ab]", "[!b]", "[a-c]", "[]a]", "[!]é-]"], 0, 6)


def model_of(
    alphabet: str, scale: float = 0.8, seed: int = 4, case: str = KEEP
) -> Model:
    """A model with random weights of that scale."""
    start = untrained(alphabet, case)
    weights = Parameters(start.parameters.shapes)
    values = np.random.default_rng(seed).standard_normal(len(weights.values))
    weights.values[:] = scale * values
    return replace(start, parameters=weights)


@cache
def untrained(alphabet: str, case: str) -> Model:
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    (start,) = train([alphabet], recipe, seed=1, case=case)
    return start.model


MODEL = model_of(f"x{ALPHABET}x")
SMALL = model_of("abc", 1.5)
RAW: dict[str, Any] = {"novel": False, "unique": False}
N = 4096


def meets(name: str, wanted: Constraints) -> bool:
    """The same, read from the text."""
    return (
        name == name.strip()
        and name.startswith(wanted.prefix or "")
        and name.endswith(wanted.suffix or "")
        and all(text in name for text in wanted.contains)
        and fnmatch.fnmatchcase(name, "*" if wanted.match is None else wanted.match)
        and max(wanted.min_length or 1, 1) <= len(name) <= (wanted.max_length or 10**9)
        and not any(word in name for word in wanted.avoid_within)
    )


def accepts(wanted: Constraints, name: str) -> bool:
    compiled = compile_constraints(wanted, MODEL.vocabulary, KEEP, 30)
    long_enough = compiled.least <= len(name) <= compiled.most
    ids = MODEL.vocabulary.encode(name).tolist()
    return long_enough and automata.accepts(compiled.automaton, ids)


asked_for = st.builds(
    Constraints,
    prefix=st.none() | LETTERS,
    suffix=st.none() | LETTERS,
    contains=st.lists(LETTERS, max_size=2).map(tuple),
    match=st.none() | PATTERNS | PATTERNS.map("*{}*".format),
    min_length=st.none() | st.integers(0, 6),
    max_length=st.none() | st.integers(1, 8),
    avoid_within=st.lists(LETTERS.filter(bool), max_size=3).map(tuple),
)


def may_be_met(wanted: Constraints) -> bool:
    """Whether no two lengths or texts clash that are easily compared."""
    texts = [wanted.prefix or "", wanted.suffix or "", *wanted.contains]
    least = max([wanted.min_length or 0, *map(len, texts)])
    avoided = any(word in text for word in wanted.avoid_within for text in texts)
    return not avoided and least <= (wanted.max_length or least)


@settings(max_examples=300, deadline=None)
@given(match=PATTERNS, name=texts("abcé-", 1, 8))
@example(match="[a-b]", name="b")
@example(match="[!a-b]", name="b")
@example(match="[b-]", name="-")
@example(match="[!]é-]", name="b")
def test_a_pattern_is_what_a_shell_takes_it_for(match: str, name: str) -> None:
    try:
        accepted = accepts(Constraints(match=match), name)
    except SamplingError:
        accepted = False
    assert accepted == fnmatch.fnmatchcase(name, match)


@settings(max_examples=300, deadline=None)
@given(wanted=asked_for, name=texts(ALPHABET, 1, 9))
@example(wanted=Constraints(max_length=3), name="abc")
@example(wanted=Constraints(max_length=2), name="abc")
@example(wanted=Constraints(min_length=3), name="abc")
@example(wanted=Constraints(min_length=4), name="abc")
@example(wanted=Constraints(avoid_within=("a", "b", "c")), name="éc")
@example(wanted=Constraints(prefix="a", suffix="ab", contains=("ba",)), name="ab")
def test_all_together_are_what_each_says(wanted: Constraints, name: str) -> None:
    try:
        accepted = accepts(wanted, name)
    except SamplingError:
        accepted = False
    assert accepted == meets(name, wanted)


@settings(max_examples=150, deadline=None)
@given(
    wanted=asked_for.filter(may_be_met),  # others are refused, which has its own test
    scale=st.sampled_from([0.1, 1.0, 1e4]),
    temperature=st.sampled_from([0.0, 0.3, 1.0]),
    top_k=st.sampled_from([None, 1, 2]),
    top_p=st.sampled_from([None, 0.5]),
    seed=st.integers(0, 99),
)
def test_every_name_meets_every_constraint(
    wanted: Constraints,
    scale: float,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
    seed: int,
) -> None:
    model = model_of(f"x{ALPHABET}x", scale, seed)
    settings: dict[str, Any] = dict(
        vars(wanted), avoid_within=bool(wanted.avoid_within)
    )
    settings |= {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    settings |= {"any_form": True, "avoid": wanted.avoid_within}
    with patch.object(frontier, "MAX_READS", 64):  # which takes most of the time
        try:
            names = list(model.sample(9, seed=1, **settings, **RAW))
        except SamplingError as error:
            assert "\n" not in str(error)
            assume(False)
    assert len(names) == 9
    assert all(meets(name, wanted) for name in names)


@settings(max_examples=60, deadline=None)
@given(wanted=asked_for.filter(lambda wanted: wanted.max_length is not None))
def test_what_is_refused_cannot_be_met(wanted: Constraints) -> None:
    try:
        compile_constraints(wanted, MODEL.vocabulary, KEEP, 30)
    except SamplingError:
        for length in range(1, min(wanted.max_length or 0, 5) + 1):
            for name in itertools.product("abcé-x ", repeat=length):
                assert not meets("".join(name), wanted)


CLASHES = [
    ({"prefix": "q"}, "prefix: 'q' (U+0071) is not in the alphabet"),
    ({"match": "[ab"}, "so no name holds it; a class such as [abc] ends with ]"),
    ({"contains": ["\u00a0"]}, "so no name holds it; it has ' ' (U+0020)"),
    ({"match": "a[xyz]"}, "match 'a[xyz]': no character"),
    ({"min_length": 5, "max_length": 3}, "meet min_length 5 and max_length 3 together"),
    ({"prefix": "ab", "max_length": 1}, "meet prefix 'ab' and max_length 1 together"),
    ({"prefix": "ab", "match": "b*", "suffix": "a"}, "prefix 'ab' and match 'b*' tog"),
    ({"match": ""}, "no name can meet match ''"),
    ({"match": "ab?", "min_length": 4}, "match 'ab?' and min_length 4 together"),
    ({"prefix": " a"}, "no name can meet prefix ' a'"),
    ({"min_length": 10_001}, "min_length: 10001 is out of range"),
    ({"match": "*a" + 25 * "?"}, "too involved"),
    ({"top_k": 0}, "top_k: 0"),
    ({"top_p": 0.0}, "top_p: 0.0"),
]


@pytest.mark.parametrize(("wanted", "message"), CLASHES, ids=str)
def test_fault_29_what_clashes_is_said_at_once(
    wanted: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automaton, "_MAX_ENTRIES", 2**18)  # soon reached
    with pytest.raises(SamplingError) as error:
        model_of("ab c").sample(1, **wanted, any_form=True)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_length_that_is_too_much_is_refused_with_one_that_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiler, "_MAX_CELLS", 10_000)
    wanted = Constraints(contains=("ab",), max_length=9_000)
    expected = r"^max_length: 9000 is too much .*; give one below ([\d,]+)$"
    with pytest.raises(SamplingError, match=expected) as caught:
        compile_constraints(wanted, MODEL.vocabulary, KEEP, 30)
    limit = int(str(caught.value).split()[-1].replace(",", ""))
    shorter = replace(wanted, max_length=limit)
    assert compile_constraints(shorter, MODEL.vocabulary, KEEP, 30).most == limit
    with pytest.raises(SamplingError, match=f"one below {limit:,}"):
        longer = replace(wanted, max_length=limit + 1)
        compile_constraints(longer, MODEL.vocabulary, KEEP, 30)


def test_a_blocklist_within_names() -> None:
    words = ("ab", "c")
    names = list(
        MODEL.sample(300, seed=1, avoid=words, avoid_within=True, **RAW, any_form=True)
    )
    assert not any("ab" in name or "c" in name for name in names)
    with pytest.raises(SamplingError, match="no name can meet avoid_within"):
        MODEL.sample(
            1, avoid="x ab cé-".replace(" ", ""), avoid_within=True, any_form=True
        )


def test_case_and_accents_do_not_matter_where_they_are_folded() -> None:
    model = model_of("Éabé", case="capitalised")
    for prefix in ("É", "é", "E\u0301", "e\u0301"):
        names = list(model.sample(20, seed=1, prefix=prefix, **RAW, any_form=True))
        assert all(name.startswith("É") for name in names)


def test_a_name_that_composes_meets_its_constraints() -> None:
    model = model_of("eq\u0301q\u0327e")
    names = list(
        model.sample(200, seed=1, min_length=3, max_length=4, **RAW, any_form=True)
    )
    assert {len(name) for name in names} <= {3, 4}


def test_a_long_name_can_be_asked_for() -> None:
    names = list(MODEL.sample(3, seed=1, min_length=200, any_form=True))
    assert all(len(name) >= 200 for name in names)


def test_a_prefix_beyond_the_usual_length_goes_on() -> None:
    assert SMALL.form.usual_limit == 6
    names = list(SMALL.sample(300, seed=1, prefix="abcabcab", **RAW, any_form=True))
    assert 12 <= max(map(len, names)) <= 16
    wanted = compile_constraints(Constraints(min_length=5), SMALL.vocabulary, KEEP, 6)
    assert wanted.most == 10


def test_learned_names_are_left_out_where_repeats_are_not() -> None:
    model = model_of("abc", 0.3)  # which often writes the name that it learned
    names = list(model.sample(2000, seed=1, max_length=3, unique=False, any_form=True))
    assert len({*names}) < 100 and "abc" not in names
    assert "abc" in {*model.sample(2000, seed=1, max_length=3, **RAW, any_form=True)}


def chooser(steered: bool, choice: Choice) -> Chooser:
    """A chooser for names that are to begin with a or b, of all of a, b and c."""
    wanted = Constraints(match="[ab]*")
    meet = compile_constraints(wanted, SMALL.vocabulary, KEEP, 6)
    if not steered:
        return MaskedChooser(meet, N, choice)
    states = np.full(N, START, np.int32)
    even = Lookahead(meet, np.full((4, 4), 0.25))
    return LookaheadChooser(even, choice, np.zeros(N, np.intp), states, np.zeros(N))


@pytest.mark.parametrize("steered", [False, True])
def test_the_temperature_holds_for_symbols_that_are_very_unlikely(
    steered: bool,
) -> None:
    logits = np.array([-np.inf, -100.0, -101.0, 0.0], np.float32)  # END, a, b and c
    names, _ = Rows.sharing(np.arange(N), np.zeros(N, np.intp))
    uniform = np.random.default_rng(1).random(N, np.float32)
    choose = chooser(steered, Choice(temperature=0.5))
    with np.errstate(all="ignore"):
        ids = choose(0, names, logits[:, None].copy(), uniform)
    share = 1 / (1 + np.exp(-2.0))  # of a: 0.88
    assert np.bincount(ids).tolist()[END] == 0
    assert np.mean(ids == 1) == pytest.approx(share, abs=0.015)
    assert np.mean(ids == 2) == pytest.approx(1 - share, abs=0.015)


@pytest.mark.parametrize("below", [2.0, 20.0, 60.0, 100.0])
@pytest.mark.parametrize(
    "choice",
    [Choice(0.6, min_p=0.05), Choice(top_p=0.9), Choice(top_k=1), Choice(0.0)],
    ids=str,
)
def test_what_is_allowed_is_chosen_however_unlikely(
    choice: Choice, below: float
) -> None:
    """Narrowing is by the likeliest symbol that is allowed."""
    logits = np.array([-1.0, -below, -below - 9, 0.0], np.float32)  # END, a, b and c
    names, _ = Rows.sharing(np.arange(N), np.zeros(N, np.intp))
    uniform = np.random.default_rng(1).random(N, np.float32)
    choose = chooser(False, choice)
    assert set(choose(0, names, logits[:, None].copy(), uniform).tolist()) == {1}


def test_bigrams_are_those_of_the_names_and_none_is_impossible() -> None:
    predictor, form = SMALL.predictor(), SMALL.form
    rng, V = np.random.default_rng(1), len(form.vocabulary)
    bigrams = estimate_bigrams(Writer(predictor, form), Choice(), V, 6, rng)
    z, _ = predictor.step(np.array([END]), predictor.start(np.zeros(1, np.intp)))
    z[form.not_first()] = -np.inf
    first = np.exp(frontier.log_probabilities(z, Choice()))[:, 0]
    assert np.allclose(bigrams[END], first, atol=0.005)
    assert bigrams.min() > 0 and np.allclose(bigrams.sum(axis=1), 1)


def test_a_name_at_a_dead_end_weighs_nothing() -> None:
    log_weights = np.array([0.0, -np.inf, 0.0, -np.inf, -0.5, -np.inf])
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert {*resample(log_weights, -1.0, rng).tolist()} == {0, 2, 4}
    assert resample(np.full(3, -np.inf), 0.0, rng).tolist() == []
    assert log_scale(np.full(3, -np.inf)) == 0.0


def test_names_are_given_as_often_as_they_weigh_on_average() -> None:
    rng, weights = np.random.default_rng(0), np.array([0.3, 1.0, 0.05, 2.5, 0.0, 0.15])
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    counts = np.zeros(6)
    for _ in range(4000):
        counts += np.bincount(resample(log_weights, 0.0, rng), minlength=6)
    np.testing.assert_allclose(counts / 4000, weights, atol=0.03)
    # All together are worth as many names as their effective size.
    assert np.exp(log_scale(np.log(weights[:4]))) == pytest.approx(
        (weights[:4] ** 2).sum() / weights[:4].sum()
    )


# How often


def log_probability(model: Model, name: str) -> float:
    (score,) = model.score([name])
    assert score.nats is not None
    return -score.nats


BOUNDS: list[dict[str, Any]] = [
    {"max_length": 4},
    {"prefix": "a", "suffix": "b", "max_length": 6},
    {"contains": "cab", "max_length": 5},
    {"match": "?[!a]*[bc]", "max_length": 5},
]


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_names_are_as_frequent_as_the_model_makes_them(bounds: dict[str, Any]) -> None:
    wanted = Constraints(**bounds)
    lengths = range(1, bounds["max_length"] + 1)
    every = ["".join(t) for n in lengths for t in itertools.product("abc", repeat=n)]
    possible = [name for name in every if meets(name, wanted)]
    p = np.exp([log_probability(SMALL, name) for name in possible])
    p /= p.sum()
    n = 100_000

    def variation(counts: Counter[str]) -> float:
        return sum(abs(counts[m] / n - q) for m, q in zip(possible, p, strict=True)) / 2

    drawn = Counter(SMALL.sample(n, seed=1, **bounds, **RAW, any_form=True))
    assert set(drawn) <= set(possible)
    exactly = Counter(np.random.default_rng(1).choice(possible, n, p=p).tolist())
    assert variation(drawn) <= variation(exactly) + 0.02


def test_weights_that_are_even_give_every_name_once() -> None:
    rng = np.random.default_rng(0)
    assert sorted(resample(np.full(50, -3.0), -3.0, rng)) in (
        [*range(50)],
        [*range(49)],
    )
    assert resample(np.array([0.0, -800.0]), 0.0, rng).tolist() == [0]


# New, distinct


def test_new_and_distinct_names_are_the_default() -> None:
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    learned = ["a", "b", "ab", "ba", "aa", "bb"]
    (start,) = train(learned, recipe, seed=1, case=KEEP)
    names = list(start.model.sample(9, seed=2, temperature=2.0, any_form=True))
    assert len(set(names)) == 9 and not {*learned} & {*names}
    assert {*learned} & {*start.model.sample(25, seed=2, novel=False, any_form=True)}
    assert len({*start.model.sample(300, seed=2, unique=False, any_form=True)}) < 300


@pytest.mark.parametrize("steered", [{}, {"prefix": "a"}])
def test_the_head_does_not_depend_on_how_many(steered: dict[str, Any]) -> None:
    names = list(MODEL.sample(3000, seed=3, **steered, any_form=True))
    assert len(set(names)) == 3000
    for n in (0, 1, 10, 1023, 1025, 2999):
        assert list(MODEL.sample(n, seed=3, **steered, any_form=True)) == names[:n]


@settings(max_examples=40, deadline=None)
@given(st.lists(texts("abcé-", 1, 3), max_size=20))
def test_no_name_of_a_blocklist(avoid: list[str]) -> None:
    names = list(MODEL.sample(100, seed=1, avoid=avoid, any_form=True))
    assert not set(avoid) & set(names)


def test_a_blocklist_may_have_its_accents_in_either_form() -> None:
    accented = {
        name for name in MODEL.sample(100, seed=1, any_form=True) if "é" in name
    }
    decomposed = [unicodedata.normalize("NFD", name) for name in accented]
    assert accented and not {*decomposed} & accented
    assert not {*MODEL.sample(100, seed=1, avoid=decomposed, any_form=True)} & accented


def test_when_the_supply_runs_dry_the_names_found_come_first() -> None:
    names = []
    with pytest.raises(SamplingError, match="only 3 of 10 names were found in"):
        for name in SMALL.sample(10, seed=1, max_length=1, any_form=True):
            names.append(name)
    assert sorted(names) == ["a", "b", "c"]


# Among the likeliest


@pytest.mark.parametrize(("option", "value"), [("top_k", 1), ("top_p", 1e-9)])
def test_the_narrowest_choice_is_the_likeliest(option: str, value: Any) -> None:
    greedy = list(SMALL.sample(3, seed=1, temperature=0.0, **RAW, any_form=True))
    assert (
        list(SMALL.sample(3, seed=1, **{option: value}, **RAW, any_form=True)) == greedy
    )


def test_the_widest_choice_leaves_all_as_it_was() -> None:
    names = list(SMALL.sample(2000, seed=1, **RAW, any_form=True))
    assert (
        list(SMALL.sample(2000, seed=1, top_k=99, top_p=1.0, **RAW, any_form=True))
        == names
    )


def test_characters_are_among_so_many_of_the_likeliest() -> None:
    first = Counter(
        name[0] for name in SMALL.sample(5000, seed=1, **RAW, any_form=True)
    )
    two = {c for c, _ in first.most_common(2)}
    assert {
        name[0] for name in SMALL.sample(5000, seed=1, top_k=2, **RAW, any_form=True)
    } == two
    (_, item), (_, other), *_ = first.most_common()
    some = SMALL.sample(
        5000, seed=1, top_p=(item + other / 2) / 5000, **RAW, any_form=True
    )
    assert {name[0] for name in some} == two
