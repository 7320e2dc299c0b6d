"""Prefix search: the likeliest targets, given the frames of a CTC network.

Graves 2012; Hannun, Maas, Jurafsky & Ng 2014. Many paths of symbols and blanks spell
one target, so what is kept from frame to frame are the B likeliest beginnings, each
with the sum of its paths that end in a blank and of those that end in its last symbol:
after a blank a repeat is a new symbol, without one it is the same.
"""

from __future__ import annotations

import math

import numpy as np

from charnames.nn.layers.ctc import BLANK
from charnames.nn.parameters import Array
from charnames.prediction.candidates import Candidate, TargetIds, ranked

_LEAST = -12.0  # log probability of a symbol that is tried at a frame
_NONE = -math.inf


def prefix_search(log_y: Array, longest: int, beam: int) -> list[Candidate]:
    """log_y: (T, V), of one sequence -> its targets of at most `longest` symbols, at
    most `beam`, with the sum of their paths that the search has met, the likeliest
    first. beam: 1 is greedy.
    """
    beginnings: dict[TargetIds, tuple[float, float]] = {(): (0.0, _NONE)}
    for frame in log_y.astype(np.float64):
        symbols = [int(k) for k in np.flatnonzero(frame > _LEAST) if k != BLANK]
        log_p = frame.tolist()
        following: dict[TargetIds, tuple[float, float]] = {}

        def add(target: TargetIds, blank: float, symbol: float) -> None:
            if blank == symbol == _NONE:
                return
            before = following.get(target, (_NONE, _NONE))  # noqa: B023
            following[target] = (  # noqa: B023
                _log_sum(before[0], blank),
                _log_sum(before[1], symbol),
            )

        for target, (blank, symbol) in beginnings.items():
            both = _log_sum(blank, symbol)
            repeated = symbol + log_p[target[-1]] if target else _NONE
            add(target, both + log_p[BLANK], repeated)
            for k in symbols if len(target) < longest else ():
                again = bool(target) and k == target[-1]
                add((*target, k), _NONE, (blank if again else both) + log_p[k])
        kept = sorted(following.items(), key=lambda e: (-_log_sum(*e[1]), e[0]))
        beginnings = dict(kept[:beam])
    return ranked({ids: math.exp(_log_sum(*ends)) for ids, ends in beginnings.items()})


def _log_sum(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    high, low = (a, b) if a > b else (b, a)
    return high if low == _NONE else high + math.log1p(math.exp(low - high))
