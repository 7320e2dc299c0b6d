"""The tasks by their names."""

from __future__ import annotations

from charnames.experiments.tasks.base import ExperimentTask
from charnames.experiments.tasks.classifier import Classifying
from charnames.experiments.tasks.converter import Converting
from charnames.experiments.tasks.language_model import Generating

EXPERIMENT_TASKS: dict[str, ExperimentTask] = {
    task.name: task for task in (Generating(), Classifying(), Converting())
}
