"""Checks before a run is resumed: the same lists, and a recipe that continues it."""

from __future__ import annotations

from charnames.errors import TrainingError
from charnames.model_file.description import Identified, state_names
from charnames.models.base import Trained
from charnames.recipes.recipe import CHANGEABLE, Recipe
from charnames.training.state import AnyModel, TrainingState

_LIMITS = {  # words of TrainingState.finished: the option of the limit
    "iterations": "--iterations",
    "time": "--time-limit",
    "patience": "--patience",
}


def check_resumable(
    learned: Identified, others: Identified | None, model: Trained
) -> None:
    """Raise TrainingError if the lists are not those of the run, or the model is slim.

    others: the separate list of held-out examples.
    """
    if learned.fingerprint != model.provenance.fingerprint:
        raise TrainingError(
            f"{learned.source}: not the list that the model learned "
            f"({model.provenance.dataset}), or changed since; resume with that list, "
            "or start a new model from these weights with --init-from"
        )
    if (others.fingerprint if others else "") != model.progress.held_out:
        raise TrainingError(
            "the names held out are not those that the run began with; resume with them"
        )
    if not model.state.keys() >= set(state_names(model.recipe, model.progress)):
        raise TrainingError(
            "the model was kept without what resuming it takes (--slim); start a new "
            "one from its weights with --init-from"
        )


def check_unfinished(state: TrainingState[AnyModel]) -> None:
    """Raise TrainingError for a run that its recipe has ended."""
    if ended_by := state.finished():
        options = [f" with {_LIMITS[word]}" for word in _LIMITS if word in ended_by]
        raise TrainingError(
            f"the run has had its {ended_by}; to go on, ask for more than that"
            f"{''.join(options)}"
        )


def continued_recipe(original: Recipe, requested: Recipe) -> Recipe:
    """The requested recipe. Raises TrainingError for a setting that may not change."""
    before = original.settings()
    for name, value in requested.settings().items():
        if name not in CHANGEABLE and value != before[name]:
            raise TrainingError(
                f"{name}: a resumed run keeps the value that it began with"
            )
    return requested
