"""Packages that make up data for tests, by locale: Faker and Mimesis."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from importlib import import_module

from charnames.pretrained.base.lists.sources import (
    Lists,
    json_value,
    package_path,
)

_LONG = 15  # items; shorter lists of a package are choices, not names

# The English locales of Faker that are not copies of one another.
_ENGLISH = frozenset(
    ("en", "en_US", "en_GB", "en_IN", "en_NZ", "en_PK", "en_TH", "en_IE", "en_KE")
)
_PROVIDERS = ("job", "address", "company", "color", "currency", "bank", "lorem")
_NO_NAMES = re.compile("^_|format|code|alpha|ALPHA|prefix|suffix|abbr")
# What Faker makes up: the kind, its method and how many, with its place as the seed.
_MADE_UP = (
    ("full", "name", 1000),
    ("company", "company", 500),
    ("street", "street_name", 500),
    ("phrase", "catch_phrase", 3000),
)
_MADE_UP_IN = frozenset(
    (
        *("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL"),
        *("pt_BR", "sv_SE", "cs_CZ", "ro_RO", "fi_FI", "hu_HU", "tr_TR", "id_ID"),
    )
)
_MIMESIS_KINDS = {
    "address": "place",
    "food": "food",
    "finance": "company",
    "text": "word",
}
_MIMESIS_FIELDS = {
    "names": "first",
    "surnames": "last",
    "patronymics": "last",
    "street": "street",
    "occupation": "job",
    "university": "company",
    "color": "colour",
    "nationality": "word",
    "language": "language",
}
_MIMESIS_TEXTS = ("questions", "text", "quotes", "answers", "abbr")


def faker() -> Lists:
    """Names of people, jobs, cities, streets, companies, colours and words by locale;
    and what it makes up: full names, companies, streets, catch phrases.
    """
    lists: Lists = defaultdict(list)
    for more in (_faker_people(), _faker_tables(), _faker_made_up()):
        for label, names in more.items():
            lists[label] += names
    return lists


def _locales(kind: str) -> list[str]:
    """The locales for which Faker has a provider of that kind."""
    folder = package_path("faker", f"faker/providers/{kind}")
    return sorted(path.parent.name for path in folder.glob("*/__init__.py"))


def _tables(kind: str, locale: str) -> dict[str, list[object]]:
    """The tuples, lists and mappings' keys of a provider, by their names."""
    provider = import_module(f"faker.providers.{kind}.{locale}").Provider
    values = {field: getattr(provider, field) for field in dir(provider)}
    return {
        field: list(value)
        for field, value in values.items()
        if isinstance(value, tuple | list | dict)
    }


def _faker_people() -> Lists:
    lists: Lists = defaultdict(list)
    for locale in _locales("person"):
        if locale.startswith("en") and locale not in _ENGLISH:
            continue
        for field, items in _tables("person", locale).items():
            if re.search("^_|format|prefix|suffix", field):
                continue
            names = [item for item in items if isinstance(item, str)]
            if "first" in field:
                lists[f"first:{locale}:faker"] += names
            elif "last" in field:
                lists[f"last:{locale}:faker"] += names
    return lists


def _faker_tables() -> Lists:
    lists: Lists = defaultdict(list)
    for kind in _PROVIDERS:
        for locale in _locales(kind):
            for field, items in _tables(kind, locale).items():
                if _NO_NAMES.search(field) or len(items) <= _LONG:
                    continue
                label = "word" if kind == "lorem" else kind
                label = "city" if "cit" in field else label
                names = [name for name in map(_name, items) if name]
                lists[f"{label}:{locale}:{field}"] += [
                    name for name in names if "{" not in name and "#" not in name
                ]
    return lists


def _name(item: object) -> str:
    """A string, or the second of a pair; empty where it is no string."""
    if isinstance(item, tuple | list) and len(item) == 2:
        item = item[1]
    return item if isinstance(item, str) else ""


def _faker_made_up() -> Lists:
    from faker import Faker

    lists: Lists = defaultdict(list)
    for locale in _locales("person"):
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "fr_QC locale is deprecated")
                fake = Faker(locale)
        except AttributeError:  # the locale is only a part of others
            continue
        for seed, (kind, method, count) in enumerate(_MADE_UP):
            if kind != "full" and locale not in _MADE_UP_IN:
                continue
            if kind == "phrase" and locale != "en_US":
                continue
            fake.seed_instance(seed)
            make = getattr(fake, method, None)
            if make is not None:
                lists[f"{kind}:{locale}:made-up"] += [make() for _ in range(count)]
    return lists


def mimesis() -> Lists:
    """Its lists by locale and field."""
    lists: Lists = defaultdict(list)
    folder = package_path("mimesis", "mimesis/datasets")
    for path in sorted(folder.glob("*/*.json")):
        locale = path.parent.name
        if locale == "global":  # emoji by their codes
            continue
        for field, names in _long_lists(json_value(path)).items():
            if re.search("fmt|code", field) or field in ("questions", "text"):
                continue
            default = _MIMESIS_KINDS.get(path.stem, "phrase")
            kind = _MIMESIS_FIELDS.get(field) or default
            if kind in ("company", "food"):
                field = "all"
            lists[f"{kind}:{locale}:mimesis-{field}"] += names
    return lists


def _long_lists(fields: dict[str, object]) -> Lists:
    """The names in every long list of strings, by the outermost key."""
    return {field: _names_in(value, field) for field, value in fields.items()}


def _names_in(value: object, key: str) -> list[str]:
    """The names in the long lists of strings in nested mappings; `key` is the value's
    own. Lists of sentences are left out.
    """
    if isinstance(value, dict):
        return [name for k, item in value.items() for name in _names_in(item, k)]
    if isinstance(value, list) and len(value) > _LONG and key not in _MIMESIS_TEXTS:
        names = [item for item in value if isinstance(item, str)]
        return names if len(names) == len(value) else []
    return []
