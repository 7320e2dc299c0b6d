"""The labels that names are to be written for, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping

from charnames.errors import SamplingError
from charnames.suggestions import choices_shown, did_you_mean


def label_weights(
    label: str | Mapping[str, float], labels: Mapping[str, int], dataset: str
) -> dict[str, float]:
    """The weight of each label that is asked for: 1 for a label alone.

    labels: those of the model, which learned the list called `dataset`. Raises
    SamplingError for a label that there is not, or weights that cannot be.
    """
    weights = {label: 1.0} if isinstance(label, str) else dict(label)
    if not labels:
        raise SamplingError(
            f"label: the model learned {dataset} without labels; "
            "train with --labels to choose one"
        )
    if not weights:
        raise SamplingError("label: give one label at least")
    for name, weight in weights.items():
        if name not in labels:
            raise SamplingError(
                f"label: no {name!r}; there are "
                f"{choices_shown(name, labels)}"
                f"{did_you_mean(name, labels)}"
            )
        if not 0 < weight < math.inf:
            raise SamplingError(
                f"label: the weight {weight:g} of {name!r} is not above 0; "
                "weights are numbers like 0.7 or 3"
            )
    return weights
