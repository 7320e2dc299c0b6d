"""A run that learns to write names, and its checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from charnames.generation.sampler import draw_some
from charnames.models.language_model import Model
from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import Network
from charnames.prediction.ngram import NGram, count_grams
from charnames.prediction.predictor import best_weight
from charnames.random_streams import Stream, generator
from charnames.training.loop import Run


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


class NameRun(Run[Checkpoint]):
    """A run of a model of names."""

    def __init__(
        self, model: Model, training: Sequences, held_out: Sequences | None
    ) -> None:
        self.start = model
        super().__init__(model, training, held_out)
        self.held_out = held_out
        if held_out:  # as many learned names, at even distances
            every = max(1, len(training) // len(held_out))
            self.compared = training.chosen(np.arange(0, len(training), every))
        self.grams = self.held_out_ngram = None
        if self.recipe.ngram:
            V = len(model.vocabulary)
            self.grams = count_grams(training, V, self.recipe.ngram)
            if held_out:
                self.held_out_ngram = NGram(self.grams, V).predicted(held_out)

    def _network(self) -> Network:
        return Network(self.start.shape, self.parameters)

    def checkpoint(self) -> Checkpoint:
        """The run as it stands. Raises TrainingError where a weight is lost, and warns
        LossRising, once.
        """
        state = self._look()
        held_out = gap = None
        if self.held_out:
            held_out, gap = self._evaluate(self.held_out)
        model = replace(
            self.start,
            parameters=self._weights(),
            provenance=replace(
                self.start.provenance, iterations=self.iteration, loss=self.loss
            ),
            grams=self.grams,
        )
        names = draw_some(
            replace(model, parameters=self.averaged, progress=self.progress),
            self.recipe.samples,
            generator(self.seed, Stream.REPORT, self.iteration),
        )
        progress = self._took()
        model = replace(model, progress=progress, state=state)
        return Checkpoint(
            self.iteration,
            self.loss,
            tuple(names),
            held_out,
            gap,
            progress.seconds,
            model,
        )

    def _evaluate(self, held_out: Sequences) -> tuple[float, float]:
        """The loss per symbol on the names held out, and the network's gap to what it
        has learned; keeps the best weights.
        """
        network = Network(self.start.shape, self.averaged)
        losses = network.all_losses(held_out).astype(np.float64)
        learned = network.all_losses(self.compared)
        weight, loss = 0.0, float(losses.mean())
        gap = loss - float(learned.mean(dtype=np.float64))
        if self.held_out_ngram is not None:
            weight, loss = best_weight(np.exp(-losses), self.held_out_ngram)
        self._keep_best(loss, weight)
        return loss, gap
