"""Names to leave out, whole or by a pattern."""

from __future__ import annotations

import pytest

from charnames.errors import SamplingError
from charnames.generation.blocklist import Blocklist
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

EVERY = {"novel": False, "any_form": True, "min_length": 1, "max_length": 3}


def model() -> Model:
    *_, last = train(["abc", "cab"], Recipe(iterations=0, hidden_size=5), seed=1)
    return last.model


def test_stars_at_the_ends_make_a_pattern() -> None:
    texts = ["damn", "damn*", "*damn", "*damn*", "M*A*S*H"]
    assert Blocklist.of(texts) == (("damn", "M*A*S*H"), ("damn",), ("damn",), ("damn",))
    assert Blocklist.of(["damn", "a*"], avoid_within=True).within == ("damn",)


@pytest.mark.parametrize("text", ["*", "**", ""])
def test_a_pattern_of_stars_alone_is_refused(text: str) -> None:
    with pytest.raises(SamplingError, match="leaves out every name"):
        Blocklist.of([text])


@pytest.mark.parametrize("pattern", ["ab*", "*ab", "*ab*", "AB*", "*aB"])
def test_no_name_is_of_the_pattern(pattern: str) -> None:
    core = pattern.strip("*").lower()
    every = set(model().sample(39, seed=1, **EVERY))  # all names of up to three letters

    def barred(name: str) -> bool:
        if pattern.startswith("*"):
            return name.endswith(core) or (pattern.endswith("*") and core in name)
        return name.startswith(core)

    wanted = {name for name in every if not barred(name)}
    assert 0 < len(wanted) < len(every) == 39
    assert set(model().sample(len(wanted), seed=1, avoid=[pattern], **EVERY)) == wanted
    best = model().best(len(wanted), avoid=[pattern], **EVERY)
    assert {ranked.name for ranked in best} == wanted


def test_several_texts_are_all_contained() -> None:
    """They may overlap; a text alone is one text."""
    names = set(model().sample(2, seed=1, contains=["ab", "ba"], **EVERY))
    assert names == {"aba", "bab"}
    alone = set(model().sample(7, seed=1, contains="ab", **EVERY))
    assert alone == {"ab", "aab", "bab", "cab", "aba", "abb", "abc"}
    with pytest.raises(SamplingError, match="contains 'abc', contains 'cab' and max"):
        model().sample(1, contains=["abc", "cab"], **EVERY)
