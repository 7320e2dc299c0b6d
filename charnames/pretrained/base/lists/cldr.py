"""Countries and languages, as they are called in many languages."""

from __future__ import annotations

from charnames.pretrained.base.lists.cleaning import clean
from charnames.pretrained.base.lists.sources import (
    Lists,
    json_value,
    package_path,
    strings,
)

_FEWEST = 250  # usable names of a language


def babel() -> Lists:
    """What countries and languages are called, by language (Unicode CLDR)."""
    from babel import Locale, localedata

    lists: Lists = {}
    for identifier in sorted(localedata.locale_identifiers()):
        if "_" in identifier:
            continue
        locale = Locale.parse(identifier)
        names = [*locale.territories.values(), *locale.languages.values()]
        if len(clean(names)) >= _FEWEST:
            lists[f"cldr:{identifier}:names"] = names
    return lists


def iso639() -> Lists:
    """The languages of the world, in English (ISO 639-3)."""
    lists = {}
    for table in ("ref_name", "other_names"):
        path = package_path("iso639-lang", f"iso639/data/iso-639_{table}.json")
        entries = json_value(path)
        lists[f"language:world:{table}"] = [*entries, *strings(entries)]
    return lists
