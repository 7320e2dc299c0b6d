"""The loss of a network before it learns."""

from __future__ import annotations

import math

import numpy as np

from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.training.best_checkpoint import first_loss

_MEASURED = 1_000  # names at most


def untrained_loss(V: int, names: Sequences) -> float:
    """About the mean loss of a network that knows nothing, to which each symbol is one
    of V, in nats per name; at least the smoothed loss that a run starts from.
    """
    return max(first_loss(V), float(names.lengths.mean()) * math.log(V))


def mean_name_loss(network: LanguageModelNetwork, names: Sequences) -> float:
    """The mean loss of the network on names, in nats per name; of many names on 1,000
    of them, which stand evenly spaced in the list.
    """
    every = math.ceil(len(names) / _MEASURED)
    measured = names.chosen(np.arange(0, len(names), every))
    return float(network.all_losses(measured).sum(dtype=np.float64)) / len(measured)
