"""The reference of the command line: the help of every command, at 80 columns.

    python tests/reference.py

writes charnames/cli/REFERENCE.md anew.
"""

from pathlib import Path

import click

from charnames.cli import COMMANDS, program

REFERENCE = Path(__file__).parents[1] / "charnames" / "cli" / "REFERENCE.md"

INTRODUCTION = """\
# Command-line reference

The help of every command, as `charnames COMMAND --help` prints it. Do not edit this
file: `make docs` writes it, and a test fails when it is stale.
"""


def help_texts() -> dict[str, str]:
    """The help text of each command, by the words that call it."""
    root = click.Context(
        program, info_name="charnames", terminal_width=80, **program.context_settings
    )
    texts = {"charnames": program.get_help(root)}
    for name in COMMANDS:
        command = program.get_command(root, name)
        assert command, name
        ctx = click.Context(command, info_name=name, parent=root)
        texts[ctx.command_path] = command.get_help(ctx)
    return texts


def reference() -> str:
    """The text of REFERENCE.md: links to the commands, then a section for each."""
    texts = help_texts()
    links = [f"- [{name}](#{name.replace(' ', '-')})" for name in texts]
    sections = [
        f"## {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in texts.items()
    ]
    return "\n".join([INTRODUCTION, *links, "", "\n".join(sections)])


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
