"""The tasks by their names. Nothing here imports numpy."""

from __future__ import annotations

from charnames.cli.tasks.base import Task
from charnames.cli.tasks.classifier import Classifying
from charnames.cli.tasks.converter import Converting
from charnames.cli.tasks.language_model import Generating

TASKS: dict[str, Task] = {
    task.name: task for task in (Generating(), Classifying(), Converting())
}
DEFAULT = TASKS["generate"]
