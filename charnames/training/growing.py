"""Runs that start from another model: which model, and what the new one inherits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charnames.errors import RecipeError
from charnames.models.language_model import Model
from charnames.models.loading import load_base
from charnames.nn.batching import Sequences
from charnames.recipes.recipe import Recipe
from charnames.training.warm_start import (
    fit_to_list,
    inherit_weights,
    unwanted_familiar_names,
)


def with_parent(recipe: Recipe, init_from: Model | None) -> tuple[Recipe, Model | None]:
    """The recipe with the network of the model that the run starts from, and that
    model: the given one, the base model if the recipe says so, or none.

    Raises RecipeError if the recipe says that a model is given, and none is.
    """
    if init_from:
        recipe = replace(recipe, init_from="model")
    elif recipe.init_from == "base":
        init_from = load_base()
    elif recipe.init_from == "model":
        text = "init_from: 'model' is for a run with a model to start from; give one"
        raise RecipeError(text, "init_from")
    return (
        recipe.with_network_of(init_from.recipe) if init_from else recipe
    ), init_from


def grown(model: Model, parent: Model, training: Sequences) -> Model:
    """The untrained model with what it inherits of the parent, fitted to the names."""
    inherit_weights(model, parent)
    fit_to_list(model, parent, training)
    return replace(
        model,
        provenance=model.provenance._replace(parent=parent.provenance.dataset),
        familiar=np.union1d(model.familiar, unwanted_familiar_names(model, parent)),
    )
