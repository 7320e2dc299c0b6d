"""The classes of commands and options. Nothing here imports numpy.

The help groups options under headings, and the environment can set any option.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click

ENVIRONMENT = "CHARNAMES"

GENERAL = "General"
# The headings of a command's options, in the order of its help.
HEADINGS = (
    "What to learn",
    "What to write",
    "What to measure",
    "Constraints",
    "Choice of characters",
    "Choice of names",
    "Novelty",
    "Recipe",
    "Network",
    "Training",
    "Stopping",
    "Output",
    GENERAL,
)
_FEW = 3  # headings; with fewer, the help lists the options under none

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


class Option(click.Option):
    """An option under a heading; the environment can set it for one command or all.

    --seed of train is set by CHARNAMES_TRAIN_SEED, or else by CHARNAMES_SEED.
    is_shared: whether the second sets it, too; not so if it means something else than
    others of the same name.
    """

    def __init__(
        self,
        *args: Any,
        heading: str = GENERAL,
        is_shared: bool = True,
        **settings: Any,
    ) -> None:
        self.heading, self.is_shared = heading, is_shared
        super().__init__(*args, **settings)

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The value in the environment, unless it is empty."""
        prefixes = [ctx.auto_envvar_prefix, *([ENVIRONMENT] * self.is_shared)]
        for prefix in prefixes:
            if value := os.environ.get(f"{prefix}_{_variable(self.opts)}"):
                return value
            if not self.secondary_opts:
                continue
            if value := os.environ.get(f"{prefix}_{_variable(self.secondary_opts)}"):
                with suppress(
                    click.BadParameter
                ):  # raised again when the value is converted
                    value = str(not click.BOOL.convert(value, self, ctx))
                return value
        return None

    @property
    def holds_one_value(self) -> bool:
        """Whether it may be given only once: it is neither a list nor a plain flag."""
        plain_flag = self.is_flag and not self.secondary_opts
        return not (self.multiple or self.count or plain_flag)


def _variable(names: list[str]) -> str:
    """The environment variable of an option with these names, without its prefix."""
    return max(names, key=len).lstrip("-").replace("-", "_").upper()


class Command(click.Command):
    """A command that lists its options under their headings."""

    def make_parser(self, ctx: click.Context) -> Any:
        """The parser of words, which raises click.BadParameter for one value given
        twice.
        """
        parser = super().make_parser(ctx)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> tuple[Any, list[str], list[click.Parameter]]:
            parsed = parse(args)
            for option in () if ctx.resilient_parsing else parsed[2]:
                once = isinstance(option, Option) and option.holds_one_value
                if once and parsed[2].count(option) > 1:
                    raise click.BadParameter(
                        "is given twice; give it once", ctx, option
                    )
            return parsed

        parser.parse_args = parse_args  # type: ignore[method-assign]
        return parser

    def options_by_heading(self) -> dict[str, list[click.Option]]:
        """The options by heading, both in the order of the help."""
        options = [p for p in self.params if isinstance(p, click.Option)]
        groups: dict[str, list[click.Option]] = {name: [] for name in HEADINGS}
        for option in options:
            groups[getattr(option, "heading", GENERAL)].append(option)
        groups = {name: group for name, group in groups.items() if group}
        return groups if len(groups) >= _FEW else {"Options": options}

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write a section for each heading."""
        for heading, options in self.options_by_heading().items():
            records = [option.get_help_record(ctx) for option in options]
            with formatter.section(heading):
                formatter.write_dl([record for record in records if record])


def option(*names: str, **settings: Any) -> Decorator[Any]:
    """As click.option, for the class Option."""
    return click.option(*names, cls=Option, **settings)
