"""Beginnings and endings of names."""

from __future__ import annotations

from charnames.encoding.hashes import name_hashes
from charnames.encoding.name_parts import part_hashes


def test_all_beginnings_and_endings_are_parts() -> None:
    names = ["tini", "gold", "lithium"]
    parts = ["t", "ti", "tin", "ini", "ni", "i", "g", "go", "gol", "old", "ld", "d"]
    parts += ["l", "li", "lit", "lith", "lithi", "lithiu"]
    parts += ["ithium", "thium", "hium", "ium", "um", "m"]
    assert part_hashes(names).tolist() == sorted(name_hashes(parts).tolist())


def test_a_list_with_many_parts_has_none() -> None:
    names = [f"name{i}x" for i in range(30)]
    assert len(part_hashes([*names, "name1"]))  # 1 of 31
    assert not len(part_hashes([*names, "name1", "name2"]))  # 2 of 32
    assert not len(part_hashes([]))
