"""charnames export: a model to take along, as a web page or a JavaScript module."""

from __future__ import annotations

import os

import click

from charnames.cli.inputs import model_folder, models
from charnames.cli.options.command import Command, option
from charnames.cli.options.shared import examples, habits, model_option, with_console
from charnames.cli.options.types import OneOf, OutputFile
from charnames.cli.terminal.console import Console
from charnames.cli.terminal.output_files import write_whole

_PAGE, _MODULE = ".html", ".mjs"
_TYPES = ".d.mts"  # where TypeScript looks for the types of a .mjs
_PRECISIONS = ("int8", "float16", "float32")


@click.command(
    cls=Command,
    epilog=examples(
        "charnames export -m elements -o names.html",
        "charnames export -m elements -o names.mjs --types --license 'CC0 1.0'",
    ),
)
@model_option()
@option(
    "-o",
    "--output",
    type=OutputFile(),
    required=True,
    help="File to write: a web page if it ends in .html, an ES module if it ends in "
    '.mjs; or "-" for the module on standard output.',
)
@option(
    "--title",
    metavar="TEXT",
    help="Heading of a web page. [default: the name of the list]",
)
@option(
    "--types",
    is_flag=True,
    help="Also write the types of a module, for TypeScript, in a file that ends in "
    ".d.mts.",
)
@option(
    "--precision",
    type=OneOf(_PRECISIONS),
    help="How the weights are kept: in 8 bits with a scale for each row, in 16 bits, "
    "or as they are. [default: the smallest that changes no probability of a symbol by "
    "more than 0.001]",
)
@option(
    "--license",
    metavar="TEXT",
    default="",
    help="What you allow others to do with the file; it is written into it.",
)
@habits()
@with_console
def command(
    console: Console,
    model: str | None,
    output: str,
    title: str | None,
    types: bool,
    precision: str | None,
    license: str,
) -> None:
    r"""Write a model as a web page or an ES module, for a browser or a game.

    Both are one file, which needs nothing else and fetches nothing. The page works in
    any current browser, from a folder or a server; a link to it, with the seed in its
    address, gives the same names. The module runs in browsers, Node.js, Deno and game
    engines with JavaScript:

    \b
      import { generator } from "./names.mjs";
      for (const name of generator({ seed: 7 }).names({ count: 10 })) ...

    names() takes count, prefix, suffix, minLength, maxLength, temperature, topP, label
    and novel, and score() tells how probable a name is. Names are drawn as `charnames
    sample` draws them, but a seed gives other names. The module of a classifier offers
    classify(text) instead, and that of a converter convert(text).
    """
    base, suffix = os.path.splitext(output)
    kind = _MODULE if output == "-" else suffix.lower()
    if kind not in (_PAGE, _MODULE):
        raise click.UsageError(
            f"-o/--output: {output!r} does not end in {_PAGE} or {_MODULE}"
        )
    if types and suffix.lower() != _MODULE:
        raise click.UsageError("--types needs a module, in a file that ends in .mjs")
    if title is not None and kind != _PAGE:
        raise click.UsageError("--title is for a page, in a file that ends in .html")
    path = model or model_folder.latest()
    trained = models.load_any(path)

    from charnames.export.module import module
    from charnames.export.web_page import web_page

    written = module(trained, precision, license)
    text = written.text if kind == _MODULE else web_page(trained, written, title)
    if model is None:
        console.say(model_folder.default_line(path))
    data = text.encode()
    if output == "-":
        console.put(text, nl=False)
        return
    write_whole(output, data)
    console.say(f"saved {output}: {len(data):,} bytes, weights in {written.precision}")
    if types:
        write_whole(base + _TYPES, written.types.encode())
        console.say(f"saved {base + _TYPES}")
