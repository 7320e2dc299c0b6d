"""What a sampler gives: names, and what is known of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import Ids


class Drawn(NamedTuple):
    """N names that were drawn.

    names: as they are printed. ids: (N, L), the symbols that they were written with,
    padded with the end marker. nats: (N,), -ln(probability that the predictor, without
    any temperature or filter, gives to these symbols and the end marker); NaN where it
    was not kept. tries: how many names were drawn for them.
    """

    names: list[str]
    ids: Ids
    nats: NDArray[np.float64]
    tries: int

    def chosen(self, places: Ids) -> Drawn:
        """The names of those numbers."""
        names = [self.names[i] for i in places]
        return Drawn(names, self.ids[places], self.nats[places], self.tries)
