"""The shape of the network that a recipe asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from charnames.nn.networks.shape import Shape
from charnames.recipes.recipe import Recipe

if TYPE_CHECKING:
    from charnames.encoding.readers import Reader
    from charnames.encoding.scaling import Scaling
    from charnames.encoding.symbols import Symbols
    from charnames.nn.networks.compound_shapes import AnyShape


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
    from charnames.encoding.scaling import Scaling

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


def converter_shape(
    recipe: Recipe, source: Symbols | Scaling, target: Symbols, labels: int
) -> AnyShape:
    """The shape of the network that a recipe asks for, for the symbols or numbers of
    sources, the symbols of targets and K labels.
    """
    from charnames.encoding.scaling import Scaling
    from charnames.nn.networks.compound_shapes import (
        EncoderDecoderShape,
        EnsembleShape,
    )

    of_numbers = isinstance(source, Scaling)
    encoder = Shape(
        0 if isinstance(source, Scaling) else len(source),
        recipe.cell,
        () if recipe.encoder == "none" else recipe.sizes,
        0 if of_numbers else recipe.embedding_size,
        vector_size=len(source.shift) if isinstance(source, Scaling) else 0,
        labels=labels,
        bidirectional=recipe.bidirectional,
        unknown=not of_numbers,
    )
    V = len(target) - 1  # the unknown symbol is never written
    network: Shape | EncoderDecoderShape
    if recipe.decoder == "ctc":
        network = encoder._replace(classes=V)
    else:
        decoder = Shape(
            V, recipe.cell, recipe.sizes[-1:], recipe.embedding_size, labels=labels
        )
        network = EncoderDecoderShape(encoder, decoder, recipe.attention)
    return EnsembleShape(network, recipe.members) if recipe.members > 1 else network
