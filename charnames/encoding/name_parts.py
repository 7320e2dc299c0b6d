"""Beginnings and endings of names, which are no new names: "ium", or "Porth" of
"Porthleven".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from charnames.encoding.hashes import NO_HASHES, Hashes, name_hashes

MANY_PARTS = 0.05  # of a list's names, so that new ones may be parts too


def part_hashes(names: Sequence[str]) -> Hashes:
    """The sorted hashes of all beginnings and endings of the names that are shorter
    than these. None if many of the names are themselves parts of others, as Anna is of
    Annabel.
    """
    distinct = set(names)
    parts = {
        part
        for name in distinct
        for cut in range(1, len(name))
        for part in (name[:cut], name[cut:])
    }
    if len(parts & distinct) > MANY_PARTS * len(distinct):
        return NO_HASHES
    return np.unique(name_hashes(sorted(parts)))
