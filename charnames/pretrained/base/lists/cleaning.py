"""What is common to all lists: folding, the alphabet, repeats, the smallest lists."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from charnames.pretrained.base.lists.sources import Lists

# What share of the names drawn in training comes from the lists of a group.
SHARES = {
    "place": 0.21,
    "people": 0.18,
    "full": 0.03,
    "word": 0.19,
    "title": 0.13,
    "multi": 0.12,
    "made": 0.04,
    "science": 0.08,
    "cldr": 0.02,
}
_KINDS = {  # of each group; lists of other kinds are in the group "multi"
    "place": ("place", "district", "city"),
    "people": ("first", "last", "invented"),
    "full": ("full",),
    "made": ("company", "street", "job", "bank", "address", "airport"),
    "cldr": ("cldr", "language"),
    "word": ("word",),
    "title": ("title",),
    "science": ("science", "species", "drug", "mineral", "star", "myth", "creature"),
}
_GROUPS = {kind: group for group, kinds in _KINDS.items() for kind in kinds}

SHORTEST_LIST = 25  # names of a list
_FEWEST = {"people": 40, "full": 100, "made": 120, "cldr": 330}  # of a group's lists
RAREST = 30  # occurrences of a character in all lists
LONGEST_NAME = 60  # characters of a name
_REPEATED = 0.9  # the share of a list in a larger one that makes it a repeat
_PUNCTUATION = frozenset(" -'.,:;&!?()/’·0123456789+*#$%½³…–")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


@dataclass(frozen=True)
class TrainingLists:
    """What the base model learns.

    alphabet: the characters of all names, in order. lists: the folded names by label.
    evaluated: the lists that the model is measured on, as they are spelt, of the
    measuring variant alone.
    """

    alphabet: str
    lists: Lists
    evaluated: Lists = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over a line for each name, with its label and a tab before it."""
        digest = hashlib.sha256()
        for label, names in self.lists.items():
            digest.update("".join(f"{label}\t{name}\n" for name in names).encode())
        return digest.hexdigest()


def folded(name: str) -> str:
    """A name as it is learned: in lower case, composed, without spaces around it.

    >>> folded(" New  York")
    'new york'
    """
    return unicodedata.normalize("NFC", " ".join(name.lower().split()))


@cache
def _is_letter(character: str) -> bool:
    """Whether a character is a lower-case letter of a script that is learned."""
    name = unicodedata.name(character, "")
    return unicodedata.category(character) == "Ll" and name.startswith(_SCRIPTS)


def is_usable(name: str) -> bool:
    """Whether a folded name has 2 to LONGEST_NAME characters, one of them a letter,
    and none but letters and punctuation that are learned.
    """
    return (
        2 <= len(name) <= LONGEST_NAME
        and all(c in _PUNCTUATION or _is_letter(c) for c in name)
        and any(c.isalpha() for c in name)
    )


def clean(names: Iterable[str]) -> list[str]:
    """The usable names, folded, once each, in order.

    >>> clean(["Oslo", "oslo ", "B", "東京"])
    ['oslo']
    """
    return sorted({name for name in map(folded, names) if is_usable(name)})


def group(label: str) -> str:
    """The group of a list, by its kind."""
    return _GROUPS.get(label.split(":")[0], "multi")


def select(lists: Lists, allows: Callable[[str], bool]) -> TrainingLists:
    """What is learned of clean lists: without names that are not allowed, without
    repeats, lists that are too short and names with rare characters.
    """
    allowed = {label: list(filter(allows, names)) for label, names in lists.items()}
    large = {
        label: names
        for label, names in allowed.items()
        if len(names) >= _FEWEST.get(group(label), SHORTEST_LIST)
    }
    kept = without_repeats(large)
    counts = Counter(c for names in kept.values() for name in names for c in name)
    alphabet = "".join(sorted(c for c, count in counts.items() if count >= RAREST))
    spelt = {
        label: list(filter(set(alphabet).issuperset, names))
        for label, names in kept.items()
    }
    enough = {
        label: names for label, names in spelt.items() if len(names) >= SHORTEST_LIST
    }
    return TrainingLists(alphabet, enough)


def without_repeats(lists: Lists) -> Lists:
    """The lists without those nearly contained in a larger one of the same kind."""
    kept: dict[str, list[set[str]]] = defaultdict(list)
    labels = []
    for label in sorted(lists, key=lambda label: (-len(lists[label]), label)):
        larger, names = kept[label.split(":")[0]], set(lists[label])
        if all(len(names & other) < _REPEATED * len(names) for other in larger):
            larger.append(names)
            labels.append(label)
    return {label: lists[label] for label in sorted(labels)}
