"""The names of all lists as training examples: drawn in batches, and held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.vocabulary import Vocabulary
from charnames.nn.batching import Ids, Packed, pack
from charnames.pretrained.base.lists.cleaning import SHARES, TrainingLists, group

_MOST = 40_000  # names of a list that count for how often it is drawn
_OTHER_SCRIPTS = 0.35  # how often their lists are drawn, beside those in Latin letters


class DrawnNames:
    """The names of L lists, in one row.

    labels: (L,), in order. list_numbers: the number of each name's list, from 1,
    (names,). held_out: whether each name is kept for measuring, (names,).
    """

    def __init__(
        self, lists: TrainingLists, held_out: float, rng: np.random.Generator
    ) -> None:
        self.labels = sorted(lists.lists)
        by_list = [lists.lists[label] for label in self.labels]
        names = [name for names in by_list for name in names]
        self.sequences = Vocabulary(lists.alphabet).sequences(names)
        self.probabilities = list_probabilities(self.labels, by_list)  # (L,)
        self.counts = np.array([len(names) for names in by_list])
        self.first = np.cumsum(self.counts) - self.counts
        self.list_numbers = np.repeat(np.arange(len(by_list)), self.counts) + 1
        self.held_out = rng.random(len(names)) < held_out

    def held_out_sample(self, size: int, rng: np.random.Generator) -> Ids:
        """Numbers of held-out names, (size,), as often as training draws others.

        Raises ValueError where no name is held out.
        """
        if not self.held_out.any():
            raise ValueError("no name is held out: the lists are too short")
        chances = (self.probabilities / self.counts)[self.list_numbers - 1]
        chances = chances * self.held_out
        return rng.choice(len(chances), size, p=chances / chances.sum())

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Packed, Ids]:
        """A batch of at most `size` names, and the number of each one's list, (N,).

        A list is drawn by its probability, and a name of it; held-out names are left
        out.
        """
        lists = rng.choice(len(self.labels), size, p=self.probabilities)
        places = (rng.random(size) * self.counts[lists]).astype(int)
        chosen = self.first[lists] + places
        chosen = chosen[~self.held_out[chosen]]
        batch = pack(self.sequences, chosen)
        return batch, self.list_numbers[chosen][batch.order]


def list_probabilities(
    labels: list[str], by_list: list[list[str]]
) -> NDArray[np.float64]:
    """How often each list is drawn, (L,): a group by its share, and in it a list by the
    square root of its length.
    """
    weights = np.array([min(len(names), _MOST) ** 0.5 for names in by_list])
    latin = [any("a" <= c <= "z" for c in names[-1]) for names in by_list]
    weights *= np.where(latin, 1, _OTHER_SCRIPTS)
    groups = np.array([group(label) for label in labels])
    probabilities: NDArray[np.float64] = np.zeros(len(labels))
    for name, share in SHARES.items():
        members = groups == name
        if members.any():
            probabilities[members] = share * weights[members] / weights[members].sum()
    probabilities /= probabilities.sum()
    return probabilities
