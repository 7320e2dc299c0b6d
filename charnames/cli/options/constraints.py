"""Options for the constraints that names meet. Nothing here imports numpy."""

from __future__ import annotations

from charnames.cli.options.command import F, option
from charnames.cli.options.types import Regex, Text

_HEADING = "Constraints"


_OPTIONS = [
    option("--prefix", metavar="TEXT", heading=_HEADING, help="Start of every name."),
    option("--suffix", metavar="TEXT", heading=_HEADING, help="End of every name."),
    option(
        "--contains",
        type=Text(),
        multiple=True,
        metavar="TEXT",
        heading=_HEADING,
        help="Text that every name contains. Several add up.",
    ),
    option(
        "--match",
        metavar="PATTERN",
        heading=_HEADING,
        help="A shell pattern for the whole name: * for any characters, ? for any one, "
        "[aeiou] for one of these, [a-f] for a range, [!x] for one that is not x.",
    ),
    option(
        "--regex",
        type=Regex(),
        heading=_HEADING,
        help="A regular expression for the whole name: characters, ., [a-f], [^x], "
        r"(a|b), *, +, ?, {2,4}, and \d, \w, \s for ASCII. Needs the extra "
        "charnames[regex].",
    ),
    option(
        "--min-length",
        type=int,
        heading=_HEADING,
        help="Least number of characters.",
    ),
    option(
        "--max-length",
        type=int,
        heading=_HEADING,
        help="Greatest number of characters. [default: names are cut at twice the "
        "length of the longest name learned, or of the shortest that meets all "
        "constraints]",
    ),
]


def constraint_options(command: F) -> F:
    """--prefix to --max-length."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
