"""The best checkpoint of a run of names that holds none out, by its smoothed loss."""

from __future__ import annotations

import math

from charnames.model_file.description import Progress
from charnames.models.language_model import Model
from charnames.training.loop import SMOOTHING
from charnames.training.state import improved


def first_loss(V: int) -> float:
    """The smoothed loss before the first update: seven symbols, each one of V."""
    return 7 * math.log(V)


def improved_on_learned(model: Model, count: int) -> Progress | None:
    """The progress with a new lowest loss on the `count` learned names, from the
    smoothed loss; None if it has been lower.
    """
    provenance, progress = model.provenance, model.progress
    per_pass = -(-count // model.recipe.batch_size)
    latest = mean_of_latest(
        provenance.loss,
        first_loss(len(model.vocabulary)),
        count * provenance.iterations // per_pass,
    )
    return improved(progress, latest, provenance.iterations, progress.ngram_weight)


def mean_of_latest(smoothed: float, start: float, count: int) -> float:
    """The smoothed loss without the part that the start still has in it: a mean of the
    losses of the `count` names so far, the latest weighing most (Kingma & Ba 2015).

    start: the smoothed loss before the first name, which is far below the others where
    names are long, so that it would make the first checkpoints the best.
    """
    of_start = SMOOTHING**count
    return (smoothed - of_start * start) / (1 - of_start)
