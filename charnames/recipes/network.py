"""The shape of the network that a recipe asks for."""

from __future__ import annotations

from charnames.encoding.readers import Reader
from charnames.encoding.scaling import Scaling
from charnames.nn.networks.shape import Shape
from charnames.recipes.recipe import Recipe


def network_shape(recipe: Recipe, V: int, labels: int) -> Shape:
    """The shape of the network that a recipe asks for, for V symbols and K labels."""
    return Shape(
        V,
        recipe.cell,
        recipe.sizes,
        recipe.embedding_size,
        recipe.tied,
        labels=labels,
    )


def classifier_shape(recipe: Recipe, reader: Reader, classes: int) -> Shape:
    """The shape of the network that a recipe asks for, for a reader and K labels."""
    of_numbers = isinstance(reader, Scaling)
    return Shape(
        0 if isinstance(reader, Scaling) else len(reader),
        recipe.cell,
        recipe.sizes,
        0 if of_numbers else recipe.embedding_size,
        vector_size=len(reader.shift) if isinstance(reader, Scaling) else 0,
        classes=classes,
        bidirectional=recipe.bidirectional,
    )
