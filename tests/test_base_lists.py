"""The lists of the base model: cleaned, selected, and without what is kept out."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from charnames.data.names import built_in, read_names
from charnames.pretrained.base.lists import cleaning, exclusions, fakers, variants
from charnames.pretrained.base.lists.cleaning import (
    RAREST,
    SHARES,
    SHORTEST_LIST,
    TrainingLists,
    clean,
    folded,
    group,
    select,
    without_repeats,
)
from charnames.pretrained.base.lists.exclusions import BuiltInNames, is_left_out
from charnames.pretrained.base.lists.sources import Lists, public_strings

ROOT = Path(__file__).parents[1]
BUILT_IN = BuiltInNames(["Tin", "Iron", "Titanium"], ["The Lost World", "Big"])


def made_up(letters: str, count: int) -> list[str]:
    """That many names of four of the letters."""
    return ["".join(name) for name in product(letters, repeat=4)][:count]


def package_lists() -> Lists:
    """Lists such as the packages give, with all that the measuring variant reads."""
    pokemon = ["Abra", "Mew", "Mr. Mime", "Ho-Oh"]
    return {
        "first:tr_TR:faker": [name.title() for name in made_up("aeir", 200)],
        "invented:elf:female": made_up("lith", 60),
        "invented:pokemon:names": [*pokemon, *made_up("pokm", 100)],
        "last:hu_HU:faker": made_up("gyuz", 60),
        "last:us:census-all": [*made_up("aost", 200), "Abra", "Iron", "titanium ana"],
        "place:FI:cities": made_up("aino", 90),
        "place:GB-WLS:cities": made_up("lwyd", 90),
        "place:HU:cities": made_up("vars", 90),
        "place:IS:cities": made_up("reyk", 90),
        "place:NG:cities": made_up("ibad", 90),
        "place:NO:cities": [*made_up("osl ", 90), *made_up("aino", 30)],
        "place:VN:cities": made_up("hano", 90),
        "spell:en:srd": [*made_up("spel", 60), "Wish"],
        "title:en:films": ["The Lost World", "Wish", *made_up("film", 60)],
        "word:en:web2": [*made_up("word", 100), "wish", "mew"],
    }


# Cleaning


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Oslo", " oslo", "OSLO "], ["oslo"]),
        (["New \t York"], ["new york"]),
        (["Zoe\u0308"], ["zoë"]),  # composed
        (["B", "Bo", "b" * 60, "b" * 61], ["b" * 60, "bo"]),
        (["Αθήνα", "Москва"], ["αθήνα", "москва"]),
        (["東京", "א ב", "São 東"], []),
        (["12", "- -", "Route 66"], ["route 66"]),
        (["a_b", "a@b", "a|b", "a’b"], ["a’b"]),
    ],
)
def test_names_are_folded_and_the_unusable_left_out(
    names: list[str], expected: list[str]
) -> None:
    assert clean(names) == expected


def test_a_list_nearly_contained_in_a_larger_one_of_its_kind_is_left_out() -> None:
    names = made_up("abcd", 200)
    lists = {
        "word:en:large": names,
        "word:en:part": [*names[:90], *made_up("xyz", 10)],  # 90 of 100
        "word:en:own": [*names[:89], *made_up("uvw", 11)],  # 89 of 100
        "first:en:part": names[:90],  # of another kind
    }
    assert list(without_repeats(lists)) == [
        "first:en:part",
        "word:en:large",
        "word:en:own",
    ]


def test_of_two_equal_lists_the_first_by_label_stays() -> None:
    names = made_up("abcd", 50)
    assert list(without_repeats({"word:b:x": names, "word:a:x": names})) == ["word:a:x"]


def everything(name: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("kind", "fewest"),
    [("place", 25), ("first", 40), ("full", 100), ("job", 120), ("cldr", 330)],
)
def test_lists_with_fewer_names_than_their_group_asks_for_are_left_out(
    kind: str, fewest: int
) -> None:
    common = {"word:en:x": made_up("abcdefg", 2_000)}  # so that no character is rare
    names = made_up("gfedcba", fewest)
    kept = select({f"{kind}:A:x": names, **common}, everything)
    assert kept.lists == {f"{kind}:A:x": names, **common}
    assert select({f"{kind}:A:x": names[1:], **common}, everything).lists == common


def test_names_with_a_rare_character_are_left_out() -> None:
    often = [f"{name}x" for name in made_up("abc", RAREST)]
    seldom = [f"{name}y" for name in made_up("abc", RAREST - 1)]
    lists = select({"word:en:a": often, "word:en:b": seldom}, everything)
    assert lists == TrainingLists("abcx", {"word:en:a": often})


def test_names_that_are_not_allowed_do_not_count() -> None:
    names = made_up("abcd", SHORTEST_LIST)
    barred = names[3]
    lists = {"word:en:a": names, "word:en:b": [*made_up("efgh", 60), barred]}
    selected = select(lists, lambda name: name != barred)
    assert selected.lists == {"word:en:b": made_up("efgh", 60)}


def test_the_shares_of_the_groups_are_all_of_the_draws() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    kinds = [kind for kinds in cleaning._KINDS.values() for kind in kinds]
    assert max(Counter(kinds).values()) == 1
    assert {group(f"{kind}:en:x") for kind in [*kinds, "spell"]} == set(SHARES)
    assert group("spell:en:x") == "multi"


def test_the_fingerprint_is_of_labels_and_names() -> None:
    lists = [
        {"a:a:a": ["ab", "c"]},
        {"a:a:a": ["a", "bc"]},
        {"a:a:b": ["ab", "c"]},
        {"a:a:a": ["ab"], "a:a:b": ["c"]},
    ]
    assert len({TrainingLists("abc", each).fingerprint for each in lists}) == len(lists)


# What is kept out


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("tin", False),
        ("tina", True),  # holds an element of fewer than six letters
        ("titanium", False),
        ("mount titanium", False),
        ("titaniumburg", False),
        ("aluminium", False),  # spelt as no built-in list has it
        ("the lost world", False),
        ("escape from the lost world", False),
        ("lost world", False),  # ten characters of a title
        ("the world", True),  # no part of it
        ("t world", True),  # too short to give one away
        ("big", False),
        ("big river", True),
        ("bigger than life", True),
    ],
)
def test_no_name_gives_a_built_in_one_away(name: str, allowed: bool) -> None:
    assert BUILT_IN.allows(name) is allowed


def test_all_names_of_the_built_in_lists_are_kept_out() -> None:
    kept_out = BuiltInNames.read()
    for name in ("elements", "movies"):
        assert name in built_in()
        allowed = [n for n in read_names(name) if kept_out.allows(folded(n))]
        assert allowed == []


@pytest.mark.parametrize(
    ("label", "left_out"),
    [
        ("place:FI:cities", True),
        ("place:GB-WLS:cities", True),
        ("place:GB-ENG:cities", False),
        ("place:NO:cities", False),
        ("first:tr_TR:faker", True),
        ("first:hu_HU:faker", True),
        ("first:pl_PL:faker", False),
        ("cldr:cy:names", True),
        ("cldr:cs:names", False),
        ("word:vi:mimesis-text", True),
        ("invented:pokemon:names", True),
        ("phrase:pokemon:places", True),
        ("spell:en:srd", True),
        ("magic:en:srd-items", True),
        ("inn:en:animals", True),
        ("invented:elf:female", True),
        ("invented:goblin:male", False),
        ("district:GB:names", True),
        ("district:FR:names", False),
        ("full:film:cast", True),
        ("title:en:films", False),
    ],
)
def test_what_the_measuring_variant_does_without(label: str, left_out: bool) -> None:
    assert is_left_out(label) is left_out


def test_the_product_holds_every_list_and_no_built_in_name() -> None:
    lists = variants.product(package_lists(), BUILT_IN)
    assert set(lists.lists) == set(package_lists()) - {"place:small:cities"}
    assert lists.evaluated == {}
    names = {name for names in lists.lists.values() for name in names}
    assert names.isdisjoint({"iron", "titanium ana", "the lost world"})
    assert {"abra", "wish", "ainn"} <= names
    assert set(lists.alphabet) == set().union(*names)


def test_the_measuring_variant_has_not_seen_what_it_is_measured_on() -> None:
    lists = variants.measure(package_lists(), BUILT_IN)
    labels = {"last:us:census-all", "place:NO:cities", "word:en:web2"}
    assert set(lists.lists) == labels
    names = {name for names in lists.lists.values() for name in names}
    evaluated = {folded(n) for names in lists.evaluated.values() for n in names}
    assert evaluated and names.isdisjoint(evaluated)
    # In the lists of other kinds too, and also where a spell was not drawn.
    assert names.isdisjoint({"abra", "mew", "wish", "ainn"})


def test_no_pokemon_and_no_spell_is_learned_whichever_are_evaluated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exclusions, "_MOST", 5)
    every = package_lists()
    away = {*every["invented:pokemon:names"], *every["spell:en:srd"]}
    every["word:en:web2"] += away
    lists = variants.measure(every, BUILT_IN)
    names = {name for names in lists.lists.values() for name in names}
    assert "word:en:web2" in lists.lists and names.isdisjoint(map(folded, away))


def test_the_lists_to_measure_on_are_as_they_are_spelt() -> None:
    evaluated = variants.measure(package_lists(), BUILT_IN).evaluated
    assert set(evaluated["pokemon"]) >= {"Abra", "Mr. Mime"}
    assert "Ho-Oh" not in evaluated["pokemon"]
    assert "Wish" in evaluated["titles"]
    assert "The Lost World" not in evaluated["titles"]  # a built-in one
    assert all(name[:1].isupper() for name in evaluated["tr_first"])
    surnames = read_names("surnames", labels=True)
    polish = {
        name
        for name, label in zip(surnames, surnames.labels or (), strict=True)
        if label == "Polish"
    }
    assert polish and set(evaluated["polish_surnames"]) == polish


def test_the_lists_to_measure_on_have_a_bounded_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exclusions, "_MOST", 50)
    evaluated = variants.measure(package_lists(), BUILT_IN).evaluated
    assert len(evaluated["fi_places"]) == 50
    assert set(evaluated["fi_places"]) < set(package_lists()["place:FI:cities"])
    assert evaluated["fi_places"] != sorted(evaluated["fi_places"])


def test_the_same_lists_come_out_twice() -> None:
    for build in variants.VARIANTS.values():
        first, again = (build(package_lists(), BUILT_IN) for _ in range(2))
        assert first == again
        assert list(first.evaluated.items()) == list(again.evaluated.items())


# The packages


def test_long_lists_of_strings_are_taken_by_their_outermost_key() -> None:
    names = made_up("abcd", 16)
    value = {
        "names": {"male": names, "female": made_up("efgh", 16), "few": names[1:]},
        "answers": names,
        "pairs": [*names, 1],
        "street": {"name": names},
    }
    assert fakers._long_lists(value) == {
        "names": [*names, *made_up("efgh", 16)],
        "answers": [],
        "pairs": [],
        "street": names,
    }


def test_the_strings_of_a_module_are_those_of_its_public_variables() -> None:
    module = type(re)("module")
    module.__dict__.update(b=["x", {"k": ("y",)}], a="z", _c="hidden", d=3)
    assert public_strings(module) == ["z", "x", "y"]


def pretrain_packages() -> dict[str, str]:
    """The packages of the extra, each with its version."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("\npretrain = [")[2].partition("\n]\n")[0]
    return dict(re.findall(r'^    "([\w-]+)==([\w.]+)",$', block, re.MULTILINE))


def test_each_package_is_read_by_one_function() -> None:
    assert len(set(variants.PACKAGES)) == len(variants.PACKAGES)
    assert len(variants.PACKAGES) == len(pretrain_packages()) - 1  # numpy


def test_the_readme_names_every_package_with_its_version() -> None:
    path = ROOT / "charnames" / "pretrained" / "README.md"
    text = path.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", text, re.MULTILINE)
    packages = {k: v for k, v in pretrain_packages().items() if k != "numpy"}
    assert dict(rows) == packages
