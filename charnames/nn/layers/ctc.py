r"""Connectionist temporal classification (Graves et al. 2006), and its derivative.

Each of T frames gets a distribution y_t over the V symbols, of which symbol 0 is the
blank; elsewhere 0 is the end marker, which CTC does not write. A
path takes one symbol a frame; what it spells is what is left when its repeats, and then
its blanks, are taken out: `--aa-ab-` spells `aab`. The loss of a target is
-log p(target), p being the sum over all paths that spell it.

Forward. With the target's L symbols and a blank before, between and after them as
l_1 ... l_{2L+1}, the paths that have come to l_s in frame t sum to

    alpha_ts = y_t(l_s) (alpha_{t-1,s} + alpha_{t-1,s-1} + [skip_s] alpha_{t-1,s-2})

where skip_s says that l_s is no blank and differs from l_{s-2}: then the blank between
them may be left out. At the first frame s is 1 or 2, at the last 2L or 2L + 1:

    p = alpha_{T,2L} + alpha_{T,2L+1}

Backward. What is still to come after frame t, from l_s on, sums to

    beta_ts = sum over k in {s, s+1, s+2 if skip_{s+2}} of y_{t+1}(l_k) beta_{t+1,k}

with beta_T = 1 for the last two. All paths through l_s at t are alpha_ts beta_ts of p,
so this share of them is how much of frame t the symbol l_s occupies, and with z_t the
logits of y_t = softmax(z_t) the derivatives of -log p are

    occupancy_t(k) = sum over s with l_s = k of alpha_ts beta_ts / p
    dz_t(k)        = y_t(k) - occupancy_t(k)

as for the softmax output, with the occupancy in place of the one symbol that came.
All of it is kept as logarithms, as p is too small for a float.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from charnames.nn.batching import END, Ids, Packed, SymbolIds
from charnames.nn.parameters import Array

BLANK = END


def least_frames(target: SymbolIds) -> int:
    """The frames that a path for a target (L,) needs: a blank between repeats counts.

    >>> least_frames(np.array([1, 1, 2]))
    4
    """
    return len(target) + int(np.count_nonzero(target[1:] == target[:-1]))


def ctc(
    log_y: Array, frames: Packed, targets: SymbolIds, lengths: Ids
) -> tuple[Array, Array]:
    """The loss of each target, and what its symbols occupy of each frame.

    log_y: (V, M), of the M frames of a packed batch. targets: ids (N, L), in the order
    of the packed sequences, and their lengths (N,); what stands behind the end of one
    is not read. -> losses in nats (N,), infinite for a target that its frames are too
    few for; occupancy (V, M).
    """
    N, L = targets.shape
    V, M = log_y.shape
    symbols = np.full((N, 2 * L + 1), BLANK, np.intp)
    symbols[:, 1::2] = targets
    sequence = np.concatenate([np.arange(size) for size in frames.sizes])
    of_row = symbols[sequence]  # (M, 2L + 1)
    log_emitted = log_y[of_row, np.arange(M)[:, None]]
    skips = np.zeros(symbols.shape, bool)
    skips[:, 2:] = (symbols[:, 2:] != BLANK) & (symbols[:, 2:] != symbols[:, :-2])

    alpha = _forward(log_emitted, skips, frames)
    rows = np.arange(N)
    ends = alpha[frames.last_rows()]
    losses: Array = -np.logaddexp(
        ends[rows, 2 * lengths],
        np.where(lengths > 0, ends[rows, 2 * lengths - 1], -np.inf),
    )
    shares = _backward(log_emitted, skips, frames, lengths)
    shares += alpha
    # Without a path there is nothing to share: all of alpha beta is zero.
    shares += np.where(np.isinf(losses), 0, losses)[sequence, None]
    np.exp(shares, shares)
    places = of_row * M + np.arange(M)[:, None]
    occupancy = np.bincount(places.ravel(), shares.ravel(), V * M).reshape(V, M)
    return losses, occupancy.astype(log_y.dtype, copy=False)


def _forward(log_emitted: Array, skips: NDArray[np.bool_], frames: Packed) -> Array:
    """log alpha of all frames, (M, 2L + 1)."""
    alpha = np.full_like(log_emitted, -np.inf)
    alpha_steps, emitted = frames.steps(alpha), frames.steps(log_emitted)
    alpha_steps[0][:, :2] = emitted[0][:, :2]
    for before, alpha_t, emitted_t in zip(
        alpha_steps, alpha_steps[1:], emitted[1:], strict=False
    ):
        n = len(alpha_t)
        before = before[:n]
        alpha_t[:] = before
        _add(alpha_t[:, 1:], before[:, :-1])
        _add(alpha_t[:, 2:], np.where(skips[:n, 2:], before[:, :-2], -np.inf))
        alpha_t += emitted_t
    return alpha


def _backward(
    log_emitted: Array, skips: NDArray[np.bool_], frames: Packed, lengths: Ids
) -> Array:
    """log beta of all frames, (M, 2L + 1)."""
    beta = np.full_like(log_emitted, -np.inf)
    ends, rows = frames.last_rows(), np.flatnonzero(lengths)
    beta[ends, 2 * lengths] = 0
    beta[ends[rows], 2 * lengths[rows] - 1] = 0
    steps = list(zip(frames.steps(beta), frames.steps(log_emitted), strict=True))
    for (beta_t, _), (beta_next, emitted) in reversed(list(pairwise(steps))):
        n = len(beta_next)
        after = beta_next + emitted
        going_on = beta_t[:n]
        going_on[:] = after
        _add(going_on[:, :-1], after[:, 1:])
        _add(going_on[:, :-2], np.where(skips[:n, 2:], after[:, 2:], -np.inf))
    return beta


def _add(total: Array, more: Array) -> None:
    """log(exp(total) + exp(more)), in place."""
    np.logaddexp(total, more, out=total)
