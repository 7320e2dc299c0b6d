"""What a run may be resumed with: its own lists, and a recipe that asks for more."""

from __future__ import annotations

from charnames.errors import TrainingError
from charnames.model_file.description import Identified, state_names
from charnames.models.base import Trained
from charnames.recipes.recipe import FREE, Recipe
from charnames.training.state import AnyModel, TrainingState


def check(learned: Identified, others: Identified | None, model: Trained) -> None:
    """Raises TrainingError where the lists are not those that the run began with, or
    the model is slim.
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
    """Raises TrainingError for a run that its recipe has ended."""
    if ended_by := state.finished():
        raise TrainingError(
            f"the run has had its {ended_by}; to go on, ask for more than that"
        )


def continued(began: Recipe, asked: Recipe) -> Recipe:
    """The recipe to go on with. Raises TrainingError where it would change the run."""
    before = began.settings()
    for name, value in asked.settings().items():
        if name not in FREE and value != before[name]:
            raise TrainingError(f"{name}: a resumed run keeps the one it began with")
    return asked
