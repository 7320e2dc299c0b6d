"""A run: a model on its way, and all that takes it further."""

from __future__ import annotations

import dataclasses
import math
import time
import warnings
from dataclasses import dataclass, replace

import numpy as np

from charnames.errors import LossRising, TrainingError
from charnames.mixture import best_weight
from charnames.model import Model
from charnames.ngram import NGram, count_grams
from charnames.nn.batching import Ids, Sequences, pack
from charnames.nn.network import Dropout, Masks, Network
from charnames.nn.optim import SGD, AdamW, clip
from charnames.nn.parameters import Array, Parameters
from charnames.recipe import Recipe
from charnames.sampling import draw_some
from charnames.seeds import Stream, generator

_SMOOTHING = 0.999


@dataclass(frozen=True)
class Checkpoint:
    """A run as it stands after `iteration` updates.

    loss: the smoothed loss per name, in nats. names: drawn from the weights as they
    are. held_out: the loss per symbol on the names held out, in nats, or None; gap: how
    much more the network alone loses there than on as many names learned, or None.
    seconds: of training so far. model: to sample from, save and resume; with names
    held out, its weights are the best so far.
    """

    iteration: int
    loss: float
    names: tuple[str, ...]
    held_out: float | None
    gap: float | None
    seconds: float
    model: Model


class Run:
    """The weights in training, and what is remembered from update to update.

    Everything random is a function of the seed and the iteration, so a Run that is
    built from a checkpoint's model goes on as the one that wrote it.
    """

    def __init__(
        self, model: Model, training: Sequences, held_out: Sequences | None
    ) -> None:
        self.start = model
        self.recipe = recipe = model.recipe
        self.training, self.held_out = training, held_out
        if held_out:  # as many learned names, at even distances
            every = max(1, len(training) // len(held_out))
            self.compared = training.chosen(np.arange(0, len(training), every))
        self.batches = -(-len(training) // recipe.batch_size)  # in a pass
        self.turn, self.order = -1, np.empty(0, np.intp)
        self.iteration = model.provenance.iterations
        self.loss = model.provenance.loss
        self.progress = model.progress
        self.warned = False

        shapes, state = model.parameters.shapes, model.state
        values = state.get("values", model.parameters.values)
        self.parameters = Parameters(shapes, values=values.copy())
        self.network = Network(model.shape, self.parameters)
        self.optimizer = _optimizer(recipe, self.parameters)
        for name, array in self.optimizer.state.items():
            array[:] = state.get(name, array)
        self.dropout = _dropout(recipe)
        self.best = model.parameters
        self.averaged = self.network
        if recipe.average:
            average = state.get("average", values)
            self.averaged = Network(
                model.shape, Parameters(shapes, values=average.copy())
            )
        self.grams = self.held_out_ngram = None
        if recipe.ngram:
            V = len(model.vocabulary)
            self.grams = count_grams(training, V, recipe.ngram)
            if held_out:
                self.held_out_ngram = NGram(self.grams, V).predicted(held_out)

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
        if recipe.patience and self.held_out and waited >= enough:
            return f"patience of {recipe.patience:,} checkpoints"
        return ""

    def advance(self) -> None:
        """Train up to the next checkpoint. Raises TrainingError where the loss is no
        longer a number.
        """
        recipe, gradients = self.recipe, self.network.gradients.values
        every = recipe.checkpoint_every
        until = min((self.iteration // every + 1) * every, recipe.iterations)
        clock = time.perf_counter() - self.progress.seconds
        seconds = self.progress.seconds
        with np.errstate(all="ignore"):  # what overflows shows in the loss
            while self.iteration < until:
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
        self.progress = replace(self.progress, seconds=time.perf_counter() - clock)

    def checkpoint(self) -> Checkpoint:
        """The run as it stands. Raises TrainingError where a number of it is lost, and
        warns LossRising, once.
        """
        state = self._state()
        if not np.isfinite([self.parameters.values, *state.values()]).all():
            raise self._diverged()
        began = time.perf_counter()
        self._watch_loss()
        current = self.averaged.parameters
        held_out, gap = self._evaluate() if self.held_out else (None, None)
        best = self.best if self.held_out else current
        model = replace(
            self.start,
            parameters=best.copy(),
            provenance=replace(
                self.start.provenance, iterations=self.iteration, loss=self.loss
            ),
            grams=self.grams,
        )
        rng = generator(self.start.provenance.seed, Stream.REPORT, self.iteration)
        names = draw_some(
            replace(model, parameters=current, progress=self.progress),
            self.recipe.samples,
            rng,
        )
        seconds = self.progress.seconds + time.perf_counter() - began
        self.progress = replace(self.progress, seconds=seconds)
        model = replace(model, progress=self.progress, state=state)
        return Checkpoint(
            self.iteration, self.loss, tuple(names), held_out, gap, seconds, model
        )

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
            self.order = generator(
                self.start.provenance.seed, Stream.ORDER, turn
            ).permutation(count)
        first = count * number // self.batches
        end = count * (number + 1) // self.batches
        chosen: Ids = self.order[first:end]
        return chosen

    def _masks(self) -> Masks | None:
        if self.dropout is None:
            return None
        seed = self.start.provenance.seed
        return Masks(self.dropout, generator(seed, Stream.DROPOUT, self.iteration))

    def _average(self) -> None:
        """Take the weights into their exponential moving average, which at first is
        nearly the weights themselves.
        """
        average, k = self.averaged.parameters.values, self.iteration
        decay = min(self.recipe.average, (k + 1) / (k + 10))
        average += (1 - decay) * (self.parameters.values - average)

    def _evaluate(self) -> tuple[float, float]:
        """The loss per symbol on the names held out, and the network's gap to what it
        has learned; keeps the best weights.
        """
        assert self.held_out is not None
        losses = self.averaged.all_losses(self.held_out).astype(np.float64)
        learned = self.averaged.all_losses(self.compared)
        weight, loss = 0.0, float(losses.mean())
        gap = loss - float(learned.mean(dtype=np.float64))
        if self.held_out_ngram is not None:
            weight, loss = best_weight(np.exp(-losses), self.held_out_ngram)
        if self.progress.best is None or loss < self.progress.best:
            self.best = self.averaged.parameters.copy()
            self.progress = replace(
                self.progress,
                best=loss,
                best_iteration=self.iteration,
                ngram_weight=weight,
            )
        return loss, gap

    def _state(self) -> dict[str, Array]:
        """Copies of what the next update reads, beside the parameters of the model."""
        state = dict(self.optimizer.state)
        if self.recipe.average or self.held_out:
            state["values"] = self.parameters.values
        if self.recipe.average:
            state["average"] = self.averaged.parameters.values
        return {name: array.copy() for name, array in state.items()}

    def _watch_loss(self) -> None:
        lowest = self.progress.lowest
        if self.loss > 10 * lowest and not self.warned:
            self.warned = True
            warnings.warn(
                f"the loss stands at {self.loss:.4g} at iteration {self.iteration:,}, "
                f"ten times its lowest ({lowest:.4g}); a lower learning rate may help",
                LossRising,
                stacklevel=4,
            )
        self.progress = replace(self.progress, lowest=min(lowest, self.loss))

    def _diverged(self) -> TrainingError:
        return TrainingError(
            f"the loss is no longer a number at iteration {self.iteration:,}; try a "
            "lower learning rate or a lower clip"
        )


def learning_rate(recipe: Recipe, iteration: int, done: float) -> float:
    """The rate of an update when that part of the run is done, 0 to 1: it rises over
    the warm-up, and falls to zero in a line or half a cosine, or not at all.
    """
    rate = recipe.learning_rate
    if iteration < recipe.warm_up:
        rate *= (iteration + 1) / recipe.warm_up
    if recipe.schedule == "linear":
        rate *= 1 - done
    elif recipe.schedule == "cosine":
        rate *= 0.5 + 0.5 * math.cos(math.pi * done)
    return rate


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
