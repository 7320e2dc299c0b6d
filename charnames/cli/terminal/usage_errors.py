"""Wrong usage, put into words: what was wrong, what was meant, what there is."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress

import click
from click.core import ParameterSource

from charnames.suggestions import did_you_mean


def usage_lines(error: click.UsageError) -> list[str]:
    """The error line, and the lines after it."""
    ctx = error.ctx
    if ctx is None:
        return [_plain(error.format_message())]
    more = [f"Try '{ctx.command_path} --help'."]
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
    if extra := re.search(r"extra argument \((.+)\)$", _plain(error.message)):
        return [f"{_plain(error.format_message())}{_meant(ctx, extra[1])}", *more]
    if isinstance(error, click.MissingParameter):
        return [_plain(error.format_message()), *more]
    if isinstance(error, click.BadParameter) and error.param and error.param.name:
        return [f"{_named(ctx, error.param)}: {_plain(error.message)}", *more]
    return [_plain(error.format_message()), *more]


def _meant(ctx: click.Context, word: str) -> str:
    """What follows a word that stands by itself, if an option would take it."""
    for param in ctx.command.params:
        if param.name in ("dataset", "model", "count"):
            with suppress(click.UsageError):
                param.type.convert(word, param, ctx)
                return f"; did you mean {max(param.opts, key=len)} {shlex.quote(word)}?"
    return ""


def _named(ctx: click.Context, param: click.Parameter) -> str:
    """The parameter, and where its value came from if that was not the command line."""
    name = "/".join(param.opts) if isinstance(param, click.Option) else param.name or ""
    source = ctx.get_parameter_source(param.name or "")
    environment = source is ParameterSource.ENVIRONMENT
    return f"{name} (as set in the environment)" if environment else name


def _plain(message: str) -> str:
    """A message of click's, as ours begin and end."""
    return f"{message[:1].lower()}{message[1:].removesuffix('.')}"
