"""Wrong usage, put into words: what was wrong, what was meant, what there is."""

from __future__ import annotations

import click
from click.core import ParameterSource

from charnames.slips import did_you_mean


def usage_lines(error: click.UsageError) -> list[str]:
    """The error line, and the lines after it."""
    ctx = error.ctx
    if ctx is None:
        return [_plain(error.format_message())]
    more = [f"{ctx.command_path} --help tells more"]
    if isinstance(error, click.NoSuchOption):
        options = [
            name
            for param in ctx.command.get_params(ctx)
            for name in param.opts
            if name.startswith("--")
        ]
        line = (
            f"there is no option {error.option_name!r}"
            f"{did_you_mean(error.option_name, options)}"
        )
        return [line, f"{ctx.command_path} takes {', '.join(options)}", *more]
    if isinstance(error, click.MissingParameter):
        return [_plain(error.format_message()), *more]
    if isinstance(error, click.BadParameter) and error.param and error.param.name:
        return [f"{_named(ctx, error.param)}: {_plain(error.message)}", *more]
    return [_plain(error.format_message()), *more]


def _named(ctx: click.Context, param: click.Parameter) -> str:
    """The parameter, and where its value came from if that was not the command line."""
    name = "/".join(param.opts) if isinstance(param, click.Option) else param.name or ""
    source = ctx.get_parameter_source(param.name or "")
    environment = source is ParameterSource.ENVIRONMENT
    return f"{name} (as set in the environment)" if environment else name


def _plain(message: str) -> str:
    """A message of click's, as ours begin and end."""
    return f"{message[:1].lower()}{message[1:].removesuffix('.')}"
