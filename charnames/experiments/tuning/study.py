"""The study of a search: its trials, and which settings to try next. Only this file
uses Optuna (Akiba et al. 2019); it is imported when a search begins.

Settings are proposed by the tree-structured Parzen estimator (Bergstra et al. 2011).
A poor trial ends by the median rule (Golovin et al. 2017).
"""

from __future__ import annotations

import json
import math
import os
import statistics
from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from charnames.errors import TrainingError
from charnames.experiments.tasks.base import Objective
from charnames.experiments.tuning.space import Choices, Range, Space, file_text
from charnames.experiments.tuning.trials import Outcome, Trial
from charnames.io import files
from charnames.random_streams import Stream, generator

_NAME = "charnames"
_FEWEST = 4  # complete trials before a poor one ends
_WARM_UP = 2  # steps that every trial takes
_MAX_LINE = 1_000_000  # bytes, of a journal

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Study:
    """The trials of a search, in a file that several processes share, or in memory.

    first: the settings of the first trial. purpose: what the search is of, as text by
    name; a study in a file has to have the same.
    Raises TrainingError for a file that is no such study.
    """

    def __init__(
        self,
        storage: str | None,
        space: Space,
        objective: Objective,
        seed: int,
        first: Mapping[str, Any],
        purpose: Mapping[str, str],
    ) -> None:
        self._space, self._objective, self._seed = space, objective, seed
        self._distributions = {
            name: _distribution(values) for name, values in space.items()
        }
        self._source = storage or "the study"
        self._running: dict[int, optuna.Trial] = {}
        self._study = self._opened(storage)
        self._check(purpose)
        states = {trial.state for trial in self._study.get_trials(deepcopy=False)}
        if states <= {TrialState.FAIL}:
            stored = {n: _stored(space[n], value) for n, value in first.items()}
            self._study.enqueue_trial(stored)

    def _opened(self, storage: str | None) -> optuna.Study:
        try:
            return optuna.create_study(
                study_name=_NAME,
                storage=_storage(storage) if storage else None,
                direction="maximize" if self._objective.maximized else "minimize",
                load_if_exists=True,
            )
        except TrainingError:
            raise
        except OSError as error:
            raise TrainingError(
                f"{self._source}: cannot be opened ({files.reason(error)}); give "
                "another file"
            ) from None
        except Exception as error:  # of a database, and of a journal of other contents
            line = str(error).strip().partition("\n")[0]
            raise TrainingError(
                f"{self._source}: cannot be opened as a study of Optuna "
                f"({type(error).__name__}: {line})"
            ) from None

    def _check(self, purpose: Mapping[str, str]) -> None:
        """Raise TrainingError if the study is of something else."""
        stored = self._study.user_attrs
        for name, value in purpose.items():
            if name not in stored:
                self._study.set_user_attr(name, value)
            elif stored[name] != value:
                raise TrainingError(
                    f"{self._source}: is the study of a search with another {name}; "
                    "give another file"
                )

    def ask(self, deadline: float) -> Trial:
        """The next settings to try. They depend on the seed, the number of the trial
        and the trials before it.
        """
        number = len(self._study.get_trials(deepcopy=False))
        seed = int(generator(self._seed, Stream.SEARCH, number).integers(2**32))
        self._study.sampler = optuna.samplers.TPESampler(seed=seed)
        trial = self._study.ask(self._distributions)
        self._running[trial.number] = trial
        settings = {
            name: _setting(self._space[name], trial.params[name])
            for name in self._space
        }
        return Trial(trial.number, settings, self._limits(), deadline)

    def tell(self, outcome: Outcome) -> None:
        """Record the outcome of a trial."""
        trial = self._running.pop(outcome.number)
        value = self._objective.value
        for step, loss in enumerate(outcome.steps):
            trial.report(value(loss), step)
        folds = [value(loss) for loss in outcome.folds]
        trial.set_user_attr("folds", folds)
        trial.set_user_attr("seconds", outcome.seconds)
        if outcome.error:
            trial.set_user_attr("error", outcome.error)
        if outcome.state == "complete":
            self._study.tell(trial, value(outcome.loss))
        elif outcome.state == "pruned":
            self._study.tell(trial, state=TrialState.PRUNED)
        else:
            self._study.tell(trial, state=TrialState.FAIL)

    def abandon(self) -> None:
        """Record that the trials that still run have no outcome."""
        for trial in self._running.values():
            self._study.tell(trial, state=TrialState.FAIL)
        self._running.clear()

    @property
    def running(self) -> int:
        """The number of trials of this process that have no outcome yet."""
        return len(self._running)

    def outcomes(self) -> list[Outcome]:
        """The trials of all processes that are complete, poor, or failed, in order."""
        trials = self._study.get_trials(deepcopy=False)
        outcomes = [_outcome(trial, self._space, self._objective) for trial in trials]
        return [outcome for outcome in outcomes if outcome]

    def importances(self) -> dict[str, float]:
        """How much the settings decided whether a trial was among the best, as shares
        of 1, by PED-ANOVA (Watanabe et al. 2023); empty for too few trials.
        """
        trials = self._study.get_trials(False, (TrialState.COMPLETE,))
        if len(trials) < 2 * _FEWEST:
            return {}
        try:
            return dict(optuna.importance.get_param_importances(self._study))
        except (ValueError, RuntimeError):  # all values are the same
            return {}

    def _limits(self) -> tuple[float, ...]:
        """For each step the median loss of the complete trials."""
        steps = [o.steps for o in self.outcomes() if o.state == "complete"]
        if len(steps) < _FEWEST:
            return ()
        medians = [statistics.median(values) for values in zip(*steps, strict=True)]
        return (*[math.inf] * _WARM_UP, *medians[_WARM_UP:])


def _storage(storage: str) -> str | BaseStorage:
    """A journal, or the address of a database. Raises OSError and TrainingError."""
    if "://" in storage:
        return storage
    if os.path.exists(storage):
        _check_journal(storage)
    return JournalStorage(JournalFileBackend(storage))


def _check_journal(path: str) -> None:
    """Raise TrainingError for a file that is not a journal of Optuna."""
    with files.opened(path) as (stream, size):
        if not size:
            return
        line = stream.readline(_MAX_LINE)
        stream.seek(-1, os.SEEK_END)
        is_whole = stream.read(1) == b"\n"
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or "op_code" not in entry:
        raise TrainingError(
            f"{path}: is no journal of Optuna; give the file of a study, or a new one"
        )
    if not is_whole:
        raise TrainingError(f"{path}: its last line is cut short; take that line out")


def _distribution(values: Range | Choices) -> BaseDistribution:
    if isinstance(values, Choices):
        return CategoricalDistribution([_stored(values, v) for v in values.values])
    if values.whole:
        return IntDistribution(int(values.low), int(values.high), log=values.log)
    return FloatDistribution(values.low, values.high, log=values.log)


def _stored(values: Range | Choices, value: Any) -> Any:
    """A value as the study has it: sizes of layers as text."""
    return file_text(value) if isinstance(value, tuple) else value


def _setting(values: Range | Choices, stored: Any) -> Any:
    """A value of the study as a recipe has it."""
    if isinstance(values, Range):
        return stored
    return next(value for value in values.values if _stored(values, value) == stored)


def _outcome(trial: FrozenTrial, space: Space, objective: Objective) -> Outcome | None:
    """What became of a trial; None for one that runs, or that was stopped."""
    states = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned"}
    error = trial.user_attrs.get("error", "")
    state = states.get(trial.state, "failed" if error else "")
    if not state:
        return None
    loss = objective.value  # which is its own inverse
    return Outcome(
        trial.number,
        {name: _setting(space[name], trial.params[name]) for name in space},
        state,
        tuple(loss(value) for _, value in sorted(trial.intermediate_values.items())),
        tuple(map(loss, trial.user_attrs.get("folds", ()))),
        trial.user_attrs.get("seconds", 0.0),
        error,
    )
