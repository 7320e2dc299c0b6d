"""The reference in README.md: the help of every command, as it is at 80 columns.

    python tests/reference.py

writes it anew between its two comments.
"""

from pathlib import Path

import click

from charnames.cli import COMMANDS, program

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- made by `make docs` -->\n", "<!-- as far as here -->\n"


def helps() -> dict[str, str]:
    """By how each command is called."""
    whole = click.Context(
        program, info_name="charnames", terminal_width=80, **program.context_settings
    )
    found = {"charnames": program.get_help(whole)}
    for name in COMMANDS:
        command = program.get_command(whole, name)
        assert command, name
        ctx = click.Context(command, info_name=name, parent=whole)
        found[ctx.command_path] = command.get_help(ctx)
    return found


def renewed(text: str) -> str:
    """README.md as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [
        f"<details><summary><code>{name}</code></summary>\n\n"
        f"```text\n{said.rstrip()}\n```\n\n</details>\n\n"
        for name, said in helps().items()
    ]
    return f"{before}{BEGIN}\n{''.join(parts)}{END}{after}"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
