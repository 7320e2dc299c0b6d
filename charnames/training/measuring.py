"""What a checkpoint of a model of names measures."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from charnames.generation.sampler import draw_some
from charnames.models.language_model import Model
from charnames.models.ways import own_ways
from charnames.nn.batching import Sequences
from charnames.nn.networks.language_model import LanguageModelNetwork
from charnames.random_streams import Stream, generator
from charnames.training.best_checkpoint import improved_on_learned
from charnames.training.held_out_loss import HeldOutLoss
from charnames.training.loop import Measurement
from charnames.training.state import improved
from charnames.training.untrained import mean_name_loss


class NameFigures(NamedTuple):
    """What a checkpoint of a model of names reports."""

    names: tuple[str, ...]
    held_out: float | None
    learned: float | None
    gap: float | None
    mean_loss: float | None


def measure(
    model: Model, held_out: HeldOutLoss | None, training: Sequences
) -> Measurement[NameFigures]:
    """The held-out loss of a model in training, and names sampled from it.

    training: the names that it learns.
    """
    iteration = model.provenance.iterations
    loss = learned = gap = best = None
    network = LanguageModelNetwork(model.shape, model.parameters)
    if held_out:
        loss, weight, learned, gap = held_out.measure(network)
        best = improved(model.progress, loss, iteration, weight)
    elif model.recipe.keep == "best" and iteration:
        best = improved_on_learned(model, len(training))
    sampled = replace(model, progress=best or model.progress)
    names = draw_some(
        sampled.predictor(for_sampling=True),
        sampled.form,
        own_ways(model.recipe)[0],
        model.recipe.samples,
        generator(model.provenance.seed, Stream.REPORT, iteration),
    )
    mean_loss = None if iteration else mean_name_loss(network, training)
    figures = NameFigures(tuple(names), loss, learned, gap, mean_loss)
    return Measurement(figures, best)
