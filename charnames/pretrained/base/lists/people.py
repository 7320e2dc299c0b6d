"""People: first names, last names and full names."""

from __future__ import annotations

from charnames.pretrained.base.lists.sources import (
    Lists,
    lines,
    package_path,
    public_strings,
)

_MOST = 20_000  # names of a census list


def names() -> Lists:
    """First and last names of the United States' census of 1990, the commonest first."""
    lists = {}
    for table, kind in (("all.last", "last"), ("female.first", "first"),
                        ("male.first", "first")):  # fmt: skip
        rows = lines(package_path("names", f"names/dist.{table}"))
        label = f"{kind}:us:census-{table.split('.')[0]}"
        lists[label] = [row.split()[0] for row in rows][:_MOST]
    return lists


def unique_names_generator() -> Lists:
    """First names, adjectives and animals."""
    from unique_names_generator.data import adjectives, animals, names

    return {
        "first:en:unique": public_strings(names),
        "word:en:unique": public_strings(adjectives),
        "species:en:unique": public_strings(animals),
    }
