"""The lines that are printed for wrong usage, with suggestions."""

from __future__ import annotations

import re
from contextlib import suppress

import click
from click.core import ParameterSource

from charnames.cli.inputs.lists import is_list
from charnames.cli.terminal.quoting import quoted
from charnames.suggestions import most_alike

_ELSEWHERE = {  # what other programs call an option
    "epochs": "iterations",
    "steps": "iterations",
    "input": "dataset",
    "number": "count",
}


def usage_lines(error: click.UsageError) -> list[str]:
    """The error line, and the lines after it."""
    ctx = error.ctx
    if ctx is None:
        return [_plain(error.format_message())]
    rest = [f"Try '{ctx.command_path} --help'."]
    if isinstance(error, click.NoSuchOption):
        options = [
            name
            for param in ctx.command.get_params(ctx)
            for name in param.opts
            if name.startswith("--")
        ]
        line = f"there is no option {error.option_name!r}"
        if nearest := _nearest_option(error.option_name, options):
            line += f"; did you mean {nearest!r}?"
        return [line, f"{ctx.command_path} takes {', '.join(options)}", *rest]
    if extra := re.search(r"extra arguments? \((.+)\)$", _plain(error.message)):
        return [f"{_plain(error.format_message())}{_suggestion(ctx, extra[1])}", *rest]
    if isinstance(error, click.MissingParameter):
        return [_plain(error.format_message()), *rest]
    if isinstance(error, click.BadParameter) and error.param and error.param.name:
        return [f"{_parameter_name(ctx, error.param)}: {_plain(error.message)}", *rest]
    return [_plain(error.format_message()), *rest]


def _nearest_option(unknown: str, options: list[str]) -> str:
    """The option that an unknown one is the beginning or the initials of, that other
    programs call so, or that is most like it; or "".

    >>> options = ["--help", "--temperature", "--learning-rate", "--iterations"]
    >>> [_nearest_option(w, options) for w in ("--temp", "--lr", "--epochs", "-x")]
    ['--temperature', '--learning-rate', '--iterations', '']
    """
    word = unknown.lstrip("-").replace("_", "-")
    names = [option.removeprefix("--") for option in options]
    longer = [name for name in names if word and name.startswith(word)]
    initials = [n for n in names if word == "".join(part[:1] for part in n.split("-"))]
    if len(longer) == 1:
        nearest = longer[0]
    elif len(word) > 1 and initials:
        nearest = initials[0]
    else:
        elsewhere = _ELSEWHERE.get(word, "")
        nearest = elsewhere if elsewhere in names else most_alike(word, names)
    return f"--{nearest}" if nearest else ""


def _suggestion(ctx: click.Context, word: str) -> str:
    """A suggestion for extra arguments that could be lists, or for one that could be
    the value of another option.
    """
    words = word.split(" ")  # as click joins them
    takes_lists = any(param.name == "dataset" for param in ctx.command.params)
    if takes_lists and len(words) > 1 and all(map(is_list, words)):
        options = " ".join(f"--dataset {quoted(word)}" for word in words)
        return f"; did you mean {options}?"
    for param in ctx.command.params:
        if param.name in ("dataset", "model", "count"):
            with suppress(click.UsageError):
                if param.name == "dataset" and not is_list(word):
                    continue
                param.type.convert(word, param, ctx)
                return f"; did you mean {max(param.opts, key=len)} {quoted(word)}?"
    return ""


def _parameter_name(ctx: click.Context, param: click.Parameter) -> str:
    """The name of the parameter, with a remark if the environment sets it."""
    name = "/".join(param.opts) if isinstance(param, click.Option) else param.name or ""
    source = ctx.get_parameter_source(param.name or "")
    environment = source is ParameterSource.ENVIRONMENT
    return f"{name} (as set in the environment)" if environment else name


def _plain(message: str) -> str:
    """A message of click without its capital and its full stop."""
    return f"{message[:1].lower()}{message[1:].removesuffix('.')}"
