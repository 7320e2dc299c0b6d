"""The types of option values: conversion, completion and suggestions.

Those of numbers are in number_types.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder, models
from charnames.errors import CharnamesError, SamplingError
from charnames.suggestions import choices_shown, did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Text = click.ParamType[str]
else:
    _Text = click.ParamType  # older releases of click cannot subscript it


class OneOf(_Text):
    """One of several words."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        """The choices, as the help shows them."""
        return f"[{'|'.join(self.choices)}]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Raises click.BadParameter with the choices and a suggestion."""
        if value in self.choices:
            return str(value)
        self.fail(
            f"{value!r} is none of {', '.join(self.choices)}"
            f"{did_you_mean(value, self.choices)}",
            param,
            ctx,
        )

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The choices."""
        return completions(self.choices, incomplete)


class Dataset(_Text):
    """A built-in list, a file, or "-"; in the environment, several stand on lines."""

    name = "list"
    envvar_list_splitter = "\n"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The built-in lists, and files."""
        from charnames.data.names import list_files

        known = list_files(".txt") | list_files(".tsv")
        return completions(known, incomplete, files=True)


class ModelFile(_Text):
    """The name or path of a model, converted to its path.

    own: the model has to be the user's own. new: it need not exist, and "-" is
    allowed.
    """

    name = "model"

    def __init__(self, own: bool = False, new: bool = False) -> None:
        self.own, self.new = own, new

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The path of the model. Raises click.BadParameter if there is none."""
        if not value:
            self.fail("give a name or a path", param, ctx)
        if self.new:
            return "-" if value == "-" else model_folder.path_of(value)
        if models.is_stdin(value) and not self.own:
            return models.STDIN
        path = model_folder.find(value)
        if path is None:
            from charnames.data.names import built_in

            names = model_folder.names()
            hint = did_you_mean(value, names)
            if value in built_in():
                hint = f"; to train one: charnames train --dataset {value}"
            self.fail(
                f"there is no model {value!r}; the models are "
                f"{choices_shown(value, names)}{hint}",
                param,
                ctx,
            )
        if self.own and model_folder.is_bundled(path):
            self.fail(
                f"{value!r} comes with charnames, and cannot be continued; start a run "
                f"of your own from it with --init-from {value}",
                param,
                ctx,
            )
        return path

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names of models, and files."""
        mine = self.own or self.new
        words = model_folder.own_names() if mine else model_folder.names()
        return completions(words, incomplete, files=True)


class ParentModel(ModelFile):
    """What a run starts from: how a model is called -> its file; or "none"."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Fails for a name without a model."""
        return value if value == "none" else super().convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The models that have a name, "none", and files."""
        words = [model_folder.BASE, "none", *model_folder.names()]
        return completions(words, incomplete, files=True)


class OutputFile(_Text):
    """The path of a file to write, or "-" for standard output."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The path. Raises click.BadParameter for an empty one."""
        if not value:
            self.fail("give a file's name", param, ctx)
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Files."""
        return completions((), incomplete, files=True)


class Text(_Text):
    """A text; in the environment, several stand on lines."""

    name = "text"
    envvar_list_splitter = "\n"


class Regex(_Text):
    """A regular expression that can be read."""

    name = "pattern"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Raises click.BadParameter for what cannot be read."""
        from charnames.generation.constraints.regex_syntax import parsed

        try:
            parsed(value)
        except SamplingError as error:
            self.fail(str(error), param, ctx)
        return str(value)


class Label(_Text):
    """A label that a model learned, with or without a weight.

    Labels can contain spaces, so an environment variable has one on each line.
    """

    name = "label"
    envvar_list_splitter = "\n"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The labels of the model given, or of the default one."""
        path = ctx.params.get("model") or model_folder.latest_writer()
        if models.is_stdin(path):  # which is the shell's
            return []
        try:
            model = models.load(path)
        except CharnamesError:
            return []
        return completions(model.labels, incomplete)


def completions(
    words: Iterable[str], incomplete: str, files: bool = False
) -> list[CompletionItem]:
    """The words that go on with what was typed, and files if asked for."""
    from click.shell_completion import CompletionItem

    items = [CompletionItem(word) for word in words if word.startswith(incomplete)]
    if files:
        # click's script for bash drops the items before the files, and the one for zsh
        # misreads the items after them if the word is still empty.
        bash = os.environ.get("_CHARNAMES_COMPLETE", "").startswith("bash")
        items.insert(0 if bash else len(items), CompletionItem(incomplete, type="file"))
    return items
