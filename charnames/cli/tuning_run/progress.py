"""The progress of a search: its trials, the best of them, and the time that is left."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from charnames.cli.options.recipe_settings import value_text
from charnames.cli.training_run.pace import clock

if TYPE_CHECKING:
    from charnames.experiments.tasks.base import Objective
    from charnames.experiments.tuning.trials import Outcome

OUTCOME_WORDS = {"pruned": "poor", "stopped": "stopped", "failed": "failed"}


class SearchProgress:
    """The trials that are done, of all processes that share the study.

    trials: how many there are to be. deadline: in seconds of `time.time`. outcomes:
    those that are done at the start.
    """

    def __init__(
        self,
        objective: Objective,
        trials: int,
        deadline: float,
        outcomes: list[Outcome],
    ) -> None:
        self.objective, self.trials, self.deadline = objective, trials, deadline
        self.outcomes = outcomes
        self.best: Outcome | None = None
        self._own = 0
        self.start = time.time()
        for outcome in outcomes:
            self._compare(outcome)

    def add(self, outcome: Outcome) -> None:
        """Record a trial that has finished here."""
        self.outcomes.append(outcome)
        self._own += 1
        self._compare(outcome)

    def _compare(self, outcome: Outcome) -> None:
        if outcome.state == "complete" and outcome.loss < self._lowest:
            self.best = outcome

    @property
    def _lowest(self) -> float:
        return self.best.loss if self.best else math.inf

    @property
    def done(self) -> int:
        """How many trials count: all but those that were stopped."""
        return sum(outcome.state != "stopped" for outcome in self.outcomes)

    @property
    def left(self) -> float | None:
        """Seconds to the last trial or the deadline; None if not known yet."""
        now, ends = time.time(), []
        if self._own:
            remaining = max(0, self.trials - self.done)
            ends.append((now - self.start) / self._own * remaining)
        if self.deadline < math.inf:
            ends.append(self.deadline - now)
        return max(0.0, min(ends)) if ends else None

    def record(self, outcome: Outcome) -> dict[str, Any]:
        """The event of a trial."""
        value = self.objective.value
        return {
            "event": "trial",
            "trial": outcome.number,
            "state": outcome.state,
            "value": value(outcome.loss) if outcome.state == "complete" else None,
            "folds": list(map(value, outcome.folds)),
            "best": value(self.best.loss) if self.best else None,
            "seconds": outcome.seconds,
            "settings": dict(outcome.settings),
        }

    def value(self, outcome: Outcome) -> str:
        """The value of a trial, or what became of it."""
        if outcome.state != "complete":
            return OUTCOME_WORDS[outcome.state]
        return figure(self.objective.value(outcome.loss))

    def line(self, outcome: Outcome) -> str:
        """The line of a trial where there is no screen."""
        text = f"trial {outcome.number}   {self.value(outcome)}"
        if self.best:
            text += f"   best {self.value(self.best)} (trial {self.best.number})"
        text += f"   {outcome.seconds:.1f} s   {self.done} of {self.trials}"
        if self.left is not None:
            text += f"   {clock(self.left)} left"
        return f"{text}   {outcome.error}" if outcome.error else text


def figure(value: float) -> str:
    """A value of an objective.

    >>> figure(1.71884)
    '1.7188'
    """
    return f"{value:.4f}"


def setting_text(value: Any) -> str:
    """A value of a setting in a table.

    >>> setting_text(0.0031415), setting_text((64, 32)), setting_text(1200)
    ('0.00314', '64,32', '1,200')
    """
    return f"{value:.3g}" if isinstance(value, float) else value_text(value)
