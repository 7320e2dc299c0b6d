"""A run: a model on its way, and all that takes it further, whatever it learns."""

from __future__ import annotations

import dataclasses
import math
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

import numpy as np

from charnames.errors import LossRising, TrainingError
from charnames.model_file.description import Progress
from charnames.models.base import Trained
from charnames.nn.batching import Ids, Packed, Sequences, Vectors, pack
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.optimizers import SGD, AdamW, clip
from charnames.nn.parameters import Array, Parameters
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe
from charnames.training.schedule import learning_rate

C = TypeVar("C")  # what a checkpoint is

_SMOOTHING = 0.999

Watch = Callable[[int, float], object]  # told the iteration and the smoothed loss


class Trainable(Protocol):
    """A network, as training sees it."""

    gradients: Parameters

    def loss_and_gradients(self, batch: Packed, masks: Masks | None = None) -> float:
        """The summed loss of the batch in nats; writes those of its mean."""


class Run(ABC, Generic[C]):
    """The weights in training, and what is remembered from update to update.

    Everything random is a function of the seed and the iteration, so a Run that is
    built from a checkpoint's model goes on as the one that wrote it.
    """

    def __init__(
        self,
        model: Trained,
        training: Sequences | Vectors,
        held_out: Sequences | Vectors | None,
    ) -> None:
        self.seed = model.provenance.seed
        self.recipe = recipe = model.recipe
        self.training, self.measures = training, held_out is not None
        self.batches = -(-len(training) // recipe.batch_size)  # in a pass
        self.turn, self.order = -1, np.empty(0, np.intp)
        self.iteration = model.provenance.iterations
        self.loss = model.provenance.loss
        self.progress = model.progress
        self.warned = self.settled = False

        shapes, state = model.parameters.shapes, model.state
        values = state.get("values", model.parameters.values)
        self.parameters = Parameters(shapes, values=values.copy())
        self.optimizer = _optimizer(recipe, self.parameters)
        for name, array in self.optimizer.state.items():
            array[:] = state.get(name, array)
        self.dropout = _dropout(recipe)
        self.best = model.parameters
        self.averaged = self.parameters
        if recipe.average:
            average = state.get("average", values)
            self.averaged = Parameters(shapes, values=average.copy())
        self.network = self._network()

    @abstractmethod
    def _network(self) -> Trainable:
        """What is trained: it reads its weights from `self.parameters`."""

    @abstractmethod
    def checkpoint(self) -> C:
        """The run as it stands. Raises TrainingError where a weight is lost, and warns
        LossRising, once.
        """

    def begun(self, watch: Watch | None) -> Iterator[C]:
        """The checkpoints of a new run, the first before any update."""
        yield self.checkpoint()
        yield from self._to_come(watch)

    def resumed(self, watch: Watch | None) -> Iterator[C]:
        """The checkpoints to come. Raises TrainingError where there are none."""
        if self.finished:
            raise TrainingError(
                f"the run has had its {self.finished}; to go on, ask for more than that"
            )
        return self._to_come(watch)

    def _to_come(self, watch: Watch | None) -> Iterator[C]:
        while not self.finished:
            self.advance(watch)
            yield self.checkpoint()

    @property
    def finished(self) -> str:
        """What the run has had its share of, in words; empty while it has not."""
        recipe = self.recipe
        if self.iteration >= recipe.iterations:
            return f"{recipe.iterations:,} iterations"
        if recipe.time_limit and self.progress.seconds >= recipe.time_limit:
            return f"time of {recipe.time_limit:g} s"
        waited = self.iteration - self.progress.best_iteration
        enough = recipe.patience * recipe.checkpoint_every
        if recipe.patience and self.measures and waited >= enough:
            return f"patience of {recipe.patience:,} checkpoints"
        if self.settled:
            return f"tolerance of {recipe.tolerance:g} from pass to pass"
        return ""

    def advance(self, watch: Watch | None = None) -> None:
        """Train up to the next checkpoint, watched after each update. Raises
        TrainingError where the loss is no longer a number.
        """
        recipe, gradients = self.recipe, self.network.gradients.values
        every = recipe.checkpoint_every
        until = min((self.iteration // every + 1) * every, recipe.iterations)
        clock = time.perf_counter() - self.progress.seconds
        seconds = self.progress.seconds
        with np.errstate(all="ignore"):  # what overflows shows in the loss
            while self.iteration < until and not self.settled:
                if recipe.time_limit:
                    seconds = time.perf_counter() - clock
                    if seconds >= recipe.time_limit:
                        break
                chosen = self._next_names()
                batch = pack(self.training, chosen)
                loss = self.network.loss_and_gradients(batch, self._masks())
                if not math.isfinite(loss):
                    raise self._diverged()
                clip(gradients, recipe.clip, recipe.clip_by)
                rate = learning_rate(recipe, self.iteration, self._done(seconds))
                self.optimizer.update(gradients, rate, self.iteration)
                if recipe.average:
                    self._average()
                keep = _SMOOTHING ** len(chosen)
                self.loss = keep * self.loss + (1 - keep) * loss / len(chosen)
                self.iteration += 1
                if recipe.tolerance:
                    self._settle(loss)
                if watch:
                    watch(self.iteration, self.loss)
        self.progress = replace(self.progress, seconds=time.perf_counter() - clock)

    def _settle(self, loss: float) -> None:
        """Take a batch's summed loss into that of the pass; at the end of a pass, see
        how much its mean differs from that of the pass before.
        """
        total, last = self.progress.pass_loss + loss, self.progress.last_pass
        if self.iteration % self.batches == 0:
            mean = total / len(self.training)
            self.settled = last is not None and abs(last - mean) < self.recipe.tolerance
            total, last = 0.0, mean
        self.progress = replace(self.progress, pass_loss=total, last_pass=last)

    def _done(self, seconds: float) -> float:
        """How much of the run is behind it, 0 to 1, by its iterations or its time."""
        recipe = self.recipe
        done = self.iteration / recipe.iterations if recipe.iterations else 1.0
        if recipe.time_limit:
            done = max(done, seconds / recipe.time_limit)
        return min(done, 1.0)

    def _next_names(self) -> Ids:
        """The numbers of the names of the next batch: a part of this pass's order."""
        count = len(self.training)
        turn, number = divmod(self.iteration, self.batches)
        if turn != self.turn:
            self.turn = turn
            self.order = generator(self.seed, Stream.ORDER, turn).permutation(count)
        first = count * number // self.batches
        end = count * (number + 1) // self.batches
        chosen: Ids = self.order[first:end]
        return chosen

    def _masks(self) -> Masks | None:
        if self.dropout is None:
            return None
        rng = generator(self.seed, Stream.DROPOUT, self.iteration)
        return Masks(self.dropout, rng)

    def _average(self) -> None:
        """Take the weights into their exponential moving average, which at first is
        nearly the weights themselves.
        """
        average, k = self.averaged.values, self.iteration
        decay = min(self.recipe.average, (k + 1) / (k + 10))
        average += (1 - decay) * (self.parameters.values - average)

    # What a checkpoint is made of

    def _look(self) -> dict[str, Array]:
        """Begin a checkpoint, with its state. Raises TrainingError where a number of it
        is lost; warns LossRising, once.
        """
        self.began = time.perf_counter()
        state = self._state()
        if not np.isfinite([self.parameters.values, *state.values()]).all():
            raise self._diverged()
        lowest = self.progress.lowest
        if self.loss > 10 * lowest and not self.warned:
            self.warned = True
            warnings.warn(
                f"the loss stands at {self.loss:.4g} at iteration {self.iteration:,}, "
                f"ten times its lowest ({lowest:.4g}); a lower learning rate may help",
                LossRising,
                stacklevel=5,
            )
        self.progress = replace(self.progress, lowest=min(lowest, self.loss))
        return state

    def _keep_best(self, loss: float, ngram_weight: float = 0.0) -> None:
        """Keep the weights where their loss on what is held out is the lowest."""
        if self.progress.best is None or loss < self.progress.best:
            self.best = self.averaged.copy()
            self.progress = replace(
                self.progress,
                best=loss,
                best_iteration=self.iteration,
                ngram_weight=ngram_weight,
            )

    def _took(self) -> Progress:
        """The progress, with the time since `_look`."""
        seconds = self.progress.seconds + time.perf_counter() - self.began
        self.progress = replace(self.progress, seconds=seconds)
        return self.progress

    def _weights(self) -> Parameters:
        """A copy of the weights to use: the best on what is held out, or the last."""
        return (self.best if self.measures else self.averaged).copy()

    def _state(self) -> dict[str, Array]:
        """Copies of what the next update reads, beside the parameters of the model."""
        state = dict(self.optimizer.state)
        if self.recipe.average or self.measures:
            state["values"] = self.parameters.values
        if self.recipe.average:
            state["average"] = self.averaged.values
        return {name: array.copy() for name, array in state.items()}

    def _diverged(self) -> TrainingError:
        return TrainingError(
            f"the loss is no longer a number at iteration {self.iteration:,}; try a "
            "lower learning rate or a lower clip"
        )


def _optimizer(recipe: Recipe, parameters: Parameters) -> SGD | AdamW:
    if recipe.optimizer == "adamw":
        return AdamW(parameters, recipe.weight_decay)
    return SGD(parameters, recipe.momentum)


def _dropout(recipe: Recipe) -> Dropout | None:
    """What the recipe drops, or None where that is nothing."""
    dropout = Dropout(
        recipe.embedding_dropout, recipe.dropout, recipe.recurrent_dropout
    )
    return dropout if any(dataclasses.astuple(dropout)) else None
