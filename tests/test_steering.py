"""Everything that steers the names at once, on lists of every style: each name printed
meets it all, as plain Python sees it.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from charnames.encoding.letter_case import KEEP
from charnames.errors import SamplingError
from charnames.generation import novelty
from charnames.models.language_model import Model
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train

Styled = Callable[[str], str]

STYLES: list[Styled] = [str.lower, str.upper, str.capitalize, str.title, str]
WORDS = st.text("abcé", min_size=1, max_size=3)
LISTS = st.lists(
    st.lists(WORDS, min_size=1, max_size=2).map(" ".join), min_size=1, max_size=8
)


def folded(text: str, case: str) -> str:
    return unicodedata.normalize("NFC", text if case == KEEP else text.lower())


def written(data: st.DataObject, text: str, case: str) -> str:
    """The text in another of the ways of writing it that are the same to a model."""
    if case != KEEP:
        text = data.draw(st.sampled_from([str.upper, str.title, str]))(text)
    return unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), text)


def asked_for(data: st.DataObject, names: list[str]) -> dict[str, Any]:
    """Options, made of pieces of the names so that many can be met."""
    name = st.sampled_from(names)
    piece = name.flatmap(
        lambda n: st.integers(0, len(n) - 1).flatmap(
            lambda i: st.integers(i + 1, len(n)).map(lambda j: n[i:j])
        )
    ).map(str.strip)
    item = st.sampled_from(["*", "*", "?", "[abc]", "[!b]", "[a-c]"])
    options = {
        "prefix": piece.filter(bool),
        "suffix": piece.filter(bool),
        "contains": piece.filter(bool),
        "match": st.lists(item | piece, min_size=1, max_size=4).map("".join),
        "min_length": st.integers(0, 6),
        "max_length": st.integers(2, 12),
        "avoid": st.lists(name | WORDS, max_size=4),
        "novel": st.booleans(),
        "unique": st.booleans(),
        "avoid_within": st.booleans(),
        "temperature": st.sampled_from([0.0, 0.5, 2.0]),
        "top_k": st.integers(1, 4),
        "top_p": st.sampled_from([0.3, 0.9]),
    }
    chosen = data.draw(st.lists(st.sampled_from([*options]), unique=True, max_size=6))
    return {option: data.draw(options[option]) for option in chosen}


def meets(name: str, wanted: dict[str, Any], learned: set[str], case: str) -> bool:
    """Whether a printed name is what was asked for."""
    name = folded(name, case)
    avoid = [folded(other, case) for other in wanted.get("avoid", [])]
    within = avoid if wanted.get("avoid_within") else []
    return (
        name.startswith(folded(wanted.get("prefix", ""), case))
        and name.endswith(folded(wanted.get("suffix", ""), case))
        and folded(wanted.get("contains", ""), case) in name
        and fnmatch.fnmatchcase(name, folded(wanted.get("match", "*"), case))
        and wanted.get("min_length", 1) <= len(name) <= wanted.get("max_length", 99)
        and not (wanted.get("novel", True) and name in learned)
        and name not in avoid
        and not any(other in name for other in within)
        and name == name.strip() != ""
    )


def drawn(model: Model, n: int, wanted: dict[str, Any]) -> list[str]:
    """The names there are, if not n of them; none where it was refused."""
    names: list[str] = []
    with patch.object(novelty, "LAST", novelty.LAST._replace(fruitless=2**11)):
        try:
            for name in model.sample(n, seed=1, **wanted, any_form=True):
                names.append(name)
        except SamplingError as error:
            assert "\n" not in str(error)
    return names


@settings(max_examples=150, deadline=None)
@given(words=LISTS, style=st.sampled_from(STYLES), odd=st.booleans(), data=st.data())
def test_all_that_is_asked_holds_on_every_list(
    words: list[str], style: Styled, odd: bool, data: st.DataObject
) -> None:
    learned = [unicodedata.normalize("NFC", style(word)) for word in words]
    if odd:  # a name that does not follow the style is marked
        learned = [*learned * 30, learned[0].swapcase()]
    recipe = Recipe.from_settings({"hidden_size": 6, "iterations": 0})
    (start,) = train(learned, recipe, seed=1, case="auto")
    model, case = start.model, start.model.case
    values = model.parameters.values
    values[:] = np.random.default_rng(len(words)).standard_normal(len(values))
    wanted = asked_for(data, learned)
    for option in {"prefix", "suffix", "contains", "match"} & {*wanted}:
        wanted[option] = written(data, wanted[option], case)
    if "avoid" in wanted:
        wanted["avoid"] = [written(data, other, case) for other in wanted["avoid"]]

    names, known = drawn(model, 25, wanted), {folded(name, case) for name in learned}
    event(f"names: {bool(names)}")
    assert [name for name in names if not meets(name, wanted, known, case)] == []
    if wanted.get("unique", True):
        assert len({folded(name, case) for name in names}) == len(names)
