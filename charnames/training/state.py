"""The state of a training run: what the next update and the next checkpoint read."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np

from charnames.errors import LossRising, TrainingError
from charnames.model_file.description import CARRIED, Progress
from charnames.models.base import Trained
from charnames.nn.layers.dropout import Dropout, Masks
from charnames.nn.networks.shape import Shape
from charnames.nn.optimizers import SGD, AdamW
from charnames.nn.parameters import Parameters
from charnames.random_streams import Stream, generator
from charnames.recipes.recipe import Recipe

AnyModel = TypeVar("AnyModel", bound=Trained)


class TrainingState(Generic[AnyModel]):
    """The weights in training, the optimizer, and how far the run has come.

    It is built from the model of a checkpoint. Everything random is a function of the
    seed and the iteration, so a run that is built from a checkpoint continues exactly
    as the run that wrote it.

    parameters: the weights in training. averaged: their moving average, or the same
    weights if the recipe does not average. best: the weights with the lowest held-out
    loss, or the lowest loss if none are held out and the recipe keeps the best.
    carried: the hidden state that the next name starts from, (state_size,), or (0,).
    loss: the smoothed loss per example, in nats. settled: whether the loss differs
    from the previous pass's by less than the tolerance.

    unknown: the rate at which symbols of a converter's sources are replaced by the
    unknown symbol in training.
    """

    def __init__(self, model: AnyModel, unknown: float = 0.0) -> None:
        self.model = model
        self.recipe = recipe = model.recipe
        self.seed = model.provenance.seed
        self.iteration = model.provenance.iterations
        self.loss = model.provenance.loss
        self.progress = model.progress
        self.settled = self.warned = False
        shapes, arrays = model.parameters.shapes, model.state
        values = arrays.get("values", model.parameters.values)
        self.parameters = Parameters(shapes, values=values.copy())
        self.optimizer = _optimizer(recipe, self.parameters)
        for name, array in self.optimizer.state.items():
            array[:] = arrays.get(name, array)
        self.dropout = _dropout(recipe, unknown)
        self.best = model.parameters
        shape, size = model.shape, 0
        if recipe.carries_state and isinstance(shape, Shape):
            size = shape.state_size
        carried = arrays.get(CARRIED)
        self.carried = (
            np.zeros(size, values.dtype) if carried is None else carried.copy()
        )
        self.averaged = self.parameters
        if recipe.average:
            average = arrays.get("average", values)
            self.averaged = Parameters(shapes, values=average.copy())
            self._change = np.empty_like(values)

    def finished(self) -> str:
        """The reason to end the run, in words; empty while it continues."""
        recipe, progress = self.recipe, self.progress
        if self.iteration >= recipe.iterations:
            return f"{self.iteration:,} iterations"
        if recipe.time_limit and progress.seconds >= recipe.time_limit:
            return f"time of {recipe.time_limit:g} s"
        waited = self.iteration - progress.best_iteration
        longest_wait = recipe.patience * recipe.checkpoint_every
        if recipe.patience and self.model.has_held_out and waited >= longest_wait:
            return f"patience of {recipe.patience:,} checkpoints"
        if self.settled:
            return f"tolerance of {recipe.tolerance:g} from pass to pass"
        return ""

    def fraction_done(self, seconds: float) -> float:
        """The part of the run that is done after those seconds, 0 to 1: by iterations,
        or by time if more of the time limit has passed.
        """
        recipe = self.recipe
        done = self.iteration / recipe.iterations if recipe.iterations else 1.0
        if recipe.time_limit:
            done = max(done, seconds / recipe.time_limit)
        return min(done, 1.0)

    def masks(self) -> Masks | None:
        """The dropout masks of the next update, None without dropout."""
        if self.dropout is None:
            return None
        return Masks(self.dropout, generator(self.seed, Stream.DROPOUT, self.iteration))

    def update_average(self) -> None:
        """Include the weights in their exponential moving average.

        The decay grows from 1/10 to the recipe's, as (k + 1) / (k + 10) at iteration k,
        so that the average forgets the random weights of the start.
        """
        average, k = self.averaged.values, self.iteration
        decay = min(self.recipe.average, (k + 1) / (k + 10))
        change = np.subtract(self.parameters.values, average, self._change)
        change *= 1 - decay
        average += change

    def update_pass(self, loss: float, per_pass: int, count: int) -> None:
        """Add a batch's summed loss to that of the current pass. At the end of a pass,
        compare its mean with that of the previous pass.

        per_pass: batches in a pass; count: examples in a pass.
        """
        total, previous = self.progress.pass_loss + loss, self.progress.last_pass
        if self.iteration % per_pass == 0:
            mean, tolerance = total / count, self.recipe.tolerance
            self.settled = previous is not None and abs(previous - mean) < tolerance
            total, previous = 0.0, mean
        self.progress = self.progress._replace(pass_loss=total, last_pass=previous)

    def check_numbers(self, exploding: float) -> None:
        """Raise TrainingError if a weight or a number of the optimizer is not finite,
        and warn LossRising, once a run, if the loss is ten times its lowest, or above
        `exploding`, which is at least five times that of the start.
        """
        arrays = [self.parameters.values, self.averaged.values]
        if not np.isfinite([*arrays, *self.optimizer.state.values()]).all():
            raise self.diverged()
        lowest = self.progress.lowest
        compared = ""
        if self.loss > 10 * lowest:
            compared = f"ten times its lowest ({lowest:.4g})"
        elif self.loss > exploding:
            compared = "more than five times what it started at"
        if compared and not self.warned:
            self.warned = True
            warnings.warn(
                f"the loss stands at {self.loss:.4g} at iteration {self.iteration:,}, "
                f"{compared}; a lower learning rate, or a lower clip, may help",
                LossRising,
                stacklevel=5,  # where the checkpoints are iterated over
            )
        self.progress = self.progress._replace(lowest=min(lowest, self.loss))

    def diverged(self) -> TrainingError:
        """The error for numbers that are no longer finite."""
        return TrainingError(
            f"the loss is no longer a number at iteration {self.iteration:,}; try a "
            "lower learning rate or a lower clip"
        )

    def current_model(self) -> AnyModel:
        """A model of the averaged weights, which are not copied."""
        return replace(
            self.model,
            parameters=self.averaged,
            provenance=self.model.provenance._replace(
                iterations=self.iteration, loss=self.loss
            ),
            progress=self.progress,
        )

    def checkpoint_model(self) -> AnyModel:
        """The model of a checkpoint: copies of the best weights, or of the averaged
        ones where there are no best, and of the arrays that resuming needs.
        """
        has_best = self.progress.best is not None
        arrays = dict(self.optimizer.state)
        if self.recipe.carries_state:
            arrays[CARRIED] = self.carried
        if self.recipe.average or has_best:
            arrays["values"] = self.parameters.values
        if self.recipe.average:
            arrays["average"] = self.averaged.values
        return replace(
            self.current_model(),
            parameters=(self.best if has_best else self.averaged).copy(),
            state={name: array.copy() for name, array in arrays.items()},
        )


def improved(
    progress: Progress, loss: float, iteration: int, ngram_weight: float = 0.0
) -> Progress | None:
    """The progress with a new lowest loss; None if it has been lower."""
    if progress.best is not None and not loss < progress.best:
        return None
    return progress._replace(
        best=loss, best_iteration=iteration, ngram_weight=ngram_weight
    )


def _optimizer(recipe: Recipe, parameters: Parameters) -> SGD | AdamW:
    if recipe.optimizer == "adamw":
        return AdamW(parameters, recipe.weight_decay, anchor=recipe.anchor)
    return SGD(parameters, recipe.momentum)


def _dropout(recipe: Recipe, unknown: float) -> Dropout | None:
    """The rates of dropout, or None if all of them are 0."""
    dropout = Dropout(
        recipe.embedding_dropout,
        recipe.dropout,
        recipe.recurrent_dropout,
        unknown,
    )
    return dropout if any(dropout) else None
