"""Hashes by which a name is known as a near-copy of another.

Two names are near-copies when the longer one's characters, all but one at most, stand
in the other in the same order: names one edit apart, names of which one has a character
moved, and names of which one has a character less here and another one more there.
All of these pairs, and no others, have a form in common when each name is taken whole
and with any one of its characters left out (Mor & Fraenkel 1982). So the hashes of
these forms of a whole list tell whether a new name is a near-copy of any of its names,
without the list. Where only the hashes of the whole names are there, all near-copies of
the new name are looked up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import Hashes, contains, name_hashes

# Constants of splitmix64 (Steele, Lea & Flood 2014). The base is odd, so that powers of
# it keep all 64 bits.
_BASE = 0x9E3779B97F4A7C15
_FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def near_forms(names: Sequence[str]) -> tuple[Hashes, NDArray[np.intp]]:
    """The hashes (M,) of the forms of the names, and the number of each form's name.

    The forms of a name of L characters are itself and its L shorter forms.
    """
    if not names:
        return np.empty(0, np.uint64), np.empty(0, np.intp)
    lengths = np.fromiter(map(len, names), np.intp, len(names))
    longest = max(int(lengths.max()), 1)
    points = np.array(names, f"<U{longest}").view(np.uint32).reshape(-1, longest)
    inside = np.arange(longest) < lengths[:, None]
    # A form's hash is the sum of h(c) B^i over its characters c at places i. The part
    # behind a character that is left out moves up one place.
    characters = _mixed(points.astype(np.uint64)) * inside
    powers = _powers(longest)
    in_place = characters * powers
    moved_up = characters[:, 1:] * powers[:-1]
    before = np.cumsum(in_place, axis=1)
    whole = before[:, -1:]
    before = before - in_place
    behind = np.zeros_like(before)
    behind[:, :-1] = np.cumsum(moved_up[:, ::-1], axis=1)[:, ::-1]
    shorter = before + behind
    forms = np.concatenate([whole, shorter], axis=1)
    exists = np.concatenate([np.ones((len(names), 1), bool), inside], axis=1)
    size = lengths[:, None] - (np.arange(longest + 1) > 0)
    hashes = _mixed(forms + size.astype(np.uint64))
    return hashes[exists], np.nonzero(exists)[0]


def near_hashes(names: Sequence[str]) -> Hashes:
    """The sorted hashes of all forms of the names and of their word runs."""
    runs = {run for name in names for run in word_runs(name)}
    return np.unique(near_forms([*names, *sorted(runs)])[0])


def word_runs(name: str) -> list[str]:
    """The parts of a name that have two words or more, and not all of them.

    >>> word_runs("Beauty and the Beast")
    ['Beauty and', 'Beauty and the', 'and the', 'and the Beast', 'the Beast']
    """
    words = name.split(" ")
    count = len(words)
    return [
        " ".join(words[start:end])
        for start in range(count)
        for end in range(start + 2, count + 1)
        if end - start < count
    ]


def near_copies(names: Sequence[str], hashes: Hashes) -> NDArray[np.bool_]:
    """Whether each name is a name or a word run, or a near-copy of one, of the list
    whose `near_hashes` these are.
    """
    near = np.zeros(len(names), np.bool_)
    if len(hashes) and names:
        forms, owners = near_forms(names)
        near[owners[contains(hashes, forms)]] = True
    return near


def near_copies_of_known(
    names: Sequence[str], known: Hashes, characters: str
) -> NDArray[np.bool_]:
    """Whether each name is a near-copy of one of the names whose sorted `name_hashes`
    are known and whose characters are among `characters`.

    It is as exact as `near_copies` and far slower: a name of L characters has about
    L^2 len(characters) near-copies.
    """
    near = np.zeros(len(names), np.bool_)
    if len(known):
        for i, name in enumerate(names):
            all_near = name_hashes(_near_copies_of(name, characters))
            near[i] = contains(known, all_near).any()
    return near


def _near_copies_of(name: str, characters: str) -> set[str]:
    """The name and all of its near-copies."""
    forms = {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}
    longer = (
        form[:i] + character + form[i:]
        for form in forms
        for i in range(len(form) + 1)
        for character in characters
    )
    return {*forms, *longer}


def share_of_near_copies(names: Sequence[str]) -> float:
    """The share of the distinct names that are near-copies of another of them."""
    distinct = sorted(set(names))
    if not distinct:
        return 0.0
    forms, owners = near_forms(distinct)
    order = np.lexsort((owners, forms))
    forms, owners = forms[order], owners[order]
    together = (forms[1:] == forms[:-1]) & (owners[1:] != owners[:-1])
    near = np.union1d(owners[1:][together], owners[:-1][together])
    return len(near) / len(distinct)


def _powers(count: int) -> Hashes:
    powers = np.full(count, _BASE, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _mixed(numbers: Hashes) -> Hashes:
    """The numbers with their bits spread over all 64 (the last steps of splitmix64)."""
    mixed = numbers + np.uint64(_BASE)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(_FACTORS[0])
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(_FACTORS[1])
    mixed ^= mixed >> np.uint64(31)
    return mixed
