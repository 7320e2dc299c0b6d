"""The plan of a search: its list, its settings and its study, all checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import lists
from charnames.cli.tasks.table import DEFAULT, TASKS
from charnames.cli.terminal.console import Console, json_line
from charnames.experiments.executors import Executor
from charnames.experiments.tasks.base import Objective
from charnames.experiments.tuning.default_space import default_space
from charnames.experiments.tuning.space import Space, inside, space_texts
from charnames.experiments.tuning.space_file import SpaceFile, read_space
from charnames.experiments.tuning.splits import count_of_symbols
from charnames.experiments.tuning.trials import Search
from charnames.recipes.recipe import Recipe
from charnames.recipes.recipe_file import RecipeChoice, recipe_text

if TYPE_CHECKING:
    from charnames.experiments.tuning.study import Study

_OF_TRIALS = {"held_out": 0.0, "patience": 0}  # a trial is measured in its own way


@dataclass(frozen=True)
class SearchRequest:
    """The options of `tune`; deadline: in seconds of `time.time`."""

    source: lists.ListSource
    task: str | None
    recipe: RecipeChoice | None
    space: str | None
    trials: int
    deadline: float
    executor: Executor
    seed: int
    study: str | None
    output: str
    json: bool


@dataclass(frozen=True)
class SearchPlan:
    """A search. preset: the recipe that is to be improved."""

    request: SearchRequest
    objective: Objective
    search: Search
    preset: Recipe
    space: Space
    study: Study


def plan_search(console: Console, request: SearchRequest) -> SearchPlan:
    """Read the list and the space, and open the study.

    Raises click.UsageError, ListError, RecipeError, TrainingError and OSError; and
    click.ClickException without Optuna.
    """
    module = _study_module()
    choice = request.recipe or RecipeChoice(None, {})
    task = request.task or str(choice.settings.get("task", DEFAULT.name))
    file = SpaceFile({}, {})
    if request.space is not None:
        lists.await_writer(console, request.space)
        file = read_space(request.space, task)
    examples = TASKS[task].read(console, request.source, TASKS[task].needs_labels)
    console.say(lists.summary(examples))
    base: dict[str, Any] = {**choice.settings, **_OF_TRIALS, "task": task}
    default = TASKS[task].default_recipe if choice.settings else "modern"
    preset = choice.preset or default
    search = Search.of(examples, preset, base, file.fixed, request.seed)
    recipe = search.base_recipe()
    if recipe.init_from == "model":
        raise click.UsageError(
            "--recipe: starts from a model, and tune has none; take init_from out"
        )
    space = file.space or default_space(recipe, count_of_symbols(examples))
    study = module.Study(
        request.study,
        space,
        search.task.objective,
        request.seed,
        inside(space, recipe),
        _purpose(search, recipe, space),
    )
    return SearchPlan(request, search.task.objective, search, recipe, space, study)


def _study_module() -> ModuleType:
    """The module that uses Optuna. Raises click.ClickException without it."""
    try:
        from charnames.experiments.tuning import study
    except ImportError as error:
        raise click.ClickException(
            f"settings are searched by Optuna ({error}); get it with: "
            "pip install 'charnames[tune]'"
        ) from None
    return study


def _purpose(search: Search, recipe: Recipe, space: Space) -> Mapping[str, str]:
    """What tells this search from others that could use the same study."""
    return {
        "task": recipe.task,
        "list": search.examples.fingerprint,
        "seed": str(search.seed),
        "recipe": recipe_text(recipe),
        "space": json_line({**search.fixed, **space_texts(space)}),
    }
