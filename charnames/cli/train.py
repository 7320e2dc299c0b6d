"""charnames train: learn a list of names and save a model."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from charnames.cli import folder, lists
from charnames.cli.console import Console
from charnames.cli.follower import Follower
from charnames.cli.keeper import Keeper
from charnames.cli.kinds import Dataset, HeldOut, ModelFile, OneOf
from charnames.cli.options import (
    examples,
    habits,
    json_option,
    option,
    seed_option,
    with_console,
)
from charnames.cli.settings import defaults, recipe_options
from charnames.recipe import NETWORK, RECIPES, Recipe

if TYPE_CHECKING:
    from charnames import Model, NameList

_HELP = """Learn a list of names, report at each checkpoint, save the model at each.

A setting that is given wins over the recipe's. A run that was stopped goes on with
--resume, exactly as if it had not been; --iterations then says how far in all.

--json prints an object a line:

\b
{"event": "start", "dataset", "names" (how many),
 "alphabet", "parameters" (how many), "seed"}
{"event": "checkpoint", "iteration", "loss",
 "names" (a list), "held_out" (null, or nats per
 symbol), "seconds"}
{"event": "done", "iteration", "loss",
 "model" (its path), "seconds"}

loss is smoothed, per name, in nats; null where it is not finite.
"""


@click.command(
    help=_HELP,
    epilog=examples(
        "charnames train --dataset elements",
        "charnames train --dataset movies --hidden-size 200 --seed 7",
        r"printf 'Ada\nGrace\nAlan\n' | charnames train -d - -o ./three.safetensors",
    ),
)
@option(
    "-d",
    "--dataset",
    type=Dataset(),
    help='A built-in list, a UTF-8 file with a name a line, or "-".',
)
@option(
    "-o",
    "--output",
    type=ModelFile(new=True),
    metavar="MODEL",
    help='Where to save the model: a path, a name, or "-". [default: named after the '
    "list, in your model folder]",
)
@option(
    "--slim",
    is_flag=True,
    help="Keep no more of the finished run than its model: a small file to give away, "
    "which --resume cannot go on with.",
)
@option("--force", is_flag=True, help="Overwrite a file that is not a model.")
@option(
    "--recipe",
    type=OneOf(RECIPES),
    help=f"A named set of the settings below. [{RECIPES[0]}]",
)
@recipe_options
@option(
    "--held-out",
    type=HeldOut(),
    metavar="SHARE|FILE",
    help=f"Names to measure on, not to learn; 0 is none. [{defaults('held_out')}]",
)
@option(
    "--case",
    type=OneOf(["auto", "keep"]),
    help="Fold away a letter case that can be put back, or keep it. [auto]",
)
@seed_option
@option(
    "--resume",
    type=ModelFile(own=True),
    metavar="MODEL",
    help="Go on with that run.",
)
@option(
    "--init-from",
    type=ModelFile(),
    metavar="MODEL",
    help="Start from that model's weights, with its network.",
)
@json_option
@habits(progress=True)
@with_console
def command(
    console: Console,
    /,
    dataset: str | None,
    output: str | None,
    slim: bool,
    force: bool,
    recipe: str | None,
    held_out: float | str | None,
    case: str | None,
    seed: int | None,
    resume: str | None,
    init_from: str | None,
    json: bool,
    **settings: Any,
) -> None:
    """Learn a list of names; see _HELP."""
    begun = _begun(resume, seed, case) if resume else None
    others = held_out if isinstance(held_out, str) else None
    if not others:
        settings["held_out"] = held_out
    given = {name: value for name, value in settings.items() if value is not None}
    parent = _parent(init_from, begun, given) if init_from else None
    dataset = dataset or lists.list_of(begun)
    target = output or resume or folder.named_after(dataset)
    plan = _plan(begun, recipe, given, ())  # a slip is told before names are read
    keeper = Keeper(console, target, plan, _again(begun, dataset, others), slim)
    _check_output(target, force)
    if begun and resume:
        keeper.resumes(begun, resume)
    with keeper.answering():
        names = lists.read(console, dataset)
        measured = lists.read(console, others) if others else None
        keeper.plan = plan = _plan(begun, recipe, given, names)
        style = "auto"
        if begun is None:
            console.say(lists.counted(names))
            style = lists.decided_case(console, names, case)
            seed = _seed(console, seed)
            if parent:
                console.say(_inherited(parent, names, style))

        from charnames.training import train

        events = train(
            names,
            plan,
            seed=seed,
            case=style,
            held_out=measured,
            resume=begun,
            init_from=parent,
        )
        Follower(console, keeper, begun, json).follow(events)


def _seed(console: Console, asked: int | None) -> int:
    """The seed of the run, said if it was nobody's choice."""
    from charnames.seeds import fresh_seed

    if asked is not None:
        return asked
    seed = fresh_seed()
    console.say(f"seed: {seed}")
    return seed


def _begun(resume: str, seed: int | None, case: str | None) -> Model:
    """The model of the run to go on with, whose seed and case are not to be changed.

    The environment says what new runs get, and is no slip.
    """
    from charnames.modelfile import load

    begun = load(resume)
    kept = {"seed": (seed, begun.provenance.seed), "case": (case, begun.case)}
    source = click.get_current_context().get_parameter_source
    for name, (asked, value) in kept.items():
        typed = source(name) is ParameterSource.COMMANDLINE
        if typed and asked not in ("auto", value):
            raise click.UsageError(
                f"--{name}: a resumed run keeps the one that it began with, {value}"
            )
    return begun


def _parent(init_from: str, begun: Model | None, given: dict[str, Any]) -> Model:
    """The model whose weights a new run starts from."""
    from charnames.modelfile import load

    if begun:
        raise click.UsageError(
            "--resume goes on with a run, --init-from starts one; give one of them"
        )
    for name in NETWORK:
        if name in given:
            raise click.UsageError(
                f"--{name.replace('_', '-')}: with --init-from the network is that of "
                "the other model"
            )
    return load(init_from)


def _inherited(parent: Model, names: NameList, style: str) -> str:
    """What of the parent's letters the new run keeps, in words."""
    from charnames.vocabulary import fold

    letters = set().union(*(fold(name, style) for name in names))
    new = sorted(letters - set(parent.vocabulary.alphabet))
    text = f"of {len(letters)} characters {len(letters) - len(new)} keep their weights"
    return f"{text}; new: {' '.join(new)}" if new else text


def _plan(
    begun: Model | None,
    recipe: str | None,
    given: dict[str, Any],
    names: Collection[str],
) -> Recipe:
    """The recipe of the run.

    What was given; for the rest the named recipe, or that of the resumed run.
    """
    if begun and not recipe:
        return replace(begun.recipe, **given)
    return Recipe.named(recipe or RECIPES[0], names, **given)


def _check_output(target: str, force: bool) -> None:
    """Raises what writing the model would raise, before the work is done."""
    if target == "-":
        if sys.stdout.isatty():
            raise click.UsageError(
                "-o -: standard output is a terminal, and a model is no text; "
                "send it to a file or a pipe"
            )
        return
    from charnames.modelfile import check_target

    folder.prepare(target)
    check_target(target, force)


def _again(begun: Model | None, dataset: str, others: str | None) -> list[str]:
    """The words that name the lists when the run is resumed, if it needs any."""
    source = begun.provenance.dataset if begun else dataset
    known = dataset == source and lists.is_lasting(dataset)
    words = [] if known else ["-d", dataset]
    return [*words, "--held-out", others] if others else words
