"""The loss of a network before it learns."""

from __future__ import annotations

import math

import numpy as np

from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.training.best_checkpoint import first_loss

_MEASURED = 1_000  # names at most


def exploding_loss(V: int, names: Sequences) -> float:
    """The smoothed loss that a run only comes to if it goes wrong, in nats per name:
    five times that of its start, and twice that of a uniform distribution.

    The second is the larger one where names have many symbols, to which the smoothed
    loss rises from its start of seven.
    """
    uniform = float(names.lengths.mean()) * math.log(V)
    return max(5 * first_loss(V), 2 * uniform)


def mean_name_loss(network: LanguageModelNetwork, names: Sequences) -> float:
    """The mean loss of the network on names, in nats per name; of many names on 1,000
    of them, which stand evenly spaced in the list.
    """
    every = math.ceil(len(names) / _MEASURED)
    measured = names.chosen(np.arange(0, len(names), every))
    return float(network.all_losses(measured).sum(dtype=np.float64)) / len(measured)
