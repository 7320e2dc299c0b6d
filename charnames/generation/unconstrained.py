"""Samples names from a predictor's own distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from charnames.encoding.graphemes import edges
from charnames.errors import SamplingError
from charnames.generation.choice import Choice, pick
from charnames.generation.drawn import Drawn
from charnames.generation.name_form import NameForm
from charnames.generation.rows import Rows
from charnames.generation.spelling import Speller
from charnames.generation.writer import Writer
from charnames.nn.batching import END, Ids
from charnames.nn.parameters import Array
from charnames.prediction.predictor import Predictor

if TYPE_CHECKING:
    from charnames.generation.constraints.compiled import Compiled


class UnconstrainedSampler:
    """Draws names from a predictor's own distribution, adjusted by `choice`."""

    def __init__(
        self,
        predictor: Predictor,
        form: NameForm,
        choice: Choice,
        keep_losses: bool = False,
    ) -> None:
        """keep_losses: whether names come with their losses. Those of names that any of
        several blends may have written are not known while they are written.
        """
        self._keep_losses = keep_losses and len(predictor.blends.shares) == 1
        self._writer, self._speller = Writer(predictor, form), Speller(form)
        self._choice, self._limit = choice, form.usual_limit
        self._end_guard = _end_guard(form)

    def __call__(self, rng: np.random.Generator, size: int) -> Drawn:
        """`size` names."""

        def choose(t: int, names: Rows, z: Array, uniform: Array) -> Ids:
            choice = self._choice if t else self._choice.first
            return pick(z, uniform, names.row, choice)

        losses = np.zeros(size) if self._keep_losses else None
        if self._end_guard:
            from charnames.generation.masked import MaskedChooser

            masked = MaskedChooser(self._end_guard, size, self._choice)
            ids = self._writer.draw(rng, size, masked, self._end_guard.steps, losses)
        else:
            ids = self._writer.draw(rng, size, choose, self._limit, losses)
        nats = np.full(size, np.nan)
        if losses is not None:
            nats = np.where(ids[:, -1] == END, losses, np.nan)  # of names that ended
        return Drawn(self._speller(ids), ids, nats, size)


def _end_guard(form: NameForm) -> Compiled | None:
    """What keeps names from ending within a character, and marks before letters, where
    the alphabet has parts of characters or the mark; None elsewhere.
    """
    parts = edges(form.vocabulary.alphabet)
    if not (parts.unfinished or parts.halves or form.vocabulary.mark):
        return None
    from charnames.generation.constraints.compiler import compile_constraints
    from charnames.generation.constraints.constraints import Constraints

    limit = form.usual_limit
    constraints = Constraints(max_length=limit)
    try:
        return compile_constraints(constraints, form.vocabulary, form.case, limit)
    except SamplingError:  # the alphabet has nothing but parts: no name can be whole
        return None
