"""Names that are written side by side, and the rows of a batch that stand for them.

A predictor gives the same distribution to all names that begin alike. So these names
share one row of the batch for as long as they do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charnames.nn.batching import Ids


class Rows(NamedTuple):
    """The unfinished names of a chunk, and their rows.

    running: (n,), the names' numbers in the chunk. row: (n,), the row of each name;
    0 to n - 1 where no row is shared. first: (U,), one of the names of each row.
    """

    running: Ids
    row: Ids
    first: Ids

    @classmethod
    def sharing(cls, running: Ids, kind: Ids) -> tuple[Rows, Ids]:
        """One row for all names of one kind (n,); and the kind of each row, (U,)."""
        kinds, row = np.unique(kind, return_inverse=True)
        if len(kinds) == len(kind):
            return cls(running, np.arange(len(kind)), running), kind
        first = np.empty_like(kinds)
        first[row] = running
        return cls(running, row, first), kinds

    def after(self, ids: Ids, END: int, V: int) -> tuple[Rows, Ids, Ids]:
        """The rows after each name has gone on with one of `ids` (n,), without the
        names that have ended; and, for each row, the row that it comes from and the
        symbol that led to it, both (U,).
        """
        going_on = np.flatnonzero(ids != END)
        running, row, ids = self.running[going_on], self.row[going_on], ids[going_on]
        if len(self.first) < len(self.running):
            names, kinds = Rows.sharing(running, row * V + ids)
            parent, symbol = np.divmod(kinds, V)
            return names, parent, symbol
        return Rows(running, np.arange(len(running)), running), row, ids
