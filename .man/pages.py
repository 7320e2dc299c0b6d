"""Man pages for the sdist: one a command, made of its help by click-man."""

import inspect
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPages(BuildHookInterface[Any]):
    """Makes them beside the project, and puts them into the sdist as man/*.1."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds."""
        from click_man.core import write_man_pages

        sys.path.insert(0, self.root)
        from charnames.cli import COMMANDS, program
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
        for page in Path(self.folder.name).iterdir():
            build_data["force_include"][str(page)] = f"man/{page.name}"

    def finalize(self, version: str, build_data: dict[str, Any], path: str) -> None:
        """Called by hatchling after it has built."""
        self.folder.cleanup()


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
