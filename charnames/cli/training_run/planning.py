"""The plan of a training run, made and checked before any list is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sized
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from charnames.cli.inputs import lists, model_folder, models
from charnames.cli.inputs.lists import ListSource
from charnames.cli.options.list_format import LIST_OPTIONS
from charnames.cli.tasks.base import Task
from charnames.cli.tasks.table import DEFAULT, TASKS
from charnames.recipes.recipe import NETWORKS, Recipe

if TYPE_CHECKING:
    from charnames.data.file_format import FileFormat
    from charnames.models.base import Trained

# What loads a model to start from, for each task whose runs can start from one.
_PARENT_LOADERS: dict[str, Callable[[str], Trained]] = {
    "generate": models.load,
    "convert": models.load_converter,
}


@dataclass(frozen=True)
class TrainingRequest:
    """The options of `train`; None for an option that is not given.

    datasets: the lists to join. form: how their files are written. held_out: a file of
    names; a share is one of the settings. settings: those of the recipe that are given.
    """

    datasets: tuple[str, ...]
    form: FileFormat
    label_from_file: bool
    output: str | None
    recipe: str | None
    labels: bool
    held_out: str | None
    case: str | None
    seed: int | None
    resume: str | None
    init_from: str | None
    settings: Mapping[str, object]


@dataclass(frozen=True)
class TrainingPlan:
    """A run of `train`.

    recipe: the recipe without those settings that depend on the list. target: the
    path to save the model to, or "-". resumed: the model of the run to continue.
    parent: the model to start from.
    """

    request: TrainingRequest
    task: Task
    recipe: Recipe
    source: ListSource
    target: str
    resumed: Trained | None
    parent: Trained | None

    @property
    def labels(self) -> bool:
        """Whether names are read with their labels."""
        wanted = self.request.labels or self.request.label_from_file
        wanted = wanted or bool(self.request.form.label_column)
        return wanted or bool(self.resumed and self.resumed.labels)

    @property
    def list_options(self) -> list[str]:
        """The options that name the lists again when the run is resumed, if any."""
        from charnames.model_file.metadata import stored_dataset

        datasets = self.source.datasets
        learned = self.resumed.provenance.dataset if self.resumed else datasets[0]
        same = datasets == (learned,) and learned == stored_dataset(learned)
        known = same and lists.is_lasting(learned)
        options = [] if known else [w for name in datasets for w in ("-d", name)]
        if self.source.label_from_file:
            options.append("--label-from-file")
        for name, flag in LIST_OPTIONS.items():
            if value := getattr(self.source.form, name):
                options += [flag, "tab" if value == "\t" else value]
        if self.request.held_out:
            options += ["--held-out", self.request.held_out]
        return options

    @property
    def suggests_modern(self) -> bool:
        """Whether the run is one of the classic recipe that writes names from a list of
        the user's own.
        """
        from charnames.data.names import built_in

        recipe = self.request.recipe or self.task.default_recipe
        is_classic = recipe == "classic" and not self.resumed
        own_list = not set(self.source.datasets) <= set(built_in())
        return is_classic and self.task is DEFAULT and own_list


def plan_training(request: TrainingRequest) -> TrainingPlan:
    """Check a request, and add the defaults.

    Raises click.UsageError, RecipeError and ModelFileError.
    """
    resumed = _load_resumed(request) if request.resume else None
    if resumed and request.init_from:
        raise click.UsageError(
            "--resume goes on with a run, --init-from starts one; give one of them"
        )
    parent, settings = parent_and_settings(request.init_from, request.settings)
    request = replace(request, settings=settings)
    recipe = recipe_of(request, resumed)
    if request.settings.get("patience") and not (request.held_out or recipe.held_out):
        raise click.UsageError(
            "--patience waits for a better result on what --held-out leaves out of the "
            "training; give --held-out as well"
        )
    task = TASKS[recipe.task]
    datasets = request.datasets or (lists.default_list(resumed),)
    if datasets.count("-") > 1:
        raise click.UsageError("standard input can be only one of the lists")
    source = ListSource(datasets, request.form, request.label_from_file)
    target = request.output
    if target is None and request.resume:
        target = model_folder.finished_path(request.resume) or request.resume
    if target is None:
        target = model_folder.named_after(datasets, task.model_suffix)
    return TrainingPlan(request, task, recipe, source, target, resumed, parent)


def recipe_of(
    request: TrainingRequest, resumed: Trained | None, examples: Collection[Sized] = ()
) -> Recipe:
    """The recipe of the run, for a list of examples.

    The settings given win; the rest are those of the recipe named, of the resumed run,
    or of the task's default recipe.
    """
    if resumed and not request.recipe:
        return Recipe.from_settings({**resumed.recipe.settings(), **request.settings})
    task = TASKS.get(str(request.settings.get("task")), DEFAULT)
    name = request.recipe or task.default_recipe
    return Recipe.named(name, examples, **request.settings)


def _load_resumed(request: TrainingRequest) -> Trained:
    """The model of the run to continue. Its seed and case cannot be changed.

    A seed or case in the environment is for new runs, so it is no mistake.
    """
    from charnames.models.loading import load_any

    assert request.resume
    resumed = load_any(request.resume)
    fixed = {
        "seed": (request.seed, resumed.provenance.seed),
        "case": (request.case, resumed.case),
    }
    source = click.get_current_context().get_parameter_source
    for name, (option, value) in fixed.items():
        typed = source(name) is ParameterSource.COMMANDLINE
        if typed and option not in ("auto", value):
            raise click.UsageError(
                f"--{name}: a resumed run keeps the one that it began with, {value}"
            )
    return resumed


def parent_and_settings(
    init_from: str | None, settings: Mapping[str, object]
) -> tuple[Trained | None, Mapping[str, object]]:
    """The model whose weights new runs start from, if it is not the base model; and the
    settings with what --init-from says.
    """
    from charnames.models.loading import BASE_FILE

    if init_from is None:
        return None, settings
    task = TASKS.get(str(settings.get("task")), DEFAULT)
    if task.name not in _PARENT_LOADERS:
        raise click.UsageError(
            "--init-from: only models of names and converters start from other models"
        )
    if init_from == "none":
        return None, {**settings, "init_from": "none"}
    for name in NETWORKS[task.name]:
        if name in settings:
            raise click.UsageError(
                f"--{name.replace('_', '-')}: with --init-from the network is that of "
                "the other model"
            )
    if init_from == BASE_FILE:
        return None, {**settings, "init_from": "base"}
    return _PARENT_LOADERS[task.name](init_from), {**settings, "init_from": "model"}
