"""Runs of converters that start from another converter, and what they take of it."""

from __future__ import annotations

from dataclasses import replace

from charnames.encoding.scaling import Scaling
from charnames.encoding.symbols import Symbols
from charnames.errors import ListError, RecipeError
from charnames.models.converter import Converter
from charnames.recipes.recipe import Recipe
from charnames.training.inheritance import inherit_labels, inherit_symbols

_UNKNOWN = "\x00"  # stands for the unknown symbol, and is none
# The endings of the names of weights with a row for each symbol that is written.
_OF_TARGETS = ("output.Wya", "output.by", "decoder.embedding")


def with_network_of(recipe: Recipe, parent: Converter | None) -> Recipe:
    """The recipe of a run that starts from that converter, with its network; without
    one, the recipe as it is.

    Raises RecipeError if the recipe says that a model is given, and none is.
    """
    if parent:
        return replace(recipe.with_network_of(parent.recipe), init_from="model")
    if recipe.init_from != "none":
        text = "init_from: 'model' is for a run with a converter to start from"
        raise RecipeError(f"{text}; give one", "init_from")
    return recipe


def inherited(model: Converter, parent: Converter) -> Converter:
    """The untrained converter with the weights of the parent, which has the same
    network, written over its own, and with the parent's scaling of numbers.

    Symbols of each side and labels have their own weights, as `inherit_symbols` and
    `inherit_labels` say. Raises ListError if one reads texts and the other numbers, or
    vectors of other sizes.
    """
    sources = model.source, parent.source
    if _input_kind(model) != _input_kind(parent):
        raise ListError(
            f"{model.provenance.dataset}: has {_input_kind(model)}, and the converter "
            f"that the run starts from reads {_input_kind(parent)}; give another"
        )
    targets = [["", *m.target.alphabet] for m in (model, parent)]
    symbols = [
        ["", *side.alphabet, _UNKNOWN] for side in sources if isinstance(side, Symbols)
    ]
    labels = [list(m.labels) for m in (model, parent)]
    one_hot = not model.recipe.embedding_size
    for name, view in model.parameters.views.items():
        if name not in parent.parameters.views:  # the parent has no labels
            continue
        theirs = parent.parameters[name]
        if name.endswith("layer0.Wlx"):
            inherit_labels(view, theirs, *labels)
        elif name.endswith(_OF_TARGETS):
            inherit_symbols(view, theirs, *targets)
        elif name.endswith("embedding"):
            inherit_symbols(view, theirs, *symbols)
        elif one_hot and name.endswith("decoder.layer0.Wax"):
            inherit_symbols(view.T, theirs.T, *targets)
        elif one_hot and symbols and _reads_sources(name):
            inherit_symbols(view.T, theirs.T, *symbols)
        else:
            view[:] = theirs
    return replace(
        model,
        source=parent.source if isinstance(parent.source, Scaling) else model.source,
        provenance=model.provenance._replace(parent=parent.provenance.dataset),
    )


def _reads_sources(name: str) -> bool:
    """Whether a weight has a column for each symbol of sources, where one-hot."""
    return name.endswith("layer0.Wax") and not name.endswith("readout.layer0.Wax")


def _input_kind(model: Converter) -> str:
    """What a converter reads, in words."""
    if isinstance(model.source, Symbols):
        return "texts"
    return f"vectors of {len(model.source.shift)} numbers"
