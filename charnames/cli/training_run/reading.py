"""The lists that `train` learns from and measures on, and what depends on them."""

from __future__ import annotations

from charnames.cli.inputs import lists
from charnames.cli.tasks.base import TrainingInputs
from charnames.cli.terminal.console import Console
from charnames.cli.training_run.planning import TrainingPlan, recipe_of


def read_inputs(console: Console, plan: TrainingPlan) -> TrainingInputs:
    """Read the lists, and print what is learned of them. Raises ListError."""
    request, task = plan.request, plan.task
    examples = task.read(console, plan.source, plan.labels)
    held_out = None
    if request.held_out:
        held_out = task.read(console, plan.source.at(request.held_out), plan.labels)
    recipe = recipe_of(request, plan.resumed, examples)
    seed, case = request.seed, "auto"
    if plan.resumed is None:
        console.say(lists.summary(examples))
        case = task.case_style(console, recipe, examples, request.case)
        seed = _seed(console, seed)
        if plan.parent:
            console.say(task.inherited_line(plan.parent, examples, case))
    return TrainingInputs(
        examples, held_out, recipe, seed, case, plan.resumed, plan.parent
    )


def _seed(console: Console, seed: int | None) -> int:
    """The seed of the run; a random one, which is printed, if none is given."""
    from charnames.random_streams import fresh_seed

    if seed is None:
        seed = fresh_seed()
        console.say(f"seed: {seed}")
    return seed
