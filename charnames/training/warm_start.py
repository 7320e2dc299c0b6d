"""Warm starts: what a new run inherits of another model's weights."""

from __future__ import annotations

import numpy as np

from charnames.models.language_model import Model
from charnames.nn.batching import Ids


def inherit_weights(model: Model, parent: Model) -> None:
    """Write the parent's weights over those of the model, which has the same network.

    Rows and columns of characters and labels that the parent does not know keep their
    random weights.
    """
    symbols = [["", *m.vocabulary.alphabet] for m in (model, parent)]  # "" ends a name
    here, there = _shared_positions(*symbols)
    one_hot = not model.recipe.embedding_size
    for name, view in model.parameters.views.items():
        if name == "layer0.Wlx":  # a column for each label
            ours, theirs = _shared_positions(list(model.labels), list(parent.labels))
            if len(theirs):
                view[:, ours] = parent.parameters[name][:, theirs]
            continue
        inherited = parent.parameters[name]
        if name in ("embedding", "output.Wya", "output.by"):  # a row for each symbol
            view[here] = inherited[there]
        elif name == "layer0.Wax" and one_hot:  # a column for each symbol
            view[:, here] = inherited[:, there]
        else:
            view[:] = inherited


def _shared_positions(ours: list[str], theirs: list[str]) -> tuple[Ids, Ids]:
    """The positions in both lists of the texts that they share, in our order.

    >>> _shared_positions(["a", "b", "c"], ["c", "a"])
    (array([0, 2]), array([1, 0]))
    """
    positions = {text: j for j, text in enumerate(theirs)}
    pairs = [(i, positions[text]) for i, text in enumerate(ours) if text in positions]
    shared = np.array(pairs, np.intp).reshape(-1, 2)
    return shared[:, 0], shared[:, 1]
