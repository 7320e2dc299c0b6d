"""Samples names that meet constraints, as often as the predictor would write them.

A name is drawn in two parts: a leaf of the frontier, in proportion to its probability
and its chance to meet the constraints; and after a leaf that is still open, symbol by
symbol, in proportion to the probability and the chance of each. The chances are only
estimates, so names carry importance weights, by which they are resampled.
"""

from __future__ import annotations

import numpy as np

from charnames.errors import SamplingError
from charnames.generation.choice import Choice, adjust, finite, pick_by
from charnames.generation.constraints.automaton import States
from charnames.generation.constraints.compiled import Compiled
from charnames.generation.drawn import Drawn
from charnames.generation.frontier import grow
from charnames.generation.importance import LogWeights, log_scale, resample
from charnames.generation.lookahead import Lookahead, estimate_bigrams
from charnames.generation.masked import MaskedChooser
from charnames.generation.name_form import NameForm
from charnames.generation.rows import Rows
from charnames.generation.spelling import Speller
from charnames.generation.writer import Writer
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Predictor
from charnames.random_streams import Stream, generator

PILOT = 1024  # names that show how much the weights vary
_TINY = 1e-30  # weights with a smaller sum are formed again by logarithms


class ConstrainedSampler:
    """Draws names that meet constraints, as often as the predictor would write them.

    Raises SamplingError where the settings of `choice` leave no such name.
    """

    def __init__(
        self, predictor: Predictor, form: NameForm, choice: Choice, meet: Compiled
    ) -> None:
        self._writer, self._speller = Writer(predictor, form), Speller(form)
        self._choice, self._meet = choice, meet
        if choice.greedy:
            return
        # From a stream of its own: the look-ahead is the same for every seed.
        rng, V = generator(0, Stream.OUTLOOK), len(form.vocabulary)
        bigrams = estimate_bigrams(self._writer, choice, V, form.usual_limit, rng)
        self._lookahead = Lookahead(meet, bigrams)
        self._frontier = grow(predictor, form, choice, self._lookahead)
        log_mass = self._frontier.leaves.log_mass
        if not len(log_mass):
            raise SamplingError(
                "no name that the constraints allow is left by the sampling settings; "
                "raise top_k, top_p or the temperature, or lower min_p"
            )
        self._cumulative = np.cumsum(np.exp(log_mass - log_mass.max()))
        self._log_scale = log_scale(self._weighted(rng, PILOT)[1])

    def __call__(self, rng: np.random.Generator, size: int) -> Drawn:
        """Names by their importance weights, drawn by `size` tries."""
        if self._choice.greedy:
            choose = MaskedChooser(self._meet, size, self._choice)
            ids = self._writer.draw(rng, size, choose, self._meet.steps)
            return self._spelt(ids, size)
        ids, log_weights = self._weighted(rng, size)
        chosen = resample(log_weights, self._log_scale, rng)
        return self._spelt(ids[chosen], size)

    def _spelt(self, ids: Ids, tries: int) -> Drawn:
        """The names of those ids that still meet the constraints when composed."""
        ids = ids[self._speller.exact(ids)]
        return Drawn(self._speller(ids), ids, np.full(len(ids), np.nan), tries)

    def _weighted(self, rng: np.random.Generator, size: int) -> tuple[Ids, LogWeights]:
        """`size` names of the proposal, as ids (size, L), and their weights."""
        frontier, leaves = self._frontier, self._frontier.leaves
        leaf = np.searchsorted(
            self._cumulative, rng.random(size) * self._cumulative[-1], side="right"
        )
        leaf = np.minimum(leaf, len(self._cumulative) - 1)
        ids = frontier.beginnings(leaf)
        log_weights = -leaves.log_chance[leaf]
        unfinished = np.flatnonzero(leaves.symbol[leaf] != END)
        if len(unfinished):
            names, kinds = Rows.sharing(unfinished, leaf[unfinished])
            choose = LookaheadChooser(
                self._lookahead,
                self._choice,
                leaves.length[leaf],
                leaves.states[leaf],
                log_weights,
            )
            memory = frontier.memory.keep(leaves.parent[kinds])
            rest = self._writer.go_on(
                rng,
                size,
                names,
                leaves.symbol[kinds],
                memory,
                choose,
                self._meet.steps,
            )
            ids = _appended(ids, leaves.depth[leaf] - len(frontier.shared), rest)
        shared = np.broadcast_to(frontier.shared, (size, len(frontier.shared)))
        return np.concatenate([shared, ids], axis=1), log_weights


def _padded(ids: Ids, width: int) -> Ids:
    """Names (N, L) as (N, width), padded with the end marker."""
    return np.pad(ids, ((0, 0), (0, width - ids.shape[1])), constant_values=END)


def _appended(ids: Ids, lengths: Ids, rest: Ids) -> Ids:
    """Names (N, L) of lengths (N,), each with its row of `rest` after it."""
    name, step = np.nonzero(rest != END)
    place = lengths[name] + step
    longest = int(place.max(initial=0)) + 2  # with an end marker
    ids = _padded(ids, max(longest, ids.shape[1]))
    ids[name, place] = rest[name, step]
    return ids


class LookaheadChooser:
    """Picks symbols by their probability and the chance that the look-ahead gives.

    lengths (in characters), states, log_weights: (N,), of all names of the chunk. It
    goes on with them in place; log weights are -inf for names that come to a dead end.
    """

    def __init__(
        self,
        lookahead: Lookahead,
        choice: Choice,
        lengths: Ids,
        states: States,
        log_weights: LogWeights,
    ) -> None:
        self._lookahead, self._choice = lookahead, choice
        self._lengths, self._states, self._log_weights = lengths, states, log_weights

    def __call__(self, t: int, names: Rows, z: Array, uniform: Array) -> Ids:
        """The next symbols (n,) of the names; see `Chooser`. Overwrites `z`."""
        states = self._states[names.first]
        chances = self._lookahead.chances(self._lengths[names.first], states)
        adjust(finite(z), self._choice)
        weights = np.exp(z)
        log_weights = -np.log(np.add.reduce(weights, axis=0, dtype=np.float64))
        weights *= chances
        mass = np.add.reduce(weights, axis=0)
        weak = np.flatnonzero(mass < _TINY)
        mass[weak] = 1
        log_weights += np.log(mass)
        if len(weak):
            log_weights[weak] += _reform(weights, weak, z, chances)
        ids = pick_by(weights, uniform, names.row)
        picked = chances[ids, names.row]
        picked[picked == 0] = 1  # at a dead end
        self._log_weights[names.running] += log_weights[names.row] - np.log(picked)
        meet = self._lookahead.meet
        following = meet.automaton.following
        self._states[names.running] = following[states[names.row], ids]
        self._lengths[names.running] += meet.size[ids]
        return ids


def _reform(weights: Array, weak: Ids, z: Array, chances: Array) -> LogWeights:
    """Form the columns `weak` (W,) of the weights again, each divided by its highest;
    the logarithms of their sums before that, (W,).

    A column of which nothing is left gets the end marker, and -inf.
    """
    log_weights = z[:, weak] + np.log(chances[:, weak].astype(np.float64))
    best = log_weights.max(axis=0)
    dead = np.isneginf(best)
    best[dead] = 0
    weights[:, weak] = np.exp(log_weights - best)
    log_sums: LogWeights = best + np.log(weights[:, weak].sum(axis=0))
    weights[END, weak[dead]] = 1
    return log_sums
