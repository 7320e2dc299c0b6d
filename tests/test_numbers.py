"""Numbers at the ends of their range: probabilities, temperatures, what is lost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charnames.errors import SamplingError, TrainingError
from charnames.generation.choice import MAX_TEMPERATURE, Choice, finite, pick, weigh
from charnames.models import loading
from charnames.models.language_model import Model
from charnames.nn.cells import CELLS
from charnames.recipes.recipe import Recipe
from charnames.training.language_model import train
from charnames.training.state import TrainingState
from tests.modelfiles import NAMES, trained

MODELS = {
    (cell, ngram): trained(steps=3, cell=cell, ngram=ngram, embedding_size=2)
    for cell in CELLS
    for ngram in (0, 3)
}


@settings(max_examples=60, deadline=None)
@given(
    model=st.sampled_from([*MODELS.values()]),
    scale=st.sampled_from([0.0, 1e-30, 1.0, 30.0, 1e3, 1e6]),
    name=st.text("abcdeovy", max_size=8),
)
def test_what_may_come_next_has_probability_1_in_all(
    model: Any, scale: float, name: str
) -> None:
    """Whole names are scored, so this is about what `score` and `evaluate` say."""
    model = replace(model, parameters=model.parameters.copy())
    model.parameters.values[:] *= np.float32(scale)
    predictor = model.predictor()
    symbols = ["", *model.vocabulary.alphabet]
    with np.errstate(all="ignore"):
        losses = predictor.losses(
            model.vocabulary.sequences([name + symbol for symbol in symbols])
        )
    last = np.cumsum([len(name) + len(symbol) + 1 for symbol in symbols]) - 1
    at = last - [len(symbol) for symbol in symbols]  # what came after `name`
    assert np.exp(-losses[at]).sum() == pytest.approx(1, rel=1e-5)


LOGITS = arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.floats(width=32),
)
UNIFORM = st.floats(0, 1, exclude_max=True, width=32)


@settings(max_examples=300, deadline=None)
@given(
    z=LOGITS,
    temperature=st.one_of(
        st.floats(0, MAX_TEMPERATURE), st.sampled_from([0.0, 5e-324, MAX_TEMPERATURE])
    ),
    top_k=st.none() | st.integers(1, 6),
    top_p=st.none() | st.floats(0, 1, exclude_min=True),
    uniform=UNIFORM,
)
def test_fault_30_any_temperature_picks_a_symbol_from_any_logits(
    z: Any, temperature: float, top_k: int | None, top_p: float | None, uniform: float
) -> None:
    choice = Choice(temperature, top_k, top_p)
    V, N = z.shape
    with np.errstate(all="ignore"):
        if not choice.greedy:
            likely = weigh(finite(z.copy()), choice)
            assert np.isfinite(likely).all()
            assert (likely.max(axis=0) == 1).all()
        ids = pick(z.copy(), np.full(N, uniform, np.float32), np.arange(N), choice)
    assert ((ids >= 0) & (ids < V)).all()


@given(temperature=st.floats())
def test_fault_30_any_other_temperature_is_refused(temperature: float) -> None:
    if 0 <= temperature <= MAX_TEMPERATURE:
        Choice(temperature)
    else:
        with pytest.raises(SamplingError, match=r"^temperature: "):
            Choice(temperature)


RECIPES: list[dict[str, Any]] = [
    {},
    {"momentum": 0.9, "clip_by": "norm"},
    {"optimizer": "adamw", "average": 0.9, "ngram": 2, "held_out": 0.3},
    {"cell": "lstm", "clip": 0.0, "dropout": 0.3, "embedding_size": 2, "average": 0.5},
]


@settings(max_examples=100, deadline=None)
@given(data=st.data(), recipe=st.sampled_from(RECIPES))
def test_fault_26_what_is_lost_anywhere_is_caught_within_a_checkpoint(
    data: st.DataObject, recipe: dict[str, Any]
) -> None:
    """A number of the run is lost; what was handed out before is good and stays so."""
    small = {"hidden_size": 3, "samples": 2, "iterations": 12, "checkpoint_every": 4}
    states: list[TrainingState[Model]] = []

    def remember(model: Model) -> TrainingState[Model]:
        states.append(TrainingState(model))
        return states[-1]

    with patch("charnames.training.language_model.TrainingState", remember):
        checkpoints = train(NAMES, Recipe(**small, **recipe), seed=1)
    before = [next(checkpoints) for _ in range(data.draw(st.integers(1, 3)))]
    saved = [checkpoint.model.to_bytes() for checkpoint in before]
    (state,) = states
    places = {
        "weights": state.parameters.values,
        "average": state.averaged.values,
        **state.optimizer.state,
    }
    array = places[data.draw(st.sampled_from([*places]))]
    at = data.draw(st.integers(0, len(array) - 1))
    array[at] = data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))
    try:
        after = next(checkpoints)
    except TrainingError as error:
        assert "no longer a number" in str(error)
    else:
        assert math.isfinite(after.loss)
        assert loading.from_bytes(after.model.to_bytes())
    assert [checkpoint.model.to_bytes() for checkpoint in before] == saved
