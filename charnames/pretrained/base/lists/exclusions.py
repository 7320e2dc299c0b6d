"""What is kept out of the lists, and what the measuring variant is measured on."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from charnames.data.names import read_names
from charnames.pretrained.base.lists.cleaning import clean, folded, is_usable
from charnames.pretrained.base.lists.sources import Lists

_OTHER_SPELLINGS = (  # of elements
    *("aluminum", "aluminium", "cesium", "caesium", "sulphur", "sulfur"),
    *("wolfram", "kalium", "natrium"),
)
_SHORTEST_STEM = 6  # letters of an element's name that no other name may hold
_SHORTEST_TITLE = 10  # characters of a title that no other title may hold

_MOST = 600  # evaluated names of a list
_MOST_TITLES = 900

# What the measuring variant does without.
_AWAY_COUNTRIES = frozenset(("FI", "VN", "NG", "IS", "HU", "TR", "GB-WLS"))
_AWAY_LANGUAGES = frozenset(
    ("fi", "vi", "hu", "cy", "is", "tr", "ng", "ig", "yo", "ha", "pcm")
)
_AWAY_LOCALES = frozenset(
    (
        *("fi_FI", "vi_VN", "hu_HU", "cy_GB", "is_IS", "tr_TR"),
        *("en_NG", "ig_NG", "yo_NG", "ha_NG"),
    )
)
_AWAY_KINDS = frozenset(("spell", "magic", "inn"))
_AWAY_LABELS = frozenset(
    ("district:GB:names", "airport:GB:names", "full:film:cast", "full:film:makers")
)
_AWAY_PEOPLES = frozenset(("elf", "dwarf", "nordic", "norse"))  # invented ones


class BuiltInNames:
    """The names of the built-in lists, which no list of the base model may give away.

    elements, films: the built-in lists.
    """

    def __init__(self, elements: list[str], films: list[str]) -> None:
        spellings = {*map(folded, elements), *_OTHER_SPELLINGS}
        titles = set(map(folded, films))
        self._names = spellings | titles
        self._stem = _any_of(s for s in spellings if len(s) >= _SHORTEST_STEM)
        long = sorted(t for t in titles if len(t) >= _SHORTEST_TITLE and " " in t)
        self._title = _any_of(long)
        self._titles = "\n".join(long)

    @classmethod
    def read(cls) -> BuiltInNames:
        """Those of the built-in lists of elements and films."""
        return cls(read_names("elements"), read_names("movies"))

    def allows(self, name: str) -> bool:
        """Whether a folded name is none of them, holds neither the name of an element
        of six letters or more nor a title of several words, and is no part of one.
        """
        if name in self._names or self._stem.search(name):
            return False
        if " " not in name or len(name) < _SHORTEST_TITLE:
            return True
        return not self._title.search(name) and name not in self._titles


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(texts))))


def is_left_out(label: str) -> bool:
    """Whether the measuring variant does without a list."""
    kind, locale, _ = label.split(":", 2)
    return (
        label in _AWAY_LABELS
        or kind in _AWAY_KINDS
        or "pokemon" in label
        or locale in _AWAY_COUNTRIES | _AWAY_LANGUAGES | _AWAY_LOCALES
        or (kind == "invented" and locale in _AWAY_PEOPLES)
    )


def evaluated_lists(lists: Lists, built_in: BuiltInNames) -> Lists:
    """The lists that the model is measured on, as they are spelt, in random order.

    lists: those of the packages.
    """
    surnames = read_names("surnames", labels=True)
    polish = [
        name
        for name, label in zip(surnames, surnames.labels or (), strict=True)
        if label == "Polish"
    ]
    pokemon = lists["invented:pokemon:names"]
    films = lists["title:en:films"]
    sources = {
        "fi_places": lists["place:FI:cities"],
        "hu_lastnames": _capitalised(lists["last:hu_HU:faker"]),
        "hu_places": lists["place:HU:cities"],
        "is_places": lists["place:IS:cities"],
        "ng_places": lists["place:NG:cities"],
        "pokemon": [name for name in pokemon if name.isascii() and "-" not in name],
        "polish_surnames": polish,
        "spells": lists["spell:en:srd"],
        "titles": [title for title in films if built_in.allows(folded(title))],
        "tr_first": _capitalised(lists["first:tr_TR:faker"]),
        "vn_places": lists["place:VN:cities"],
        "welsh_places": lists["place:GB-WLS:cities"],
    }
    rng = random.Random(7)
    evaluated: Lists = {}
    for label, names in sources.items():  # in this order, which the draws depend on
        spelling = {folded(name): name for name in sorted(set(names), reverse=True)}
        usable = [spelling[key] for key in sorted(spelling) if is_usable(key)]
        most = _MOST_TITLES if label == "titles" else _MOST
        evaluated[label] = sorted(rng.sample(usable, min(most, len(usable))))
        rng.shuffle(evaluated[label])
    return evaluated


def _capitalised(names: list[str]) -> list[str]:
    """The clean names with a capital at the beginning of each word."""
    return [
        " ".join(word[:1].upper() + word[1:] for word in name.split(" "))
        for name in clean(names)
    ]


def measured_names(lists: Lists, evaluated: Lists) -> set[str]:
    """The folded names that no list of the measuring variant may hold: the evaluated
    ones, and all Pokémon and spells.
    """
    away = [name for names in evaluated.values() for name in names]
    away += lists["invented:pokemon:names"] + lists["spell:en:srd"]
    return set(map(folded, away))
