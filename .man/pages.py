"""Man pages for sdist and wheel: one a command, made of its help by click-man."""

import inspect
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from charnames.cli.options.command import Command


class ManPages(BuildHookInterface[Any]):
    """Makes them beside the project, and puts them into the sdist as man/*.1, and into
    the wheel as what is installed under share/man.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds."""
        from click_man.core import write_man_pages

        sys.path.insert(0, self.root)
        from charnames.cli import COMMANDS, program
        from charnames.cli.options.command import Command
        from charnames.version import __version__

        ctx = click.Context(program, info_name="charnames")
        for name in COMMANDS:
            command = program.get_command(ctx, name)
            assert command, name
            program.commands[name] = command  # where click-man looks for them
        program.short_help = program.help
        for command in (program, *program.commands.values()):
            text = inspect.cleandoc(command.help or "")
            command.help = roff(f"{text}\n\n{inspect.cleandoc(command.epilog or '')}")
            for option in command.params:
                if isinstance(option, click.Option):
                    option.help = escaped(option.help or "")
        self.folder = TemporaryDirectory()
        write_man_pages(
            "charnames", program, version=__version__, target_dir=self.folder.name
        )
        for name, command in program.commands.items():
            assert isinstance(command, Command)
            page = Path(self.folder.name) / f"charnames-{name}.1"
            text = with_headings(page.read_text(encoding="utf-8"), command)
            page.write_text(text, encoding="utf-8")
        for page in Path(self.folder.name).iterdir():
            if self.target_name == "wheel":
                build_data["shared_data"][str(page)] = f"share/man/man1/{page.name}"
            else:
                build_data["force_include"][str(page)] = f"man/{page.name}"

    def finalize(self, version: str, build_data: dict[str, Any], path: str) -> None:
        """Called by hatchling after it has built."""
        self.folder.cleanup()


def with_headings(page: str, command: "Command") -> str:
    """The page with its options under the headings that they have in the help."""
    start, marker, rest = page.partition(".SH OPTIONS\n")
    options = [param for param in command.params if isinstance(param, click.Option)]
    entries = dict(zip(options, rest.split(".TP\n")[1:], strict=True))
    parts = []
    for heading, group in command.options_by_heading().items():
        parts.append(f".SS {heading}\n")
        parts += [f".TP\n{entries[option]}" for option in group]
    return start + marker + "".join(parts)


def roff(text: str) -> str:
    """A help text in roff; the paragraphs that click leaves as they are, left so."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        lines = [escaped(line) for line in paragraph.splitlines()]
        if lines[:1] == ["\b"]:
            lines = [".nf", *lines[1:], ".fi"]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def escaped(line: str) -> str:
    """A line that roff prints as it is."""
    line = line.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{line}" if line[:1] in (".", "'") else line
