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
    """First and last names of the United States' census of 1990, commonest first."""
    lists = {}
    for table in ("all.last", "female.first", "male.first"):
        rows = lines(package_path("names", f"names/dist.{table}"))[:_MOST]
        people, kind = table.split(".")
        lists[f"{kind}:us:census-{people}"] = [row.split()[0] for row in rows]
    return lists


def unique_names_generator() -> Lists:
    """First names, adjectives and animals."""
    from unique_names_generator.data import adjectives, animals, names

    return {
        "first:en:unique": public_strings(names),
        "word:en:unique": public_strings(adjectives),
        "species:en:unique": public_strings(animals),
    }
