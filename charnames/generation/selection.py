"""Choosing the best of the names that were drawn.

Sharpening the distribution of each symbol makes names more believable, but also alike:
every name then takes the likeliest way at every step. Names that are drawn as they come
and then chosen as a whole keep more of the model's variety.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charnames.errors import SamplingError
from charnames.generation.drawn import Drawn
from charnames.generation.name_form import NameForm
from charnames.generation.spelling import Speller
from charnames.nn.batching import END, Ids
from charnames.prediction.predictor import Predictor
from charnames.prediction.scoring import score

MOST_DRAWN = 1_000  # names drawn for one that is kept
_TINY = 1e-9  # in place of no spread at all
_START, _END = 3, 3  # characters that names which begin or end alike share
_FEW = 4  # names; what fewer of them share is mostly chance


class Selection:
    """Keeps the best of every `best_of` names: those that the predictor, without any
    temperature or filter, thinks the most probable among names of their length, and of
    their beginning and ending where these are frequent.

    It is best-of-n sampling (Stiennon et al. 2020) with the predictor as its own judge.
    What names share with many others does not count, so that these do not crowd out the
    rest: in a list of places, all would begin like the most frequent kind.
    """

    def __init__(self, predictor: Predictor, form: NameForm, best_of: int) -> None:
        """Raises SamplingError for a `best_of` out of range."""
        if not 1 <= best_of <= MOST_DRAWN:
            raise SamplingError(
                f"best_of: {best_of:,} is out of range (1 to {MOST_DRAWN:,})"
            )
        self._predictor, self._form, self.best_of = predictor, form, best_of
        self._speller = Speller(form)

    def __call__(self, drawn: Drawn) -> Ids:
        """The numbers of the best of the names, in order; at least one of any."""
        names = drawn.names
        if self.best_of == 1 or not names:
            return np.arange(len(names))
        nats, symbols = self.losses(drawn)
        folded = [self._form.fold(name) for name in names]
        count = -(-len(names) // self.best_of)
        return np.sort(
            np.argsort(surprise(folded, nats, symbols), kind="stable")[:count]
        )

    def losses(self, drawn: Drawn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The loss of each of N names, (N,), and how many symbols it is the sum of,
        (N,).

        Names are scored again where their losses were not kept as they were drawn, or
        where `encode` spells them in another way than they were written.
        """
        kept = self._speller.faithful(drawn.ids, drawn.names)
        nats = np.where(kept, drawn.nats, np.nan)
        symbols = np.count_nonzero(drawn.ids != END, axis=1) + 1.0
        missing = np.flatnonzero(np.isnan(nats))
        scores = score(
            self._predictor,
            self._form.vocabulary,
            self._form.case,
            [drawn.names[i] for i in missing],
            len(missing),
        )
        for i, each in zip(missing, scores, strict=True):
            nats[i] = np.nan if each.nats is None else each.nats
            symbols[i] = each.symbols
        return nats, symbols


def surprise(
    folded: Sequence[str], nats: NDArray[np.float64], symbols: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how much each of N folded names is less probable than its like, (N,).

    nats, symbols: (N,), the loss of each name and how many symbols it is the sum of.
    """
    rest = excess(nats, symbols)
    rest -= shared([name[:_START] for name in folded], rest)
    rest -= shared([name[-_END:] for name in folded], rest)
    return rest


def excess(
    nats: NDArray[np.float64], symbols: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how much each of N names is less probable than names of its length, (N,).

    nats, symbols: (N,), the loss of each name and how many symbols it is the sum of.
    The loss that goes with a length is fitted to the names by least squares, and the
    rest is measured against the square root of the length, as it spreads like that.
    Names without a finite loss count as the least probable.
    """
    finite = np.isfinite(nats)
    if not finite.any():
        return np.zeros(len(nats))
    offset = symbols - symbols[finite].mean()
    spread = max(float((offset[finite] ** 2).sum()), _TINY)
    slope = offset[finite] @ nats[finite] / spread
    rest = nats - nats[finite].mean() - slope * offset
    return np.where(finite, rest / np.sqrt(symbols), np.inf)


def shared(groups: Sequence[str], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each of N values shares with those of its group, (N,): the mean of these,
    shrunk towards 0 where they are few.
    """
    _, group = np.unique(groups, return_inverse=True)
    finite = np.isfinite(values)
    sums = np.bincount(group, np.where(finite, values, 0))
    counts = np.bincount(group, finite)
    means: NDArray[np.float64] = (sums / (counts + _FEW))[group]
    return means
