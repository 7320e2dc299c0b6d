"""Full regular expressions, against Python's own."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charnames.errors import SamplingError
from charnames.generation.constraints.compiler import compile_constraints
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.constraints.regex_syntax import parsed
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from tests import automata

if TYPE_CHECKING:
    from conftest import CommandLine

pytest.importorskip("greenery", reason="the extra charnames[regex] is not installed")


def model_of(alphabet: str, case: str) -> Model:
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    (start,) = train([alphabet], recipe, seed=1, case=case)
    return start.model


KEPT = model_of("aAbcCé-_1", "keep")
FOLDED = model_of("abcé-", "capitalised")

CHARACTERS = [*"aAbcCé-", ".", "[ab]", "[^aé]", "[A-C]", "[]"]
CHARACTERS += [r"\.", r"\x61", r"[b-c\-]"]
SHORTHANDS = [r"\w", r"\d", r"\W", r"\S", r"[\w\-]"]


def patterns(characters: list[str]) -> st.SearchStrategy[str]:
    """Alternatives, groups and repetitions of characters."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        times = st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}", "*?"])
        group = st.tuples(st.sampled_from(["(", "(?:", "(?P<n>"]), inner)
        return (
            st.lists(inner, max_size=3).map("".join)
            | st.lists(inner, min_size=1, max_size=3).map("|".join)
            | st.tuples(group, times).map(lambda p: f"{p[0][0]}{p[0][1]}){p[1]}")
        )

    return st.recursive(st.sampled_from(characters), larger, max_leaves=8)


def accepts(model: Model, pattern: str, name: str) -> bool:
    try:
        wanted = Constraints(regex=pattern)
        compiled = compile_constraints(wanted, model.vocabulary, model.case, 30)
    except SamplingError as error:
        assert str(error) == f"no name can meet regex {pattern!r}"
        return False
    ids = model.vocabulary.encode(name).tolist()
    return automata.accepts(compiled.automaton, ids)


def python(pattern: str, name: str, flags: re.RegexFlag) -> bool:
    """What re says. It has no class of nothing, and takes a group's name once only."""
    pattern = pattern.replace("(?P<n>", "(").replace("[]", "(?!)")
    return re.fullmatch(pattern, name, flags) is not None


@settings(max_examples=250, deadline=None)
@given(patterns(CHARACTERS + SHORTHANDS), st.text("aAbcCé-_1", min_size=1, max_size=5))
def test_a_pattern_is_what_python_takes_it_for(pattern: str, name: str) -> None:
    assert accepts(KEPT, pattern, name) == python(pattern, name, re.ASCII)


@settings(max_examples=150, deadline=None)
@given(patterns(CHARACTERS), st.text("abcé-", min_size=1, max_size=5))
def test_case_does_not_matter_where_it_is_folded(pattern: str, name: str) -> None:
    expected = python(pattern, name, re.IGNORECASE)
    assert accepts(FOLDED, pattern, name) == expected
    assert accepts(FOLDED, pattern.replace("é", "e\u0301"), name) == expected


def test_a_capital_that_folds_to_two_letters() -> None:
    model = model_of("i\u0307stanbul", "capitalised")
    assert accepts(model, "İ.*", "i\u0307st")
    assert not accepts(model, "İ.*", "st")


@pytest.mark.parametrize("pattern", ["^a.*b$", "^a.*b", "a.*b$", "a.*b"])
def test_anchors_at_the_ends_say_what_is_so_anyway(pattern: str) -> None:
    assert accepts(KEPT, pattern, "aéb")
    assert not accepts(KEPT, pattern, "caéb")


UNREADABLE = ["(", ")", "[a", "*", "a{", "a{2,1}", "[c-a]", r"\1", r"\x4", r"\b", "a++"]
UNREADABLE += ["[a-]", "(?=a)", "(?i)a", "(" * 400, "a" * 1001, "a$b", "(^a|b)", "\\"]


@pytest.mark.parametrize("pattern", UNREADABLE, ids=lambda pattern: pattern[:9])
def test_what_cannot_be_read_is_one_line(pattern: str) -> None:
    with pytest.raises(SamplingError, match="regex") as error:
        parsed(pattern)
    assert "\n" not in str(error.value)


HUGE = [
    "(a|b)*a.{30}",
    "a{999999999}",
    "((a{99}){99}){99}",
    "(a?){2001}",
]


@pytest.mark.parametrize("pattern", HUGE)
def test_what_is_too_involved_is_said_at_once(pattern: str) -> None:
    with pytest.raises(SamplingError, match="too involved") as error:
        KEPT.sample(1, regex=pattern)
    assert "\n" not in str(error.value)


def test_it_goes_with_the_others() -> None:
    raw: dict[str, Any] = {"novel": False, "unique": False}
    wanted: dict[str, Any] = {"prefix": "b", "match": "*[!b]", "max_length": 7}
    wanted["regex"] = "(B|C)(a|é).*"
    names = list(FOLDED.sample(200, seed=1, **wanted, **raw))
    names += [entry.name for entry in FOLDED.best(9, **wanted)]
    assert all(re.fullmatch("B[aé]([abcé-]{0,4}[acé-])?", name) for name in names)
    with pytest.raises(SamplingError, match=r"prefix 'b' and regex 'c\.\*' together"):
        FOLDED.sample(1, prefix="b", regex="c.*")


def test_nothing_however_often_takes_no_time() -> None:
    assert accepts(KEPT, "(()|){99999999}a((){9999}){9999}", "a")


# The command


def test_names_that_match(inside: CommandLine) -> None:
    words = ["sample", "-n", 20, "--seed", 1, "-q", "--regex", "b(a|o)+[^m]*(M|N)"]
    names = inside(*words).out.splitlines()
    assert len(set(names)) == 20
    assert all(re.fullmatch("B[ao]+[^m]*[mn]", name) for name in names)


def test_a_bad_pattern_is_wrong_usage(inside: CommandLine) -> None:
    done = inside("sample", "--regex", "(a", status=2)
    assert done.out == "" and len(done.err.splitlines()) == 2  # and where there is help
    start = "charnames: error: --regex: regex '(a' cannot be read"
    assert done.err.startswith(start)


def test_without_the_extra_it_says_how_to_get_it(
    inside: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "greenery.parse", None)
    done = inside("sample", "--regex", "a.*", status=2)
    assert done.out == "" and "pip install 'charnames[regex]'" in done.err
    assert inside("sample", "-n", 1, "-q", "--seed", 1).out


def test_groups_in_one_another_without_end_are_refused() -> None:
    for depth in (21, 100, 450):
        with pytest.raises(SamplingError, match="groups stand in one another"):
            model_of("ab", "keep").sample(1, regex="(" * depth + "a" + ")" * depth)
    for pattern in ("(" * 20 + "a|b" + ")*" * 20, "[(]" * 30 + r"\(" * 30):
        wanted = Constraints(regex=pattern)
        compile_constraints(wanted, model_of("ab(", "keep").vocabulary, "keep", 99)
