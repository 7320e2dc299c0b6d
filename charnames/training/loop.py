"""The training loop, which is the same for every task."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from charnames.model_file.description import Progress
from charnames.nn.batching import Ids, Sequences, Weights
from charnames.nn.layers.dropout import Masks
from charnames.nn.parameters import Parameters
from charnames.random_streams import Stream, generator
from charnames.training.gradients import Clipper, GradientFigures
from charnames.training.schedule import learning_rate
from charnames.training.state import AnyModel, TrainingState

Figures = TypeVar("Figures")
Batch = TypeVar("Batch")
Batch_out = TypeVar("Batch_out", covariant=True)
Batch_in = TypeVar("Batch_in", contravariant=True)

SMOOTHING = 0.999  # of the loss, for each example

Watch = Callable[[int, float], object]  # called with the iteration and smoothed loss


class Trainable(Protocol[Batch_in]):
    """A network, as the training loop uses it."""

    gradients: Parameters

    def loss_and_gradients(self, batch: Batch_in, masks: Masks | None = None) -> float:
        """The summed loss of the batch, in nats; writes the gradients of its mean."""


class Packable(Protocol[Batch_out]):
    """Examples, as the training loop uses them."""

    def __len__(self) -> int: ...

    def pack(self, chosen: Ids) -> Batch_out:
        """The examples of the numbers `chosen`, (N,), as one batch."""


@dataclass(frozen=True)
class Measurement(Generic[Figures]):
    """What a task measures at a checkpoint.

    figures: what the checkpoint reports. best: the progress with the new lowest loss if
    the held-out loss is the lowest so far (see `state.improved`), else None.
    """

    figures: Figures
    best: Progress | None


def training_loop(
    state: TrainingState[AnyModel],
    network: Trainable[Batch],
    examples: Packable[Batch],
    measure: Callable[[AnyModel], Measurement[Figures]],
    watch: Watch | None,
    *,
    exploding: float,
    resumed: bool,
) -> Iterator[tuple[AnyModel, Figures, GradientFigures | None]]:
    """Train until the recipe ends the run. Yield the model, the figures and the
    gradients of each checkpoint; that of a new run's start comes first.

    network: reads `state.parameters`. examples: packed by number into its batches.
    measure: called at each checkpoint with a model of the current averaged weights.
    watch: called after each update. exploding: the smoothed loss above which the run
    warns, at least five times that of its start.

    Raises TrainingError if the loss is no longer finite; warns LossRising, once.
    """
    recipe, gradients = state.recipe, network.gradients.values
    weights = examples.weights if isinstance(examples, Sequences) else None
    order = recipe.keeps_order
    clipper = Clipper(gradients, recipe.clip, recipe.clip_by)
    batches = Batches(len(examples), recipe.batch_size, state.seed, weights, order)
    if not resumed:
        yield *_checkpoint(state, measure, exploding), None
    while not state.finished():
        every = recipe.checkpoint_every
        last = min((state.iteration // every + 1) * every, recipe.iterations)
        seconds = state.progress.seconds
        started = time.perf_counter() - seconds  # had there been no breaks
        with np.errstate(all="ignore"):  # an overflow shows in the loss
            while state.iteration < last and not state.settled:
                if recipe.time_limit:
                    seconds = time.perf_counter() - started
                    if seconds >= recipe.time_limit:
                        break
                numbers = batches.numbers(state.iteration)
                batch = examples.pack(numbers)
                loss = network.loss_and_gradients(batch, state.masks())
                if not math.isfinite(loss):
                    raise state.diverged()
                clipper.clip()
                done = state.fraction_done(seconds)
                rate = learning_rate(recipe, state.iteration, done)
                state.optimizer.update(gradients, rate, state.iteration)
                if recipe.average:
                    state.update_average()
                keep = SMOOTHING ** len(numbers)
                state.loss = keep * state.loss + (1 - keep) * loss / len(numbers)
                state.iteration += 1
                if recipe.tolerance:
                    state.update_pass(loss, batches.per_pass, len(examples))
                if watch:
                    watch(state.iteration, state.loss)
        seconds = time.perf_counter() - started
        state.progress = state.progress._replace(seconds=seconds)
        yield *_checkpoint(state, measure, exploding), clipper.figures()


class Batches:
    """The batches of a run. A pass takes each of `count` examples once, in a random
    order of its own, or, with `one_order`, in that of the first pass; its batches
    differ in size by at most one example.

    weights: (count,), or (0,) where all examples count the same. A pass has `count`
    examples all the same, but takes each as often as its weight w says: on average
    count * w / sum(w) times, by systematic resampling (Kitagawa 1996), which
    never strays from that by a whole example.
    """

    def __init__(
        self,
        count: int,
        batch_size: int,
        seed: int,
        weights: Weights | None = None,
        one_order: bool = False,
    ) -> None:
        self.count, self.seed, self.one_order = count, seed, one_order
        self._cumulative = np.cumsum(() if weights is None else weights)
        self.per_pass = -(-count // batch_size)
        self._shuffle, self._order = -1, np.empty(0, np.intp)

    def numbers(self, iteration: int) -> Ids:
        """The numbers of the examples in the batch of an iteration, (N,)."""
        pass_number, i = divmod(iteration, self.per_pass)
        # With weights, the passes together have each name as often as it should be.
        weighted = len(self._cumulative) > 0
        shuffle = 0 if self.one_order and not weighted else pass_number
        if shuffle != self._shuffle:
            self._shuffle = shuffle
            rng = generator(self.seed, Stream.ORDER, shuffle)
            self._order = rng.permutation(self.count)
            if len(self._cumulative):
                points = (rng.random() + np.arange(self.count)) / self.count
                points *= self._cumulative[-1]
                taken = np.searchsorted(self._cumulative, points, side="right")
                self._order = np.minimum(taken, self.count - 1)[self._order]
        first = self.count * i // self.per_pass
        end = self.count * (i + 1) // self.per_pass
        numbers: Ids = self._order[first:end]
        return numbers


def _checkpoint(
    state: TrainingState[AnyModel],
    measure: Callable[[AnyModel], Measurement[Figures]],
    exploding: float,
) -> tuple[AnyModel, Figures]:
    """Measure the current weights, keep them if they are the best, and copy the state.
    The time that it takes counts as training time.
    """
    started = time.perf_counter()
    state.check_numbers(exploding)
    measurement = measure(state.current_model())
    if measurement.best:
        state.best, state.progress = state.averaged.copy(), measurement.best
    seconds = state.progress.seconds + time.perf_counter() - started
    state.progress = state.progress._replace(seconds=seconds)
    return state.checkpoint_model(), measurement.figures
