"""Kinds of values that options take: what is read, completed, and meant by a slip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from charnames.cli.inputs import model_folder
from charnames.errors import CharnamesError
from charnames.io.safe_text import shortened
from charnames.suggestions import choices_shown, did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Text = click.ParamType[str]
else:
    _Text = click.ParamType  # which older releases of click cannot subscript


# What is meant as a number, or is nothing.
_NUMBER = re.compile(r"[-+]?[\d.,_]*(e[-+]?\d+)?\s*", re.IGNORECASE)


class OneOf(_Text):
    """One of a few words."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        """The choices, for the help."""
        return f"[{'|'.join(self.choices)}]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Fails with what was meant, and what there is."""
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
        return _completions(self.choices, incomplete)


class Dataset(_Text):
    """A built-in list, a file, or "-"; a word that is none of them is a slip."""

    name = "list"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Fails for a word that is neither list nor file."""
        from charnames.data.names import built_in

        known = built_in()
        word = not os.path.splitext(value)[1] and "/" not in value
        if word and value != "-" and value not in known and not os.path.exists(value):
            self.fail(
                f"there is no file {value!r}, and no built-in list of that name; "
                f"the built-in lists are {', '.join(known)}"
                f"{did_you_mean(value, [*known, *_files()])}",
                param,
                ctx,
            )
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The built-in lists, and files."""
        from charnames.data.names import built_in

        return _completions(built_in(), incomplete, files=True)


def _files() -> list[str]:
    """What is in the working folder."""
    try:
        return os.listdir()
    except OSError:
        return []


class ModelFile(_Text):
    """How a model is called -> its file.

    own: only the user's own will do. new: it need not be there yet; "-" is a file too.
    """

    name = "model"

    def __init__(self, own: bool = False, new: bool = False) -> None:
        self.own, self.new = own, new

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The model's file. Fails for a name without one, or one that will not do."""
        if not value:
            self.fail("give a name or a path", param, ctx)
        if self.new:
            return "-" if value == "-" else model_folder.path_of(value)
        path = model_folder.found(value)
        if path is None:
            known = model_folder.names()
            self.fail(
                f"there is no model {value!r}; the models are "
                f"{choices_shown(value, known)}{did_you_mean(value, known)}",
                param,
                ctx,
            )
        if self.own and model_folder.comes_along(path):
            self.fail(
                f"{value!r} comes with charnames, and is no run to go on with; start "
                f"one of your own from it with --init-from {value}",
                param,
                ctx,
            )
        return path

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The models that have a name and will do, and files."""
        mine = self.own or self.new
        words = model_folder.own_names() if mine else model_folder.names()
        return _completions(words, incomplete, files=True)


class OutputFile(_Text):
    """The path of a file to write, or "-" for standard output."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The path. Fails for an empty one."""
        if not value:
            self.fail("give a file's name", param, ctx)
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Files."""
        return _completions((), incomplete, files=True)


class Label(_Text):
    """A label that a model learned, with a weight or without.

    Labels hold blanks, so several in one environment variable stand on lines.
    """

    name = "label"
    envvar_list_splitter = "\n"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The labels of the model that is asked for, or would be taken."""
        from charnames.models.loading import load

        try:
            model = load(ctx.params.get("model") or model_folder.latest_writer())
        except CharnamesError:
            return []
        return _completions(model.labels, incomplete)


def _completions(
    words: Iterable[str], incomplete: str, files: bool = False
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    found = [CompletionItem(word) for word in words if word.startswith(incomplete)]
    if files:
        # click's script for bash forgets what stands before the files; the one for zsh
        # misreads what stands after them where nothing is typed yet.
        bash = os.environ.get("_CHARNAMES_COMPLETE", "").startswith("bash")
        found.insert(0 if bash else len(found), CompletionItem(incomplete, type="file"))
    return found


class Seed(_Text):
    """A whole number from 0, or a text that stands for one."""

    name = "seed"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The number. Fails for another number, or one too large for a model file."""
        text = str(value)
        if re.fullmatch("[0-9]{1,19}", text) and int(text) < 2**63:
            return int(text)
        if _NUMBER.fullmatch(text):
            self.fail(
                f"{shortened(text, 40)!r} is not a whole number from 0 to 2**63 - 1, "
                "and no text",
                param,
                ctx,
            )
        from charnames.random_streams import text_seed

        return text_seed(text)


class Sizes(_Text):
    """64 for every layer; 64,32,32 for each of three, the lowest first."""

    name = "n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Fails for what is no number, or several with commas."""
        try:
            sizes = tuple(map(int, str(value).split(",")))
        except ValueError:
            self.fail(f"{value!r} is no size; write 64, or 64,32,32", param, ctx)
        return sizes if len(sizes) > 1 else sizes[0]


class Duration(_Text):
    """90, 90s, 1.5m, 2h -> seconds."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Fails for what is no time."""
        text = str(value)
        unit = {"s": 1, "m": 60, "h": 3600}.get(text[-1:], 0)
        try:
            return float(text[:-1] if unit else text) * (unit or 1)
        except ValueError:
            self.fail(f"{value!r} is no time; write 90, 90s, 3m or 2h", param, ctx)


class HeldOut(_Text):
    """A share of the list, or a file of names."""

    name = "share|file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """A float, or the path of a file."""
        try:
            return float(value)
        except ValueError:
            return str(value)
